"""Instances that leave: chosen, drained, hooked, then terminated or back in the warm pool."""

from __future__ import annotations

from collections.abc import Iterable

from floodgate.awsrules.instances import hooks, termination, warm_pool
from floodgate.awsrules.instances.termination import Candidate, Wanted
from floodgate.awsrules.scaling import cooldowns, weights
from floodgate.fleet.agenda import TRANSITION
from floodgate.fleet.context import Context
from floodgate.fleet.events import Cause
from floodgate.fleet.instance import Instance

SIZE = Cause("size", "desired capacity")
SURPLUS = Cause("warm pool", "warm pool")


def configuration(version: str) -> tuple[str, int]:
    """The launch template of ``<template>:<version>`` and the number of its version, 0 where that is no number."""
    template, _, number = version.rpartition(":")
    return (template or number, int(number)) if number.isdecimal() else (version, 0)


class Departures:
    """Takes instances out of service, out of the pool, and away."""

    def __init__(self, context: Context) -> None:
        self._context = context
        hooked = hooks.of(context.group.hooks, hooks.TERMINATING)
        ends = (hooks.result_at(hooks.begin(hook, 0), context.unknowns.terminate_hook_s) for hook in hooked)
        # a termination goes on whatever the result
        self._hook_s = hooks.ends(ends)[0]
        self.finished_s = 0
        kinds = (context.group.instance_type, *context.group.other_types)
        self._ranks = {kind.name: rank for rank, kind in enumerate(kinds)} if len(kinds) > 1 else {}

    # -- choosing

    def shrink(self, surplus: int, second: int) -> None:
        """Take away so many instances or units: what is not yet in service first, the latest first."""
        context, roster = self._context, self._context.roster
        pending = [one for one in reversed(roster.at["launching"].values()) if not one.outgoing]
        gone: list[Instance] = []
        for one in pending:
            if one.kind.weight <= surplus:
                gone.append(one)
                surplus -= one.kind.weight
        if gone:
            self.terminate(gone, second, SIZE, "servers terminated before they were in service")
        if surplus <= 0:
            return
        chosen = self._chosen(surplus, second)
        if context.group.weighted:
            # all that stays comes last, and never goes
            going = [one.kind.weight for one in chosen]
            places = weights.terminations(roster.units - surplus, [*going, roster.units - sum(going)])
            chosen = [chosen[place] for place in places if place < len(chosen)]
        self.terminate(chosen, second, SIZE, "servers taken out of service", reuse=True)

    def _chosen(self, count: int, second: int) -> list[Instance]:
        there = {key: one for key, one in self._context.roster.at["in service"].items() if not one.outgoing}
        picked = self.choose(there.values(), count, second)
        return [there[candidate.id] for candidate in picked]

    def choose(self, instances: Iterable[Instance], count: int, second: int) -> tuple[Candidate, ...]:
        """Which of the instances go first by the group's termination policies; protected ones never do."""
        context = self._context
        candidates = [self._candidate(one) for one in instances]
        wanted = Wanted(configuration(context.version)[0], self._ranks)
        policies = [policy for policy in context.group.termination_policies if policy in termination.KEYS]
        return termination.choose(candidates, count, policies, second, context.chance.random, wanted)

    @staticmethod
    def _candidate(one: Instance) -> Candidate:
        template, number = configuration(one.version)
        return Candidate(one.id, one.zone, one.launched_s, one.protected, template, number, 0.0, one.kind.name)

    # -- leaving

    def terminate(
        self, gone: list[Instance], second: int, cause: Cause, words: str, *, reuse: bool = False, at_once: bool = False
    ) -> None:
        """Take instances out of wherever they are; those in service drain first, unless they are dead.

        Where the pool takes back what scales in, `reuse` lets it.
        """
        if not gone:
            return
        context, roster = self._context, self._context.roster
        size = roster.size
        pool = context.group.warm_pool if warm_pool.possible(context.group) else None
        back = reuse and warm_pool.scale_in(len(gone), pool).reused > 0
        drained = [one for one in gone if one.place == "in service" and not at_once]
        straight = [one for one in gone if one.place != "in service" or at_once]
        pooled = sum(one.place == "pool" for one in gone)
        for one in gone:
            one.returning = back
            roster.move(one, *(("preparing", "Warmed:Pending") if back else ("terminating", "Terminating")))
        if size != roster.size:
            context.log.count(second, "terminate", (size, roster.size), cause, words)
        if pooled:
            left = roster.count("pool")
            context.log.count(second, "warm", (left + pooled, left), cause, words)
        self._end(drained, second, second + context.unknowns.drain_s + self._hook_s)
        self._end(straight, second, second + (0 if at_once else self._hook_s))

    def _end(self, gone: list[Instance], second: int, ends_s: float) -> None:
        if not gone:
            return
        numbers = [(one, one.batch) for one in gone]
        if ends_s <= second:
            self._gone(numbers, second)
        else:
            self._context.agenda.add(ends_s, TRANSITION, lambda now: self._gone(numbers, now))
        ended_s = cooldowns.after_termination_s(
            (second,),
            (ends_s,),
            behind_balancer=self._context.group.behind_balancer,
            reading=self._context.unknowns.draining_reading,
        )
        self.finished_s = max(self.finished_s, int(ended_s))

    def _gone(self, numbers: list[tuple[Instance, int]], second: int) -> None:
        context, roster = self._context, self._context.roster
        before = roster.count("pool")
        for one, batch in numbers:
            if one.batch != batch:
                continue
            if one.returning:
                assert context.group.warm_pool is not None
                roster.move(one, "pool", warm_pool.resting_state(context.group.warm_pool))
                one.returning = one.protected = False
            else:
                roster.move(one, "terminated", "Terminated")
        if roster.count("pool") > before:
            words = "servers back in the warm pool"
            context.log.count(second, "warm", (before, roster.count("pool")), SURPLUS, words)
