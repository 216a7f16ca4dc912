"""Capacity unit reservations of an Application Load Balancer: limits, share of a zone, changes, what is paid.

Sources: "Capacity reservations for your Application Load Balancer",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/capacity-unit-reservation.html; "Request capacity
unit reservation for your Application Load Balancer",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/request-capacity-unit-reservation.html; "CloudWatch
metrics for your Application Load Balancer",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html.
"""

from __future__ import annotations

from collections.abc import Iterable

MIN_RESERVATION_LCU = 100
MAX_RESERVATION_LCU = 15_000
DECREASES_PER_DAY = 2
DAY_S = 86_400
MINUTES_PER_HOUR = 60


def allowed(lcu: int, quota_lcu: int = MAX_RESERVATION_LCU) -> bool:
    """Whether so many units may be reserved: none, or from 100 up to the quota of the balancer."""
    return lcu == 0 or MIN_RESERVATION_LCU <= lcu <= quota_lcu


def may_change(current_lcu: int, wanted_lcu: int, decreases_s: Iterable[float], now_s: float) -> bool:
    """Whether a reservation may be changed now: raised at any time, lowered twice in a day.

    Whether AWS's day is the calendar's or the last 24 hours it does not say; the last 24 hours are taken.
    """
    if wanted_lcu >= current_lcu:
        return True
    return sum(now_s - DAY_S < at_s <= now_s for at_s in decreases_s) < DECREASES_PER_DAY


def reserved_per_zone(reserved_lcu: float, zones: int) -> float:
    """A reservation is split evenly over the zones of the balancer."""
    return reserved_lcu / zones


def capacity(reserved_lcu: float, grown_lcu: float) -> float:
    """What the balancer takes: its reservation at least, and beyond it what it has grown to by itself."""
    return max(reserved_lcu, grown_lcu)


def billed_lcu(reserved_lcu: float, used_lcu: float) -> tuple[float, float]:
    """Reserved and further units that are paid for: the reservation whether used or not, and what goes beyond it."""
    return reserved_lcu, max(0.0, used_lcu - reserved_lcu)


def reserved_lcu_metric(reserved_lcu: float) -> float:
    """The metric ReservedLCUs of one minute: what is reserved, by the minute."""
    return reserved_lcu / MINUTES_PER_HOUR


def estimate(peak_lcus: Iterable[float]) -> float:
    """The reservation that a past peak asks for: the largest sum of PeakLCUs of one minute, not ConsumedLCUs.

    Args:
        peak_lcus: the metric PeakLCUs, its sum by minute.
    """
    return max(peak_lcus, default=0.0)
