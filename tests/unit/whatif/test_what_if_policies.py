"""Every kind of policy in a replay, each on a record made for it.

Proves that saved plans are answered as AWS's pages say; cannot prove what AWS leaves open, which are parameters.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.whatif.groups import (
    ALWAYS_UP,
    alarm,
    changes,
    group,
    replay,
    rows,
    save,
    simple,
    stepping,
    tracking,
    write,
)

Capture = pytest.CaptureFixture[str]
# "Step and simple scaling policies", the example of the adjustments:
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
OUT = (
    {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 0},
    {"MetricIntervalLowerBound": 10.0, "MetricIntervalUpperBound": 20.0, "ScalingAdjustment": 10},
    {"MetricIntervalLowerBound": 20.0, "ScalingAdjustment": 30},
)


def test_steps_of_10_and_30_percent_take_ten_to_eleven_and_then_to_fourteen(tmp_path: Path, capsys: Capture) -> None:
    plan = save(
        tmp_path / "plan",
        [stepping("out", OUT, AdjustmentType="PercentChangeInCapacity", EstimatedInstanceWarmup=0)],
        [alarm("out", threshold=50.0)],
    )
    # 55 is in the first range, 60 in the second, 70 in the third; 30 s of boot lie between
    assert changes(capsys, plan, write(tmp_path, rows([55, 60, 70, 40])), "--boot", "30") == [
        ("11:02:00", 10, 11, "out"),
        ("11:03:00", 11, 14, "out"),
    ]


def test_a_simple_policy_waits_for_its_cooldown_after_the_activity(tmp_path: Path, capsys: Capture) -> None:
    plan = save(tmp_path / "plan", [simple("add", 1, Cooldown=120)], [alarm("add")])
    found = changes(capsys, plan, write(tmp_path, rows([70] * 8)), "--boot", "0")
    assert [(at, to) for at, _, to, _ in found] == [
        ("11:01:00", 11),
        ("11:03:00", 12),
        ("11:05:00", 13),
        ("11:07:00", 14),
    ]


def test_a_group_at_its_maximum_is_held_there_and_what_was_asked_is_told(tmp_path: Path, capsys: Capture) -> None:
    """A group of two that may have three and is to have three more gets one more."""
    plan = save(tmp_path / "plan", [stepping("out", [ALWAYS_UP])], [alarm("out")], MaxSize=3, DesiredCapacity=2)
    events = replay(capsys, plan, write(tmp_path, rows([70])), "--only", "desired", "--only", "refused")
    assert [(event["event"], event["from"], event["to"]) for event in events] == [("desired", 2, 3), ("refused", 3, 5)]
    assert events[1]["cause"] == {"kind": "limit", "name": "max size", "metric": None}


def test_a_group_at_its_minimum_is_held_there(tmp_path: Path, capsys: Capture) -> None:
    down = {"ScalingAdjustment": -5, "MetricIntervalUpperBound": 0.0}
    low = alarm("in", threshold=30.0, ComparisonOperator="LessThanThreshold")
    plan = save(tmp_path / "plan", [stepping("in", [down])], [low], MinSize=2, DesiredCapacity=4)
    assert changes(capsys, plan, write(tmp_path, rows([10, 10, 10]))) == [("11:01:00", 4, 2, "in")]


def test_an_alarm_of_ten_seconds_acts_within_them(tmp_path: Path, capsys: Capture) -> None:
    plan = save(tmp_path / "plan", [stepping("out", [ALWAYS_UP])], [alarm("out", Period=10)])
    record = write(tmp_path, rows([10, 10, 70, 70, 10], period_s=10))
    assert changes(capsys, plan, record) == [("11:00:30", 10, 13, "out")]


def test_of_several_policies_the_largest_capacity_wins(tmp_path: Path, capsys: Capture) -> None:
    plan = save(
        tmp_path / "plan",
        [tracking("a", "A", 50.0), tracking("b", "B", 50.0), stepping("c", [ALWAYS_UP])],
        [alarm("c", "C")],
    )
    record = write(tmp_path, rows([60] * 3, "A") + rows([80] * 3, "B") + rows([10, 10, 70], "C"))
    assert changes(capsys, plan, record) == [("11:03:00", 10, 16, "b")]


@pytest.mark.parametrize(("other", "settled"), [(40.0, []), (10.0, [9])])
def test_scale_in_waits_until_all_tracking_policies_agree(
    tmp_path: Path, capsys: Capture, other: float, settled: list[int]
) -> None:
    plan = save(tmp_path / "plan", [tracking("a", "A", 50.0), tracking("b", "B", 50.0)])
    record = write(tmp_path, rows([10.0] * 15, "A") + rows([other] * 15, "B"))
    assert [to for _, _, to, _ in changes(capsys, plan, record)] == settled


def test_a_policy_without_data_blocks_scale_in_and_not_scale_out(tmp_path: Path, capsys: Capture) -> None:
    plan = save(tmp_path / "plan", [tracking("a", "A", 50.0), tracking("b", "B", 50.0)])
    assert changes(capsys, plan, write(tmp_path, rows([10.0] * 20, "A"))) == []
    assert changes(capsys, plan, write(tmp_path, rows([60.0] * 3, "A"))) == [("11:03:00", 10, 12, "a")]


def test_an_alarm_that_is_in_alarm_already_acts_in_the_first_minute(tmp_path: Path, capsys: Capture) -> None:
    policies, record = [stepping("out", [ALWAYS_UP])], write(tmp_path, rows([70, 10, 10]))
    slow: dict[str, Any] = {"EvaluationPeriods": 3, "DatapointsToAlarm": 3, "TreatMissingData": "ignore"}
    fresh = save(tmp_path / "fresh", policies, [alarm("out", **slow)])
    known = save(tmp_path / "known", policies, [alarm("out", **slow, StateValue="ALARM")])
    assert changes(capsys, fresh, record) == []
    assert changes(capsys, known, record)[0] == ("11:01:00", 10, 13, "out")


@pytest.mark.parametrize(("treatment", "acts"), [("missing", True), ("notBreaching", False), ("breaching", True)])
def test_a_missing_minute_is_treated_as_the_alarm_says(
    tmp_path: Path, capsys: Capture, treatment: str, *, acts: bool
) -> None:
    """Seven minutes without a datapoint leave the range of an alarm of two periods empty."""
    kept: dict[str, Any] = {"EvaluationPeriods": 2, "DatapointsToAlarm": 2, "TreatMissingData": treatment}
    plan = save(tmp_path / "plan", [stepping("out", [ALWAYS_UP])], [alarm("out", **kept)])
    record = write(tmp_path, rows([70, None, 70, 10, 10] if treatment == "missing" else [10] + [None] * 6 + [70]))
    assert bool(changes(capsys, plan, record)) is acts


def test_two_of_three_datapoints_need_not_be_neighbours(tmp_path: Path, capsys: Capture) -> None:
    counted: dict[str, Any] = {"EvaluationPeriods": 3, "DatapointsToAlarm": 2}
    plan = save(
        tmp_path / "plan", [stepping("out", [ALWAYS_UP], MetricAggregationType="Maximum")], [alarm("out", **counted)]
    )
    assert changes(capsys, plan, write(tmp_path, rows([70, 10, 10, 70, 10]))) == []
    assert changes(capsys, plan, write(tmp_path, rows([10, 70, 10, 70, 10])))[0][0] == "11:04:00"


def test_a_step_is_chosen_by_the_average_of_the_alarms_datapoints_and_none_is_told(
    tmp_path: Path, capsys: Capture
) -> None:
    """70, 10 and 70 are two breaches of three, and 50 on average: below every step."""
    counted: dict[str, Any] = {"EvaluationPeriods": 3, "DatapointsToAlarm": 2}
    plan = save(tmp_path / "plan", [stepping("out", [ALWAYS_UP])], [alarm("out", **counted)])
    events = replay(capsys, plan, write(tmp_path, rows([10, 70, 10, 70, 10])), "--only", "desired", "--only", "refused")
    assert [(event["event"], event["cause"]["name"]) for event in events] == [("refused", "out")]
    assert events[0]["reason"].startswith("No step adjustment found for metric value [50]")


def test_an_alarm_whose_actions_are_off_changes_nothing(tmp_path: Path, capsys: Capture) -> None:
    policies, record = [stepping("out", [ALWAYS_UP])], write(tmp_path, rows([70]))
    assert changes(capsys, save(tmp_path / "on", policies, [alarm("out")]), record)
    assert changes(capsys, save(tmp_path / "off", policies, [alarm("out", ActionsEnabled=False)]), record) == []


def test_warmed_instances_are_started_before_new_ones_are_launched(tmp_path: Path, capsys: Capture) -> None:
    pool: dict[str, Any] = {"MinSize": 2, "MaxGroupPreparedCapacity": 12, "PoolState": "Stopped"}
    plan = save(tmp_path / "plan", [stepping("out", [ALWAYS_UP])], [alarm("out")], WarmPoolConfiguration=pool)
    (plan / "describe-warm-pool.json").write_text(json.dumps({"WarmPoolConfiguration": pool, "Instances": []}))
    events = replay(
        capsys, plan, write(tmp_path, rows([70, 10, 10, 10, 10])), "--only", "launch", "--only", "in_service"
    )
    launches = [(event["cause"]["name"], event["from"], event["to"]) for event in events if event["event"] == "launch"]
    assert launches == [("warm pool", 10, 12), ("desired capacity", 12, 13), ("warm pool", 0, 2)]
    ready = [event["time"] for event in events if event["event"] == "in_service"]
    assert len(ready) == 2
    assert ready[0] < ready[1]


def test_a_group_is_chosen_by_its_name(tmp_path: Path, capsys: Capture) -> None:
    two = [group(), group("other", DesiredCapacity=3)]
    plan = save(tmp_path / "plan", [stepping("out", [ALWAYS_UP])], [alarm("out")], groups=two)
    (event,) = replay(capsys, plan, write(tmp_path, rows([70])), "--group", "web", "--only", "desired")
    assert (event["group"], event["from"]) == ("web", 10)
