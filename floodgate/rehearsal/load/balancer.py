"""What reaches the balancer against what it takes: capacity units, their growth, and the share it turns away."""

from __future__ import annotations

from floodgate.awsrules.balancer.capacity_units import Traffic, lcu, ramped
from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.plan import Plan

BYTES_PER_GB = 1e9
SECONDS_PER_HOUR = 3600.0


class BalancerLoad:
    """An Application Load Balancer that starts at its reservation, or at what an idle one takes, and grows.

    It doubles every ``alb.doubling_s`` while its load is above ``alb.growth_load``. What exceeds its capacity it
    rejects. AWS publishes the pace but not the shape of either.
    """

    def __init__(self, plan: Plan, parameters: Parameters) -> None:
        balancer = plan.balancer
        reserved = balancer.reserved_lcu if balancer is not None else 0
        self.capacity_lcu = max(float(reserved), parameters["alb.initial_lcu"]) if balancer else float("inf")
        self._growth = ramped(1.0, 1.0, parameters["alb.doubling_s"])
        self._growth_load = parameters["alb.growth_load"]
        self._rules = int(parameters["alb.rules_per_request"])
        edge = plan.edge is not None
        prefix = "edge" if edge else "client"
        self._new_connections = parameters[f"{prefix}.new_connections_per_request"]
        self._open_connections = parameters["edge.connections_per_person"] if edge else 1.0
        self.load = 0.0

    def accept(self, requests: float, bytes_per_s: float, people: float) -> float:
        """The share of this second's requests that passes; `people` hold connections to the service open."""
        traffic = Traffic(
            new_connections_per_s=requests * self._new_connections,
            active_connections=people * self._open_connections,
            gigabytes_per_hour=bytes_per_s * SECONDS_PER_HOUR / BYTES_PER_GB,
            requests_per_s=requests,
            rules=self._rules,
        )
        offered = lcu(traffic)
        self.load = offered / self.capacity_lcu
        if self.load > self._growth_load:
            self.capacity_lcu *= self._growth
        return 1.0 if self.load <= 1.0 else 1.0 / self.load
