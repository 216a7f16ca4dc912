"""Projects and stacks read from their files: what is found, what is defaulted, what is refused and how it is told.

Proves the reading alone; that Pulumi itself reads the same files the same way belongs to the engine's tests.
"""

import textwrap
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from floodgate.project import Account, ProjectError, Promises, find_project, load_stack

PROJECT = """
    name: shop
    runtime: python
    main: infra/
    config:
      aws:region: eu-west-1
      size:
        type: integer
        default: 3
      labels:
        type: object
        default: {}
      shop:greeting:
        value: hello
"""
STACK = """
    config:
      shop:size: 5
      floodgate:openings:
        - {name: second, at: 2027-08-10T20:00}
        - {name: first, at: "2027-08-09T20:00", servers: 60, zone: Asia/Tokyo}
      floodgate:openingDefaults: {zone: Asia/Seoul, leadMinutes: 20, holdMinutes: 90}
      floodgate:promises: {longestWaitMinutes: 15, refusedShare: 0.001}
      floodgate:account: {vcpuQuota: 512}
"""
REFUSED = tomllib.loads(Path(__file__).with_name("refused_stacks.toml").read_text(encoding="utf-8"))["refused"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "infra").mkdir()
    write(tmp_path / "Pulumi.yaml", PROJECT)
    write(tmp_path / "Pulumi.live.yaml", STACK)
    return tmp_path


def write(file, text):
    file.write_text(textwrap.dedent(text), encoding="utf-8")


def stack_with(folder, text, name="live", **overrides):
    write(folder / f"Pulumi.{name}.yaml", text)
    return load_stack(find_project(folder), name, overrides)


def refused(folder, text):
    with pytest.raises(ProjectError) as error:
        stack_with(folder, text)
    assert all("\n" not in problem for problem in error.value.problems)
    return error.value.problems


def test_a_project_is_found_from_any_folder_inside_it(folder):
    project = find_project(folder / "infra")

    assert (project.root, project.name, project.main) == (folder, "shop", folder / "infra")
    assert project.stacks == ("live",)


def test_configuration_reaches_the_program_as_pulumi_writes_it(folder):
    config = load_stack(find_project(folder), "live").config

    assert config["aws:region"] == "eu-west-1"
    assert config["shop:greeting"] == "hello", "a value of the project holds for every stack"
    assert config["shop:size"] == "5", "the stack wins over the project's default"
    assert config["shop:labels"] == "{}", "objects travel as JSON"


def test_overrides_win_and_need_no_name_space_for_the_projects_own_keys(folder):
    config = stack_with(folder, STACK, **{"size": 9, "floodgate:now": "2027-01-01T00:00:00Z"}).config

    assert config["shop:size"] == "9"
    assert config["floodgate:now"] == "2027-01-01T00:00:00Z"


def test_openings_are_instants_in_their_own_zone_and_in_order(folder):
    first, second = load_stack(find_project(folder), "live").openings

    assert (first.name, second.name) == ("first", "second")
    assert first.doors == datetime(2027, 8, 9, 11, tzinfo=UTC)
    assert first.doors.utcoffset() == timedelta(hours=9)
    assert (first.zone, second.zone) == ("Asia/Tokyo", "Asia/Seoul")
    assert (first.lead_minutes, first.hold_minutes, first.servers) == (20, 90, 60)
    assert second.servers is None


def test_promises_and_account_are_numbers_or_none(folder):
    stack = load_stack(find_project(folder), "live")

    assert stack.promises == Promises(15, 0.001, None)
    assert stack.account == Account(512)
    assert stack_with(folder, "config: {}").promises == Promises()


def test_yaml_is_read_as_pulumi_reads_it(folder):
    text = "config: {shop:a: 20:00, shop:b: no, shop:c: 2027-08-09, shop:d: on, shop:e: true}"
    config = stack_with(folder, text).config

    assert [config[f"shop:{key}"] for key in "abcde"] == ["20:00", "no", "2027-08-09", "on", "true"]


def test_a_folder_without_project_says_so(tmp_path):
    with pytest.raises(ProjectError, match=r"has no Pulumi\.yaml, nor has a folder above it; run this in"):
        find_project(tmp_path)


def test_an_unknown_stack_lists_the_ones_there_are(folder):
    with pytest.raises(ProjectError, match=r"stack 'prod' has no Pulumi\.prod\.yaml in .*; there are: live"):
        load_stack(find_project(folder), "prod")


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["yaml"].replace("\n", " "))
def test_a_broken_stack_is_refused_in_one_line(folder, case):
    (problem,) = refused(folder, case["yaml"])

    assert case["line"] in problem


def test_every_problem_of_a_stack_is_told_at_once(folder):
    text = "config: {floodgate:openings: [{at: x, zone: Asia/Seoul}, {at: y, zone: Asia/Seoul}], floodgate:promises: 3}"

    assert len(refused(folder, text)) == 3


def test_a_setting_without_default_must_be_set(folder):
    write(folder / "Pulumi.yaml", PROJECT + "      domain: {type: string}\n      code: {type: string}\n")

    assert refused(folder, STACK) == (
        "shop:domain is not set in stack 'live' and has no default; set it in Pulumi.live.yaml",
        "shop:code is not set in stack 'live' and has no default; set it in Pulumi.live.yaml",
    )


def test_an_encrypted_value_can_be_replaced_by_a_plain_one(folder):
    assert stack_with(folder, "config: {shop:key: {secure: v1:abc}}", key="plain").config["shop:key"] == "plain"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("runtime: python", "the project has no name; add name"),
        ("name: shop\nruntime: nodejs", "the runtime is 'nodejs', only python programs are deployed offline"),
        ("name: shop\nruntime: {name: python}\nmain: nowhere/", "main is 'nowhere/', which does not exist"),
    ],
)
def test_a_broken_project_is_refused_in_one_line(folder, text, line):
    write(folder / "Pulumi.yaml", text)

    with pytest.raises(ProjectError, match=line):
        find_project(folder)
