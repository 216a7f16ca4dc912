"""All that replaces instances of a group: health, refresh, balance of zones, age."""

from __future__ import annotations

from collections.abc import Iterable

from floodgate.fleet.account import Account
from floodgate.fleet.agenda import WAKE
from floodgate.fleet.context import Context
from floodgate.fleet.departures import Departures
from floodgate.fleet.health import Health
from floodgate.fleet.instance import Instance
from floodgate.fleet.refreshing import Refreshing
from floodgate.fleet.renewing import AGE, LEVEL, Lifetimes, Rebalancing

# how often what is under way is looked at beside all events
PULSE_S = 60
REPLACED = {
    "rebalancing": (LEVEL, "servers terminated, since others are in service in emptier zones"),
    "lifetime": (AGE, "servers terminated, since younger ones are in service"),
}


class Replacing:
    """Replaces instances: those that go are terminated first, or marked as outgoing until others are in their place.

    What is marked no longer counts as capacity, so that the group launches another by itself.
    """

    def __init__(self, context: Context, account: Account, departures: Departures) -> None:
        self._context, self._departures = context, departures
        self.health = Health(context, departures)
        self.refreshing = Refreshing(context, departures)
        self.rebalancing = Rebalancing(context, account, departures)
        self._lifetimes = Lifetimes(context, departures)
        self._pulse_s = -1

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses of the instance refreshes so far."""
        return self.refreshing.statuses

    def mark_unhealthy(self, instances: Iterable[Instance]) -> None:
        """Instances that were read as unhealthy."""
        self.health.told(instances)

    def settle(self, second: int) -> None:
        """Let everything replace what it may."""
        self.health.settle(second)
        self._finish(second)
        self.refreshing.settle(second)
        self.rebalancing.settle(second)
        self._lifetimes.settle(second)

    def _finish(self, second: int) -> None:
        """Terminate what is outgoing and has been replaced; health and refresh take away their own."""
        context, roster = self._context, self._context.roster
        if not roster.outgoing:
            return
        weight = context.group.instance_type.weight
        surplus = (roster.units_in_service - context.bounds.desired) // weight
        for reason, (cause, words) in REPLACED.items():
            if surplus <= 0 or (reason == "rebalancing" and not context.able.rebalance_terminate):
                continue
            gone = [one for one in roster.outgoing.values() if one.outgoing == reason][:surplus]
            self._departures.terminate(gone, second, cause, words)
            surplus -= len(gone)

    def after(self, second: int) -> None:
        """Look again soon while something is under way."""
        under_way = self.health.active or self.refreshing.active or self.rebalancing.active
        if (under_way or self._context.roster.outgoing) and self._pulse_s <= second:
            self._pulse_s = second + PULSE_S
            self._context.agenda.add(self._pulse_s, WAKE, lambda _: None)
