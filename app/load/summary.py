"""What a load run comes to: checks that must hold, figures of every step, waits against what was shown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.load.histogram import Histogram
from app.load.log import Log, Step, Waits

WINDOW_S = 60
# the controller calls once a second, and a worker looks at its document twice a second
CALLED_WITHIN_S = 1.5


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold; `held` is None where it could not be judged."""

    name: str
    held: bool | None
    told: str


@dataclass(frozen=True, slots=True)
class Row:
    """One step's requests; durations in seconds, None where there were none.

    `p95_sent_s` is measured from the sending and only shows what coordinated omission would hide.
    """

    step: str
    requests: int
    refused: int
    errors: int
    p50_s: float | None
    p95_s: float | None
    p99_s: float | None
    longest_s: float | None
    p95_sent_s: float | None


@dataclass(frozen=True, slots=True)
class Truth:
    """Shown waits against true ones; `slack_s` is the time that it takes to be called and to notice."""

    people: int
    within: int
    shorter: int
    longer: int
    slack_s: float


@dataclass(frozen=True, slots=True)
class Sold:
    """What the database has, counted afterwards."""

    booked: int
    held: int
    capacity: int
    over_capacity: int
    people_with_several: int
    places_with_several: int
    references_missing: int


@dataclass(frozen=True, slots=True)
class Setting:
    """What was sent, where and how."""

    url: str
    opening: str
    scenario: str
    people: int
    scale: float
    speed: float
    processes: int
    seed: int
    began: datetime
    lasted_s: float
    poll_s: float


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole run."""

    setting: Setting
    checks: tuple[Check, ...]
    rows: tuple[Row, ...]
    ends: dict[str, int]
    refusals: dict[str, int]
    errors: dict[str, int]
    line_s: dict[str, float | None]
    read: Truth | None
    truth: Truth | None
    bookings_per_minute: float
    busiest_per_s: dict[str, int]
    late_p99_s: float | None
    sold: Sold | None
    seconds: dict[str, dict[int, int]]

    @property
    def held(self) -> bool:
        """Whether nothing is broken; what could not be judged breaks nothing."""
        return all(check.held is not False for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            **asdict(self),
            "held": self.held,
            "setting": {**asdict(self.setting), "began": str(self.setting.began)},
        }


def summarise(log: Log, setting: Setting, sold: Sold | None, errors_at_most: float) -> Summary:
    """Everything that a report tells.

    Args:
        log: of all generators together.
        setting: what was sent.
        sold: the database's own count; None where nobody could ask it.
        errors_at_most: share of requests that may fail before the run counts as failed.
    """
    refusals: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    for step in log.steps.values():
        refusals.update({told: count for told, count in step.answers.items() if told >= "4"})
        errors.update(step.errors)
    booked = log.seconds.get("booked", Counter())
    return Summary(
        setting=setting,
        checks=checks(log, sold, errors_at_most),
        rows=tuple(_row(name, step) for name, step in log.steps.items()),
        ends=dict(log.ends.most_common()),
        refusals=dict(refusals.most_common()),
        errors=dict(errors.most_common()),
        line_s={f"p{share}": _quantile(log.line_s, share / 100) for share in (10, 50, 90, 95, 99, 100)},
        read=truth(log.waits, setting.poll_s, as_read),
        truth=truth(log.waits, 2 * setting.poll_s + CALLED_WITHIN_S),
        bookings_per_minute=busiest(booked, WINDOW_S),
        busiest_per_s={what: max(seconds.values()) for what, seconds in log.seconds.items()},
        late_p99_s=max((_quantile(step.late, 0.99) or 0.0 for step in log.steps.values()), default=None),
        sold=sold,
        seconds={what: dict(sorted(seconds.items())) for what, seconds in log.seconds.items()},
    )


def checks(log: Log, sold: Sold | None, errors_at_most: float) -> tuple[Check, ...]:
    """What must hold."""
    return (
        _sold_check(sold),
        _different("every booking has a reference of its own", log.references, "bookings"),
        _different("every number was given to one person", log.numbers, "numbers"),
        _different("every place let one person in", log.places, "places"),
        _order_check(log),
        _error_check(log, errors_at_most),
    )


def exact(low_s: float, high_s: float) -> tuple[float, float]:
    """The range as the public document gives it."""
    return low_s, high_s


def as_read(low_s: float, high_s: float) -> tuple[float, float]:
    """The range in the words of the waiting page: whole minutes, in steps that grow, or "within a minute"."""
    low, high = low_s / 60, high_s / 60
    if high <= 1:
        return 0.0, 60.0
    if high >= 120:
        return math.floor(low / 30) * 1800.0, math.ceil(high / 30) * 1800.0
    step = 10 if high > 60 else 5 if high > 30 else 1
    return math.floor(low / step) * step * 60.0, math.ceil(high / step) * step * 60.0


def truth(waits: Waits, slack_s: float, worded: Callable[[float, float], tuple[float, float]] = exact) -> Truth | None:
    """How many of the shown ranges held; None where none was shown.

    Args:
        waits: shown and true.
        slack_s: time that a page needs to notice its call.
        worded: what is made of a range before people see it.
    """
    if not waits.true_s:
        return None
    shorter = longer = 0
    for *shown, true_s in zip(waits.low_s, waits.high_s, waits.true_s, strict=True):
        low_s, high_s = worded(*shown)
        shorter += true_s < low_s - slack_s
        longer += true_s > high_s + slack_s
    people = len(waits.true_s)
    return Truth(people, people - shorter - longer, shorter, longer, slack_s)


def busiest(seconds: Counter[int], window_s: int) -> float:
    """Events a minute in the busiest window of this length, or in all the time there was if that is shorter."""
    if not seconds:
        return 0.0
    first, last = min(seconds), max(seconds)
    window_s = min(window_s, last - first + 1)
    within = sum(seconds[second] for second in range(first, first + window_s))
    most = within
    for second in range(first + window_s, last + 1):
        within += seconds[second] - seconds[second - window_s]
        most = max(most, within)
    return most * 60 / window_s


def _sold_check(sold: Sold | None) -> Check:
    name = "nothing was sold twice"
    if sold is None:
        return Check(name, None, "the database was not asked; give its URL with --database")
    wrong = [
        f"{count} {what}"
        for count, what in (
            (sold.over_capacity, "slots sold beyond their capacity"),
            (sold.people_with_several, "people with several bookings"),
            (sold.places_with_several, "places with several bookings"),
            (sold.references_missing, "answered bookings that the database does not have"),
        )
        if count
    ]
    told = f"{sold.booked} booked and {sold.held} held of {sold.capacity} units"
    return Check(name, not wrong, "; ".join([told, *wrong]))


def _different(name: str, values: Any, what: str) -> Check:
    repeated = [value for value, count in Counter(values).items() if count > 1]
    told = f"{len(values)} {what}"
    if repeated:
        told += f", of which {len(repeated)} more than once, such as {repeated[0]}"
    return Check(name, not repeated if len(values) else None, told)


def _order_check(log: Log) -> Check:
    name = "nobody came in before their turn, devices of one person share a place, a repeated request changes nothing"
    told = f"{len(log.places)} entered, {log.knocked} knocked early, {log.again} second devices, {log.twice} sent twice"
    if log.unjudged:
        told += f", {log.unjudged} entrances not judged"
    if log.broken_count:
        told = f"{log.broken_count} broken: {log.broken[0]}"
    return Check(name, log.broken_count == 0, told)


def _error_check(log: Log, errors_at_most: float) -> Check:
    requests = sum(step.requests for step in log.steps.values())
    errors = sum(sum(step.errors.values()) for step in log.steps.values())
    share = errors / requests if requests else 0.0
    name = f"at most {errors_at_most:.1%} of requests failed"
    return Check(name, share <= errors_at_most if requests else None, f"{errors} of {requests}")


def _row(name: str, step: Step) -> Row:
    return Row(
        step=name,
        requests=step.requests,
        refused=sum(count for told, count in step.answers.items() if told >= "4"),
        errors=sum(step.errors.values()),
        p50_s=_quantile(step.intended, 0.5),
        p95_s=_quantile(step.intended, 0.95),
        p99_s=_quantile(step.intended, 0.99),
        longest_s=_quantile(step.intended, 1.0),
        p95_sent_s=_quantile(step.sent, 0.95),
    )


def _quantile(histogram: Histogram, share: float) -> float | None:
    value = histogram.quantile(share)
    return None if math.isnan(value) else value
