"""How long CloudWatch keeps datapoints, and how finely.

Source: "Metrics concepts", Metrics retention,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html.
"""

from __future__ import annotations

HOUR_S, DAY_S = 3_600, 86_400
KEPT_S = ((1, 3 * HOUR_S), (60, 15 * DAY_S), (300, 63 * DAY_S), (3600, 455 * DAY_S))
"""Periods in seconds and how long datapoints of that length are kept: three hours, 15, 63 and 455 days."""


def kept_s(period_s: int) -> int:
    """How long datapoints of this period are kept."""
    return next(kept for period, kept in reversed(KEPT_S) if period_s >= period)


def finest_s(age_s: float, published_s: int = 60) -> int | None:
    """The shortest period that can still be read of data of this age; None where nothing is kept any more.

    Args:
        age_s: how old the data are.
        published_s: the period that they were published with.
    """
    return next((max(period, published_s) for period, kept in KEPT_S if age_s <= max(kept, kept_s(published_s))), None)
