"""The nouns of AWS scaling as frozen values, as its APIs describe them.

Times of schedules are aware datetimes in UTC, durations are seconds, shares are 0 to 1 unless a name says percent.
"""

from __future__ import annotations

from floodgate.awsrules.model.alarms import Alarm, AlarmState, MissingData
from floodgate.awsrules.model.group import (
    Group,
    InstanceType,
    LifecycleHook,
    MaintenancePolicy,
    Member,
    PoolState,
    ScheduledAction,
    WarmPool,
    ZoneStrategy,
)
from floodgate.awsrules.model.metrics import Metric, MetricMath, Query, Signal, Statistic
from floodgate.awsrules.model.policies import (
    AdjustmentType,
    Policy,
    PredictiveScaling,
    SimpleScaling,
    Step,
    StepScaling,
    TargetTracking,
)

__all__ = [
    "AdjustmentType",
    "Alarm",
    "AlarmState",
    "Group",
    "InstanceType",
    "LifecycleHook",
    "MaintenancePolicy",
    "Member",
    "Metric",
    "MetricMath",
    "MissingData",
    "Policy",
    "PoolState",
    "PredictiveScaling",
    "Query",
    "ScheduledAction",
    "Signal",
    "SimpleScaling",
    "Statistic",
    "Step",
    "StepScaling",
    "TargetTracking",
    "WarmPool",
    "ZoneStrategy",
]
