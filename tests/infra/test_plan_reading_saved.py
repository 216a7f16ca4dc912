"""A plan that was saved is the plan that is deployed: this repository's stacks, out of the AWS of this machine.

That the AWS CLI prints the same keys as boto3 answers is AWS's own word; no test stands on a real account.
"""

import json
import random
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from floodgate.awsrules.model import InstanceType
from floodgate.cli import run
from floodgate.cli.saved_plans import saved_plan, service_file
from floodgate.plans.saved import SavedPlan
from floodgate.plans.saving import save_plan
from floodgate.rehearsal.errors import AccessRefused, PlanError
from floodgate.rehearsal.reading import read_group_plan, read_plan
from floodgate.validation.validation import validate

ROOT = Path(__file__).resolve().parents[2]
SPOILED = 150


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
    """A session that is refused one service."""

    def __init__(self, session, service):
        self.session = session
        self.region_name = session.region_name
        self.service = service

    def client(self, service_name):
        client = self.session.client(service_name)
        return RefusingClient(client) if service_name == self.service else client


class RefusingClient:
    def __init__(self, client):
        self.meta = client.meta

    def can_paginate(self, operation):
        return False

    def __getattr__(self, operation):
        def refuse(**_):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)

        return refuse


def test_a_missing_right_is_told_by_its_action_and_nothing_is_written(floodgate_stack, tmp_path):
    session = Refusing(floodgate_stack("opening").world.session, "elbv2")

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


def rehearsed(capsys, *source):
    arguments = ["--project", str(ROOT), "--stack", "july", "--scenario", "kdca-july-2021", "--no-report", "--json"]
    code = run(["rehearse", *arguments, *source])
    return code, json.loads(capsys.readouterr().out)


LISTED = (
    "describe-auto-scaling-groups", "describe-policies", "describe-scheduled-actions", "describe-alarms",
    "describe-warm-pool", "describe-lifecycle-hooks", "describe-load-balancers", "describe-load-balancer-attributes",
    "describe-capacity-reservation", "describe-target-groups", "describe-target-group-attributes",
    "describe-db-clusters", "describe-db-instances", "describe-db-proxies", "describe-replication-groups",
)  # fmt: skip


def test_a_saved_plan_is_rehearsed_as_the_stack_is(tmp_path, capsys):
    run(["plan", "save", "--from", "offline", "--stack", "july", "--project", str(ROOT), "--to", str(tmp_path)])
    capsys.readouterr()

    code, deployed = rehearsed(capsys)
    code_saved, saved = rehearsed(capsys, "--from", str(tmp_path))

    assert (code_saved, saved["totals"]) == (code, deployed["totals"])
    assert saved["read_from"] == f"the saved plan in {tmp_path}"


def test_the_listed_files_alone_are_a_plan_to_rehearse(floodgate_stack, tmp_path, capsys):
    session = floodgate_stack("opening").world.session
    save_plan(session, tmp_path, None, stack="opening")
    for file in tmp_path.iterdir():
        if file.stem not in LISTED:
            file.unlink()
    live = read_plan(session, stack="opening")
    service = tmp_path / "service.txt"
    service.write_text(json.dumps({"waiting_room": True, "max_inside": 900}))

    plan = saved_plan(tmp_path, None, "opening")

    assert (plan.balancer, plan.cache) == (live.balancer, live.cache)
    assert plan.database is not None
    assert live.database is not None
    assert (plan.database.name, plan.database.vcpus, plan.database.readers) == (
        live.database.name,
        live.database.vcpus,
        live.database.readers,
    )
    assert plan.group.instance_type.vcpus == live.group.instance_type.vcpus, "what its instances are, as published"
    assert service_file(service).max_inside == 900


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", "{plan}"], "--stack is missing: promises and openings stand in Pulumi.STACK.yaml"),
        (["--from", "nowhere", "--stack", "july"], "--from nowhere: there is no such folder"),
        (["--from", "{plan}", "--stack", "july", "--project", str(ROOT)], "needs at least describe-auto-scaling-g"),
    ],
)
def test_what_a_saved_plan_lacks_to_be_rehearsed_is_told_in_one_line(arguments, words, tmp_path, capsys):
    given = [argument.replace("{plan}", str(tmp_path)) for argument in arguments]

    assert run(["rehearse", "--scenario", "kdca-july-2021", "--no-report", *given]) == 2

    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("floodgate: ")]
    assert len(told) == 1
    assert words in told[0]


GONE = object()
WRONG = [GONE, GONE, None, -1, 0, 10**30, 1e300, True, "", "x", "²", "default.x", "arn:aws:x:y", [], [{}], {}, "\ud800"]


def places(value, way=()):
    """Every place of a JSON value, as the keys that lead to it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield (*way, key)
        yield from places(below, (*way, key))


def spoiled(answer, way, wrong):
    """The answer with another value, or none, in one place."""
    answer = json.loads(json.dumps(answer))
    inside = answer
    for key in way[:-1]:
        inside = inside[key]
    if wrong is GONE:
        del inside[way[-1]]
    else:
        inside[way[-1]] = wrong
    return answer


def problem_of(folder):
    """What is wrong with a plan, None where it can be read; anything but the one error fails the test."""
    try:
        read_plan(SavedPlan(folder))
    except PlanError as error:
        return str(error)
    return None


def test_a_plan_that_is_spoiled_anywhere_is_read_or_told_in_one_line(floodgate_stack, tmp_path):
    save_plan(floodgate_stack("opening").world.session, tmp_path, None, stack="opening")
    draw = random.Random(6)
    ends = []

    for _ in range(SPOILED):
        file = draw.choice(sorted(tmp_path.iterdir()))
        good = file.read_text()
        answer = json.loads(good)
        way = draw.choice(list(places(answer)))
        file.write_text(json.dumps(spoiled(answer, way, draw.choice(WRONG))))
        ends.append(problem_of(tmp_path))
        file.write_text(good)

    told = [end for end in ends if end is not None]
    assert all(len(end.splitlines()) == 1 for end in told)
    assert SPOILED // 10 < len(told) < SPOILED * 9 // 10, "both ends must have been tried"


@pytest.mark.parametrize("stack", ["opening", "dev"])
def test_aws_would_take_what_was_saved_of_a_stack_that_it_took(stack, floodgate_stack, tmp_path):
    save_plan(floodgate_stack(stack).world.session, tmp_path, None, stack=stack)

    judged = validate(SavedPlan(tmp_path))

    assert judged.judged > 10
    assert [str(problem.refusal) for problem in judged.problems] == []
