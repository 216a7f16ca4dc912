"""People inside: thinking before a request, waiting for its answer, or pausing before they try again.

Expected values of a discrete-time compartment model: each second a person who thinks sends with probability
1/`think_s`, so thinking times are geometric with that mean; a step is done `repeats` times on average, a geometric
number of passes (below 1: the share of people who do it at all).

Without a line, people who come before the doors keep the page open, and open it anew when the doors open.

The functions run compiled or as plain Python (see `floodgate.rehearsal.compiling`); `Journey` is the same for hand use.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from floodgate.rehearsal.compiling import Vector, kernel
from floodgate.rehearsal.scenarios.scenario import Scenario


class Steps(NamedTuple):
    """What people do: chances of a second by slot (`send`), and of every step (`enter` it, do it `again`)."""

    send: Vector
    enter: Vector
    again: Vector
    reload: float
    retry: float
    give_up: float


class People(NamedTuple):
    """Who thinks and who pauses, by slot; `early` holds one number: who keeps the page open before the doors."""

    thinking: Vector
    retrying: Vector
    early: Vector


@kernel
def send(steps: Steps, people: People, arrived: float, sending: Vector) -> None:
    """Write into `sending`, by slot, who sends a request this second; `arrived` come in at slot 0."""
    for slot in range(len(people.thinking)):
        thought = people.thinking[slot] * steps.send[slot]
        again = people.retrying[slot] * steps.retry
        people.thinking[slot] -= thought
        people.retrying[slot] -= again
        sending[slot] = thought + again
    sending[0] += arrived


@kernel
def reload(steps: Steps, people: People) -> float:
    """People who open the page anew, now that the doors are open."""
    again = people.early[0] * steps.reload
    people.early[0] -= again
    return again


@kernel
def fail(steps: Steps, people: People, failed: Vector) -> tuple[float, float]:
    """People whose request failed pause or give up; who gave up at the way in and inside."""
    stay = 1.0 - steps.give_up
    inside = 0.0
    for slot in range(len(people.retrying)):
        people.retrying[slot] += failed[slot] * stay
        if slot > 0:
            inside += failed[slot]
    return failed[0] * steps.give_up, inside * steps.give_up


@kernel
def advance(steps: Steps, people: People, done: Vector, entering: float) -> float:
    """People whose request was answered go on, again or to the next step; who booked."""
    flow = entering
    for step in range(len(steps.enter)):
        once_more = done[step + 1] * steps.again[step]
        taken = flow * steps.enter[step]
        people.thinking[step + 1] += taken + once_more
        flow += done[step + 1] - once_more - taken
    return flow


@kernel
def at_steps(people: People) -> float:
    """People at the steps who do not wait for an answer."""
    thinking = retrying = 0.0
    for slot in range(1, len(people.thinking)):
        thinking += people.thinking[slot]
        retrying += people.retrying[slot]
    return thinking + retrying


class Journey:
    """Compartments by slot; slot 0 is the way in, slots 1 to n the steps."""

    def __init__(self, scenario: Scenario, reload_s: float) -> None:
        steps = scenario.journey
        self.steps = Steps(
            send=[1.0, *(1.0 / max(1.0, step.think_s) for step in steps)],
            enter=[min(1.0, step.repeats) for step in steps],
            again=[1.0 - 1.0 / max(1.0, step.repeats) for step in steps],
            reload=1.0 / max(1.0, reload_s),
            retry=1.0 / max(1.0, scenario.retry_s),
            give_up=float(scenario.give_up_share),
        )
        self.people = People([0.0] * (len(steps) + 1), [0.0] * (len(steps) + 1), [0.0])

    def send(self, arrived: float) -> list[float]:
        """See `send`."""
        sending = [0.0] * len(self.people.thinking)
        send(self.steps, self.people, arrived, sending)
        return sending

    def reload(self) -> float:
        """See `reload`."""
        return reload(self.steps, self.people)

    def fail(self, failed: Sequence[float]) -> tuple[float, float]:
        """See `fail`."""
        return fail(self.steps, self.people, list(failed))

    def advance(self, done: Sequence[float], entering: float) -> float:
        """See `advance`."""
        return advance(self.steps, self.people, list(done), entering)
