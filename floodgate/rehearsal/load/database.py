"""What the database gives the servers in one second: work on the writer, and connections."""

from __future__ import annotations

from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.plan import Plan

UNLIMITED_S = 1e15


class DatabaseLoad:
    """Limits of the writer; without a database nothing is limited.

    Without a proxy every server opens its whole pool, as services do before an opening. Connections beyond the
    database's limit are refused, and requests that get one of those fail. A proxy takes all of them and lends its
    own to one transaction after the other, so that requests queue instead.
    """

    def __init__(self, plan: Plan, parameters: Parameters) -> None:
        self._database = plan.database
        self._per_server = plan.service.connections_per_server
        ceiling = parameters["database.utilisation_ceiling"]
        self.db_s = UNLIMITED_S if plan.database is None else plan.database.vcpus * ceiling
        self.hold_s = UNLIMITED_S
        self.broken = 0.0
        self._opened = 0.0

    def serve(self, servers: int) -> None:
        """Lay the limits for a second with so many servers in service."""
        if self._database is None:
            return
        usable = self._database.usable_connections
        self._opened = float(servers * self._per_server)
        self.hold_s = min(self._opened, float(usable))
        proxied = self._database.proxy_max_connections_percent is not None
        self.broken = 0.0 if proxied or self._opened <= usable else 1.0 - usable / self._opened

    def pressure(self, need: tuple[float, float, float]) -> float:
        """The tighter of work and connections that were asked for, as a share of what there is."""
        return max(need[1] / self.db_s, need[2] / self.hold_s if self.hold_s > 0.0 else 0.0)

    def load(self, need_db_s: float) -> float:
        """Work that was asked for as a share of what the writer does, 1 is full."""
        return need_db_s / self.db_s

    def connections_load(self, need_hold_s: float) -> float:
        """Connections in use, or opened where no proxy shares them, as a share of the usable ones."""
        if self._database is None:
            return 0.0
        proxied = self._database.proxy_max_connections_percent is not None
        return (need_hold_s if proxied else self._opened) / max(1, self._database.usable_connections)
