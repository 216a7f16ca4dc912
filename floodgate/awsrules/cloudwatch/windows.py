"""When alarms are evaluated, and which windows of time their datapoints cover then.

Source: "Alarm evaluation", https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html.
"""

from __future__ import annotations

from collections.abc import Sequence

from floodgate.awsrules.cloudwatch.datapoints import Datapoint, over
from floodgate.awsrules.model import Statistic

DAY_S = 86_400
MINUTE_S = 60
HIGH_RESOLUTION_S = 10


def interval_s(period_s: int, evaluation_periods: int) -> int:
    """How often an alarm is evaluated: each minute, each ten seconds for high resolution, hourly beyond a day.

    Source: "Alarm evaluation".
    """
    if period_s < MINUTE_S:
        return HIGH_RESOLUTION_S
    return 3600 if period_s * evaluation_periods > DAY_S else MINUTE_S


def is_due(now_s: int, period_s: int, evaluation_periods: int) -> bool:
    """Whether an alarm is evaluated at this second, taking evaluations to begin on the full minute or hour."""
    return now_s % interval_s(period_s, evaluation_periods) == 0


def stamps(end_s: int, period_s: int, periods: int) -> list[int]:
    """The times of datapoints that end at `end_s`, oldest first: each is stamped with its period's beginning.

    Source: "Metrics concepts", Periods: what is aggregated from 7 to 8 o'clock is stamped with 7 o'clock.
    """
    return list(range(end_s - periods * period_s, end_s, period_s))


def sliding(history: Sequence[Datapoint | None], ticks: int, periods: int, statistic: Statistic) -> list[float | None]:
    """The last `periods` datapoints of `ticks` ticks each, oldest first, counted back from the newest tick.

    An alarm with a period of five minutes looks at minutes 1 to 5 in minute 5 and at minutes 2 to 6 in minute 6:
    its window slides by the minute. Source: "Alarm evaluation".
    """
    if ticks == 1:
        newest = [None if point is None else point.value(statistic) for point in history[-periods:]]
        return [None] * (periods - len(newest)) + newest
    ends = range(len(history) - (periods - 1) * ticks, len(history) + 1, ticks)
    return [over(history[max(0, end - ticks) : max(0, end)], statistic) for end in ends]


def rolling(history: Sequence[Datapoint | None], ticks: int, statistic: Statistic) -> list[float | None]:
    """The datapoint of `ticks` ticks that ends with each tick: `sliding` for every moment of a record at once.

    `tail(rolled, index, ticks, periods)` are then the points that `sliding` gives at that tick, at the cost of a slice.
    """
    if ticks == 1:
        return [None if point is None else point.value(statistic) for point in history]
    return [over(history[max(0, end - ticks) : end], statistic) for end in range(1, len(history) + 1)]


def tail(rolled: Sequence[float | None], index: int, ticks: int, periods: int) -> list[float | None]:
    """The `periods` points that end with the tick `index`, each `ticks` ticks apart, oldest first.

    What lies before the record is missing.
    """
    first = index - (periods - 1) * ticks
    if first >= 0:
        return list(rolled[first : index + 1 : ticks])
    held = list(rolled[index % ticks : index + 1 : ticks])
    return [None] * (periods - len(held)) + held
