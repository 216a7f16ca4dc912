"""The guide of saved plans and the example hold what the code asks for; that AWS grants it by these names is AWS's."""

import csv
import json
import re
from datetime import datetime
from pathlib import Path

from floodgate.awsrules.model import StepScaling, TargetTracking
from floodgate.plans.catalogue import CALLS
from floodgate.plans.saved import SavedPlan
from floodgate.rehearsal.reading import ACTIONS, read_group_plan

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "guides" / "save-a-plan.md").read_text()
EXAMPLE = ROOT / "examples" / "plans" / "ticket-shop"


def test_the_policy_of_the_guide_allows_what_reading_asks_and_no_more():
    (text,) = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    (statement,) = json.loads(text)["Statement"]

    assert statement["Effect"] == "Allow"
    assert sorted(statement["Action"]) == sorted(ACTIONS)
    assert all(re.match(r"[a-z0-9]+:(Describe|Get|List)[A-Z]", action) for action in statement["Action"])


def test_the_guide_lists_every_file_with_its_command():
    listed = re.findall(r"^\| `([a-z-]+\.json)` \| .+ \| `(aws [a-z0-9]+ [a-z-]+)` \|$", GUIDE, re.MULTILINE)

    assert listed == [(call.file, call.command) for call in CALLS]


def test_the_example_is_a_group_with_every_kind_that_it_promises():
    plan = read_group_plan(SavedPlan(EXAMPLE))

    kinds = {type(policy): policy for policy in plan.group.policies}
    step, tracking = kinds[StepScaling], kinds[TargetTracking]
    assert isinstance(step, StepScaling)
    assert isinstance(tracking, TargetTracking)
    assert [alarm.name for alarm in step.alarms] == ["ticket-shop-backlog"]
    assert (tracking.predefined, tracking.target) == ("ALBRequestCountPerTarget", 1200.0)
    assert tracking.resource_label == "app/ticket-shop/50dc6c495c0c9188/targetgroup/ticket-shop/6d0ecf831eec9f09"
    assert {action.name for action in plan.group.schedules} == {"before-the-sale", "every-evening"}
    assert plan.group.warm_pool is not None
    assert [member.state for member in plan.group.members].count("Warmed:Stopped") == 4
    assert [note.split(" is not there")[0] for note in plan.notes] == [
        "describe-launch-template-versions.json",
        "describe-instance-types.json",
    ]


def test_the_examples_metrics_are_minutes_of_what_its_policies_follow():
    with EXAMPLE.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert list(rows[0]) == ["time", "namespace", "metric", "dimensions", "value"]
    assert {row["metric"] for row in rows} == {"RequestCountPerTarget", "ApproximateNumberOfMessagesVisible"}
    assert all(datetime.fromisoformat(row["time"]).second == 0 and float(row["value"]) >= 0 for row in rows)
