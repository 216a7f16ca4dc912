"""What one generator saw: latencies, answers, waits, and everything that must not have happened."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field

from app.load.histogram import Histogram

MOST_TOLD = 20


@dataclass(slots=True)
class Step:
    """Requests of one kind.

    Attributes:
        intended: durations from the moment at which the request should have been sent to its answer. A generator that
            waits for a slow answer before it sends the next request would leave out exactly the requests that suffer
            (coordinated omission: Gil Tene, "How NOT to Measure Latency", 2015).
        sent: durations from the moment at which it was sent, for comparison only.
        late: how late the generator sent it.
        answers: by status and problem code, e.g. ``200`` or ``409 slot-gone``.
        errors: requests without an answer, by reason, and answers of 500 and above but 503.
    """

    intended: Histogram = field(default_factory=Histogram)
    sent: Histogram = field(default_factory=Histogram)
    late: Histogram = field(default_factory=Histogram)
    answers: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        """Requests that were sent or should have been."""
        return sum(self.answers.values()) + sum(self.errors.values())

    def update(self, other: Step) -> None:
        """Add up with another process."""
        for mine, theirs in ((self.intended, other.intended), (self.sent, other.sent), (self.late, other.late)):
            mine.update(theirs)
        self.answers.update(other.answers)
        self.errors.update(other.errors)


@dataclass(slots=True)
class Waits:
    """Waits of those who were called, from the first wait they were shown: shown at least, at most, and true."""

    low_s: array[float] = field(default_factory=lambda: array("d"))
    high_s: array[float] = field(default_factory=lambda: array("d"))
    true_s: array[float] = field(default_factory=lambda: array("d"))

    def add(self, low_s: float, high_s: float, true_s: float) -> None:
        """One person's wait."""
        self.low_s.append(low_s)
        self.high_s.append(high_s)
        self.true_s.append(true_s)

    def update(self, other: Waits) -> None:
        """Add up with another process."""
        self.low_s.extend(other.low_s)
        self.high_s.extend(other.high_s)
        self.true_s.extend(other.true_s)


@dataclass(slots=True)
class Log:
    """Everything that one generator saw; processes add theirs up.

    Attributes:
        steps: by name, in the order of the journey.
        seconds: what happened by second from the doors: joined, called, entered, booked, left.
        ends: how people's evenings ended.
        line_s: time from the intended join until they were called, of all who were.
        waits: shown and true.
        numbers: the number of everybody who joined.
        places: the place of everybody who entered.
        references: of the bookings that were answered.
        again: second devices that found the place of the first; other devices that did not are violations.
        knocked: people who knocked before they were called.
        twice: confirmations that were sent twice at once and got the same answer.
        unjudged: entrances that no later document could judge.
        broken: what must never happen, in words; `broken_count` counts those beyond the first few too.
    """

    steps: dict[str, Step] = field(default_factory=dict)
    seconds: dict[str, Counter[int]] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)
    line_s: Histogram = field(default_factory=Histogram)
    waits: Waits = field(default_factory=Waits)
    numbers: array[int] = field(default_factory=lambda: array("q"))
    places: array[int] = field(default_factory=lambda: array("q"))
    references: list[str] = field(default_factory=list)
    again: int = 0
    knocked: int = 0
    unjudged: int = 0
    twice: int = 0
    broken: list[str] = field(default_factory=list)
    broken_count: int = 0

    def step(self, name: str) -> Step:
        """The step of this name."""
        found = self.steps.get(name)
        if found is None:
            found = self.steps[name] = Step()
        return found

    def happened(self, what: str, offset_s: float) -> None:
        """Count what happened `offset_s` from the doors."""
        self.seconds.setdefault(what, Counter())[int(offset_s // 1)] += 1

    def violate(self, text: str) -> None:
        """Something that must never happen."""
        self.broken_count += 1
        if len(self.broken) < MOST_TOLD:
            self.broken.append(text)

    def update(self, other: Log) -> None:
        """Add up with another process."""
        for name, step in other.steps.items():
            self.step(name).update(step)
        for what, seconds in other.seconds.items():
            self.seconds.setdefault(what, Counter()).update(seconds)
        self.ends.update(other.ends)
        self.line_s.update(other.line_s)
        self.waits.update(other.waits)
        self.numbers.extend(other.numbers)
        self.places.extend(other.places)
        self.references.extend(other.references)
        self.again += other.again
        self.knocked += other.knocked
        self.unjudged += other.unjudged
        self.twice += other.twice
        self.broken_count += other.broken_count
        self.broken = (self.broken + other.broken)[:MOST_TOLD]
