"""A plan that was saved is the plan that is deployed: this repository's stacks, out of the AWS of this machine.

That the AWS CLI prints the same keys as boto3 answers is AWS's own word; no test stands on a real account.
"""

import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from floodgate.awsrules.model import InstanceType
from floodgate.cli import run
from floodgate.plans.saved import SavedPlan
from floodgate.plans.saving import save_plan
from floodgate.rehearsal.errors import AccessRefused, PlanError
from floodgate.rehearsal.reading import read_group_plan, read_plan

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("stack", ["opening", "dev", "july"])
def test_a_saved_plan_is_the_plan_that_is_deployed(stack, floodgate_stack, tmp_path):
    session = floodgate_stack(stack).world.session

    save_plan(session, tmp_path, None, stack=stack)

    live = read_plan(session, stack=stack)
    assert read_plan(SavedPlan(tmp_path), stack=stack) == live
    assert read_plan(SavedPlan(tmp_path)) == live, "the folder holds one group, so none need be named"
    assert read_group_plan(SavedPlan(tmp_path)).group == live.group


def test_saving_twice_writes_the_same_bytes(floodgate_stack, tmp_path):
    session = floodgate_stack("opening").world.session

    first = save_plan(session, tmp_path, None, stack="opening")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    second = save_plan(session, tmp_path, None, stack="opening")

    assert second == first
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize("stack", ["opening"])
def test_the_first_file_alone_tells_the_group_and_notes_the_rest(stack, floodgate_stack, tmp_path):
    session = floodgate_stack(stack).world.session
    save_plan(session, tmp_path, None, stack=stack)
    for file in tmp_path.iterdir():
        if file.name != "describe-auto-scaling-groups.json":
            file.unlink()

    plan = read_plan(SavedPlan(tmp_path))
    live = read_plan(session, stack=stack)

    assert (plan.group.min_size, plan.group.max_size, plan.group.zones) == (
        live.group.min_size,
        live.group.max_size,
        live.group.zones,
    )
    assert (plan.group.policies, plan.group.schedules, plan.group.hooks) == ((), (), ())
    assert (plan.balancer, plan.edge, plan.database, plan.cache) == (None, None, None, None)
    assert isinstance(plan.group.instance_type, InstanceType)
    assert plan.group.instance_type.vcpus == 0, "unknown, never invented"
    for file in ("describe-policies", "describe-scheduled-actions", "describe-target-groups", "get-parameter"):
        assert any(note.startswith(f"{file}.json is not there") for note in plan.notes), file


def test_no_start_up_script_is_saved(floodgate_stack, tmp_path):
    save_plan(floodgate_stack("opening").world.session, tmp_path, None, stack="opening")

    assert "UserData" not in (tmp_path / "describe-launch-template-versions.json").read_text()


def test_a_folder_with_other_things_is_left_alone_unless_forced(floodgate_stack, tmp_path):
    session = floodgate_stack("july").world.session
    (tmp_path / "letter.txt").write_text("mine")

    with pytest.raises(PlanError, match=r"holds other things \(letter.txt\); choose an empty folder"):
        save_plan(session, tmp_path, None, stack="july")
    assert [f.name for f in tmp_path.iterdir()] == ["letter.txt"]

    save_plan(session, tmp_path, None, stack="july", force=True)

    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_another_groups_plan_is_not_replaced_unless_forced(floodgate_stack, tmp_path):
    first = tmp_path / "describe-auto-scaling-groups.json"
    first.write_text('{"AutoScalingGroups": [{"AutoScalingGroupName": "blog"}]}')
    session = floodgate_stack("july").world.session

    with pytest.raises(PlanError, match="holds the plan of 'blog', not of"):
        save_plan(session, tmp_path, None, stack="july")
    assert "blog" in first.read_text()

    save_plan(session, tmp_path, None, stack="july", force=True)
    assert read_plan(SavedPlan(tmp_path)) == read_plan(session, stack="july")


def test_what_is_no_longer_deployed_leaves_the_folder(floodgate_stack, tmp_path):
    opening = floodgate_stack("opening").world.session
    save_plan(opening, tmp_path, None, stack="opening")
    (tmp_path / "describe-launch-configurations.json").write_text('{"LaunchConfigurations": []}')

    saved = save_plan(opening, tmp_path, None, stack="opening")

    assert saved.removed == ("describe-launch-configurations.json",)
    assert not (tmp_path / "describe-launch-configurations.json").exists()


class Refusing:
    """A session that AWS lets describe groups and nothing else."""

    def __init__(self, session):
        self.session = session
        self.region_name = session.region_name

    def client(self, service):
        client = self.session.client(service)

        def refuse(**_):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeTargetGroups")

        if service == "elbv2":
            client.get_paginator = lambda _: type("Pages", (), {"paginate": staticmethod(refuse)})
        return client


def test_a_missing_right_is_told_by_its_action_and_nothing_is_written(floodgate_stack, tmp_path):
    session = Refusing(floodgate_stack("opening").world.session)

    with pytest.raises(AccessRefused, match="elasticloadbalancing:DescribeTargetGroups is refused"):
        save_plan(session, tmp_path / "plan", None, stack="opening")

    assert not (tmp_path / "plan").exists()


def test_the_command_saves_a_stack_and_tells_its_files(tmp_path, capsys):
    folder = tmp_path / "plan"

    assert (
        run(["plan", "save", "--from", "offline", "--stack", "july", "--project", str(ROOT), "--to", str(folder)]) == 0
    )

    told = capsys.readouterr().out
    assert str(folder / "describe-auto-scaling-groups.json") in told
    groups = json.loads((folder / "describe-auto-scaling-groups.json").read_text())["AutoScalingGroups"]
    assert (len(groups), groups[0]["MaxSize"]) == (1, 10)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", "offline", "--to", "x"], "name it with --stack"),
        (["--from", "offline", "--to", "x", "--stack", "none", "--project", str(ROOT)], "has no Pulumi.none.yaml"),
    ],
)
def test_a_wrong_request_is_told_in_one_line(arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert run(["plan", "save", *arguments]) == 2

    error = capsys.readouterr().err
    assert words in error
    assert len(error.splitlines()) == 1
