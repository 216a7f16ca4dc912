"""A step at a steady rate: what it used, less what the service uses while nobody comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol, TypeVar

from app.errors import SetupError

WHATS = ("cpu_ms", "db_ms", "kib")
Item = TypeVar("Item")


class Meter(Protocol):
    """Reads what was used so far."""

    def read(self) -> Used:
        """Used since the beginning."""
        ...


@dataclass(frozen=True, slots=True)
class Used:
    """CPU seconds of the web processes and of the database, bytes sent and received, at a moment in seconds."""

    cpu_s: float
    db_s: float
    bytes: float
    at_s: float


@dataclass(frozen=True, slots=True)
class Cost:
    """One request: milliseconds of CPU, of the database's CPU, and KiB sent and received."""

    cpu_ms: float
    db_ms: float
    kib: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A median of several runs and their range."""

    value: float
    low: float
    high: float


async def steadily(send: Callable[[Item], Awaitable[bool]], items: Sequence[Item], rate_per_s: float) -> int:
    """Send for every item, one each 1/rate seconds whatever the answers do; how many failed."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()

    async def one(number: int, item: Item) -> bool:
        await asyncio.sleep(began_s + number / rate_per_s - loop.time())
        return await send(item)

    return (await asyncio.gather(*(one(number, item) for number, item in enumerate(items)))).count(False)


async def cost_of(
    name: str,
    send: Callable[[Item], Awaitable[bool]],
    items: Sequence[Item],
    rate_per_s: float,
    meter: Meter,
    idle: Used,
) -> Cost:
    """The cost of one request of a step.

    Args:
        name: of the step, for errors.
        send: one request; False where it was refused.
        items: one for each request.
        rate_per_s: steady.
        meter: of the service.
        idle: used in each second in which nobody comes.

    Raises:
        SetupError: requests were refused, so the figure would be that of something else.
    """
    before = meter.read()
    failed = await steadily(send, items, rate_per_s)
    after = meter.read()
    if failed:
        raise SetupError(
            f"{failed} of {len(items)} requests of step {name} were refused; see the service's log, or use --fresh"
        )
    return cost(before, after, idle, len(items))


def cost(before: Used, after: Used, idle: Used, requests: int) -> Cost:
    """What one of these requests used, never less than nothing."""
    lasted_s = after.at_s - before.at_s
    cpu_s = after.cpu_s - before.cpu_s - idle.cpu_s * lasted_s
    db_s = after.db_s - before.db_s - idle.db_s * lasted_s
    sent = after.bytes - before.bytes
    return Cost(max(0.0, cpu_s) / requests * 1e3, max(0.0, db_s) / requests * 1e3, sent / requests / 1024)


async def idle_per_s(meter: Meter, seconds: float) -> Used:
    """What the service uses in a second while nobody comes."""
    before = meter.read()
    await asyncio.sleep(seconds)
    after = meter.read()
    lasted_s = after.at_s - before.at_s
    return Used((after.cpu_s - before.cpu_s) / lasted_s, (after.db_s - before.db_s) / lasted_s, 0.0, 1.0)


def figures(costs: Sequence[Cost]) -> dict[str, Figure]:
    """Medians and ranges of several runs of one step."""
    columns = {what: [getattr(cost, what) for cost in costs] for what in WHATS}
    return {what: Figure(median(values), min(values), max(values)) for what, values in columns.items()}
