"""Which moments of a replay cannot change anything, known before it is played.

An alarm on a metric that the group does not change has the same states whatever the group does, so they are told for
the whole record at once. A moment is quiet where no alarm changes its state and none is in ALARM.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from floodgate.awsrules.cloudwatch import alarms as rules
from floodgate.awsrules.cloudwatch.windows import tail
from floodgate.awsrules.model import Alarm, AlarmState

Codes = NDArray[np.int8]
CODES: dict[AlarmState, int] = {"OK": 0, "ALARM": 1, "INSUFFICIENT_DATA": 2}
_STATES: tuple[AlarmState, ...] = tuple(CODES)


def states(alarm: Alarm, begins: AlarmState, values: Sequence[float | None], before: int, ticks: int) -> Codes:
    """The alarm's state after each tick, as numbers of `CODES`; `alarms.evaluate` tick by tick, where all are due.

    Args:
        alarm: the alarm.
        begins: its state before the first tick.
        values: the datapoint that ends with each tick.
        before: how many of them lie before the first tick.
        ticks: how many ticks a period has.
    """
    breaches, bound = rules.COMPARISONS[alarm.comparison], alarm.threshold
    breaching = np.array([value is not None and breaches(value, bound) for value in values], dtype=np.bool_)
    missing = np.array([value is None for value in values], dtype=np.bool_)
    bad = _in_windows(breaching, before, ticks, alarm.evaluation_periods)
    found = np.where(bad >= alarm.datapoints_to_alarm, CODES["ALARM"], CODES["OK"]).astype(np.int8)
    gaps = _in_windows(missing, before, ticks, alarm.evaluation_periods)
    periods = rules.range_points(alarm.evaluation_periods)
    for index in np.flatnonzero(gaps):
        was = begins if index == 0 else _STATES[found[index - 1]]
        found[index] = CODES[rules.evaluate(alarm, tail(values, before + int(index), ticks, periods), was)]
    return found


def unstirred(found: Codes, begins: AlarmState) -> NDArray[np.bool_]:
    """At which ticks an alarm keeps its state."""
    return found == np.concatenate(([CODES[begins]], found[:-1]))


def _in_windows(marks: NDArray[np.bool_], before: int, ticks: int, periods: int) -> NDArray[np.int64]:
    """How many of the last `periods` datapoints at each tick are marked."""
    counted = np.zeros(len(marks) - before, dtype=np.int64)
    for number in range(periods):
        first = before - number * ticks
        counted += marks[first : first + len(counted)]
    return counted
