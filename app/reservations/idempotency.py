"""Names of requests: one for who asks under which key, one for what they ask."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID


def answer_id(opening: str, actor: bytes, key: str) -> UUID:
    """The name of the answer to `key` of `actor` (a person, or the booking that a receipt opens)."""
    return UUID(bytes=_digest(opening.encode(), actor, key.encode())[:16])


def body(kind: str, *parts: object) -> int:
    """A number of 64 bits for what is asked; the same for the same request only."""
    told = (part if isinstance(part, bytes) else str(part).encode() for part in parts)
    return int.from_bytes(_digest(kind.encode(), *told)[:8], signed=True)


def _digest(*parts: bytes) -> bytes:
    # with their lengths, so that no two lists of parts look alike
    return sha256(b"".join(len(part).to_bytes(4) + part for part in parts)).digest()
