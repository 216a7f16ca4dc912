"""Sessions of operators: a signed cookie and nothing kept on the server, so that any worker knows them.

A session ends after half an hour without the console, twelve hours after signing in, when its operator is taken out of
the settings or gets a new password, and when it is signed out (`app.operators.signin`).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from app.errors import NotSignedIn
from app.keys import Keys
from app.line.signing import BadSignature, Signer

IDLE_S = 1800
LONGEST_S = 43_200
_SAID = struct.Struct(">II8s8s")


@dataclass(frozen=True, slots=True)
class Session:
    """One operator, signed in; times are whole seconds since 1970.

    Attributes:
        name: of the operator.
        id: 8 random bytes, kept when the session is made longer.
        since_s: signed in.
        until_s: valid until.
    """

    name: str
    id: bytes
    since_s: int
    until_s: int


class Sessions:
    """Signs and reads sessions.

    Args:
        keys: of the service.
        operators: sign-in names and the hashes of their passwords.
        random_bytes: where ids come from.
    """

    def __init__(self, keys: Keys, operators: Mapping[str, str], random_bytes: Callable[[int], bytes]) -> None:
        self._signer = Signer(keys, "operator")
        self._operators = operators
        self._random_bytes = random_bytes

    def begin(self, name: str, now_s: float) -> Session:
        """A new session of somebody whose password was right."""
        since_s = int(now_s)
        return Session(name, self._random_bytes(8), since_s, since_s + IDLE_S)

    def issue(self, session: Session, now_s: float) -> str:
        """The cookie."""
        tag = _password_tag(self._operators[session.name])
        said = _SAID.pack(session.since_s, session.until_s, session.id, tag) + session.name.encode()
        return self._signer.sign(said, now_s)

    def read(self, text: str, now_s: float) -> Session:
        """The session of a cookie.

        Raises:
            NotSignedIn: it is not ours, was changed, is over, or its operator is no longer one.
        """
        try:
            said = self._signer.open(text, now_s)
            since_s, until_s, identity, tag = _SAID.unpack_from(said)
            name = said[_SAID.size :].decode()
        except (BadSignature, struct.error, UnicodeDecodeError) as error:
            raise _over() from error
        stored = self._operators.get(name)
        if stored is None or tag != _password_tag(stored) or not since_s - 60 <= now_s < until_s:
            raise _over()
        return Session(name, identity, since_s, until_s)

    def longer(self, session: Session, now_s: float) -> Session | None:
        """The session with more time, once half of its time is over; None while there is no need, or no more time."""
        until_s = min(int(now_s) + IDLE_S, session.since_s + LONGEST_S)
        if session.until_s - now_s > IDLE_S / 2 or until_s <= session.until_s:
            return None
        return replace(session, until_s=until_s)


def _password_tag(stored: str) -> bytes:
    return hashlib.sha256(stored.encode()).digest()[:8]


def _over() -> NotSignedIn:
    return NotSignedIn("this session is over, or was never ours; sign in at /operator/")
