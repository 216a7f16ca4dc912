"""One generator, or several processes of them: starts everybody at their own time and gathers what was seen.

The loop is open: people come when the scenario says, however slow the service is, so a service that falls behind meets
the same crowd as one that does not.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from random import Random

import uvloop

from app.load.booking import Catalogue
from app.load.client import Client, Target
from app.load.drawing import Drawing
from app.load.log import Log
from app.load.person import Habits, Night, person
from app.load.schedule import Crowd, arrivals, laid_on, share_of
from app.load.sending import Sender
from app.load.watching import JUDGED_AFTER_S, Watch

TOLD_EVERY_S = 5.0

Tell = Callable[[float, Log, int], None]


@dataclass(frozen=True, slots=True)
class Evening:
    """What is sent; the same for every process. Moments are seconds since 1970.

    Attributes:
        target: where to.
        crowd: who.
        habits: of some of them.
        connections: of each process, at most.
        doors_s: the doors.
        begins_s: nobody comes before.
        ends_s: whoever is not done by then is cut off.
        days: local dates that may have slots.
    """

    target: Target
    crowd: Crowd
    habits: Habits
    connections: int
    doors_s: float
    begins_s: float
    ends_s: float
    days: tuple[str, ...]


def play(evening: Evening, processes: int = 1, tell: Tell | None = None) -> Log:
    """Send everybody and wait for all of them.

    Args:
        evening: what is sent.
        processes: generators; each takes every so-manieth person.
        tell: called every few seconds with seconds from the doors, what the first process saw, and who is there.
    """
    if processes == 1:
        return uvloop.run(send(evening, 0, 1, tell))
    whole = Log()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        for log in pool.map(_one_of, [(evening, number, processes) for number in range(processes)]):
            whole.update(log)
    return whole


async def send(evening: Evening, process: int, processes: int, tell: Tell | None = None) -> Log:
    """One process's people."""
    night = _night(evening, process)
    sharing = asyncio.create_task(night.watch.run())
    telling = asyncio.create_task(_tell(night, tell)) if tell else None
    try:
        people = await _start(evening, night, process, processes)
        left_s = evening.ends_s - time.time()
        _, late = await asyncio.wait(people, timeout=max(0.0, left_s)) if people else (set(), set())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            night.log.ends["was cut off at the end of the run"] += len(late)
        await _judge_the_last(night)
    finally:
        for task in (sharing, telling):
            if task is not None:
                task.cancel()
        await night.client.close()
    return night.log


def _one_of(share: tuple[Evening, int, int]) -> Log:
    return uvloop.run(send(*share))


def _night(evening: Evening, process: int) -> Night:
    log, crowd = Log(), evening.crowd
    client = Client(evening.target, evening.connections)
    watch = Watch(Sender(client, crowd, log, Random(f"{crowd.seed}/watch/{process}")))
    # monotonic and wall clock are read together, once
    doors_s = asyncio.get_running_loop().time() + evening.doors_s - time.time()
    return Night(crowd, client, log, watch, Drawing(), Catalogue(evening.days), evening.habits, doors_s)


async def _start(evening: Evening, night: Night, process: int, processes: int) -> list[asyncio.Task[None]]:
    """Start everybody shortly before they come; a task for each that waited for hours would take room for nothing."""
    loop, crowd = asyncio.get_running_loop(), evening.crowd
    begins_s, ends_s = (night.doors_s - evening.doors_s + moment for moment in (evening.begins_s, evening.ends_s))
    people: list[asyncio.Task[None]] = []
    for number, offset_s in share_of(arrivals(crowd), process, processes):
        intended_s = laid_on(offset_s, crowd.lead_s, night.doors_s, begins_s)
        if intended_s > ends_s:
            night.log.ends["had not come by the end of the run"] += 1
            continue
        delay_s = intended_s - loop.time()
        if delay_s > 0:
            await asyncio.sleep(delay_s)
        elif number % 64 == 0:
            await asyncio.sleep(0)
        people.append(asyncio.create_task(_live(night, number, intended_s)))
    return people


async def _live(night: Night, number: int, intended_s: float) -> None:
    night.log.ends[await person(night, number).live(intended_s)] += 1


async def _judge_the_last(night: Night) -> None:
    """Documents that are newer than the last entrance judge it."""
    until_s = asyncio.get_running_loop().time() + 2 * JUDGED_AFTER_S
    while night.watch.entrances and asyncio.get_running_loop().time() < until_s:
        await night.watch.look()
        await asyncio.sleep(0.5)
    night.log.unjudged += len(night.watch.entrances)


async def _tell(night: Night, tell: Tell) -> None:
    with suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(TOLD_EVERY_S)
            tell(night.offset_s(), night.log, len(night.log.numbers) - sum(night.log.ends.values()))
