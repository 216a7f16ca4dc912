"""What a scenario lets go wrong with the group, as the group in time takes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from floodgate.awsrules.instances.instance_refresh import Preferences
from floodgate.awsrules.model import Group
from floodgate.fleet import faults as of_the_fleet
from floodgate.rehearsal.errors import ScenarioError
from floodgate.rehearsal.scenarios.faults import Fault


def fleet_faults(faults: Sequence[Fault], doors_s: int, group: Group) -> tuple[of_the_fleet.Fault, ...]:
    """The faults that befall the group; those around it are left out (see `floodgate.rehearsal.disturbances`).

    Args:
        faults: of the scenario, counted from the doors.
        doors_s: the second of the doors.
        group: whose zones and instance types they name.

    Raises:
        ScenarioError: a fault names a zone or an instance type that the group does not have.
    """
    return tuple(_made(fault, doors_s, group) for fault in faults if fault.kind in _MAKERS)


def _made(fault: Fault, doors_s: int, group: Group) -> of_the_fleet.Fault:
    second = max(0, doors_s + round(fault.at_minutes * 60))
    until = None if math.isinf(fault.for_minutes) else second + max(1, round(fault.for_minutes * 60))
    return _MAKERS[fault.kind](fault, second, until, group)


def _zone(fault: Fault, second: int, until: int | None, group: Group) -> of_the_fleet.Fault:
    return of_the_fleet.ZoneLost(second, _named(fault, "zone", group.zones or ("",)), until)


def _no_capacity(fault: Fault, second: int, until: int | None, group: Group) -> of_the_fleet.Fault:
    types = tuple(kind.name for kind in (group.instance_type, *group.other_types))
    name = _named(fault, "instance type or zone", (*types, *group.zones))
    if name in types:
        return of_the_fleet.NoCapacity(second, instance_type=name, until=until)
    return of_the_fleet.NoCapacity(second, zone=name, until=until)


def _named(fault: Fault, what: str, known: Sequence[str]) -> str:
    if fault.name and fault.name not in known:
        rule = f"the group has {', '.join(known)}"
        raise ScenarioError(f"fault {fault.kind}: {what} '{fault.name}' is none of the group's: {rule}; name one")
    return fault.name or known[0]


def _refresh(group: Group, second: int, *, bad: bool) -> of_the_fleet.Fault:
    template, colon, number = group.version.rpartition(":")
    newer = f"{template}{colon}{int(number) + 1}" if number.isdecimal() else f"{group.version}, newer"
    return of_the_fleet.InstanceRefresh(second, newer, bad=bad, preferences=Preferences(auto_rollback=bad))


_Maker = Callable[[Fault, int, int | None, Group], of_the_fleet.Fault]
_MAKERS: Mapping[str, _Maker] = {
    "zone-lost": _zone,
    "no-capacity": _no_capacity,
    "instances-fail": lambda fault, second, _until, _group: of_the_fleet.InstancesFail(second, _count(fault)),
    "instances-hang": lambda fault, second, _until, _group: of_the_fleet.InstancesFail(second, _count(fault), "hangs"),
    "slow-boots": lambda fault, second, until, _group: of_the_fleet.SlowBoots(second, _amount(fault), until),
    "launch-throttling": lambda fault, second, until, _group: of_the_fleet.LaunchThrottling(
        second, _amount(fault), until
    ),
    "deployment": lambda _fault, second, _until, group: _refresh(group, second, bad=False),
    "bad-version": lambda _fault, second, _until, group: _refresh(group, second, bad=True),
    "metrics-delayed": lambda fault, second, until, _group: of_the_fleet.MetricsDelayed(second, _count(fault), until),
}


def _amount(fault: Fault) -> float:
    assert fault.amount is not None, "loading a scenario gives every amount that a kind needs"
    return fault.amount


def _count(fault: Fault) -> int:
    return round(_amount(fault))
