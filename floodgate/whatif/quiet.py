"""Which moments of a replay cannot change anything, known before it is played.

An alarm on a metric that the group does not change has the same states whatever the group does, so they are told for
the whole record at once. A moment is quiet where no alarm changes its state and none is in ALARM.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from floodgate.awsrules.cloudwatch import alarms as rules
from floodgate.awsrules.cloudwatch.windows import interval_s, tail
from floodgate.awsrules.model import Alarm, AlarmState, SimpleScaling, TargetTracking
from floodgate.fleet import Fleet
from floodgate.fleet.alarms import Watch
from floodgate.whatif.source import Clock, Column, Replay

Codes = NDArray[np.int8]
CODES: dict[AlarmState, int] = {"OK": 0, "ALARM": 1, "INSUFFICIENT_DATA": 2}
_STATES: tuple[AlarmState, ...] = tuple(CODES)


def finder(fleet: Fleet, source: Replay, clock: Clock) -> Callable[[int], bool]:
    """Tells of a second at which a tick ends whether evaluating it would change nothing.

    Low alarms of target tracking scale in only where all agree, and nothing below the group's minimum. A pending
    cooldown is looked at every tick, so a group with simple policies has no quiet ones.
    """
    watches = fleet.alarms
    columns = [source.column(watch.alarm.metric, watch.alarm.period_s, _reach(watch)) for watch in watches]
    often = all(interval_s(w.alarm.period_s, w.alarm.evaluation_periods) == clock.tick_s for w in watches)
    simple = any(isinstance(watch.policy, SimpleScaling) for watch in watches)
    busy = simple or any(_acts_otherwise(watch.alarm) for watch in watches)
    if busy or not often or not clock.ticks or any(column is None for column in columns):
        return lambda _: False
    still = np.ones(clock.ticks, dtype=np.bool_)
    lows: list[NDArray[np.bool_]] = []
    for watch, column in zip(watches, columns, strict=True):
        assert column is not None
        ticks = watch.alarm.period_s // clock.tick_s
        codes = states(watch, column, ticks)
        still &= unstirred(codes, watch.state)
        alarmed = codes == CODES["ALARM"]
        if not (isinstance(watch.policy, TargetTracking) and watch.alarm.comparison.startswith("Less")):
            still &= ~alarmed
        elif not watch.policy.disable_scale_in:
            lows.append(alarmed)
    agreed = np.all(lows, axis=0) if lows else ~still
    calm, still_is = (still & ~agreed).tolist(), still.tolist()

    def is_quiet(end_s: int) -> bool:
        index = clock.index(end_s)
        if not 0 <= index < clock.ticks:
            return False
        return calm[index] or (still_is[index] and fleet.desired <= fleet.min_size)

    return is_quiet


def _reach(watch: Watch) -> int:
    return rules.range_points(watch.alarm.evaluation_periods, watch.extra)


def _acts_otherwise(alarm: Alarm) -> bool:
    """Whether an alarm runs actions also where it is not in ALARM."""
    return bool(alarm.ok_actions or alarm.insufficient_data_actions)


def states(watch: Watch, column: Column, ticks: int) -> Codes:
    """The alarm's state after each tick, as numbers of `CODES`; `Watch.evaluate` tick by tick, where all are due.

    Args:
        watch: the alarm with its state before the first tick.
        column: the datapoint that ends with each tick.
        ticks: how many ticks a period has.
    """
    alarm, values, before = watch.alarm, column.values, column.before
    breaches, bound = rules.COMPARISONS[alarm.comparison], alarm.threshold
    breaching = np.array([value is not None and breaches(value, bound) for value in values], dtype=np.bool_)
    missing = np.array([value is None for value in values], dtype=np.bool_)
    bad = _in_windows(breaching, before, ticks, alarm.evaluation_periods)
    found = np.where(bad >= alarm.datapoints_to_alarm, CODES["ALARM"], CODES["OK"]).astype(np.int8)
    gaps = _in_windows(missing, before, ticks, alarm.evaluation_periods)
    periods = _reach(watch)
    for index in np.flatnonzero(gaps):
        was = watch.state if index == 0 else _STATES[found[index - 1]]
        points = tail(values, before + int(index), ticks, periods)
        found[index] = CODES[rules.evaluate(alarm, points, was, early=watch.early)]
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
