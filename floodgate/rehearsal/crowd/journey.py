"""People inside: thinking before a request, waiting for its answer, or pausing before they try again.

Expected values of a discrete-time compartment model: each second a person who thinks sends with probability
1/`think_s`, so thinking times are geometric with that mean; a step is done `repeats` times on average, a geometric
number of passes (below 1: the share of people who do it at all).

Without a line, people who come before the doors keep the page open, and open it anew when the doors open.
"""

from __future__ import annotations

from collections.abc import Sequence

from floodgate.rehearsal.scenarios.scenario import Scenario

Flow = list[float]


class Journey:
    """Compartments by slot; slot 0 is the way in, slots 1 to n the steps."""

    __slots__ = ("_again", "_enter", "_give_up", "_reload", "_retry", "_send", "early", "retrying", "thinking")

    def __init__(self, scenario: Scenario, reload_s: float) -> None:
        steps = scenario.journey
        self.early = 0.0
        self._reload = 1.0 / max(1.0, reload_s)
        self.thinking = [0.0] * (len(steps) + 1)
        self.retrying = [0.0] * (len(steps) + 1)
        self._send = [1.0, *(1.0 / max(1.0, step.think_s) for step in steps)]
        self._enter = [min(1.0, step.repeats) for step in steps]
        self._again = [1.0 - 1.0 / max(1.0, step.repeats) for step in steps]
        self._retry = 1.0 / max(1.0, scenario.retry_s)
        self._give_up = scenario.give_up_share

    def send(self, arrived: float) -> Flow:
        """People who send a request this second, by slot; `arrived` come in at slot 0."""
        thought = [people * share for people, share in zip(self.thinking, self._send, strict=True)]
        again = [people * self._retry for people in self.retrying]
        self.thinking = [people - gone for people, gone in zip(self.thinking, thought, strict=True)]
        self.retrying = [people - gone for people, gone in zip(self.retrying, again, strict=True)]
        sending = [first + second for first, second in zip(thought, again, strict=True)]
        sending[0] += arrived
        return sending

    def reload(self) -> float:
        """People who open the page anew, now that the doors are open."""
        again = self.early * self._reload
        self.early -= again
        return again

    def fail(self, failed: Sequence[float]) -> tuple[float, float]:
        """People whose request failed pause or give up; who gave up at the way in and inside."""
        if not any(failed):
            return 0.0, 0.0
        give_up, stay = self._give_up, 1.0 - self._give_up
        self.retrying = [people + more * stay for people, more in zip(self.retrying, failed, strict=False)]
        return failed[0] * give_up, sum(failed[1 : len(self.retrying)]) * give_up

    def advance(self, done: Sequence[float], entering: float) -> float:
        """People whose request was answered go on, again or to the next step; who booked."""
        flow = entering
        thinking = self.thinking
        for step, (enter, again) in enumerate(zip(self._enter, self._again, strict=True), start=1):
            once_more = done[step] * again
            taken = flow * enter
            thinking[step] += taken + once_more
            flow += done[step] - once_more - taken
        return flow

    def inside(self) -> float:
        """People at the steps who do not wait for an answer."""
        return sum(self.thinking[1:]) + sum(self.retrying[1:])
