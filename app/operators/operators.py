"""The people who run an opening: who they are, what they see, and what they ask for.

An action *fails closed*: without the database it does not happen. Looking *fails open*: the console shows what answers,
and names what does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import msgspec

from app.admission.document import Snapshot, snapshot_key
from app.admission.values import Controls, WorkerReport
from app.errors import Unavailable
from app.keys import Keys
from app.line.document import NowServing
from app.line.store import LineStore
from app.line.values import LineLost
from app.operators import controls
from app.operators.messages import Entries, OperatorState
from app.operators.sessions import Session, Sessions
from app.operators.signin import SignIn
from app.operators.state import Gathered, compose
from app.reservations.pool import session
from app.settings import Settings
from app.web.messages import Action
from app.web.messages import SignIn as Credentials

RECENT = 20
T = TypeVar("T")


class Operators:
    """Sign-in, sessions, controls and the console's state.

    Args:
        settings: operators and providers.
        keys: of the service.
        line: the store.
        pool: connections to the writer.
        random_bytes: where ids of sessions come from.

    Raises:
        SetupError: a password's hash in the settings is none.
    """

    def __init__(
        self,
        settings: Settings,
        keys: Keys,
        line: LineStore,
        pool: asyncpg.Pool,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._settings = settings
        self._line = line
        self._pool = pool
        self._sessions = Sessions(keys, settings.operators, random_bytes)
        self._sign_in = SignIn(settings.operators, keys, line)

    def signed_in(self, text: str, now_s: float) -> str:
        """The operator of a session's cookie.

        Raises:
            NotSignedIn: none of ours, changed, or over.
        """
        return self._sessions.read(text, now_s).name

    async def session_of(self, text: str, now_s: float) -> Session:
        """The session of a cookie, looked up where sessions are signed out (*fails open*).

        Raises:
            NotSignedIn: as `signed_in`, or it was signed out.
        """
        found = self._sessions.read(text, now_s)
        await self._sign_in.refuse_signed_out(found)
        return found

    async def sign_in(self, credentials: Credentials, address: str, now_s: float) -> Session:
        """A new session; the audit trail knows of it where the database answers.

        Raises:
            NotSignedIn: name and password do not belong together.
            TooManyRequests: too many attempts.
            Unavailable: attempts cannot be counted.
        """
        name = credentials.name
        await self._sign_in.check(name, credentials.password, address, now_s)
        # whoever looks after a database that is away must be able to see what goes on
        with contextlib.suppress(Unavailable):
            await self._note(name, "sign-in")
        return self._sessions.begin(name, now_s)

    async def sign_out(self, ending: Session) -> None:
        """End a session everywhere; the audit trail knows of it where the database answers.

        Raises:
            Unavailable: the store is away, so that other workers cannot be told.
        """
        await self._sign_in.sign_out(ending)
        with contextlib.suppress(Unavailable):
            await self._note(ending.name, "sign-out")

    def issue(self, begun: Session, now_s: float) -> str:
        """A session's cookie."""
        return self._sessions.issue(begun, now_s)

    def longer(self, begun: Session, now_s: float) -> Session | None:
        """The session with more time, where it needs and may have it."""
        return self._sessions.longer(begun, now_s)

    async def act(self, opening: str, operator: str, action: Action) -> Controls:
        """Do what an operator asks for; it is in the audit trail then.

        Raises:
            BadInput: the action says too little or too much.
            Unavailable: the database is away. Nothing was changed, or the answer was lost; asking again is safe.
        """
        asked = controls.checked(action, [provider.name for provider in self._settings.providers])
        async with session(self._pool) as connection:
            return await controls.act(connection, opening, operator, asked)

    async def entries(self, before: int | None = None, limit: int = RECENT) -> Entries:
        """What operators did, the last first.

        Raises:
            Unavailable: the database is away.
        """
        async with session(self._pool) as connection:
            # one more than is shown, to know whether there are more
            found = await controls.entries(connection, before, limit + 1)
        shown = found[:limit]
        return Entries(shown, shown[-1].entry_id if len(found) > limit else None)

    async def state(self, operator: str, document: NowServing, now_s: float) -> OperatorState:
        """All that the console shows; what does not answer is None, and named."""
        opening = document.opening
        line, snapshot, reports, asked, recent = await asyncio.gather(
            _or_none(self._line.state(opening, now_s)),
            _or_none(self._line.get(snapshot_key(opening))),
            _or_none(self._line.reports()),
            _or_none(self._controls(opening)),
            _or_none(self.entries()),
        )
        gathered = Gathered(
            line=line,
            snapshot=_decoded(snapshot, Snapshot) if snapshot else None,
            reports=_reports(reports),
            controls=asked,
            recent=recent.entries if recent else (),
        )
        return compose(operator, now_s, document, gathered, self._settings.providers)

    async def _controls(self, opening: str) -> Controls:
        async with session(self._pool) as connection:
            return await controls.read(connection, opening)

    async def _note(self, operator: str, action: str) -> None:
        async with session(self._pool) as connection:
            await controls.note(connection, operator, action, "console")


async def _or_none(answer: Awaitable[T]) -> T | None:
    try:
        return await answer
    except (LineLost, Unavailable):
        return None


def _reports(values: list[bytes] | None) -> list[WorkerReport] | None:
    if values is None:
        return None
    reports = [_decoded(value, WorkerReport) for value in values]
    # a worker of another version may tell other things
    return [report for report in reports if report is not None]


def _decoded(value: bytes, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(value, type=kind)
    except msgspec.MsgspecError:
        return None
