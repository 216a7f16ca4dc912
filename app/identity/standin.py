"""A stand-in for identity providers, for one machine and for tests: it knows everybody, and can be made to misbehave.

Each provider has a path of its own, ``/<name>``, and answers ``POST /<name>/checks`` as `app.identity.providers` tells.
How it behaves is read and changed by GET and PUT of ``/<name>/behaviour`` (`Behaviour`), or by the phone number of one
check alone (`MAGIC_PHONES`). Which calls fail is drawn from a seeded generator for each provider, so the same calls in
the same order end the same way.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec
from aiohttp import web

from app.errors import SetupError
from app.web.messages import BirthDate, Name, Phone

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one provider behaves.

    Attributes:
        delay_s: every answer takes this long.
        failing: share of calls that are answered with 500.
        refusing: share of calls that are answered with a no.
        hanging: no call is answered at all.
        subjects: whether it names its lasting number for the person.
    """

    delay_s: Annotated[float, msgspec.Meta(ge=0, le=600)] = 0.05
    failing: Share = 0.0
    refusing: Share = 0.0
    hanging: bool = False
    subjects: bool = False


# Korea gives no number 010-0xxx to anybody
MAGIC_PHONES = {
    "+821000000001": Behaviour(refusing=1),
    "+821000000002": Behaviour(delay_s=3),
    "+821000000003": Behaviour(failing=1),
    "+821000000004": Behaviour(hanging=True),
    "+821000000005": Behaviour(failing=0.5),
}


class Question(msgspec.Struct, frozen=True):
    """What a provider is asked."""

    name: Name
    birth_date: BirthDate
    phone: Phone


@dataclass(slots=True)
class Provider:
    """One provider that is stood in for, and how many calls it had and has."""

    generator: random.Random
    behaviour: Behaviour = field(default_factory=Behaviour)
    calls: int = 0
    waiting: int = 0
    most_waiting: int = 0


class StandIn:
    """Several providers on one port.

    Args:
        names: of the providers, their paths.
        seed: of what is drawn.
        behaviour: of all of them at first.
    """

    def __init__(self, names: Sequence[str], seed: int = 0, behaviour: Behaviour | None = None) -> None:
        self.providers = {name: Provider(random.Random(f"{seed}/{name}"), behaviour or Behaviour()) for name in names}
        self._runner: web.AppRunner | None = None
        self._gone = asyncio.Event()

    async def start(self, host: str, port: int) -> str:
        """Listen; the address of it, ``http://127.0.0.1:4711``, to which a provider's name is added.

        Raises:
            SetupError: the port is taken.
        """
        app = web.Application(client_max_size=4096)
        app.router.add_get("/healthz", _healthz)
        app.router.add_post("/{name}/checks", self._check)
        app.router.add_get("/{name}/behaviour", self._tell)
        app.router.add_put("/{name}/behaviour", self._change)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise SetupError(
                f"the stand-in cannot listen on {host}:{port} ({error.strerror}); choose another"
            ) from error
        return f"http://{host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Answer nobody any more; who hangs is let go."""
        self._gone.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _check(self, request: web.Request) -> web.Response:
        provider = self._provider(request)
        try:
            asked = msgspec.json.decode(await request.read(), type=Question)
        except msgspec.DecodeError as error:
            return web.json_response({"error": str(error)}, status=400)
        provider.calls += 1
        provider.waiting += 1
        provider.most_waiting = max(provider.most_waiting, provider.waiting)
        try:
            return await self._answer(provider, asked)
        finally:
            provider.waiting -= 1

    async def _answer(self, provider: Provider, asked: Question) -> web.Response:
        behaviour = MAGIC_PHONES.get(asked.phone, provider.behaviour)
        fails, refuses = provider.generator.random(), provider.generator.random()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._gone.wait(), None if behaviour.hanging else behaviour.delay_s)
        if self._gone.is_set() or fails < behaviour.failing:
            return web.json_response({"error": "the stand-in fails as it was told"}, status=500)
        answer: dict[str, bool | str] = {"verified": refuses >= behaviour.refusing}
        if behaviour.subjects:
            # one human being, whatever the phone
            answer["subject"] = hashlib.sha256(f"{asked.name}/{asked.birth_date}".encode()).hexdigest()
        return web.json_response(answer)

    async def _tell(self, request: web.Request) -> web.Response:
        return _json(self._provider(request).behaviour)

    async def _change(self, request: web.Request) -> web.Response:
        provider = self._provider(request)
        try:
            provider.behaviour = msgspec.json.decode(await request.read(), type=Behaviour)
        except msgspec.DecodeError as error:
            return web.json_response({"error": str(error)}, status=400)
        return _json(provider.behaviour)

    def _provider(self, request: web.Request) -> Provider:
        try:
            return self.providers[request.match_info["name"]]
        except KeyError:
            raise web.HTTPNotFound from None


def run(host: str, port: int, names: Sequence[str], seed: int = 0) -> None:
    """Stand in until SIGINT or SIGTERM.

    Raises:
        SetupError: the port is taken.
    """
    asyncio.run(_run(host, port, names, seed))


async def _run(host: str, port: int, names: Sequence[str], seed: int) -> None:
    standin = StandIn(names, seed)
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    try:
        await standin.start(host, port)
        await told.wait()
    finally:
        await standin.stop()


async def _healthz(_: web.Request) -> web.Response:
    return web.json_response({"healthy": True})


def _json(value: msgspec.Struct) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")
