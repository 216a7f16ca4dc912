"""The build's shell: what Go is asked for, that it is whole or nothing, and each failure as one line.

Go itself is a fake here, which builds nothing; the real build is what CI runs before its tests.
"""

import subprocess
import sys

import pytest

from floodgate.offline.toolchain import places
from floodgate.offline.toolchain.__main__ import main
from floodgate.offline.toolchain.build import build
from floodgate.offline.toolchain.go_command import BuildError


def test_the_build_compiles_the_pinned_modules_and_nothing_of_the_user_s(fake_go):
    folder = build(lambda _: None)

    (call,) = fake_go.asked_for("build")
    assert {"-mod=readonly", "-trimpath", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"} <= set(call["words"])
    assert call["cwd"] == str(places.MODULE)
    assert call["environ"] == {"GOTOOLCHAIN": "auto", "GOWORK": "off", "CGO_ENABLED": "0"}
    assert folder == places.built()
    assert sorted(file.name for file in folder.iterdir()) == sorted(places.PROGRAMS)
    assert places.is_built()


def test_the_executor_of_the_sdk_lies_beside_the_host_and_can_be_run(fake_go):
    script = build(lambda _: None) / places.EXECUTOR

    assert script.read_text() == "the executor"
    assert script.stat().st_mode & 0o111, "in the module cache it is read-only and may not be executable"


def test_what_is_built_is_not_built_again(fake_go, capsys):
    assert main() == 0
    calls = len(fake_go.calls)

    assert main() == 0

    assert len(fake_go.calls) == calls
    assert f"pulumi {places.version()} is built: {places.built()}" in capsys.readouterr().out


def test_a_pulumi_on_the_path_makes_the_build_needless(fake_go, capsys):
    program = fake_go.folder / "bin" / "pulumi"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)

    assert main() == 0

    assert capsys.readouterr().out == f"pulumi is on PATH: {program}\n"
    assert not fake_go.calls


def test_a_build_that_lost_a_program_is_made_again(fake_go):
    folder = build(lambda _: None)
    (folder / places.HOST).unlink()

    build(lambda _: None)

    assert places.is_built()
    assert len(fake_go.asked_for("build")) == 2


def test_two_builds_at_once_are_one(fake_go):
    words = [sys.executable, "-m", "floodgate.offline.toolchain"]
    running = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = "".join(process.communicate()[0] for process in running)

    assert [process.returncode for process in running] == [0, 0]
    assert len(fake_go.asked_for("build")) == 1
    assert said.count("is built:") == 1, "the second finds what the first has built"


def test_what_a_killed_build_has_left_is_cleared_away(fake_go, cache):
    left = cache / ".building-killed"
    (left / "bin").mkdir(parents=True)

    build(lambda _: None)

    assert not left.exists()
    assert not list(cache.glob(".building-*"))


def test_go_is_found_where_its_installer_puts_it_without_path(fake_go, monkeypatch, tmp_path):
    monkeypatch.setattr("floodgate.offline.toolchain.go_command.INSTALLED", fake_go.folder / "bin" / "go")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))

    build(lambda _: None)

    assert places.is_built()


def test_a_go_that_may_fetch_a_newer_one_is_let_do_so(fake_go):
    fake_go.answer(version="go version go1.23.4 linux/amd64\n", env="go1.25.11\n")
    said = []

    build(said.append)

    assert places.is_built()
    assert "with go1.25.11" in said[0]
    (asked,) = fake_go.asked_for("version")
    assert asked["environ"]["GOTOOLCHAIN"] == "local", "its own version is asked for without fetching another"


def test_the_user_s_choice_of_toolchain_is_respected(fake_go, monkeypatch):
    monkeypatch.setenv("GOTOOLCHAIN", "go1.26.1+auto")

    build(lambda _: None)

    (call,) = fake_go.asked_for("build")
    assert call["environ"]["GOTOOLCHAIN"] == "go1.26.1+auto"


DOWNLOAD = "go: downloading x v1\ngo: cloud.google.com/go@v0.1: Get: dial tcp: lookup example.org: no such host\n"
FORGED = "verifying github.com/x/y@v1: checksum mismatch\n\tdownloaded: h1:a\n\tgo.sum: h1:b\n"
BROKEN = "# floodgate.local/toolchain/pulumi-language-python\n./host.go:1:1: syntax error\n"


@pytest.mark.parametrize(
    ("version", "fails", "line"),
    [
        ("go1.19.8", {}, "is Go 1.19.8, and pulumi 3.250.0 needs 1.25.11: install a newer Go"),
        ("go1.24.1 local", {}, "which GOTOOLCHAIN=local forbids to fetch: set GOTOOLCHAIN=auto"),
        ("go1.24.1", {"env": "go: toolchain not available\n"}, "could not be fetched: go: toolchain not ava"),
        ("nothing", {}, "install Go again"),
        ("go1.26.1", {"build": DOWNLOAD}, "could not be downloaded: go: cloud.google.com/go@v0.1: Get: dial"),
        ("go1.26.1", {"build": FORGED}, "is not what go.sum says: verifying github.com/x/y@v1"),
        ("go1.26.1", {"build": BROKEN}, "could not build pulumi: ./host.go:1:1: syntax error; all of its"),
        ("go1.26.1", {"list": "go: no module\n"}, "could not build pulumi: go: no module"),
    ],
)
def test_a_build_that_fails_says_why_in_one_line_and_leaves_nothing(
    fake_go, cache, monkeypatch, capsys, version, fails, line
):
    version, _, toolchain = version.partition(" ")
    monkeypatch.setenv("GOTOOLCHAIN", toolchain or "auto")
    fake_go.answer(version=f"go version {version} linux/amd64\n")
    fake_go.fail(**fails)

    assert main() == 2

    error = capsys.readouterr().err
    assert error.startswith("floodgate: ")
    assert line in error
    assert error.count("\n") == 1, error
    assert not places.is_built()
    assert {file.name for file in cache.iterdir()} <= {"build.lock", "build.log"}


def test_who_has_no_go_is_told_what_to_install(cache):
    with pytest.raises(BuildError, match=r"Go is not on PATH.*install Go 1\.25 or newer .*, or pulumi itself"):
        build(lambda _: None)


def test_a_cache_that_cannot_be_written_is_named(fake_go, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    with pytest.raises(BuildError, match=r"cannot be written .*: set XDG_CACHE_HOME"):
        build(lambda _: None)


def test_the_log_keeps_what_go_said_at_length(fake_go, cache):
    fake_go.fail(build=BROKEN)

    with pytest.raises(BuildError):
        build(lambda _: None)

    assert (cache / "build.log").read_text() == BROKEN
