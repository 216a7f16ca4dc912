"""What one request of every kind costs: CPU, database, time on a connection, bytes.

People send from slots: slot 0 is the way in (joining the line, or opening the page where there is no line), slots 1
to n are the steps of the journey, and the last slot holds the polls that reach the servers, which belong to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from floodgate.rehearsal.compiling import Vector, kernel
from floodgate.rehearsal.errors import ParameterError
from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.plan import Edge, Plan
from floodgate.rehearsal.scenarios.scenario import Scenario

NOW_SERVING = "/queue/now-serving.json"
WAITING_PAGE = "/wait/index.html"

Column = tuple[float, ...]
Need = tuple[float, float, float]  # seconds of CPU, of the database, of connections


@dataclass(frozen=True, slots=True)
class Costs:
    """By slot: requests a person sends at once, and what these cost together."""

    requests: Column
    cpu_s: Column
    db_s: Column
    hold_s: Column
    bytes: Column

    def prices(self) -> Prices:
        """The same for `sums`."""
        return Prices(*(list(column) for column in (self.requests, self.bytes, self.cpu_s, self.db_s, self.hold_s)))

    def sums(self, people: Sequence[float]) -> tuple[float, float, Need]:
        """Requests, bytes and work of these people by slot."""
        return sums(self.prices(), list(people))


class Prices(NamedTuple):
    """Vectors by slot: requests a person sends at once, and what these cost together."""

    requests: Vector
    bytes: Vector
    cpu_s: Vector
    db_s: Vector
    hold_s: Vector


@kernel
def sums(prices: Prices, people: Vector) -> tuple[float, float, Need]:
    """Requests, bytes and work of these people by slot."""
    requests = size = cpu_s = db_s = hold_s = 0.0
    for slot in range(len(people)):
        count = people[slot]
        requests += count * prices.requests[slot]
        size += count * prices.bytes[slot]
        cpu_s += count * prices.cpu_s[slot]
        db_s += count * prices.db_s[slot]
        hold_s += count * prices.hold_s[slot]
    return requests, size, (cpu_s, db_s, hold_s)


def cached_at_edge(edge: Edge | None, path: str) -> bool:
    """Whether the edge answers this path without asking the balancer.

    The leading slash of a pattern is optional, as in CloudFront's path patterns:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
    """
    if edge is None:
        return False
    return any(fnmatchcase(path, "/" + pattern.removeprefix("/")) for pattern in edge.cached_paths)


def costs_by_slot(plan: Plan, scenario: Scenario, parameters: Parameters) -> Costs:
    """Costs of the way in, of every step and of a poll.

    Raises:
        ParameterError: a step's kind has no ``cost.<kind>.cpu_ms``.
    """
    devices = scenario.devices_per_person
    way_in = [(kind, devices) for kind in _way_in(plan)]
    slots = [way_in, *([(step.kind, 1.0)] for step in scenario.journey), [("poll", 1.0)]]
    hold = parameters["database.hold_factor"]
    cpu_s = _column(slots, "cpu_ms", parameters, 1e-3)
    db_s = _column(slots, "db_ms", parameters, 1e-3)
    return Costs(
        requests=tuple(sum(count for _, count in slot) for slot in slots),
        cpu_s=cpu_s,
        db_s=db_s,
        hold_s=tuple(value * hold for value in db_s),
        bytes=_column(slots, "kib", parameters, 1024.0),
    )


def _way_in(plan: Plan) -> tuple[str, ...]:
    if not plan.service.waiting_room:
        return ("page",)
    return ("join",) if cached_at_edge(plan.edge, WAITING_PAGE) else ("page", "join")


def _column(slots: list[list[tuple[str, float]]], what: str, parameters: Parameters, unit: float) -> Column:
    return tuple(sum(count * _cost(kind, what, parameters) * unit for kind, count in slot) for slot in slots)


def _cost(kind: str, what: str, parameters: Parameters) -> float:
    name = f"cost.{kind}.{what}"
    if name not in parameters:
        raise ParameterError(
            f"journey step of kind {kind!r}: parameter {name} does not exist; add it or use a known kind"
        )
    return parameters[name]
