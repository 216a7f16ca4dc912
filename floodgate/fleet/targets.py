"""What the balancer's health checks make of a group's servers: who gets requests, and what is lost on the way.

A check is one more request in a server's queue, so servers that answer late fail it; the balancer leaves them out, the
others carry more, and when all fail it sends to all again. The rules are `floodgate.awsrules.balancer.health_checks`
and `fail_open`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal
from zlib import crc32

from floodgate.awsrules.balancer.fail_open import ONE, Threshold
from floodgate.awsrules.balancer.health_checks import Health, HealthCheck, after
from floodgate.fleet.instance import Instance
from floodgate.fleet.roster import Roster

# how often targets are looked at while any of them changes: the shortest interval of a balancer's checks
LOOK_S = 5
WELL, ILL = Health("healthy"), Health("unhealthy")
Routing = Literal["all healthy", "some unhealthy", "fail open"]


@dataclass(frozen=True, slots=True)
class Checks:
    """A target group's health checks and what becomes of targets that fail them.

    Args:
        check: the target group's settings.
        routing: the healthy targets below which requests go to all.
        late_s: a check that is answered so late fails; infinite where checks do not wait behind requests.
    """

    check: HealthCheck
    routing: Threshold = ONE
    late_s: float = inf

    @property
    def settled_s(self) -> float:
        """The most time from a change of answers until no target changes any more."""
        needed = max(self.check.healthy_threshold, self.check.unhealthy_threshold)
        return (needed + 1) * self.check.interval_s + self.check.timeout_s


@dataclass(frozen=True, slots=True)
class Heard:
    """Whom a group tells of servers that answer, and that checks find unhealthy and healthy again."""

    unhealthy: Callable[[Instance, int], None]
    healthy: Callable[[Instance], None]


@dataclass(slots=True)
class Target:
    """A target that is not simply well; taken out, it works off until `drained_s` what it had."""

    instance: Instance
    health: Health
    drained_s: float = 0.0


class Targets:
    """The targets of a group in time; call `look` when the group may have changed, `observe` with what it answered.

    All servers that answer do so equally late. When a server's checks come is drawn from its name.

    Args:
        roster: the group's instances; those that are not healthy answer nothing.
        checks: the target group's settings.
        unreached: whether a server that does not answer never got requests, and so loses none.
        heard: whom to tell.
    """

    def __init__(self, roster: Roster, checks: Checks, unreached: Callable[[Instance], bool], heard: Heard) -> None:
        self._roster, self._checks, self._unreached, self._heard = roster, checks, unreached, heard
        self._known: dict[str, Target] = {}
        self._failing, self._restless_s, self._slow = 0, -inf, False
        self.routing: Routing = "all healthy"
        self.healthy, self.receiving, self.idle, self.lost = 0, 0, 0, 0.0
        for one in self._silent():
            self._known[one.id] = Target(one, ILL)
        self.look(0)

    @property
    def late_s(self) -> float:
        """Answers so late have to be told at once; infinite while everything is told often anyway."""
        return inf if self._slow else self._checks.late_s

    def next_s(self, second: int) -> float:
        """The next second at which targets have to be looked at."""
        return second + LOOK_S if self._slow or second < self._restless_s else inf

    def look(self, second: int) -> None:
        """Count who gets requests now.

        `healthy` for the balancer, `receiving` requests; `idle` servers answer and get none; `lost` is the share of
        the requests that goes to servers that answer nothing.
        """
        roster, registered = self._roster, self._roster.count("in service")
        if roster.failing != self._failing:
            self._failing = roster.failing
            self._stir(second)
        self._known = {key: one for key, one in self._known.items() if one.instance.place == "in service"}
        for one in self._silent():
            if self._unreached(one):
                self._known.setdefault(one.id, Target(one, ILL))
        ill = [one for one in self._known.values() if one.health.state == "unhealthy"]
        self.healthy = registered - len(ill)
        opened = bool(ill) and self._checks.routing.missed(self.healthy, registered)
        self.routing = "fail open" if opened else "some unhealthy" if ill else "all healthy"
        self.receiving = registered if opened else self.healthy
        silent = roster.failing - (0 if opened else sum(not one.instance.healthy for one in ill))
        self.lost = silent / self.receiving if self.receiving else 0.0
        self.idle = 0 if opened else sum(one.instance.healthy and one.drained_s <= second for one in ill)

    def observe(self, begin: int, answers: Sequence[float]) -> None:
        """Let every check of the seconds from `begin` on happen, of which `answers` tells how late it is answered."""
        self._slow = max(answers) >= self._checks.late_s
        if not (self._slow or self._known or self._roster.failing):
            return
        interval, due = int(self._checks.check.interval_s), self._due()
        for second, answer_s in enumerate(answers, begin):
            for one in due.get(second % interval, ()):
                self._check(one, second, answer_s)
        self.look(begin + len(answers))

    def _stir(self, second: float) -> None:
        """Targets may change for a while after this second."""
        self._restless_s = max(self._restless_s, second + self._checks.settled_s)

    def _silent(self) -> Iterable[Instance]:
        """Instances in service that answer nothing."""
        if not self._roster.failing:
            return []
        return [one for one in self._roster.at["in service"].values() if not one.healthy]

    def _due(self) -> dict[int, list[Instance]]:
        """Who is checked when within an interval; where all answer in time, only those that are not simply well."""
        there = self._roster.at["in service"]
        if not self._slow:
            there = {key: one.instance for key, one in self._known.items()} | {one.id: one for one in self._silent()}
        interval, due = int(self._checks.check.interval_s), {}
        for one in there.values():
            due.setdefault(crc32(one.id.encode()) % interval, []).append(one)
        return due

    def _check(self, one: Instance, second: int, answer_s: float) -> None:
        target = self._known.get(one.id)
        health, drained_s = (target.health, target.drained_s) if target else (WELL, 0.0)
        # who gets no requests answers at once, as soon as its queue is empty
        rests = health.state == "unhealthy" and self.routing != "fail open"
        in_time = second >= drained_s if rests else answer_s < self._checks.late_s
        found = after(health, self._checks.check, passed=one.healthy and in_time)
        if found == health:
            return
        if found.state != health.state and found.state == "unhealthy":
            drained_s = second + answer_s
            self._fall(one, second)
        elif found.state != health.state:
            self._rise(one, second)
        self._stir(max(drained_s, second))
        self._known[one.id] = Target(one, found, drained_s)
        if found == WELL:
            del self._known[one.id]

    def _fall(self, one: Instance, second: int) -> None:
        self._roster.slow.remove(one.healthy_s)
        # of who answers nothing the group is told by what befell it
        if one.healthy:
            self._heard.unhealthy(one, second)

    def _rise(self, one: Instance, second: int) -> None:
        one.healthy_s = second
        self._roster.slow.add(second, 1, self.healthy)
        self._heard.healthy(one)
