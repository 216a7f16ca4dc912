"""The nouns of AWS scaling as frozen values, as its APIs describe them.

Times of schedules are aware datetimes in UTC, durations are seconds, shares are 0 to 1 unless a name says percent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Statistic = str  # "Average", "Sum", "Maximum", "Minimum", "SampleCount" or a percentile such as "p99"
MissingData = Literal["missing", "notBreaching", "breaching", "ignore"]
AlarmState = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
AdjustmentType = Literal["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"]
PoolState = Literal["Stopped", "Running", "Hibernated"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One CloudWatch metric; dimensions are sorted pairs, so equal metrics compare equal."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    statistic: Statistic = "Average"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A CloudWatch metric alarm on one metric."""

    name: str
    metric: Metric
    comparison: str
    threshold: float
    period_s: int
    evaluation_periods: int
    datapoints_to_alarm: int
    treat_missing_data: MissingData = "missing"
    actions: tuple[str, ...] = ()
    state: AlarmState = "INSUFFICIENT_DATA"


@dataclass(frozen=True, slots=True)
class TargetTracking:
    """A target tracking policy. `predefined` is AWS's metric type, e.g. ``ALBRequestCountPerTarget``."""

    name: str
    arn: str
    target: float
    predefined: str | None = None
    metric: Metric | None = None
    disable_scale_in: bool = False
    warmup_s: int | None = None
    enabled: bool = True


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


@dataclass(frozen=True, slots=True)
class ScheduledAction:
    """A scheduled action of an Auto Scaling group; `recurrence` is five-field cron in `time_zone`."""

    name: str
    start: datetime | None = None
    end: datetime | None = None
    recurrence: str | None = None
    time_zone: str = "Etc/UTC"
    min_size: int | None = None
    max_size: int | None = None
    desired: int | None = None


@dataclass(frozen=True, slots=True)
class WarmPool:
    """A warm pool; None as `max_prepared` means the group's maximum."""

    state: PoolState = "Stopped"
    min_size: int = 0
    max_prepared: int | None = None
    reuse_on_scale_in: bool = False


@dataclass(frozen=True, slots=True)
class LifecycleHook:
    """A lifecycle hook of a group."""

    name: str
    transition: Literal["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"]
    heartbeat_s: int = 3600
    default_result: Literal["ABANDON", "CONTINUE"] = "ABANDON"


@dataclass(frozen=True, slots=True)
class InstanceType:
    """What a launched instance brings."""

    name: str
    vcpus: int
    memory_mib: int


@dataclass(frozen=True, slots=True)
class Group:
    """An Auto Scaling group with everything that can change its size."""

    name: str
    min_size: int
    max_size: int
    desired: int
    instance_type: InstanceType
    zones: tuple[str, ...]
    default_cooldown_s: int = 300
    default_warmup_s: int | None = None
    health_check_type: str = "EC2"
    health_check_grace_s: int = 0
    detailed_monitoring: bool = False
    policies: tuple[Policy, ...] = ()
    schedules: tuple[ScheduledAction, ...] = ()
    hooks: tuple[LifecycleHook, ...] = ()
    warm_pool: WarmPool | None = None
    suspended: frozenset[str] = field(default_factory=frozenset)
