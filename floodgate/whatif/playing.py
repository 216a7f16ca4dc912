"""Plays a group through a stretch of recorded metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from floodgate.awsrules.model import Alarm, Metric, MetricMath
from floodgate.fleet import Fleet, Unknowns
from floodgate.fleet.alarms import Watch
from floodgate.fleet.events import GroupEvent
from floodgate.fleet.recorded import Name, Recorded, Series
from floodgate.fleet.timetable import Forecast
from floodgate.whatif import quiet
from floodgate.whatif.source import Clock, Replay
from floodgate.whatif.subject import Subject, with_names

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Seen:
    """What one metric showed, at seconds from the beginning, and the alarms that watched it."""

    metric: Metric | MetricMath
    times_s: tuple[int, ...]
    values: tuple[float | None, ...]
    alarms: tuple[Alarm, ...]


@dataclass(slots=True)
class Trace:
    """Fills while a group is played: sizes whenever they changed, as (second, desired, in service); then metrics."""

    sizes: list[tuple[int, int, int]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded, and of which stretch.

    Args:
        series: by namespace, name and sorted dimensions.
        window: from and to, in Unix seconds.
        closed_loop: whether shared metrics are the group's total, divided by what is in service.
        forecast: capacity by hour, for predictive scaling.
    """

    series: Mapping[Name, Series]
    window: tuple[int, int]
    closed_loop: bool = False
    forecast: Forecast = ()


def play(
    subject: Subject, recording: Recording, unknowns: Unknowns, trace: Trace | None = None, *, leap: bool = True
) -> Iterator[GroupEvent]:
    """Play a group from the first instant of a window to its last; tell events as they happen.

    Args:
        subject: the group.
        recording: what it is played on.
        unknowns: how long launches take, and what AWS leaves open.
        trace: filled with what a picture needs, if given.
        leap: pass over evaluations that cannot change anything; off, it is the slow control of that.
    """
    begin_s, end_s = recording.window
    length_s = end_s - begin_s
    clock = _clock(subject, begin_s, length_s)
    source = Replay(subject, Recorded(recording.series, begin_s), clock, begin_s, closed_loop=recording.closed_loop)
    group = with_names(subject.group, source.settled)
    start = datetime.fromtimestamp(begin_s, UTC)
    fleet = Fleet(group, unknowns, start, source, forecast=recording.forecast)
    fleet.tell_each_second()
    source.follow(fleet)
    if leap:
        fleet.pass_over(quiet.finder(fleet, source, clock))
    yield from _played(fleet, source, length_s, trace or Trace())
    if trace is not None:
        trace.seen.extend(_seen(fleet, source, clock))


def _played(fleet: Fleet, source: Replay, length_s: int, trace: Trace) -> Iterator[GroupEvent]:
    second: float = 0
    told = 0
    while second <= length_s:
        source.begin(int(second))
        fleet.advance(int(second))
        source.note(int(second))
        if not trace.sizes or (fleet.desired, fleet.in_service) != trace.sizes[-1][1:]:
            trace.sizes.append((int(second), fleet.desired, fleet.in_service))
        yield from fleet.events[told:]
        told = len(fleet.events)
        second = max(second + 1, fleet.next_s)


def _clock(subject: Subject, begin_s: int, length_s: int) -> Clock:
    """The ticks of the fleet's evaluations, as seconds from the beginning."""
    tick_s = 10 if subject.fast else MINUTE_S
    first_s = tick_s - begin_s % tick_s
    return Clock(tick_s, first_s, max(0, (length_s - first_s) // tick_s + 1))


def _seen(fleet: Fleet, source: Replay, clock: Clock) -> Iterator[Seen]:
    """What every metric showed, with its alarms."""
    alarms: dict[Metric | MetricMath, list[Watch]] = {}
    for watch in fleet.alarms:
        alarms.setdefault(watch.alarm.metric, []).append(watch)
    times = tuple(clock.end_s(index) for index in range(clock.ticks))
    for metric, watches in alarms.items():
        period_s = watches[0].alarm.period_s
        values = tuple(source.shown(metric, times, period_s))
        yield Seen(metric, times, values, tuple(watch.alarm for watch in watches))
