"""Identity checks: the rules before a provider is asked, the asking, and what becomes of the answer.

In this order, the cheapest first, and last what a person has to pay for:

1. Checks of one address are limited. *Fails open*: without the store there is no limit.
2. What was typed must be possible, and the day of birth one of this night's.
3. The provider must be there to be asked; else the person is told whom to choose, and has paid nothing.
4. One check of a person at a time, and one answer in `identity_pause_s`, on all devices (`app.identity.pause`).
   *Fails open* as well: people inside go on booking while the store is away.
5. The provider is asked, once. Nothing of ours is held meanwhile, no connection and no lock.

The pause begins with an answer, yes or no. Where a provider failed there was none: the same visit may ask it or another
at once, other devices as soon as that call's time is over. A visit whose good answer was lost on the way gets it again
without asking anybody.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Collection, Generator
from datetime import datetime
from zoneinfo import ZoneInfo

import aiohttp

from app.clock import Clock
from app.errors import BadInput, NotAllowed, Unavailable
from app.identity.pause import Pauses
from app.identity.person import Claims, Person, claims, person, subject
from app.identity.providers import IN_FLIGHT, Gate, ProviderAway
from app.identity.rotation import may_book
from app.keys import Keys
from app.line.document import Light
from app.line.limits import Limits, address_tag
from app.line.store import LineStore
from app.opening import Opening
from app.settings import Settings
from app.web.messages import IdentityCheck


class IdentityChecks:
    """Every identity check of one process.

    Args:
        settings: the providers.
        keys: of the service.
        line: where pauses are kept and attempts counted.
        clock: the time.
        in_flight: people of this process who wait for one provider at once.

    Attributes:
        outcomes: how checks ended, by provider and outcome, since the process began; for metrics. Outcomes are
            ``verified``, ``repeated``, ``refused``, ``failed``, ``open`` (its breaker), ``full`` and ``closed``.
    """

    def __init__(
        self, settings: Settings, keys: Keys, line: LineStore, clock: Clock, in_flight: int = IN_FLIGHT
    ) -> None:
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self._gates = {provider.name: Gate(provider, clock, in_flight) for provider in settings.providers}
        self._limits = Limits(line)
        self._pauses = Pauses(line, clock)
        self._keys = keys
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def check(self, opening: Opening, asked: IdentityCheck, address: str, visit: bytes = b"") -> Person:
        """Find out who somebody is.

        Args:
            opening: whose rules hold.
            asked: what they typed, and the provider they chose.
            address: of the client.
            visit: the same for all requests of one visit, such as the tag of its ticket; without it no answer is
                repeated.

        Raises:
            BadInput: what was typed is impossible, or there is no such provider.
            NotAllowed: ``birth-digit`` not this night, ``identity-refused`` the provider does not know this person.
            TooManyRequests: ``identity-paused`` this person was checked a moment ago; or too many of one address.
            Unavailable: ``provider-down``, with the providers that do answer.
        """
        now_s, most = self._clock.now_s(), opening.rules.checks_per_address_per_minute
        await self._limits.check("identity", address_tag(self._keys, address), most, now_s)
        gate = self._gate(asked.provider)
        today = datetime.fromtimestamp(now_s, ZoneInfo(opening.zone)).date()
        who = claims(asked, today)
        if not may_book(who.birth_digit, opening.rules.birth_digits):
            raise _wrong_night(opening)
        with self._told_where_else(gate):
            gate.look()
        somebody, pause_s = person(self._keys, opening.name, who), opening.rules.identity_pause_s
        known = await self._pauses.begin(opening.name, somebody, visit, pause_s, gate.provider.timeout_s)
        if known is not None:
            self.outcomes[gate.provider.name, "repeated"] += 1
            return known
        return await self._ask(opening, gate, who, somebody, visit)

    def lights(self) -> dict[str, Light]:
        """Every provider's traffic light, as this process sees it."""
        return {name: gate.light for name, gate in self._gates.items()}

    def close_providers(self, names: Collection[str]) -> None:
        """Close these by an operator's word and open all others; told again whenever it may have changed."""
        for name, gate in self._gates.items():
            gate.closed = name in names

    async def stop(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _gate(self, name: str) -> Gate:
        try:
            return self._gates[name]
        except KeyError:
            raise BadInput(f"there is no provider of that name; choose one of {', '.join(self._gates)}") from None

    async def _ask(self, opening: Opening, gate: Gate, who: Claims, somebody: Person, visit: bytes) -> Person:
        name, pause_s = opening.name, opening.rules.identity_pause_s
        with self._told_where_else(gate):
            try:
                answer = await gate.ask(self._connections(), who)
            except ProviderAway:
                await self._pauses.failed(name, somebody, visit, pause_s)
                raise
        proven = subject(self._keys, name, who, answer.subject) if answer.subject else somebody
        await self._pauses.end(name, somebody, visit, pause_s, proven if answer.verified else None)
        self.outcomes[gate.provider.name, "verified" if answer.verified else "refused"] += 1
        if not answer.verified:
            raise _refused()
        return proven

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            # the gates bound the calls; nothing that one person's call set may be sent with another's
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    @contextlib.contextmanager
    def _told_where_else(self, gate: Gate) -> Generator[None]:
        try:
            yield
        except ProviderAway as away:
            name = gate.provider.name
            self.outcomes[name, away.why] += 1
            others = [other for other, light in self.lights().items() if light == "green" and other != name]
            remedy = f"choose {' or '.join(others)}" if others else "come again in a moment, your place is kept"
            raise Unavailable(
                f"provider {name} cannot check anybody at the moment; {remedy}",
                code="provider-down",
                title="This identity provider does not answer",
                retry_after_s=gate.comes_back_in_s,
            ) from None


def _wrong_night(opening: Opening) -> NotAllowed:
    digits = ", ".join(str(digit) for digit in opening.rules.birth_digits)
    return NotAllowed(
        f"this night is for people born on a day that ends with {digits}; come on the night of your own digit",
        code="birth-digit",
        title="This is not your night",
    )


def _refused() -> NotAllowed:
    return NotAllowed(
        "the provider does not know this person; check name, date of birth and phone number, or choose another one",
        code="identity-refused",
        title="Your identity was not confirmed",
    )
