"""The promises of the reservation service, each with a fresh service; database and generator share its two cores."""

from __future__ import annotations

import asyncio
import time

import uvloop

from app.calibration.cpu import family_cpu_s, resident_mb
from app.calibration.starting import Service, running
from app.load.counting import count_sold
from app.load.summary import Sold
from benchmarks.measure import Figure
from benchmarks.service_booking import only_slot, sell_at, sell_at_most, sell_out
from benchmarks.service_line import answered_per_s, joined_per_s, used_mb
from benchmarks.service_pgbench import first_clinic, pgbench

WARM_UP_S = 3
SUSTAINED_S = 60
BUYERS_AT_ONCE = 32
CLIENTS = 16
UNITS = 300_000
HOT_PLACES = 5000
HOT_BUYERS = 7500
HOT_RATE_PER_S = 500.0
WAITING = 100_000


def bookings() -> list[Figure]:
    """Confirmed bookings a second for a minute, against pgbench before and after; latency at half of that rate."""
    # the other core is for PostgreSQL and the generator
    with running(f"benchmark({UNITS})", workers=1, connections=CLIENTS) as service:
        first = asyncio.run(first_clinic(service))
        people = iter(service.insiders(0, 160_000))
        uvloop.run(sell_at_most(service, people, WARM_UP_S, BUYERS_AT_ONCE))
        alone = [pgbench(service, first, 15, CLIENTS, run=0)]
        began_s = _used_s(service)
        most = uvloop.run(sell_at_most(service, people, SUSTAINED_S, BUYERS_AT_ONCE))
        used_s = _used_s(service) - began_s
        alone.append(pgbench(service, first, 15, CLIENTS, run=1))
        sold = asyncio.run(count_sold(service.postgres.url, service.opening.name, most.references))
        half = uvloop.run(sell_at(service, people, most.per_s / 2, 20))
        memory = max(resident_mb(worker) for worker in service.workers)
    pgbench_per_s = sum(alone) / len(alone)
    return [
        Figure("confirmed bookings through HTTP, for a minute", most.per_s, 556, "/s", at_least=True),
        Figure("CPU of all processes for one of them", used_s / len(most.references) * 1e3, 2000 / 556, "ms"),
        Figure("bookings that were sold twice or are missing", _wrong(sold), 0, ""),
        Figure("the same against pgbench with the same SQL", most.per_s / pgbench_per_s, 0.25, "x", at_least=True),
        Figure("p95 of hold at half of that rate", half.holding.quantile(0.95) * 1e3, 50, "ms"),
        Figure("memory of a web worker after that", memory, 120, "MB"),
    ]


def hot_clinic() -> list[Figure]:
    """One slot of 5,000 places, and half as many people again who want it."""
    with running("hot-clinic", workers=2) as service:
        people = iter(service.insiders(0, HOT_BUYERS + 2))
        slot_id = uvloop.run(only_slot(service, people))
        sales = uvloop.run(sell_out(service, people, HOT_BUYERS, HOT_RATE_PER_S, slot_id))
        sold = asyncio.run(count_sold(service.postgres.url, service.opening.name, sales.references))
    return [
        Figure(
            "places of the hot clinic sold too many or too few", abs(sold.booked - HOT_PLACES) + _wrong(sold), 0, ""
        ),
        Figure("p95 of its refusals", sales.refusing.quantile(0.95) * 1e3, 50, "ms"),
    ]


def line() -> list[Figure]:
    """The public document from one worker, joins with two, and Valkey with all who wait."""
    with running("benchmark(2040)", workers=1) as service:
        polls = uvloop.run(answered_per_s(service, 10, 32))
    with running("benchmark(2040)", workers=2) as service:
        joins = uvloop.run(joined_per_s(service, WAITING, 64))
        memory = used_mb(service.valkey)
    return [
        Figure("joins", joins, 3000, "/s", at_least=True),
        Figure("now serving, from one worker", polls, 8000, "/s", at_least=True),
        Figure("Valkey with 100,000 people waiting", memory, 100, "MB"),
    ]


def _used_s(service: Service) -> float:
    """CPU seconds of web workers, PostgreSQL, Valkey and this generator."""
    servers = [server.process.pid for server in (service.postgres, service.valkey) if server.process is not None]
    return family_cpu_s([*service.workers, *servers]) + time.process_time()


def _wrong(sold: Sold) -> int:
    return sold.over_capacity + sold.people_with_several + sold.places_with_several + sold.references_missing
