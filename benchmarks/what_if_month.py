"""A month of minute metrics with three policies: the plan and the record that `what-if` is measured on."""

from __future__ import annotations

import json
import math
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

MINUTES = 30 * 24 * 60
METRICS = {"A": (45.0, 50.0), "B": (900.0, 1000.0), "C": (25.0, 30.0)}
"""Each metric's mean and the target of its policy."""

_START = datetime(2021, 8, 1, tzinfo=UTC)


def write(folder: Path) -> tuple[Path, Path]:
    """Write the plan's folder and the CSV: daily waves with noise, the same every time."""
    group = {
        "AutoScalingGroupName": "web", "MinSize": 1, "MaxSize": 100, "DesiredCapacity": 10, "DefaultCooldown": 300,
        "AvailabilityZones": ["a"], "HealthCheckType": "EC2", "HealthCheckGracePeriod": 0,
        "CreatedTime": "2021-08-01T00:00:00Z",
    }  # fmt: skip
    plan = folder / "plan"
    plan.mkdir()
    policies = [_policy(name, target) for name, (_, target) in METRICS.items()]
    (plan / "describe-auto-scaling-groups.json").write_text(json.dumps({"AutoScalingGroups": [group]}))
    (plan / "describe-policies.json").write_text(json.dumps({"ScalingPolicies": policies}))
    record = folder / "metrics.csv"
    record.write_text("time,namespace,metric,dimensions,value\n" + "".join(_rows()))
    return plan, record


def _policy(metric: str, target: float) -> dict:
    followed = {"Namespace": "Own", "MetricName": metric, "Statistic": "Average"}
    return {
        "AutoScalingGroupName": "web", "PolicyName": f"keep-{metric}", "PolicyARN": f"arn:{metric}",
        "PolicyType": "TargetTrackingScaling", "Enabled": True,
        "TargetTrackingConfiguration": {"TargetValue": target, "CustomizedMetricSpecification": followed},
    }  # fmt: skip


def _rows() -> list[str]:
    chance = random.Random(1)
    rows = []
    for minute in range(MINUTES):
        time = (_START + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")
        wave = 1 + 0.3 * math.sin(2 * math.pi * minute / 1440)
        rows += [
            f"{time},Own,{name},,{mean * wave + chance.gauss(0, mean * 0.05):.2f}\n"
            for name, (mean, _) in METRICS.items()
        ]
    return rows
