"""Instances that somebody puts on standby and back; the rule is `floodgate.awsrules.instances.standby`."""

from __future__ import annotations

from dataclasses import replace

from floodgate.awsrules.instances import standby
from floodgate.fleet.context import Context
from floodgate.fleet.events import Cause
from floodgate.fleet.instance import Instance

STANDBY = Cause("standby", "standby")


class StandingBy:
    """Takes instances out of service without taking them out of the group, and puts them back."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def enter(self, count: int, second: int, *, decrement: bool) -> list[Instance]:
        """Put the longest in service on standby: others are launched, or the desired capacity falls."""
        context = self._context
        there = [one for one in context.roster.at["in service"].values() if one.healthy and not one.outgoing]
        chosen = sorted(there, key=lambda one: (one.launched_s, one.id))[:count]
        try:
            change = standby.enter(
                context.bounds.desired, context.bounds.minimum, self._units(chosen), decrement=decrement
            )
        except ValueError as error:
            context.log.refuse(second, "standby", STANDBY, str(error))
            return []
        before = context.roster.size
        for one in chosen:
            context.roster.move(one, "standby", "Standby")
        context.log.count(second, "terminate", (before, context.roster.size), STANDBY, "servers put on standby")
        self._resize(change, second, "servers are on standby")
        return chosen

    def leave(self, instances: list[Instance], second: int, *, decremented: bool) -> None:
        """Put instances back; what there is beyond the desired capacity then goes by the termination policies."""
        context = self._context
        back = [one for one in instances if one.place == "standby"]
        if not context.able.leave_standby:
            context.log.refuse(second, "standby", STANDBY, "servers stay on standby while Launch is suspended")
            return
        bounds, active = context.bounds, context.roster.units
        try:
            change = standby.leave(bounds.desired, bounds.maximum, self._units(back), active, decremented=decremented)
        except ValueError as error:
            context.log.refuse(second, "standby", STANDBY, str(error))
            return
        before = context.roster.count("in service")
        for one in back:
            context.roster.move(one, "in service", "InService", second)
        after = context.roster.count("in service")
        context.log.count(second, "in_service", (before, after), STANDBY, "servers back from standby")
        self._resize(change, second, "servers are back from standby")

    def _units(self, instances: list[Instance]) -> int:
        return sum(one.kind.weight for one in instances)

    def _resize(self, change: standby.Change, second: int, reason: str) -> None:
        context = self._context
        context.resize(second, replace(context.bounds, desired=change.desired), STANDBY, reason)
