"""What a predictive scaling policy does with a forecast that is given; the forecast itself is AWS's secret.

Source: "How predictive scaling works",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/predictive-scaling-policy-overview.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from floodgate.awsrules.model import PredictiveScaling
from floodgate.awsrules.scaling.capacity import Bounds, Wish

HOUR = timedelta(hours=1)


def acts_at(policy: PredictiveScaling, hour: datetime) -> datetime:
    """When the policy acts for the hour that begins at `hour`: earlier by its buffer."""
    return hour - timedelta(seconds=policy.buffer_s)


def effective_maximum(policy: PredictiveScaling, forecast: int, maximum: int, close_share: float = 1.0) -> int:
    """The group's maximum once the policy has seen a forecast; a raised maximum stays raised.

    Args:
        policy: it raises only where it may, by its buffer above the forecast, rounded up.
        forecast: the capacity that is forecast.
        maximum: the group's maximum.
        close_share: from which share of the maximum a forecast is "close to" it; AWS does not say.

    Source: "PredictiveScalingConfiguration",
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredictiveScalingConfiguration.html
    """
    if policy.max_capacity_behaviour != "IncreaseMaxCapacity" or forecast < maximum * close_share:
        return maximum
    return max(maximum, -(-forecast * (100 + policy.max_capacity_buffer_percent) // 100))


def bounds_after(policy: PredictiveScaling, forecast: int, bounds: Bounds, close_share: float = 1.0) -> Bounds:
    """The group's bounds after the policy has acted: it only scales out, and not at all where it only forecasts."""
    if policy.mode == "ForecastOnly":
        return bounds
    maximum = effective_maximum(policy, forecast, bounds.maximum, close_share)
    return Bounds(bounds.minimum, maximum, max(bounds.desired, min(forecast, maximum)))


def forecast_at(policy: PredictiveScaling, hourly: Sequence[tuple[datetime, int]], now: datetime) -> int | None:
    """The forecast capacity that holds at `now`; None where there is no forecast for it.

    An hour's forecast holds from the buffer before it to its end; where two hold, the larger does.
    """
    return max((capacity for hour, capacity in hourly if acts_at(policy, hour) <= now < hour + HOUR), default=None)


def wish(policy: PredictiveScaling, hourly: Sequence[tuple[datetime, int]], now: datetime) -> Wish | None:
    """What a policy that scales holds at `now`, to be weighed against other policies: the larger capacity wins."""
    capacity = forecast_at(policy, hourly, now)
    if capacity is None or policy.mode == "ForecastOnly":
        return None
    return Wish(policy.name, capacity, f"{capacity} are forecast for this hour")


def actions(
    policy: PredictiveScaling, hourly: Iterable[tuple[datetime, int]], after: datetime, until: datetime
) -> list[tuple[datetime, int]]:
    """When in ``(after, until]`` the policy acts, and on which forecast, in order; never where it only forecasts."""
    if policy.mode == "ForecastOnly":
        return []
    due = ((acts_at(policy, hour), capacity) for hour, capacity in hourly)
    return sorted(pair for pair in due if after < pair[0] <= until)
