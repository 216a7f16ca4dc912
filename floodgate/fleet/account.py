"""What an account and EC2 give: launches a second, vCPUs, capacity by zone and type, addresses."""

from __future__ import annotations

from math import ceil, inf

from floodgate.awsrules.instances import launching
from floodgate.awsrules.instances.launch_failures import Market
from floodgate.awsrules.model import InstanceType
from floodgate.fleet.context import Context

ANY = "*"


class Account:
    """Limits beyond the group, as they are now; faults change them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        unknowns = context.unknowns
        self._run = launching.full(unknowns.burst, unknowns.refill_per_s)
        self._start = launching.full(unknowns.burst, unknowns.refill_per_s)
        self._closed: dict[tuple[str, str], int] = {}
        self.slow_boots: float = 1.0
        group = context.group
        self.types = (group.instance_type, *group.other_types)
        # free addresses are read beside the instances that there are, so theirs come on top
        self._addresses = {zone: free + context.roster.addresses(zone) for zone, free in group.subnet_addresses}

    def take_runs(self, wanted: int, second: int) -> int:
        """How many of the wanted launches `RunInstances` takes now."""
        self._run, granted = self._run.take(wanted, second)
        return granted

    def take_starts(self, wanted: int, second: int) -> int:
        """How many of the wanted starts `StartInstances` takes now."""
        self._start, granted = self._start.take(wanted, second)
        return granted

    def ready_s(self, second: int) -> float:
        """When both buckets next give something; never, where they are not refilled."""
        if not self._run.refill_per_s:
            return inf
        return max(second + 1, *(ceil(bucket.ready_s(1, second)) for bucket in (self._run, self._start)))

    @property
    def refill_per_s(self) -> float:
        """Launches a second once the bucket is empty."""
        return self._run.refill_per_s

    def refill(self, second: int, refill_per_s: float, burst: float) -> None:
        """Buckets are refilled otherwise from now on, and hold no more than `burst`."""
        self._run, self._start = (
            launching.TokenBucket(burst, refill_per_s, min(burst, bucket.level(second)), second)
            for bucket in (self._run, self._start)
        )

    def room(self, kind: InstanceType) -> int | None:
        """How many more of a type the quota of vCPUs takes; None where it does not matter."""
        if not kind.vcpus:
            return None
        return launching.quota_room(self._context.unknowns.vcpu_quota, self._context.roster.vcpus, kind.vcpus)

    def close(self, zone: str, kind: str) -> None:
        """EC2 has nothing of a type in a zone; `ANY` stands for all of them."""
        self._closed[zone, kind] = self._closed.get((zone, kind), 0) + 1

    def reopen(self, zone: str, kind: str) -> None:
        """It has again, once all that closed it have ended."""
        self._closed[zone, kind] -= 1
        if not self._closed[zone, kind]:
            del self._closed[zone, kind]

    @property
    def short(self) -> bool:
        """Whether something cannot be had now."""
        return bool(self._closed)

    def has(self, zone: str, kind: str) -> bool:
        """Whether EC2 has capacity of a type in a zone."""
        keys = ((zone, kind), (zone, ANY), (ANY, kind), (ANY, ANY))
        return not self._closed or not any(key in self._closed for key in keys)

    def market(self) -> Market:
        """What can be had where."""
        zones, roster = self._context.roster.by_zone, self._context.roster
        missing = {(zone, kind.name) for zone in zones for kind in self.types if not self.has(zone, kind.name)}
        free = {zone: max(0, whole - roster.addresses(zone)) for zone, whole in self._addresses.items()}
        return Market(frozenset(missing), free or None)

    def closed_zones(self) -> set[str]:
        """Zones in which nothing can be launched now."""
        if not self._closed:
            return set()
        zones = self._context.group.zones
        return {zone for zone in zones if not any(self.has(zone, kind.name) for kind in self.types)}
