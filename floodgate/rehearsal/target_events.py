"""Tells what a balancer's health checks do to a group, once and not each time that targets come and go."""

from __future__ import annotations

from math import inf

from floodgate.fleet.targets import Routing, Targets
from floodgate.rehearsal.outcome import Event
from floodgate.rehearsal.wording import count

# targets of an overloaded group come and go for as long as it is overloaded
AGAIN_AFTER_S = 900
_WORDS: dict[Routing, str] = {
    "some unhealthy": "{ill} of {all} servers fail the balancer's health check and get no requests; {well} get all",
    "fail open": "{ill} of {all} servers fail the balancer's health check, so it sends requests to all of them",
    "all healthy": "all {all} servers pass the balancer's health check",
}


class TargetEvents:
    """The events of a group's targets so far."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._routing = targets.routing
        self._healthy = targets.healthy
        self._told_s: dict[Routing, float] = {}
        self.events: list[Event] = []

    def look(self, second: int, in_service: int) -> None:
        """Tell what has changed since the last look, unless it was told lately."""
        targets = self._targets
        before, self._healthy = self._healthy, targets.healthy
        if targets.routing == self._routing:
            return
        self._routing = targets.routing
        if second - self._told_s.get(self._routing, -inf) < AGAIN_AFTER_S:
            return
        self._told_s[self._routing] = second
        ill = in_service - targets.healthy
        words = _WORDS[self._routing].format(ill=count(ill), all=count(in_service), well=count(targets.healthy))
        self.events.append(Event(second, "balancer", self._routing, float(before), float(targets.healthy), words))
