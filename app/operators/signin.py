"""Signing in and out.

*Fails closed*: attempts are counted in the line's store, by name and by address, before a password is looked at; while
the store is away nobody signs in, and whoever is signed in stays so. That a session was signed out is kept there too,
and this *fails open*: while the store is away it may be used until its half hour is over.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping

from app.errors import NotSignedIn, TooManyRequests, Unavailable
from app.keys import Keys
from app.line.limits import address_tag
from app.line.store import LineStore
from app.operators.passwords import NOBODY, matches, parsed
from app.operators.sessions import LONGEST_S, Session

# enough for a hand that trembles; a password of 15 characters is never guessed so
OF_AN_ADDRESS, ADDRESS_WINDOW_S = 10, 60
OF_A_NAME, NAME_WINDOW_S = 30, 600
# each takes 32 MB and a quarter of a second: one after the other, and no long queue
MOST_WAITING = 4


class SignIn:
    """Who may sign in.

    Args:
        operators: sign-in names and the hashes of their passwords.
        keys: of the service.
        line: where attempts are counted.

    Raises:
        SetupError: a hash of the settings is none.
    """

    def __init__(self, operators: Mapping[str, str], keys: Keys, line: LineStore) -> None:
        self._hashes = {name: parsed(text) for name, text in operators.items()}
        self._keys = keys
        self._line = line
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0

    async def check(self, name: str, password: str, address: str, now_s: float) -> None:
        """Let somebody in.

        Raises:
            NotSignedIn: ``wrong-password``, also where there is no such operator.
            TooManyRequests: too many attempts of this name or this address.
            Unavailable: attempts cannot be counted, or too many are being looked at.
        """
        await self._count("operator-address", address_tag(self._keys, address), OF_AN_ADDRESS, ADDRESS_WINDOW_S, now_s)
        tag = hmac.digest(self._keys.derive("operator-name"), name.encode(errors="replace"), hashlib.sha256)[:16]
        await self._count("operator-name", tag, OF_A_NAME, NAME_WINDOW_S, now_s)
        stored = self._hashes.get(name)
        right = await self._matches(password, name)
        if stored is None or not right:
            raise NotSignedIn(
                "name and password do not belong together; try again, or make a new hash with operator-password",
                code="wrong-password",
                title="You are not signed in",
            )

    async def sign_out(self, session: Session) -> None:
        """End a session everywhere.

        Raises:
            Unavailable: the store is away.
        """
        await self._line.put(_signed_out(session), b"1", LONGEST_S)

    async def refuse_signed_out(self, session: Session) -> None:
        """Refuse a session that was signed out somewhere else.

        Raises:
            NotSignedIn: it was.
        """
        try:
            gone = await self._line.get(_signed_out(session))
        except Unavailable:
            return
        if gone is not None:
            raise NotSignedIn("this session was signed out; sign in at /operator/")

    async def _count(self, what: str, who: bytes, most: int, window_s: int, now_s: float) -> None:
        if await self._line.attempt(what, who, window_s, now_s) > most:
            raise TooManyRequests(
                f"more than {most} attempts to sign in within {window_s} seconds; wait until they are over",
                retry_after_s=int(window_s - now_s % window_s) + 1,
            )

    async def _matches(self, password: str, name: str) -> bool:
        if self._waiting >= MOST_WAITING:
            raise Unavailable("too many people sign in at once; try again", retry_after_s=2)
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                return await asyncio.to_thread(matches, password, self._hashes.get(name, NOBODY))
        finally:
            self._waiting -= 1


def _signed_out(session: Session) -> str:
    return f"operator-out/{session.id.hex()}"
