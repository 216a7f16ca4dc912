"""Unhealthy instances: found, and replaced as fast as the group may.

The rules are `floodgate.awsrules.instances.health_checks` and `replacement`.
"""

from __future__ import annotations

from collections.abc import Iterable

from floodgate.awsrules.instances import replacement
from floodgate.awsrules.instances.health_checks import Checkup, marked, unhealthy
from floodgate.fleet.agenda import TRANSITION
from floodgate.fleet.context import Context
from floodgate.fleet.departures import Departures
from floodgate.fleet.events import Cause
from floodgate.fleet.instance import Instance

CHECKED = Cause("health", "health check")
GONE = frozenset({"terminating", "terminated"})


class Health:
    """What a group does about instances that do not answer."""

    def __init__(self, context: Context, departures: Departures) -> None:
        self._context, self._departures = context, departures
        self._sick: dict[str, Instance] = {}
        self._reported: set[str] = set()
        self._late: set[str] = set()
        self._kept: set[str] = set()
        self._replacing = 0
        self._types = frozenset(kind.strip() for kind in context.group.health_check_type.split(","))

    @property
    def active(self) -> bool:
        """Whether an unhealthy instance waits to be replaced."""
        return bool(self._sick)

    def stop(self, instances: Iterable[Instance], second: int, cause: Cause) -> None:
        """Instances run no more: they serve nobody, and are replaced at once where they may be."""
        context = self._context
        there = [one for one in instances if one.place not in GONE]
        able = context.able
        if able.mark_unhealthy and able.terminate_unhealthy:
            words = "servers replaced, since EC2 no longer runs them"
            self._departures.terminate(there, second, cause, words, at_once=True)
            return
        for one in there:
            if one.healthy:
                context.roster.fail(one)

    def hang(self, instances: Iterable[Instance], second: int, *, impaired: bool = False) -> None:
        """Instances in service answer no more; checks find it later, and not before their grace period is over."""
        for one in instances:
            if one.healthy:
                self._context.roster.fail(one)
            self._await(one, second, impaired=impaired)

    def _await(self, one: Instance, second: int, *, impaired: bool = False) -> None:
        group, unknowns = self._context.group, self._context.unknowns
        found_s = second + (unknowns.impaired_wait_s if impaired else unknowns.failed_checks_s)
        at_s = max(found_s, one.in_service_s + group.health_check_grace_s)
        checkup = Checkup(
            one.state,
            one.in_service_s,
            status_check="impaired" if impaired else "ok",
            impaired_s=second if impaired else None,
            balancer=not impaired,
        )
        batch = one.batch
        self._context.agenda.add(at_s, TRANSITION, lambda now: self._find(one, batch, checkup, now))

    def report(self, one: Instance, second: int) -> None:
        """The balancer's checks have found an instance that answers too late; it is spared within its grace period."""
        self._late.add(one.id)
        checkup = Checkup(one.state, one.in_service_s, balancer=True)
        at_s, batch = max(second, one.in_service_s + self._context.group.health_check_grace_s), one.batch
        self._context.agenda.add(at_s, TRANSITION, lambda now: self._still(one, batch, checkup, now))

    def recover(self, one: Instance) -> None:
        """The checks find an instance healthy again; what its group has marked as unhealthy it replaces all the same.

        Source: a marked instance "never automatically recovers its health",
        https://docs.aws.amazon.com/autoscaling/ec2/userguide/healthcheck.html
        """
        self._late.discard(one.id)
        if one.id not in self._kept and one.id in self._reported:
            self._reported.discard(one.id)
            self._sick.pop(one.id, None)

    def _still(self, one: Instance, batch: int, checkup: Checkup, second: int) -> None:
        if one.id in self._late:
            self._find(one, batch, checkup, second)

    def _find(self, one: Instance, batch: int, checkup: Checkup, second: int) -> None:
        context = self._context
        if one.batch != batch or not context.able.mark_unhealthy:
            return
        wait_s = context.unknowns.impaired_wait_s
        found = unhealthy(checkup, second, context.group.health_check_grace_s, self._types, wait_s)
        if found is not None:
            self._sick[one.id] = one
            self._reported |= {one.id} if found.cause == "balancer" else set()

    def told(self, instances: Iterable[Instance]) -> None:
        """Instances that the group already holds for unhealthy."""
        self._sick |= {one.id: one for one in instances if one.place == "in service"}

    def settle(self, second: int) -> None:
        """Replace as many of the unhealthy as may be replaced now."""
        context = self._context
        while context.failed:
            self._await(context.failed.pop(), second)
        self._sick = {key: one for key, one in self._sick.items() if one.place == "in service"}
        if not self._sick or not context.able.terminate_unhealthy:
            return
        order = sorted(self._sick.values(), key=self._turn)
        # what is marked stays so, however many are reported later
        self._kept = (self._kept & self._sick.keys()) | {one.id for one in order[: self._marked()]}
        standing = self._standing(second)
        change = replacement.step(len(self._kept), standing, context.group.maintenance)
        gone, left = order[: change.terminate], order[change.terminate :]
        self._replacing = standing.replacing + len(gone)
        words = "servers terminated, since their health check failed"
        self._departures.terminate(gone, second, CHECKED, words)
        before = sum(bool(one.outgoing) for one in left)
        for one in [one for one in left if not one.outgoing][: max(0, change.launch - len(gone) - before)]:
            context.roster.mark(one, "health")

    def _turn(self, one: Instance) -> tuple[bool, bool, float, str]:
        """Who is replaced first: who is on the way out, then who is marked, then who came first."""
        return not one.outgoing, one.id not in self._kept, one.in_service_s, one.id

    def _marked(self) -> int:
        """How many are marked unhealthy now: of a group that its balancer reports as a whole not all at once."""
        reported = len(self._reported & self._sick.keys())
        in_service = self._context.roster.count("in service")
        return len(self._sick) - reported + marked(reported, in_service, self._context.unknowns.marked_when_all)

    def _standing(self, second: int) -> replacement.Standing:
        context, roster = self._context, self._context.roster
        warmup_s = max(0, context.group.default_warmup_s or 0)
        there = roster.at["in service"].values()
        well = [one for one in there if one.id not in self._kept and not one.outgoing]
        ready = sum(second - one.in_service_s >= warmup_s for one in well)
        desired = -(-context.bounds.desired // context.group.instance_type.weight)
        pending = roster.count("launching") + len(well) - ready
        replacing = max(0, min(self._replacing, desired - ready - len(self._kept)))
        return replacement.Standing(desired, ready, pending, replacing, busy=roster.count("launching") > 0)
