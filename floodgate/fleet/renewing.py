"""Instances that go although they are well: for the balance of zones, and for their age.

The rules are `floodgate.awsrules.instances.zones`, `lifetime` and `maintenance`.
"""

from __future__ import annotations

from collections import Counter
from math import inf

from floodgate.awsrules.instances import lifetime, maintenance
from floodgate.awsrules.instances import zones as distribution
from floodgate.awsrules.scaling.warmup import warmup_s
from floodgate.fleet.account import Account
from floodgate.fleet.agenda import WAKE
from floodgate.fleet.context import Context
from floodgate.fleet.departures import Departures
from floodgate.fleet.events import Cause

LEVEL = Cause("rebalancing", "zones")
AGE = Cause("lifetime", "maximum lifetime")


class Rebalancing:
    """Brings a group level after a zone has come back: launches first, then terminates."""

    def __init__(self, context: Context, account: Account, departures: Departures) -> None:
        self._context, self._account, self._departures = context, account, departures
        self.active = not distribution.balanced(context.roster.by_zone)

    def settle(self, second: int) -> None:
        """Mark what has to move, once the moves before are done."""
        context, roster = self._context, self._context.roster
        if not self.active or not context.able.rebalance_launch:
            self.active = self.active and context.able.rebalance_launch
            return
        if roster.count("launching") or roster.outgoing:
            return
        counts = {zone: roster.by_zone.get(zone, 0) for zone in context.group.zones}
        moves = distribution.rebalancing(counts, context.bounds.maximum, self._account.closed_zones())
        self.active = bool(moves) and self._mark(Counter(move.out_of for move in moves), second)

    def _mark(self, leaving: Counter[str], second: int) -> bool:
        roster = self._context.roster
        marked = False
        for zone, count in leaving.items():
            there = {key: one for key, one in roster.at["in service"].items() if one.zone == zone}
            for candidate in self._departures.choose(there.values(), count, second):
                roster.mark(there[candidate.id], "rebalancing")
                marked = True
        return marked


class Lifetimes:
    """Replaces instances before they reach the maximum lifetime."""

    def __init__(self, context: Context, departures: Departures) -> None:
        self._context, self._departures = context, departures
        self._next_s: float = 0 if context.group.max_lifetime_s and context.able.renew else inf

    def settle(self, second: int) -> None:
        """Replace what is due, then wait for the next one."""
        context, roster = self._context, self._context.roster
        if second < self._next_s or roster.outgoing or roster.count("launching"):
            return
        group = context.group
        each_s = context.unknowns.boot_s + context.unknowns.first_check_s + warmup_s(None, group)
        there = [one for one in roster.at["in service"].values() if not one.protected]
        ages = [one.launched_s for one in there]
        count = lifetime.at_once(ages, group.max_lifetime_s, second, each_s, len(there))
        oldest = sorted(there, key=lambda one: (one.launched_s, one.id))[:count]
        if maintenance.order("maximum lifetime", group.maintenance) == "launch first":
            for one in oldest:
                roster.mark(one, "lifetime")
        else:
            self._departures.terminate(oldest, second, AGE, "servers replaced at their maximum lifetime")
        begins_s = lifetime.begins_s(ages, group.max_lifetime_s, each_s)
        again_s = second + each_s if count else inf if begins_s is None else begins_s
        self._next_s = max(second + 1, again_s)
        if self._next_s < inf:
            context.agenda.add(self._next_s, WAKE, lambda _: None)
