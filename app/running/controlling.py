"""The controller's process: calls people where it leads, does the leader's chores, and answers the internal port."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import boto3
import uvloop

from app.admission.capacity import Capacity, FixedCapacity, GroupCapacity
from app.admission.cloudwatch import CloudWatch
from app.admission.controller import Controller, Duties, Observer, Sweep, shown
from app.admission.gauges import Gauges
from app.admission.troubles import Troubles
from app.clock import Clock, SystemClock
from app.keys import Keys
from app.line.valkey import ValkeyLine
from app.operators import controls
from app.reservations.contacts import Contacts
from app.reservations.outbox import LogSender, send_due
from app.reservations.pool import open_pool
from app.reservations.sweeper import forget, sweep
from app.running import logs, sharing
from app.running.worker import Server, uvicorn_config
from app.settings import Settings
from app.web import exposition

FORGET_EVERY_S = 60.0
SNAPSHOT_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Inherited:
    """What the supervisor gives to the controller.

    Attributes:
        listening: descriptor of the internal port's socket.
        ready: descriptor into which it says that it runs.
        snapshots: folder of all processes' metrics.
    """

    listening: int
    ready: int
    snapshots: Path


def run(settings: Settings, inherited: Inherited) -> None:
    """Control until SIGTERM, then give the lease back."""
    logs.configure("controller")
    uvloop.run(_control(settings, inherited))


async def _control(settings: Settings, inherited: Inherited) -> None:
    clock, stores, gauges = SystemClock(), settings.stores, Gauges()
    line = await ValkeyLine.connect(stores.valkey_url.get_secret_value())
    pool = await open_pool(stores.database_url.get_secret_value(), sharing.OF_CONTROLLER, at_once=0)
    troubles = Troubles()
    capacity: Capacity = FixedCapacity(settings.admission.servers)
    observers: list[Observer] = [gauges.observe]
    if settings.aws_region is not None:
        session = boto3.Session(region_name=settings.aws_region)
        observers.append(CloudWatch(session, settings.stack, time.monotonic, troubles).observe)
        if settings.group_name is not None:
            least = settings.admission.servers
            capacity = GroupCapacity(session, settings.group_name, least, time.monotonic, troubles)
    duties = Duties(controls.read, Chores(settings, pool, clock).sweeps, observers)
    controller = Controller(settings, clock, pool, line, capacity, duties)
    server = Server(uvicorn_config(exposition.create(inherited.snapshots, clock)), inherited.ready)
    try:
        await _until_told(
            controller.run(),
            server.serve([socket.socket(fileno=inherited.listening)]),
            _leave_snapshots(inherited.snapshots, gauges),
        )
    finally:
        await controller.stop()
        pool.terminate()
        await line.close()


async def _until_told(*works: Any) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    tasks = [asyncio.ensure_future(work) for work in works]
    waiting = asyncio.create_task(told.wait())
    # one of ours that ends was not meant to: the process ends and is started again
    await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    ended = [task for task in tasks if task.done()]
    for task in (waiting, *tasks):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


class Chores:
    """What the leader does each second besides calling people.

    Args:
        settings: the openings.
        pool: of the controller.
        clock: the time.
    """

    def __init__(self, settings: Settings, pool: asyncpg.Pool, clock: Clock) -> None:
        self._settings, self._pool, self._clock = settings, pool, clock
        self._contacts = Contacts(Keys(settings.secret.get_secret_value()))
        self._forgot_at_s = float("-inf")

    @property
    def sweeps(self) -> Sequence[Sweep]:
        """For `app.admission.controller.Duties`."""
        return (self._free, self._send, self._forget)

    async def _free(self) -> None:
        await self._each(lambda opening: sweep(self._pool, opening))

    async def _send(self) -> None:
        await self._each(lambda opening: send_due(self._pool, opening, self._contacts, LogSender(), self._clock))

    async def _forget(self) -> None:
        now_s = self._clock.now_s()
        if now_s - self._forgot_at_s >= FORGET_EVERY_S:
            self._forgot_at_s = now_s
            await self._each(lambda opening: forget(self._pool, opening, now_s))

    async def _each(self, chore: Callable[[str], Any]) -> None:
        opening = shown(self._settings.openings, self._clock.now_s())
        if opening is not None:
            await chore(opening.name)


async def _leave_snapshots(folder: Path, gauges: Gauges) -> None:
    while True:
        exposition.leave(folder, "controller", gauges.registry)
        await asyncio.sleep(SNAPSHOT_EVERY_S)
