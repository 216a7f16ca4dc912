"""The command on saved plans: AWS's worked examples end to end, and one line for wrong input.

Proves what the rules answer on a record; cannot prove that AWS's own alarms are set as they are taken here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from floodgate.cli import run

HEADER = "time,namespace,metric,dimensions,value\n"


def group(name: str = "web", desired: int = 10, **more: Any) -> dict[str, Any]:
    """A described group."""
    return {
        "AutoScalingGroupName": name, "MinSize": 1, "MaxSize": 100, "DesiredCapacity": desired, "DefaultCooldown": 300,
        "AvailabilityZones": ["ap-northeast-2a"], "HealthCheckType": "EC2", "HealthCheckGracePeriod": 0,
        "CreatedTime": "2021-08-01T00:00:00Z", **more,
    }  # fmt: skip


def tracking(target: float, **configuration: Any) -> dict[str, Any]:
    """A described target tracking policy."""
    return {
        "AutoScalingGroupName": "web", "PolicyName": "track", "PolicyARN": "arn:track",
        "PolicyType": "TargetTrackingScaling", "Enabled": True,
        "TargetTrackingConfiguration": {"TargetValue": target, **configuration},
    }  # fmt: skip


def customized(metric: str) -> dict[str, Any]:
    """A metric of one's own."""
    return {"CustomizedMetricSpecification": {"Namespace": "Own", "MetricName": metric, "Statistic": "Average"}}


def plan(folder: Path, policies: list[dict[str, Any]], groups: list[dict[str, Any]] | None = None) -> Path:
    """A saved plan."""
    answers = {
        "describe-auto-scaling-groups": {"AutoScalingGroups": groups or [group()]},
        "describe-policies": {"ScalingPolicies": policies},
    }
    for name, answer in answers.items():
        (folder / f"{name}.json").write_text(json.dumps(answer))
    return folder


def record(folder: Path, values: list[float], metric: str = "Backlog", first_minute: int = 0, dims: str = "") -> Path:
    """One datapoint a minute."""
    times = [first_minute + number for number in range(len(values))]
    rows = [
        f"2021-08-09T{11 + at // 60:02}:{at % 60:02}:00Z,{'Own' if not dims else 'AWS/EC2'},{metric},{dims},{value}\n"
        for at, value in zip(times, values, strict=True)
    ]
    path = folder / "metrics.csv"
    path.write_text(HEADER + "".join(rows))
    return path


