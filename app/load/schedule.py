"""When people come, how long they think and how long they bear to wait: a scenario, scaled and compressed.

*Scale* is in people: 0.001 of 1.9 million are 1,900. *Speed* is in time: at 60 an hour of the scenario passes in a
minute. Everything that people do by the clock is compressed alike (arrivals, thinking, patience, pauses before
another try, the poll interval), so what one person does between two events stays the same. What the service does by
the clock is not: its rate of admission, its holds and passes run in real seconds. Rates therefore are those of the
scenario times scale times speed: at 0.001 and 60 the service meets 6 % of the real crowd's arrivals a second, for a
sixtieth of the time, and a wait of 30 seconds there stands for half an hour only if the service admits 6 % of what
the real one would.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from floodgate.rehearsal.scenarios.scenario import JourneyStep, Scenario

# a page polls no faster, however much time is compressed
LEAST_POLL_S = 0.25
MOST_PEOPLE = 50_000_000


@dataclass(frozen=True, slots=True)
class Crowd:
    """A scenario's people as they are sent; all times are seconds of the wall clock, already compressed.

    Attributes:
        scenario: whose people.
        people: whole people.
        speed: how many seconds of the scenario pass in one second.
        seed: of every draw.
    """

    scenario: Scenario
    people: int
    speed: float
    seed: int

    @property
    def journey(self) -> tuple[JourneyStep, ...]:
        """What people do inside."""
        return self.scenario.journey

    @property
    def lead_s(self) -> float:
        """How long before the doors the first may come."""
        return max(0.0, -self.scenario.arrivals[0][0] * 60 / self.speed)

    @property
    def lasts_s(self) -> float:
        """How long after the doors the last come."""
        return max(0.0, self.scenario.arrivals[-1][0] * 60 / self.speed)

    def seconds(self, of_scenario_s: float) -> float:
        """Seconds of the scenario as seconds of the clock."""
        return of_scenario_s / self.speed

    def poll_s(self, told_s: float) -> float:
        """How often a page polls that is told to do so every `told_s` seconds."""
        return max(LEAST_POLL_S, told_s / self.speed)


def crowd_of(scenario: Scenario, scale: float, speed: float, seed: int) -> Crowd:
    """The crowd of a scenario.

    Raises:
        ValueError: scale or speed is out of bounds, or nobody is left.
    """
    if not 0 < scale <= 100:
        raise ValueError(f"scale is {scale:g}, but it must be above 0 and at most 100; give the share of people")
    if not 0.01 <= speed <= 3600:
        raise ValueError(f"speed is {speed:g}, but it must be between 0.01 and 3600; give e.g. 60 for an hour a minute")
    people = round(scenario.people * scale)
    if not 1 <= people <= MOST_PEOPLE:
        raise ValueError(
            f"scale {scale:g} of {scenario.people} people gives {people}, but 1 to {MOST_PEOPLE} can be sent; change it"
        )
    return Crowd(scenario, people, speed, seed)


def arrivals(crowd: Crowd) -> list[float]:
    """Everybody's intended time in seconds from the doors, rising.

    Each person comes at a moment of the scenario's curve independently of all others: the inverse of the curve at a
    uniform draw. That is a Poisson stream whose rate varies, given its exact total.
    """
    generator = Random(crowd.seed)
    curve = crowd.scenario.arrivals
    shares = [share for _, share in curve]
    drawn = sorted(generator.random() for _ in range(crowd.people))
    return [_minute_of(share, curve, shares) * 60 / crowd.speed for share in drawn]


def share_of(people: Sequence[float], process: int, processes: int) -> Iterator[tuple[int, float]]:
    """The people, with their numbers, that one of several generators sends: every one by exactly one."""
    return ((number, people[number]) for number in range(process, len(people), processes))


def laid_on(offset_s: float, lead_s: float, doors_s: float, begins_s: float) -> float:
    """When somebody comes who is due `offset_s` from the doors, if nobody can come before `begins_s`.

    Where less than `lead_s` is left until the doors, what comes before them is squeezed into what is left.
    """
    left_s = doors_s - begins_s
    if offset_s >= 0 or left_s >= lead_s:
        return doors_s + offset_s
    return doors_s + offset_s * max(0.0, left_s) / lead_s


def _minute_of(share: float, curve: Sequence[tuple[float, float]], shares: Sequence[float]) -> float:
    after = min(max(1, bisect_right(shares, share)), len(curve) - 1)
    (minute, low), (next_minute, high) = curve[after - 1], curve[after]
    return minute + (share - low) / (high - low) * (next_minute - minute) if high > low else next_minute


def rates_per_s(crowd: Crowd) -> list[tuple[float, float]]:
    """The curve as (seconds from the doors at which a stretch ends, people a second in it)."""
    stretches = []
    for (minute, low), (next_minute, high) in pairwise(crowd.scenario.arrivals):
        lasting_s = (next_minute - minute) * 60 / crowd.speed
        stretches.append((next_minute * 60 / crowd.speed, (high - low) * crowd.people / lasting_s))
    return stretches
