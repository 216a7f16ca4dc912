"""What the database gives the servers in one second: work on the writer, and connections."""

from __future__ import annotations

from typing import NamedTuple

from floodgate.rehearsal.compiling import kernel
from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.plan import Plan

UNLIMITED_S = 1e15


class Writer(NamedTuple):
    """What the database gives in one second: see `DatabaseLoad`; `opened` connections where no proxy shares them."""

    db_s: float
    hold_s: float
    broken: float
    opened: float
    usable: float
    proxied: bool


@kernel
def pressure(writer: Writer, need: tuple[float, float, float]) -> float:
    """The tighter of work and connections that were asked for, as a share of what there is."""
    return max(need[1] / writer.db_s, need[2] / writer.hold_s if writer.hold_s > 0.0 else 0.0)


@kernel
def connections_load(writer: Writer, need_hold_s: float) -> float:
    """Connections in use, or opened where no proxy shares them, as a share of the usable ones."""
    return (need_hold_s if writer.proxied else writer.opened) / writer.usable


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
        self.writer = Writer(self.db_s, UNLIMITED_S, 0.0, 0.0, 1.0, proxied=False)

    def serve(self, servers: int) -> None:
        """Lay the limits for a second with so many servers in service."""
        database = self._database
        if database is None:
            return
        usable = database.usable_connections
        opened = float(servers * self._per_server)
        proxied = database.proxy_max_connections_percent is not None
        self.writer = Writer(
            db_s=self.db_s,
            hold_s=min(opened, float(usable)),
            broken=0.0 if proxied or opened <= usable else 1.0 - usable / opened,
            opened=opened,
            usable=float(max(1, usable)),
            proxied=proxied,
        )

    @property
    def hold_s(self) -> float:
        """Seconds of connections in one second."""
        return self.writer.hold_s

    @property
    def broken(self) -> float:
        """Share of the requests that find no connection."""
        return self.writer.broken

    def load(self, need_db_s: float) -> float:
        """Work that was asked for as a share of what the writer does, 1 is full."""
        return need_db_s / self.db_s

    def connections_load(self, need_hold_s: float) -> float:
        """See `connections_load`."""
        return connections_load(self.writer, need_hold_s)
