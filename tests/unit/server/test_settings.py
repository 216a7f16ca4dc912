"""What a project of any language says of itself; nothing here knows whether Pulumi would take it."""

import pytest

from floodgate.offline.server.place import Place, place_of
from floodgate.offline.server.settings import read_settings, stack_named


@pytest.fixture
def project(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text(
        "name: shop\nruntime:\n  name: python\n  options: {virtualenv: .venv}\n"
        "config:\n  aws:region: {value: eu-west-1}\n"
    )
    (tmp_path / "Pulumi.prod.yaml").write_text("config:\n  aws:region: eu-west-3\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:x\n")
    return Place(tmp_path)


def test_its_name_its_stacks_and_its_python_are_read(project):
    settings = read_settings(project)

    assert settings.name == "shop"
    assert sorted(settings.stacks) == ["dev", "prod"]
    assert settings.virtualenv == project.project / ".venv"
    assert [settings.stacks[name].salt for name in ("dev", "prod")] == ["v1:x", ""]


def test_stacks_may_have_a_folder_of_their_own(project):
    (project.project / "stacks").mkdir()
    (project.project / "stacks" / "Pulumi.edge.yaml").write_text("")
    (project.project / "Pulumi.yaml").write_text("name: shop\nruntime: yaml\nstackConfigDir: stacks\n")

    assert sorted(read_settings(project).stacks) == ["edge"]


@pytest.mark.parametrize(
    ("command", "chosen", "region"),
    [
        (["pulumi", "up", "-s", "prod"], None, "eu-west-3"),
        (["pulumi", "up", "--stack=me/shop/prod"], None, "eu-west-3"),
        (["pulumi", "up", "-s", "dev"], None, "eu-west-1"),
        (["pulumi", "up"], "organization/shop/prod", "eu-west-3"),
        (["python", "script.py"], None, "eu-west-1"),
        (["pulumi", "up", "-s"], None, "eu-west-1"),
    ],
)
def test_a_command_works_in_the_region_of_its_stack(project, command, chosen, region):
    assert read_settings(project).region_for(command, chosen) == region


def test_without_any_word_of_a_region_it_is_awss_first(tmp_path):
    assert read_settings(Place(tmp_path)).region_for(["true"], None) == "us-east-1"


def test_a_folder_without_a_project_has_no_stacks(tmp_path):
    (tmp_path / "Pulumi.prod.yaml").write_text("")

    assert read_settings(Place(tmp_path)).file is None
    assert read_settings(Place(tmp_path)).stacks == {}


def test_broken_files_are_left_to_pulumi(project):
    (project.project / "Pulumi.prod.yaml").write_text("config: [")

    assert read_settings(project).stacks["prod"].region == ""


def test_the_project_is_that_of_the_nearest_folder_above(project, tmp_path):
    inner = tmp_path / "infra" / "edge"
    inner.mkdir(parents=True)

    assert place_of(inner) == project


def test_a_stack_may_be_named_in_three_ways():
    assert [stack_named(words) for words in (["-s", "a"], ["--stack", "o/p/b"], ["--stack=c"], ["up"])] == [
        "a",
        "b",
        "c",
        "",
    ]
