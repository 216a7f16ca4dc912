"""`floodgate validate` from the command line: its lines, its exit codes, and one clear line for whatever is no plan.

Folders are fuzzed in AWS's own shapes; that AWS answers in those shapes is AWS's word.
"""

import json
import tempfile
from pathlib import Path

import pytest
from botocore.model import ListShape, MapShape, StructureShape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floodgate.cli import run
from floodgate.plans.catalogue import CALLS
from floodgate.plans.shapes import answer_of

GROUP = {"AutoScalingGroupName": "web", "LaunchConfigurationName": "web", "MinSize": 1, "MaxSize": 2,
         "DesiredCapacity": 1, "AvailabilityZones": ["eu-west-3a"], "CreatedTime": "2027-08-08T11:00:00Z"}  # fmt: skip
EXAMPLE = Path(__file__).parents[3] / "examples" / "plans" / "ticket-shop"


@pytest.fixture
def validated(tmp_path, capsys):
    """Runs the command on a plan of one group with these changes: its exit code, stdout and stderr."""

    def validated(*options, **changes):
        answer = {"AutoScalingGroups": [{**GROUP, **changes}]}
        (tmp_path / "describe-auto-scaling-groups.json").write_text(json.dumps(answer), encoding="utf-8")
        code = run(["validate", "--plan", str(tmp_path), *options])
        return code, *capsys.readouterr()

    return validated


def test_a_legal_plan_ends_with_0_and_says_what_was_judged(validated):
    code, out, _ = validated()

    assert code == 0
    assert out == (
        "1 create call judged as of 2027-08-08T11:00:00Z (the newest time that the plan tells): "
        "nothing that AWS would refuse\n"
    )


def test_what_aws_would_refuse_ends_with_1_and_stands_on_one_line(validated):
    code, out, _ = validated(MinSize=3)

    assert code == 1
    assert out.splitlines()[0] == (
        "group web: ValidationError: MinSize 3, MaxSize 2: Max bound, 2, must be greater than or equal to "
        "min bound, 3; raise MaxSize or lower MinSize"
    )


def test_json_is_one_object_a_line(validated):
    code, out, _ = validated("--json", MinSize=3)

    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert rows[0]["kind"] == "refused"
    assert rows[0]["code"] == "ValidationError"
    assert all(rows[0][part] for part in ("resource", "value", "rule", "remedy"))
    assert rows[-1] == {
        "kind": "verdict", "judged": 1, "refused": 1, "as_of": "2027-08-08T11:00:00Z",
        "why": "the newest time that the plan tells",
    }  # fmt: skip


def test_what_the_plan_does_not_hold_is_said(validated):
    _, _, err = validated()

    assert "not in the plan: describe-load-balancers.json" in err


@pytest.mark.parametrize("changes", [{"MinSize": "one"}, {"MinSize": None}, {"AutoScalingGroupName": ""}])
def test_what_aws_does_not_answer_ends_with_2_and_one_line(validated, changes):
    code, out, err = validated(**changes)

    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1


def test_a_folder_that_is_not_there_ends_with_2(tmp_path, capsys):
    code = run(["validate", "--plan", str(tmp_path / "none")])

    assert code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_example_of_the_repository_is_legal(capsys):
    assert run(["validate", "--plan", str(EXAMPLE)]) == 0
    assert "nothing that AWS would refuse" in capsys.readouterr().out


WORDS = st.sampled_from(
    ["web", "", "app/web/1/targetgroup/web/2", "0 9 * * *", "x\n", "²", "5", "UTC", "StepScaling", "enabled",
     "10.0.0.0/x", "TargetTrackingScaling", "ExactCapacity",
     "arn:aws:autoscaling:::autoScalingGroupName/web:policyName/x"]
)  # fmt: skip
NUMBERS = st.sampled_from([0, 1, -1, 60, 2**31 - 1, -(2**31)]) | st.integers(-10, 400)
MOMENTS = st.sampled_from(["2027-08-08T11:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])


def answers(shape, depth=0):
    """What AWS might answer in this shape, with members left out and values that nobody would set."""
    match shape:
        case StructureShape():
            members = {key: answers(member, depth + 1) for key, member in shape.members.items()} if depth < 7 else {}
            some = {"AutoScalingGroupName": st.just("web"), "MinSize": NUMBERS, "MaxSize": NUMBERS}
            always = {key: some.get(key, inner) for key, inner in members.items() if depth == 2 and _names(key)}
            return st.fixed_dictionaries(always, optional={k: v for k, v in members.items() if k not in always})
        case ListShape():
            return st.lists(answers(shape.member, depth + 1), max_size=2)
        case MapShape():
            return st.dictionaries(WORDS, answers(shape.value, depth + 1), max_size=1)
    kinds = {"integer": NUMBERS, "long": NUMBERS, "boolean": st.booleans(), "timestamp": MOMENTS}
    return kinds.get(shape.type_name, NUMBERS if shape.type_name in ("float", "double") else WORDS)


def _names(key):
    return key.endswith(("Name", "Arn", "Identifier", "Id", "Size", "Engine", "Value", "Key", "Protocol"))


USED = [call for call in CALLS if call.service not in ("cloudfront", "route53", "ssm")]


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_folder_ends_with_a_traceback(data):
    with tempfile.TemporaryDirectory() as folder:
        others = data.draw(st.lists(st.sampled_from(USED[1:]), max_size=3, unique=True))
        for call in [USED[0], *others]:
            answer = data.draw(answers(answer_of(call)) if call != USED[0] or data.draw(st.booleans()) else OF_A_GROUP)
            Path(folder, call.file).write_text(json.dumps(answer), encoding="utf-8")

        assert run(["validate", "--plan", folder]) in (0, 1, 2)


OF_A_GROUP = st.just({"AutoScalingGroups": [GROUP]})
