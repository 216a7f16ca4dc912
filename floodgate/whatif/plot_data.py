"""What the page of a replay shows: columns of data, and every figure's words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from floodgate.awsrules.model import Alarm, MetricMath, Signal
from floodgate.fleet.events import GroupEvent
from floodgate.whatif import thinning
from floodgate.whatif.playing import Seen, Trace
from floodgate.whatif.source import COMPUTED
from floodgate.whatif.thinning import DAY_S

MOST_MARKS = 400
WORDS = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at least",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at most",
}


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay that has been played to its end."""

    group: str
    window: tuple[int, int]
    events: tuple[GroupEvent, ...]
    trace: Trace

    @property
    def length_s(self) -> int:
        """Seconds from the first instant to the last."""
        return self.window[1] - self.window[0]

    @property
    def changes(self) -> tuple[GroupEvent, ...]:
        """What changed the desired capacity, or asked for what cannot be had."""
        return tuple(event for event in self.events if event.kind in ("desired", "refused"))

    @property
    def busiest_day(self) -> tuple[int, int]:
        """The day in which the desired capacity moved most; the whole where it is no longer than two days."""
        return (0, self.length_s) if self.length_s <= 2 * DAY_S else self._busiest(DAY_S)

    @property
    def busiest_hour(self) -> tuple[int, int]:
        """The hour in which the desired capacity moved most."""
        return self._busiest(3600)

    def _busiest(self, length_s: int) -> tuple[int, int]:
        moved = [event for event in self.changes if event.kind == "desired"]
        return thinning.busiest([e.second for e in moved], [_moved(e) for e in moved], length_s, self.length_s)


def columns(replayed: Replayed) -> dict[str, dict[str, list[Any]]]:
    """The data sets of the charts as columns; times in milliseconds."""
    found: dict[str, dict[str, list[Any]]] = {
        "one": {"t": [milliseconds(replayed, 0)]},
        "sizes": _sizes(replayed),
        "changes": _changes(replayed),
    }
    for number, seen in enumerate(replayed.trace.seen):
        kept = thinning.kept(seen.times_s, [seen.values], replayed.busiest_day)
        found[f"metric{number}"] = {
            "t": [milliseconds(replayed, seen.times_s[index]) for index in kept],
            "value": [_short(seen.values[index]) for index in kept],
        }
        found[f"alarms{number}"] = _states(replayed, seen)
    return found


def milliseconds(replayed: Replayed, second: int) -> int:
    """A second of the replay as a browser tells time."""
    return (replayed.window[0] + second) * 1000


def name_of(metric: Signal) -> str:
    """What a person calls a metric."""
    if isinstance(metric, MetricMath) or metric.namespace == COMPUTED:
        return f"metric math: {metric.name}"
    return f"{metric.namespace} {metric.name}"


def statistic_of(metric: Signal) -> str:
    """By which statistic a metric is shown."""
    return "value" if isinstance(metric, MetricMath) else metric.statistic


def threshold(alarm: Alarm) -> str:
    """An alarm's threshold in words, e.g. "above 1,200 in 3 of 3 minutes"."""
    each = {60: "minutes", 300: "periods of 5 minutes"}.get(alarm.period_s, f"periods of {alarm.period_s} s")
    count = f"{alarm.datapoints_to_alarm} of {alarm.evaluation_periods} {each}"
    return f"{WORDS[alarm.comparison]} {alarm.threshold:,.6g} in {count}"


def too_many_states(replayed: Replayed, seen: Seen) -> bool:
    """Whether a metric's alarms changed their states more often than can be drawn."""
    return len(_changed(replayed, seen)) > MOST_MARKS


def _changed(replayed: Replayed, seen: Seen) -> list[GroupEvent]:
    names = {alarm.name for alarm in seen.alarms}
    return [event for event in replayed.events if event.kind == "alarm" and event.cause.name in names]


def _sizes(replayed: Replayed) -> dict[str, list[Any]]:
    sizes = [*replayed.trace.sizes, (replayed.length_s, *replayed.trace.sizes[-1][1:])]
    times, desired, in_service = (list(column) for column in zip(*sizes, strict=True))
    kept = thinning.kept(times, [desired, in_service], replayed.busiest_day)
    return {
        "t": [milliseconds(replayed, times[index]) for index in kept],
        "desired": [desired[index] for index in kept],
        "in_service": [in_service[index] for index in kept],
    }


def _changes(replayed: Replayed) -> dict[str, list[Any]]:
    marked = _telling(replayed.changes, replayed.busiest_day)
    return {
        "t": [milliseconds(replayed, event.second) for event in marked],
        "y": [event.after if event.kind == "desired" else event.before for event in marked],
        "kind": [event.cause.kind if event.kind == "desired" else "refused" for event in marked],
        **_words(marked),
    }


def _states(replayed: Replayed, seen: Seen) -> dict[str, list[Any]]:
    marked = _changed(replayed, seen)
    if too_many_states(replayed, seen):
        begin, end = replayed.busiest_day
        marked = [event for event in marked if begin <= event.second < end][:MOST_MARKS]
    return {
        "t": [milliseconds(replayed, event.second) for event in marked],
        "y": [_short(_at(seen, event.second)) for event in marked],
        "state": [event.after for event in marked],
        **_words(marked),
    }


def _words(events: Sequence[GroupEvent]) -> dict[str, list[Any]]:
    return {
        "name": [event.cause.name for event in events],
        "change": [f"{event.before} \N{RIGHTWARDS ARROW} {event.after}" for event in events],
        "reason": [event.reason for event in events],
    }


def _telling(events: Sequence[GroupEvent], day: tuple[int, int]) -> Sequence[GroupEvent]:
    """The largest changes and those of the busiest day, in order."""
    if len(events) <= MOST_MARKS:
        return events
    largest = sorted(range(len(events)), key=lambda index: (-_moved(events[index]), index))[:MOST_MARKS]
    busy = (index for index, event in enumerate(events) if day[0] <= event.second < day[1])
    return [events[index] for index in sorted({*largest, *busy})]


def _moved(event: GroupEvent) -> float:
    return abs(int(event.after or 0) - int(event.before or 0))


def _at(seen: Seen, second: int) -> float | None:
    """The newest value that was seen at a second."""
    values = seen.values[: bisect_right(seen.times_s, second)]
    return next((value for value in reversed(values) if value is not None), None)


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
