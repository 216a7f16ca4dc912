"""A proof of work at joining: some computing that a person does not notice and a crowd of invented devices pays for.

The browser looks for a nonce such that SHA-256 of the ASCII text ``opening.device.minute.nonce`` begins with
`challenge_bits` zero bits, and sends ``minute.nonce``. The minute is `at_s` of the public document, divided by 60 and
rounded down, so no clock but ours counts and nothing can be computed the day before. Checking is one hash, and nothing
is kept: whoever sends an answer again gets the place that its device has already.
"""

from __future__ import annotations

import hashlib
import re
from itertools import count

from app.errors import NotAllowed

# a slow phone may search that long, and a public document may be some seconds old
KEPT_MINUTES = 10
_ANSWER = re.compile(r"([0-9]{1,10})\.[0-9]{1,20}")


def check(answer: str | None, opening: str, device: str, bits: int, now_s: float) -> None:
    """Accept a join's answer; without bits there is nothing to answer.

    Raises:
        NotAllowed: ``challenge-failed``.
    """
    if bits == 0:
        return
    found = _ANSWER.fullmatch(answer or "")
    if found is None:
        raise _failed("there is no answer of the form minute.nonce")
    if not -1 <= now_s // 60 - int(found[1]) <= KEPT_MINUTES:
        raise _failed(f"it is of another time than the last {KEPT_MINUTES} minutes")
    if _zero_bits(opening, device, found[0]) < bits:
        raise _failed(f"its hash does not begin with {bits} zero bits")


def solve(opening: str, device: str, bits: int, now_s: float) -> str:
    """An answer, found by trying 2**bits nonces on the average; for tests and for load."""
    minute = int(now_s // 60)
    return next(answer for nonce in count() if _zero_bits(opening, device, answer := f"{minute}.{nonce}") >= bits)


def _zero_bits(opening: str, device: str, answer: str) -> int:
    hashed = hashlib.sha256(f"{opening}.{device}.{answer}".encode()).digest()
    return 256 - int.from_bytes(hashed, "big").bit_length()


def _failed(why: str) -> NotAllowed:
    return NotAllowed(
        f"the answer to the join's challenge does not hold ({why}); solve it anew", code="challenge-failed"
    )
