"""One check of a person at a time, and one answer in a while, on all devices together.

Two things are kept in the line's store, both under the keyed hash of the person: that a check is under way, for as long
as its call can take, and how the last one ended, for the pause. So nobody is paused by a worker that died while it
asked, or by a provider that failed.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Awaitable
from typing import NamedTuple, TypeVar

from app.clock import Clock
from app.errors import AppError, TooManyRequests
from app.identity.person import Person
from app.line.store import LineStore
from app.line.values import LineLost

# a person whose good answer was lost on the way comes back within this, with the same visit
REPEAT_S = 60
FAILED, REFUSED, PROVEN = 0, 1, 2
_END = struct.Struct(">Bd8s16s")
T = TypeVar("T")


class Pauses:
    """The pauses of all people. Every method *fails open*: without the store nobody is paused.

    Args:
        line: where they are kept, for all servers.
        clock: the time.
    """

    def __init__(self, line: LineStore, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def begin(self, opening: str, somebody: Person, visit: bytes, pause_s: int, call_s: float) -> Person | None:
        """Begin a check.

        Args:
            opening: name of the opening.
            somebody: who they say they are.
            visit: the same for all requests of one visit; empty where it is not known.
            pause_s: from one answer to the next check; 0 for no pause.
            call_s: the longest that a provider is asked.

        Returns:
            Whom an answer to this visit proved a moment ago; None where the provider is to be asked.

        Raises:
            TooManyRequests: ``identity-paused``.
        """
        if not pause_s:
            return None
        last = _read(await or_none(self._line.get(_key(opening, somebody))))
        same_visit = last is not None and bool(visit) and last.visit == _tag(visit)
        if last is not None and last.how != FAILED:
            since_s = self._clock.now_s() - last.at_s
            if last.how == PROVEN and same_visit and since_s < REPEAT_S:
                return Person(last.id, somebody.birth_digit)
            raise _paused(pause_s, max(1, math.ceil(pause_s - since_s)))
        # two seconds longer than the call, so that its end is known before somebody else may begin
        busy_s = min(math.ceil(call_s) + 2, pause_s)
        left_s = await or_none(self._line.once(f"identity/{opening}", somebody.id, busy_s))
        if left_s and not same_visit:
            raise _under_way(left_s)
        return None

    async def end(self, opening: str, somebody: Person, visit: bytes, pause_s: int, proven: Person | None) -> None:
        """A provider answered: yes for `proven`, or no. The pause begins."""
        how, identity = (REFUSED, b"") if proven is None else (PROVEN, proven.id)
        await self._keep(opening, somebody, how, visit, pause_s, identity)

    async def failed(self, opening: str, somebody: Person, visit: bytes, pause_s: int) -> None:
        """No provider answered: this visit may begin again at once."""
        await self._keep(opening, somebody, FAILED, visit, pause_s)

    async def _keep(
        self, opening: str, somebody: Person, how: int, visit: bytes, pause_s: int, identity: bytes = b""
    ) -> None:
        if pause_s:
            end = _END.pack(how, self._clock.now_s(), _tag(visit), identity)
            await or_none(self._line.put(_key(opening, somebody), end, pause_s))


async def or_none(answer: Awaitable[T]) -> T | None:
    """What the store answers; None where it is away, for a call that fails open."""
    try:
        return await answer
    except (LineLost, AppError):
        return None


class _End(NamedTuple):
    how: int
    at_s: float
    visit: bytes
    id: bytes


def _read(value: bytes | None) -> _End | None:
    return _End._make(_END.unpack(value)) if value is not None and len(value) == _END.size else None


def _tag(visit: bytes) -> bytes:
    return hashlib.sha256(visit).digest()[:8]


def _key(opening: str, somebody: Person) -> str:
    return f"identity-end/{opening}/{somebody.id.hex()}"


def _paused(pause_s: int, left_s: int) -> TooManyRequests:
    return TooManyRequests(
        f"one person is checked once in {pause_s} seconds, on all devices together; come again in {left_s} seconds",
        code="identity-paused",
        title="This person was checked a moment ago",
        retry_after_s=left_s,
    )


def _under_way(left_s: int) -> TooManyRequests:
    return TooManyRequests(
        f"a check of this person is under way; it ends within {left_s} seconds, ask again then",
        code="identity-paused",
        title="This person is being checked",
        retry_after_s=left_s,
    )
