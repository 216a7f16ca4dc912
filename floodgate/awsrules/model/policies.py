"""The four kinds of scaling policy.

Source: "ScalingPolicy", https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_ScalingPolicy.html.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from floodgate.awsrules.model.alarms import Alarm
from floodgate.awsrules.model.metrics import Signal

AdjustmentType = Literal["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"]


@dataclass(frozen=True, slots=True)
class TargetTracking:
    """A target tracking policy.

    `predefined` is AWS's metric type, e.g. ``ALBRequestCountPerTarget``, `resource_label` the balancer and target group
    that it counts (``app/<name>/<id>/targetgroup/<name>/<id>``). `alarms` are those that AWS has made for it, where
    they were read; without them they are made as AWS makes them.
    """

    name: str
    arn: str
    target: float
    predefined: str | None = None
    metric: Signal | None = None
    disable_scale_in: bool = False
    warmup_s: int | None = None
    enabled: bool = True
    resource_label: str | None = None
    period_s: int = 60
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step adjustment; bounds are relative to the alarm's threshold, None is infinity."""

    lower: float | None
    upper: float | None
    adjustment: int


@dataclass(frozen=True, slots=True)
class StepScaling:
    """A step scaling policy; `alarms` are the alarms whose actions name its ARN."""

    name: str
    arn: str
    adjustment_type: AdjustmentType
    steps: tuple[Step, ...]
    alarms: tuple[Alarm, ...] = ()
    min_adjustment_magnitude: int | None = None
    aggregation: Literal["Average", "Minimum", "Maximum"] = "Average"
    warmup_s: int | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class PredictiveScaling:
    """A predictive scaling policy: what it does with a forecast that is given."""

    name: str
    arn: str
    mode: Literal["ForecastOnly", "ForecastAndScale"] = "ForecastOnly"
    buffer_s: int = 300
    max_capacity_behaviour: Literal["HonorMaxCapacity", "IncreaseMaxCapacity"] = "HonorMaxCapacity"
    max_capacity_buffer_percent: int = 0


@dataclass(frozen=True, slots=True)
class SimpleScaling:
    """A simple scaling policy: one adjustment, then a cooldown."""

    name: str
    arn: str
    adjustment_type: AdjustmentType
    adjustment: int
    alarms: tuple[Alarm, ...] = ()
    min_adjustment_magnitude: int | None = None
    cooldown_s: int | None = None
    enabled: bool = True


Policy = TargetTracking | StepScaling | SimpleScaling | PredictiveScaling
