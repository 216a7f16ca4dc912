"""All instances of a group by where they stand, counted as they move."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable

from floodgate.awsrules.instances.lifecycle import is_running
from floodgate.awsrules.model import InstanceType
from floodgate.fleet.instance import Instance, Place
from floodgate.fleet.slow_start import SlowStart

CAPACITY: frozenset[Place] = frozenset({"launching", "in service"})


class Roster:
    """Instances by place; every count is kept, so that reading one costs nothing.

    Args:
        zones: the group's zones, which are counted also where they are empty.
    """

    def __init__(self, zones: Iterable[str]) -> None:
        self.at: dict[Place, dict[str, Instance]] = {
            "launching": {}, "in service": {}, "standby": {}, "pool": {}, "preparing": {}, "terminating": {},
        }  # fmt: skip
        self.by_zone: dict[str, int] = dict.fromkeys(zones, 0)
        self.units = self.units_in_service = 0
        self.vcpus = self.launched = self.terminated = self.returning = self.failing = 0
        self.outgoing: dict[str, Instance] = {}
        self.slow = SlowStart()
        self._since: list[float] = []
        self._in_use: dict[str, int] = {}

    def count(self, place: Place) -> int:
        """How many instances stand somewhere."""
        return len(self.at[place])

    @property
    def size(self) -> int:
        """Instances in service or on the way there."""
        return len(self.at["in service"]) + len(self.at["launching"])

    @property
    def serving(self) -> int:
        """Instances in service that answer."""
        return len(self.at["in service"]) - self.failing

    def addresses(self, zone: str) -> int:
        """Addresses of a zone's subnets that the group uses."""
        return self._in_use.get(zone, 0)

    def warm(self, now_s: float, warmup_s: float) -> int:
        """Instances in service for at least a warmup."""
        return bisect_right(self._since, now_s - warmup_s)

    def add(self, zone: str, kind: InstanceType, version: str, second: float, place: Place, state: str) -> Instance:
        """A new instance."""
        self.launched += 1
        return self.join(Instance(f"i-{self.launched:06d}", zone, kind, version, second, place, state))

    def join(self, instance: Instance) -> Instance:
        """Take an instance in as it is; whoever brings one that was there before counts it as launched."""
        self._enter(instance)
        return instance

    def move(self, instance: Instance, place: Place, state: str, second: float = 0) -> None:
        """An instance goes somewhere else; into service it goes at `second`."""
        self._leave(instance)
        if instance.place == "in service":
            self.slow.remove(instance.healthy_s)
        if place == "in service" and instance.place != "in service":
            instance.in_service_s = instance.healthy_s = second
        instance.place, instance.state = place, state
        instance.batch += 1
        self._enter(instance)

    def mark(self, instance: Instance, outgoing: str) -> None:
        """An instance will go once another is in its place; with no reason it stays."""
        self._leave(instance)
        instance.outgoing = outgoing
        self._enter(instance)

    def fail(self, instance: Instance) -> None:
        """An instance answers no more."""
        self._leave(instance)
        instance.healthy = False
        self._enter(instance)

    def _enter(self, instance: Instance) -> None:
        self._account(instance, 1)
        if instance.place == "terminated":
            self.terminated += 1
            return
        self.at[instance.place][instance.id] = instance
        if instance.place == "in service":
            insort(self._since, instance.in_service_s)
        if instance.outgoing and instance.place in CAPACITY:
            self.outgoing[instance.id] = instance

    def _leave(self, instance: Instance) -> None:
        self._account(instance, -1)
        del self.at[instance.place][instance.id]
        self.outgoing.pop(instance.id, None)
        if instance.place == "in service":
            del self._since[bisect_right(self._since, instance.in_service_s) - 1]

    def _account(self, instance: Instance, sign: int) -> None:
        place, weight = instance.place, instance.kind.weight * sign
        if place in CAPACITY and not instance.outgoing:
            self.units += weight
            self.by_zone[instance.zone] = self.by_zone.get(instance.zone, 0) + sign
        if place == "in service":
            self.units_in_service += weight
            self.failing += 0 if instance.healthy else sign
        if is_running(instance.state):
            self.vcpus += instance.kind.vcpus * sign
        if place != "terminated":
            self._in_use[instance.zone] = self._in_use.get(instance.zone, 0) + sign
        if instance.returning and place == "preparing":
            self.returning += sign
