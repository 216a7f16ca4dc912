"""Identity providers: one HTTP call to each, behind a breaker and a bulkhead of its own.

A provider takes ``POST {url}/checks`` with ``{"name", "birth_date", "phone"}`` and answers 200 with ``{"verified":
true|false}``, and with ``"subject"`` where it has a lasting number for the person. Anything else is a failure of the
provider, except 400 and 422: those speak about what somebody typed, and nobody may switch a provider off for all by
typing nonsense. There are no retries, for a person is waiting; they choose again, perhaps somebody else.
"""

from __future__ import annotations

import math
from typing import Literal

import aiohttp
import msgspec

from app.clock import Clock
from app.identity.breaker import Breaker, Limits
from app.identity.light import light
from app.identity.person import Claims
from app.line.document import Light
from app.settings import Provider

IN_FLIGHT = 128
LONGEST_ANSWER = 16_384
SLOW_SHARE = 0.5  # of a provider's timeout


class Answer(msgspec.Struct, frozen=True):
    """What a provider says; `subject` is its lasting number for this person, if it has one."""

    verified: bool
    subject: str | None = None

    def __repr__(self) -> str:
        """Without the subject, which is personal."""
        return f"Answer(verified={self.verified})"


class ProviderAway(Exception):
    """A provider cannot be asked (``closed``, ``open``, ``full``) or did not answer (``failed``)."""

    def __init__(self, why: Literal["closed", "open", "full", "failed"]) -> None:
        super().__init__(why)
        self.why = why


class Gate:
    """The way to one provider.

    Args:
        provider: which.
        clock: for the breaker.
        in_flight: at most so many people of this process wait for it at once; one more is refused at once, so that a
            slow provider holds up nobody who chose another.
    """

    def __init__(self, provider: Provider, clock: Clock, in_flight: int = IN_FLIGHT) -> None:
        self.provider = provider
        self.closed = False
        self.breaker = Breaker(Limits(slow_s=provider.timeout_s * SLOW_SHARE))
        self._clock = clock
        self._free = in_flight
        self._url = f"{provider.url.rstrip('/')}/checks"
        self._timeout = aiohttp.ClientTimeout(total=provider.timeout_s)

    @property
    def light(self) -> Light:
        """Its traffic light now."""
        return light(self.breaker, self._clock.now_s(), full=self._free <= 0, closed=self.closed)

    @property
    def comes_back_in_s(self) -> int:
        """When it is worth to come again, in whole seconds."""
        return max(2, math.ceil(self.breaker.opens_again_in_s(self._clock.now_s())))

    def look(self) -> None:
        """Raise `ProviderAway` where `ask` would not even call; takes nothing."""
        if self.closed:
            raise ProviderAway("closed")
        if not self.breaker.would_permit(self._clock.now_s()):
            raise ProviderAway("open")
        if self._free <= 0:
            raise ProviderAway("full")

    async def ask(self, session: aiohttp.ClientSession, who: Claims) -> Answer:
        """Ask for one person.

        Raises:
            ProviderAway: it cannot be asked, or fails.
        """
        self.look()
        began_s = self._clock.now_s()
        permit = self.breaker.ask(began_s)
        assert permit is not None, "looked at a moment ago, without a pause"
        self._free -= 1
        try:
            answer = await self._call(session, who)
        except BaseException as error:
            # whoever goes away at once says nothing about the provider; whoever had to wait for it does
            waited = self._clock.now_s() - began_s >= self.provider.timeout_s * SLOW_SHARE
            if isinstance(error, ProviderAway) or waited:
                self.breaker.failed(permit, self._clock.now_s())
            else:
                self.breaker.forget(permit)
            raise
        else:
            self.breaker.answered(permit, self._clock.now_s(), self._clock.now_s() - began_s)
            return answer
        finally:
            self._free += 1

    async def _call(self, session: aiohttp.ClientSession, who: Claims) -> Answer:
        body = {"name": who.name, "birth_date": who.born.isoformat(), "phone": who.phone}
        try:
            async with session.post(self._url, json=body, timeout=self._timeout, allow_redirects=False) as response:
                if response.status in (400, 422):
                    return Answer(verified=False)
                if response.status != 200:
                    raise ProviderAway("failed")
                return msgspec.json.decode(await _short(response), type=Answer)
        except (aiohttp.ClientError, TimeoutError, OSError, msgspec.DecodeError, UnicodeError):
            raise ProviderAway("failed") from None


async def _short(response: aiohttp.ClientResponse) -> bytes:
    """The body, if it is one that we want to read."""
    body = b""
    async for part in response.content.iter_any():
        body += part
        if len(body) > LONGEST_ANSWER:
            raise ProviderAway("failed")
    return body