def told(capsys: pytest.CaptureFixture[str], folder: Path, csv: Path, *more: str) -> list[dict[str, Any]]:
    """What the command prints as JSON."""
    assert run(["what-if", "--plan", str(folder), "--metrics", str(csv), "--json", *more]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_backlog_of_150_against_100_adds_five_to_ten_after_three_minutes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # "Scaling policy based on Amazon SQS": https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
    csv = record(tmp_path, [150.0] * 4)
    (event,) = told(capsys, plan(tmp_path, [tracking(100.0, **customized("Backlog"))]), csv, "--only", "desired")
    assert (event["time"], event["from"], event["to"]) == ("2021-08-09T11:03:00Z", 10, 15)
    assert event["cause"] == {"kind": "policy", "name": "track", "metric": 150.0}
    assert (event["event"], event["group"]) == ("desired", "web")


def test_metric_math_divides_messages_by_what_is_in_service(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries = [
        {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "Own", "MetricName": "Messages"}, "Stat": "Sum"},
         "ReturnData": False},
        {"Id": "m2", "MetricStat": {"Metric": {"Namespace": "AWS/AutoScaling", "MetricName": "GroupInServiceInstances",
         "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "web"}]}, "Stat": "Average"}, "ReturnData": False},
        {"Id": "e1", "Expression": "m1 / m2", "ReturnData": True},
    ]  # fmt: skip
    folder = plan(tmp_path, [tracking(100.0, CustomizedMetricSpecification={"Metrics": queries})])
    events = told(capsys, folder, record(tmp_path, [1500.0] * 4, "Messages"), "--only", "desired")
    assert [(event["from"], event["to"]) for event in events] == [(10, 15)]


def test_a_record_that_begins_a_minute_later_is_answered_a_minute_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = plan(tmp_path, [tracking(50.0, **customized("Backlog"))])
    values = [40.0, 60, 70, 80, 90, 20, 20] + [10.0] * 20
    first = told(capsys, folder, record(tmp_path, values))
    later = told(capsys, folder, record(tmp_path, values, first_minute=1))
    assert first
    assert [{**event, "time": event["time"][17:]} for event in first] == [
        {**event, "time": event["time"][17:]} for event in later
    ]
    assert int(later[0]["time"][14:16]) - int(first[0]["time"][14:16]) == 1


@pytest.mark.parametrize(("load", "settled"), [(1500.0, 30), (1010.0, 21), (20_000.0, 100)])
def test_a_closed_loop_settles_where_the_load_meets_the_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], load: float, settled: int
) -> None:
    csv = record(tmp_path, [load] * 120, "CPUUtilization", dims="AutoScalingGroupName=web")
    predefined = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"}}
    events = told(capsys, plan(tmp_path, [tracking(50.0, **predefined)]), csv, "--closed-loop", "--only", "desired")
    assert events[-1]["to"] == settled


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--group", "other"], "group 'other' was asked for"),
        (["--param", "target-tracking.lowratio=1"], "does not exist"),
        (["--param", "boot"], "it is NAME=VALUE"),
        (["--param", "launch.burst=0"], "it is from 1 to"),
        (["--param", "launch.burst=nan"], "launch.burst is nan"),
        (["--param", "alarm.range-extra=1e12"], "it is from 0 to 1000"),
        (["--boot", "inf"], "it must be a finite number"),
        (["--from", "yesterday"], "a time is ISO 8601 in UTC"),
        (["--from", "2030-01-01T00:00:00Z"], "it ends after it begins"),
        (["--from", "2030-01-01T00:00:00Z", "--to", "2030-01-02T00:00:00Z"], "choose a window among them"),
    ],
)
def test_wrong_input_ends_in_2_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], said: str
) -> None:
    folder, csv = plan(tmp_path, [tracking(50.0, **customized("Backlog"))]), record(tmp_path, [1.0])
    assert run(["what-if", "--plan", str(folder), "--metrics", str(csv), *more]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_several_groups_and_none_named_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = plan(tmp_path, [], [group("a"), group("b")])
    assert run(["what-if", "--plan", str(folder), "--metrics", str(record(tmp_path, [1.0]))]) == 2
    assert "groups in this region: a, b" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["what-if", "--plan", str(plan(tmp_path, [])), "--metrics", str(tmp_path / "none.csv")]) == 2
    assert "give a file that can be read" in capsys.readouterr().err


def test_a_policy_without_a_row_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = plan(tmp_path, [tracking(50.0, **customized("Other"))])
    assert run(["what-if", "--plan", str(folder), "--metrics", str(record(tmp_path, [1.0]))]) == 0
    assert "no row in the metrics for track (Own Other)" in capsys.readouterr().err


def test_schedules_need_no_metrics_but_a_window(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nine in New York is fourteen o'clock in UTC, and thirteen once the clocks have moved."""
    folder, csv = plan(tmp_path, []), record(tmp_path, [])
    action = {
        "AutoScalingGroupName": "web", "ScheduledActionName": "morning", "ScheduledActionARN": "arn:morning",
        "Recurrence": "0 9 * * *", "TimeZone": "America/New_York", "DesiredCapacity": 12,
    }  # fmt: skip
    evening = {**action, "ScheduledActionName": "evening", "Recurrence": "0 18 * * *", "DesiredCapacity": 10}
    (folder / "describe-scheduled-actions.json").write_text(
        json.dumps({"ScheduledUpdateGroupActions": [action, evening]})
    )
    window = ("--from", "2027-03-13T12:00:00Z", "--to", "2027-03-14T20:00:00Z")
    changes = told(capsys, folder, csv, *window, "--only", "desired")
    assert [(change["time"], change["to"]) for change in changes] == [
        ("2027-03-13T14:00:00Z", 12),
        ("2027-03-13T23:00:00Z", 10),
        ("2027-03-14T13:00:00Z", 12),
    ]


def test_without_metrics_and_window_the_input_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["what-if", "--plan", str(plan(tmp_path, [])), "--metrics", str(record(tmp_path, []))]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "has no row" in line
    assert "give --from and --to" in line


def test_while_servers_warm_up_only_a_larger_need_adds_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten warm servers at 150 of 100 need fifteen, however long that is told; at 180 they need three more."""
    csv = record(tmp_path, [150.0] * 5 + [180.0] * 2)
    folder = plan(tmp_path, [tracking(100.0, **customized("Backlog"))])
    changes = told(capsys, folder, csv, "--only", "desired", "--boot", "30")
    assert [(change["time"], change["from"], change["to"]) for change in changes] == [
        ("2021-08-09T11:03:00Z", 10, 15),
        ("2021-08-09T11:06:00Z", 15, 18),
    ]
