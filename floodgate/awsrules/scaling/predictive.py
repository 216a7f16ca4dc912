"""What a predictive scaling policy does with a forecast that is given; the forecast itself is AWS's secret.

Source: "How predictive scaling works",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/predictive-scaling-policy-overview.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from floodgate.awsrules.model import PredictiveScaling
from floodgate.awsrules.scaling.capacity import Bounds

HOUR = timedelta(hours=1)


def acts_at(policy: PredictiveScaling, hour: datetime) -> datetime:
    """When the policy acts for the hour that begins at `hour`: earlier by its buffer."""
    return hour - timedelta(seconds=policy.buffer_s)


def bounds_after(policy: PredictiveScaling, forecast: int, bounds: Bounds) -> Bounds:
    """The group's bounds after the policy has acted: it only scales out.

    A raised maximum stays raised. Source of its buffer: "PredictiveScalingConfiguration",
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredictiveScalingConfiguration.html
    """
    if policy.mode == "ForecastOnly":
        return bounds
    maximum = bounds.maximum
    if policy.max_capacity_behaviour == "IncreaseMaxCapacity":
        raised = ceil(forecast * (100 + policy.max_capacity_buffer_percent) / 100)
        maximum = max(maximum, raised) if forecast >= maximum else maximum
    return Bounds(bounds.minimum, maximum, max(bounds.desired, min(forecast, maximum)))


def forecast_at(policy: PredictiveScaling, hourly: Sequence[tuple[datetime, int]], now: datetime) -> int | None:
    """The forecast capacity that holds at `now`: that of the latest hour whose moment to act has come."""
    due = [capacity for hour, capacity in hourly if acts_at(policy, hour) <= now]
    return due[-1] if due else None
