"""One calibration from the start of a service to the file."""

from __future__ import annotations

import asyncio
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import uvloop

from app.calibration.cpu import cpu_s, family_cpu_s
from app.calibration.journeys import PROVIDER, Journey
from app.calibration.measuring import Cost, Figure, Used, cost_of, figures, idle_per_s
from app.calibration.starting import Service, running
from app.calibration.writing import calibration_text, this_machine, versions
from app.errors import SetupError
from app.identity.standin import Behaviour, StandIn
from app.load.client import Client
from app.local.ports import free_port
from app.local.postgres import find_binaries
from app.local.users import unprivileged
from app.local.valkey import find_binary

WRONG = 2
IDLE_S = 5.0
# these cost so little that the kernel's hundredths of a second would be coarse
CHEAP = {"page": 5, "poll": 10}
WARM_UP = 60
SEED = 1
UNITS_FOR_EACH = 12


@dataclass(frozen=True, slots=True)
class ServiceMeter:
    """Reads the CPU time of a service's processes, and the bytes of the one client that it has."""

    service: Service
    client: Client

    def read(self) -> Used:
        """Used since the beginning."""
        assert self.service.postgres.process is not None, "it runs"
        web_s = sum(cpu_s(worker) for worker in self.service.workers)
        database_s = family_cpu_s([self.service.postgres.process.pid])
        return Used(web_s, database_s, self.client.sent_bytes + self.client.received_bytes, time.monotonic())


def calibrate(output: Path, runs: int, requests: int, rate_per_s: float) -> int:
    """Measure and write the file; the exit code. What is wrong is told in one line on stderr."""
    if not output.absolute().parent.is_dir():
        return _wrong(f"--output {output} cannot be written: its folder does not exist; make it")
    # so many that nobody finds a slot sold out
    port, units = free_port(), (runs * requests + WARM_UP) * UNITS_FOR_EACH
    try:
        providers = {PROVIDER: f"http://127.0.0.1:{port}/{PROVIDER}"}
        with running(f"benchmark({units})", workers=1, providers=providers) as service:
            click.echo(f"measuring {runs} runs of {requests} requests of each step", err=True)
            steps = uvloop.run(_measure(service, port, runs, requests, rate_per_s))
    except SetupError as error:
        return _wrong(str(error))
    how = {"runs": runs, "requests": requests, "rate_per_s": rate_per_s}
    text = calibration_text(datetime.now(UTC), this_machine(), versions(_servers()), steps, how)
    output.write_text(text, encoding="utf-8")
    click.echo(f"calibration: {output}")
    return 0


def _wrong(problem: str) -> int:
    click.echo(f"app calibrate: {problem}", err=True)
    return WRONG


async def _measure(
    service: Service, port: int, runs: int, requests: int, rate_per_s: float
) -> dict[str, dict[str, Figure]]:
    standin = StandIn([PROVIDER], behaviour=Behaviour(delay_s=0.01))
    await standin.start("127.0.0.1", port)
    client = Client(service.target)
    journey, meter = Journey(client, seed=SEED), ServiceMeter(service, client)
    try:
        await journey.look_around(service.insiders(10**9, 1)[0].headers)
        await _run(journey, meter, WARM_UP, rate_per_s, Used(0, 0, 0, 0))
        idle = await idle_per_s(meter, min(IDLE_S, max(1.0, requests / rate_per_s)))
        taken = [await _told(number, _run(journey, meter, requests, rate_per_s, idle)) for number in range(runs)]
    finally:
        await client.close()
        await standin.stop()
    return {name: figures([run[name] for run in taken]) for name in taken[0]}


async def _run(journey: Journey, meter: ServiceMeter, requests: int, rate_per_s: float, idle: Used) -> dict[str, Cost]:
    travellers, taken = journey.travellers(requests), {}
    for name, send in journey.steps().items():
        times = CHEAP.get(name, 1)
        taken[name] = await cost_of(name, send, travellers * times, rate_per_s * times, meter, idle)
    return taken


async def _told(number: int, run: object) -> dict[str, Cost]:
    assert asyncio.iscoroutine(run), "a run to come"
    taken = await run
    words = ", ".join(f"{name} {cost.cpu_ms:.2f} + {cost.db_ms:.2f}" for name, cost in taken.items())
    click.echo(f"run {number + 1}: ms of CPU, web + database: {words}", err=True)
    return taken


def _servers() -> dict[str, str]:
    """What the servers call themselves."""
    programs = {"postgres": find_binaries(unprivileged()) / "postgres", "valkey": find_binary()}
    found = {}
    for name, program in programs.items():
        words = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.split()
        found[name] = next((word.removeprefix("v=") for word in words if word.removeprefix("v=")[:1].isdigit()), "")
    return found
