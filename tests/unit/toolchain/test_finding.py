"""Which engine is used: one on PATH before one that was built, and one line for whoever has neither.

Programs here are empty files with the right names; that a built one works is proven by the engine's own tests.
"""

import shutil

import pytest

from floodgate.offline.toolchain import find, places


def put(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)


def test_a_pulumi_on_the_path_is_used_and_nothing_is_put_before_it(cache, tmp_path):
    put(places.built(), *places.PROGRAMS)
    put(tmp_path / "empty", "pulumi")

    assert find.pulumi() == tmp_path / "empty" / "pulumi"
    assert find.folder() is None


def test_a_built_pulumi_is_found_where_none_is_on_the_path(cache):
    put(places.built(), *places.PROGRAMS)

    assert find.pulumi() == places.built() / "pulumi"
    assert find.folder() == places.built()
    assert places.built().is_relative_to(cache)


def test_a_path_of_its_own_is_searched_in_place_of_the_process_s(cache, tmp_path):
    put(tmp_path / "other", "pulumi")

    assert find.pulumi() is None
    assert find.pulumi(str(tmp_path / "other")) == tmp_path / "other" / "pulumi"


@pytest.mark.parametrize("lost", places.PROGRAMS)
def test_a_build_that_lacks_a_program_counts_for_nothing(cache, lost):
    put(places.built(), *(name for name in places.PROGRAMS if name != lost))

    assert find.folder() is None, "the engine would fail later, with a message that helps nobody"
    assert find.pulumi() is None


def test_who_has_neither_is_told_both_ways_in_one_line(cache):
    assert find.pulumi() is None
    assert find.missing() == (
        "pulumi is not on PATH: install it (https://www.pulumi.com/docs/install/) or, with Go 1.25 or newer, "
        "run make pulumi"
    )


def test_a_relative_cache_folder_is_ignored_as_the_specification_says(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))

    assert places.cache({"XDG_CACHE_HOME": "here"}) == tmp_path / ".cache" / "floodgate"
    assert places.cache({"XDG_CACHE_HOME": "/there"}).as_posix() == "/there/floodgate"


@pytest.mark.parametrize("changed", ["go.mod", "go.sum", "pulumi-language-python/host.go"])
def test_other_source_is_another_build(cache, tmp_path, monkeypatch, changed):
    before = places.built()
    copy = tmp_path / "copy"
    shutil.copytree(places.MODULE, copy)
    monkeypatch.setattr(places, "MODULE", copy)
    assert places.built() == before, "the same inputs elsewhere are the same build"

    with (copy / changed).open("a") as file:
        file.write("\n// changed\n")

    assert places.built() != before


def test_the_build_is_named_after_the_engine_s_version(cache):
    assert places.built().parent.name.startswith("pulumi-3.")
    assert places.version() in places.built().parent.name


def test_an_older_go_is_asked_for_than_the_pages_say_is_enough(cache):
    assert places.go_needed()[:2] == (1, 25), "README and docs say Go 1.25 or newer"
