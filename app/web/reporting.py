"""What a worker tells the controller each second: how long people inside wait, and how much of it is in use.

Fail-open: a report that cannot be sent is dropped, and the controller counts the silence of a worker as nothing known.
"""

from __future__ import annotations

import asyncio
import resource
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from app.admission.values import WorkerReport
from app.errors import Unavailable
from app.line.values import LineLost
from app.web import exposition
from app.web.parts import Parts

if TYPE_CHECKING:
    import asyncpg

    from app.web.shedding import Shedder

REPORT_S = 1.0
KEPT_S = 5
WINDOW_S = 5.0
# enough for a stable 95th percentile, few enough to sort each second
SAMPLES = 512


class Latencies:
    """The latest latencies of the booking's requests, and their 95th percentile over the last seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque(maxlen=SAMPLES)

    def add(self, at_s: float, seconds: float) -> None:
        """One request was answered."""
        self._samples.append((at_s, seconds))

    def p95_s(self, now_s: float) -> float:
        """0 where there were none."""
        lately = sorted(seconds for at_s, seconds in self._samples if at_s > now_s - WINDOW_S)
        return lately[int(0.95 * (len(lately) - 1))] if lately else 0.0


class Mean:
    """The mean of what was seen since it was taken last; 0 where nothing was."""

    def __init__(self) -> None:
        self._sum, self._count = 0.0, 0

    def add(self, value: float) -> None:
        """See one more."""
        self._sum += value
        self._count += 1

    def take(self) -> float:
        """The mean, and begin anew."""
        mean = self._sum / self._count if self._count else 0.0
        self._sum, self._count = 0.0, 0
        return mean


class Reporter:
    """Composes and sends the reports of one worker.

    Attributes:
        latencies: of the booking's requests.
    """

    def __init__(self, parts: Parts, shedder: Shedder) -> None:
        self.latencies = Latencies()
        self._parts = parts
        self._shedder = shedder
        self._seen_in_use = Mean()
        self._cpu_s = _cpu_s()
        self._at_s = parts.clock.now_s()

    def look_at_pool(self) -> None:
        """Note how many connections are in use when somebody comes who needs one.

        What people who come at random find is the mean over time (Wolff, "Poisson Arrivals See Time Averages",
        Operations Research 30(2), 1982). The highest would not do: of a small pool all connections are in use for a
        moment long before it is the limit, and the controller would hold the door closed for nothing.
        """
        self._seen_in_use.add(in_use(self._parts.pool))

    def compose(self, now_s: float) -> WorkerReport:
        """The report of the time since the last one."""
        parts = self._parts
        connections_in_use = self._seen_in_use.take()
        cpu_s, passed_s = _cpu_s(), max(1e-3, now_s - self._at_s)
        lights: dict[str, str] = dict(parts.identity.lights())
        waits = parts.metrics.waits
        report = WorkerReport(
            at_s=now_s,
            latency_p95_s=self.latencies.p95_s(now_s),
            connections_in_use=connections_in_use,
            cpu=max(0.0, cpu_s - self._cpu_s) / passed_s,
            booked=parts.metrics.booked,
            refused=dict(parts.metrics.refused),
            lights=lights,
            waits_true=waits.true,
            waits_low=waits.low,
            waits_high=waits.high,
        )
        parts.metrics.state(connections_in_use, parts.documents.age_s(), self._shedder.expected_delay_s, lights)
        self._cpu_s, self._at_s = cpu_s, now_s
        return report

    async def run(self) -> None:
        """Report each second, until cancelled; also take over which providers operators have closed."""
        parts = self._parts
        while True:
            await asyncio.sleep(REPORT_S)
            providers = parts.documents.document.providers
            parts.identity.close_providers({provider.name for provider in providers if provider.closed})
            report = self.compose(parts.clock.now_s())
            if parts.snapshots is not None:
                exposition.leave(parts.snapshots, parts.worker, parts.metrics.registry)
            await self._send(report)

    async def _send(self, report: WorkerReport) -> None:
        try:
            await self._parts.line.report(self._parts.worker, msgspec.json.encode(report), KEPT_S)
        except (Unavailable, LineLost):
            return


def in_use(pool: asyncpg.Pool) -> float:
    """Share of a pool's connections that somebody has at this moment."""
    return (pool.get_size() - pool.get_idle_size()) / max(1, pool.get_max_size())


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
