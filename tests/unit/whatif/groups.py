"""Saved plans and records for the tests of what-if, and the command that replays them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from floodgate.cli import run

HEADER = "time,namespace,metric,dimensions,value\n"
ALWAYS_UP = {"ScalingAdjustment": 3, "MetricIntervalLowerBound": 0.0}


def group(name: str = "web", **more: Any) -> dict[str, Any]:
    """A described group of ten instances, from one to a hundred."""
    return {
        "AutoScalingGroupName": name, "MinSize": 1, "MaxSize": 100, "DesiredCapacity": 10, "DefaultCooldown": 300,
        "AvailabilityZones": ["a"], "HealthCheckType": "EC2", "HealthCheckGracePeriod": 0,
        "CreatedTime": "2021-08-01T00:00:00Z", **more,
    }  # fmt: skip


def tracking(name: str, metric: str, target: float, **more: Any) -> dict[str, Any]:
    """A described target tracking policy on a metric of one's own."""
    followed = {"Namespace": "Own", "MetricName": metric, "Statistic": "Average"}
    settings = {"TargetValue": target, "CustomizedMetricSpecification": followed, **more}
    return _policy(name, PolicyType="TargetTrackingScaling", TargetTrackingConfiguration=settings)


def stepping(name: str, steps: Sequence[Mapping[str, float]], **more: Any) -> dict[str, Any]:
    """A described step scaling policy."""
    return _policy(
        name, PolicyType="StepScaling", StepAdjustments=list(steps),
        **{"AdjustmentType": "ChangeInCapacity", "MetricAggregationType": "Average", **more},
    )  # fmt: skip


def simple(name: str, adjustment: int, **more: Any) -> dict[str, Any]:
    """A described simple scaling policy."""
    kind = {"PolicyType": "SimpleScaling", "AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": adjustment}
    return _policy(name, **kind, **more)


def predictive(name: str) -> dict[str, Any]:
    """A described predictive scaling policy."""
    settings = {"Mode": "ForecastAndScale", "MetricSpecifications": []}
    return _policy(name, PolicyType="PredictiveScaling", PredictiveScalingConfiguration=settings)


def alarm(policy: str, metric: str = "Load", threshold: float = 60.0, **more: Any) -> dict[str, Any]:
    """A described alarm on a metric of one's own that runs a policy."""
    return {
        "AlarmName": f"{policy}-{metric}", "AlarmArn": f"arn:alarm:{policy}", "ActionsEnabled": True,
        "AlarmActions": [f"arn:{policy}"], "OKActions": [], "InsufficientDataActions": [], "StateValue": "OK",
        "MetricName": metric, "Namespace": "Own", "Statistic": "Average", "Dimensions": [], "Period": 60,
        "EvaluationPeriods": 1, "DatapointsToAlarm": 1, "Threshold": threshold,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "missing", **more,
    }  # fmt: skip


def save(folder: Path, policies: Sequence[dict[str, Any]], alarms: Sequence[dict[str, Any]] = (), **more: Any) -> Path:
    """A saved plan of one group, or of `groups`."""
    groups = more.pop("groups", None) or [group(**more)]
    folder.mkdir(exist_ok=True)
    answers = {
        "describe-auto-scaling-groups": {"AutoScalingGroups": groups},
        "describe-policies": {"ScalingPolicies": list(policies)},
        "describe-alarms": {"MetricAlarms": list(alarms)},
    }
    for name, answer in answers.items():
        (folder / f"{name}.json").write_text(json.dumps(answer))
    return folder


def rows(values: Sequence[float | None], metric: str = "Load", *, period_s: int = 60, start_s: int = 0) -> list[str]:
    """One datapoint a period from eleven o'clock on; None is missing."""
    times = (start_s + number * period_s for number in range(len(values)))
    return [
        f"2021-08-09T{11 + at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}Z,Own,{metric},,{value}\n"
        for at, value in zip(times, values, strict=True)
        if value is not None
    ]


def write(folder: Path, lines: Sequence[str]) -> Path:
    """A record."""
    path = folder / "metrics.csv"
    path.write_text(HEADER + "".join(lines))
    return path


def replay(capsys: pytest.CaptureFixture[str], plan: Path, record: Path, *more: str) -> list[dict[str, Any]]:
    """What the command prints as JSON."""
    capsys.readouterr()
    assert run(["what-if", "--plan", str(plan), "--metrics", str(record), "--json", *more]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def changes(
    capsys: pytest.CaptureFixture[str], plan: Path, record: Path, *more: str
) -> list[tuple[str, int, int, str]]:
    """The changes of the desired capacity: minute and second, from, to, policy."""
    events = replay(capsys, plan, record, "--only", "desired", *more)
    return [(event["time"][11:19], event["from"], event["to"], event["cause"]["name"]) for event in events]


def _policy(name: str, **more: Any) -> dict[str, Any]:
    return {"AutoScalingGroupName": "web", "PolicyName": name, "PolicyARN": f"arn:{name}", "Enabled": True, **more}
