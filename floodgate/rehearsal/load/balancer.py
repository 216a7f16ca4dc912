"""What reaches the balancer against what it takes: capacity units, their growth, and the share it turns away."""

from __future__ import annotations

from typing import NamedTuple

from floodgate.awsrules.balancer import reservation
from floodgate.awsrules.balancer.capacity_units import Traffic, lcu, ramped
from floodgate.rehearsal.compiling import Vector, kernel
from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.plan import Plan

BYTES_PER_GB = 1e9
SECONDS_PER_HOUR = 3600.0

# what the state holds: capacity units that it takes now, and the load of the last second (1 is full)
CAPACITY, LOAD = 0, 1


class Units(NamedTuple):
    """Capacity units of one request a second, one byte a second, one open connection; how the balancer grows."""

    request: float
    byte: float
    person: float
    growth: float
    growth_load: float


@kernel
def accept(units: Units, state: Vector, requests: float, bytes_per_s: float, people: float) -> float:
    """The share of this second's requests that passes; `people` hold connections to the service open."""
    offered = max(requests * units.request, bytes_per_s * units.byte, people * units.person)
    state[LOAD] = offered / state[CAPACITY]
    if state[LOAD] > units.growth_load:
        state[CAPACITY] *= units.growth
    return 1.0 if state[LOAD] <= 1.0 else 1.0 / state[LOAD]


class BalancerLoad:
    """An Application Load Balancer that starts at its reservation, or at what an idle one takes, and grows.

    It doubles every ``alb.doubling_s`` while its load is above ``alb.growth_load``. What exceeds its capacity it
    rejects. AWS publishes the pace but not the shape of either.

    Units are the largest of dimensions that grow with requests, with bytes and with connections each, so that the
    units of one of each say all (`accept` runs compiled, where AWS's rule itself cannot).
    """

    def __init__(self, plan: Plan, parameters: Parameters) -> None:
        balancer = plan.balancer
        reserved = balancer.reserved_lcu if balancer is not None else 0
        capacity_lcu = reservation.capacity(reserved, parameters["alb.initial_lcu"]) if balancer else float("inf")
        self.state = [capacity_lcu, 0.0]
        edge = plan.edge is not None
        prefix = "edge" if edge else "client"
        one_request = Traffic(
            new_connections_per_s=parameters[f"{prefix}.new_connections_per_request"],
            requests_per_s=1.0,
            rules=int(parameters["alb.rules_per_request"]),
        )
        self.units = Units(
            request=lcu(one_request),
            byte=lcu(Traffic(gigabytes_per_hour=SECONDS_PER_HOUR / BYTES_PER_GB)),
            person=lcu(Traffic(active_connections=parameters["edge.connections_per_person"] if edge else 1.0)),
            growth=ramped(1.0, 1.0, parameters["alb.doubling_s"]),
            growth_load=parameters["alb.growth_load"],
        )

    def accept(self, requests: float, bytes_per_s: float, people: float) -> float:
        """See `accept`."""
        return accept(self.units, self.state, requests, bytes_per_s, people)

    @property
    def capacity_lcu(self) -> float:
        """Capacity units that it takes now."""
        return self.state[CAPACITY]

    @property
    def load(self) -> float:
        """The load of the last second, 1 is full."""
        return self.state[LOAD]
