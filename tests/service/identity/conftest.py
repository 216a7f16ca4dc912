"""Identity checks against a stand-in that really listens, on one machine."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from app.clock import FixedClock
from app.errors import AppError, Unavailable
from app.identity.checks import IdentityChecks
from app.identity.standin import Behaviour, StandIn
from app.keys import Keys
from app.opening import Opening, Rules
from app.settings import Provider, Settings, Stores
from app.web.messages import IdentityCheck

DOORS = datetime(2027, 8, 9, 20, tzinfo=UTC)
AT_ONCE = Behaviour(delay_s=0)


class MemoryLine:
    """What identity needs of the line's store, in memory and by a clock that stands; `away` is a store that is away."""

    def __init__(self, clock):
        self.clock = clock
        self.away = False
        self.attempts = {}
        self.values = {}

    async def attempt(self, what, who, window_s, now_s, attempts=1):
        self._refuse()
        key = (what, who, int(now_s // window_s))
        self.attempts[key] = self.attempts.get(key, 0) + attempts
        return self.attempts[key]

    async def once(self, what, who, pause_s):
        self._refuse()
        left_s = self._left(("once", what, who))
        if left_s <= 0:
            self.values["once", what, who] = (b"", self.clock.now_s() + pause_s)
        return max(0, left_s)

    async def put(self, key, value, ttl_s):
        self._refuse()
        self.values[key] = (value, self.clock.now_s() + ttl_s)

    async def get(self, key):
        self._refuse()
        return self.values[key][0] if self._left(key) > 0 else None

    def _left(self, key):
        return int(self.values.get(key, (b"", 0))[1] - self.clock.now_s())

    def _refuse(self):
        if self.away:
            raise Unavailable("the line's store does not answer; come again")


@dataclass
class Desk:
    """A stand-in for two providers, and checks that ask it."""

    standin: StandIn
    checks: IdentityChecks
    clock: FixedClock
    line: MemoryLine
    opening: Opening

    async def check(self, number=1, provider="mobile", visit=b"", **typed):
        """The person, or the error that somebody gets."""
        asked = {"name": "홍길동", "birth_date": "1990-03-25", "phone": f"010-1000-{number:04}", **typed}
        try:
            return await self.checks.check(self.opening, IdentityCheck(provider, **asked), "192.0.2.1", visit)
        except AppError as error:
            return error

    def behave(self, provider="mobile", **behaviour):
        self.standin.providers[provider].behaviour = replace(AT_ONCE, **behaviour)

    def calls(self, provider="mobile"):
        return self.standin.providers[provider].calls

    async def until_called(self, calls):
        async with asyncio.timeout(10):
            while self.calls() < calls:  # noqa: ASYNC110  the stand-in tells nobody when it is called
                await asyncio.sleep(0.005)


@pytest.fixture
def desk():
    """Opens a `Desk`; give rules, a line, a clock, the providers' timeout, or another address of theirs."""

    @asynccontextmanager
    async def open_desk(*, line=None, clock=None, timeout_s=5.0, in_flight=128, url=None, **rules):
        clock = clock or FixedClock(DOORS.timestamp())
        store: Any = line or MemoryLine(clock)
        standin = StandIn(["mobile", "certificate"], behaviour=AT_ONCE)
        listening = await standin.start("127.0.0.1", 0)
        opening = Opening(name="night-1", doors_at=DOORS, rules=Rules(checks_per_address_per_minute=100_000, **rules))
        providers = [
            Provider(name=name, title={"en": name}, url=f"{url or listening}/{name}", timeout_s=timeout_s)
            for name in standin.providers
        ]
        settings = Settings(
            stores=Stores(database_url="postgresql://", valkey_url="valkey://127.0.0.1"),
            openings=(opening,),
            providers=tuple(providers),
        )
        checks = IdentityChecks(settings, Keys("a secret that nobody can guess, of course"), store, clock, in_flight)
        try:
            yield Desk(standin, checks, clock, store, opening)
        finally:
            await checks.stop()
            await standin.stop()

    return open_desk
