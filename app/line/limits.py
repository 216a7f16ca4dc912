"""How often one address or one person may do something in a window of time, over all workers together.

A worker counts by itself and tells the store only every few attempts, so the many addresses from which one person
comes cost nothing. Up to `most // STEPS` attempts of each worker are therefore not counted by the others; limits below
`2 * STEPS` are exact. A window begins at a multiple of its length, so around its edge twice as many get through.
"""

from __future__ import annotations

import hmac
from collections import Counter, OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from app.errors import TooManyRequests, Unavailable
from app.keys import Keys
from app.line.store import LineStore

STEPS = 50
# a few megabytes; the address that has been quiet for longest is forgotten first
MOST_KEPT = 20_000


@dataclass(slots=True)
class _Seen:
    window: int
    total: int  # of all workers, as the store last told
    untold: int  # of this worker, since then


class Limits:
    """Counts attempts and refuses those beyond a limit.

    Fail-open: while the store is away only this worker's own count limits, and `counts` tells how often that was so.

    Attributes:
        counts: refusals by what was tried, and ``<what>-uncounted`` where the store did not answer.
    """

    def __init__(self, line: LineStore) -> None:
        self._line = line
        self._seen: OrderedDict[tuple[str, bytes], _Seen] = OrderedDict()
        self.counts: Counter[str] = Counter()

    async def check(self, what: str, who: bytes, most: int, now_s: float, window_s: int = 60) -> None:
        """Count one attempt.

        Args:
            what: that is tried; a part of keys and of metrics.
            who: tries it: `address_tag`, an alias or a person's keyed hash.
            most: attempts that one window has room for.
            now_s: seconds since 1970.
            window_s: the window's length.

        Raises:
            TooManyRequests: this one is beyond them; it says when the next window begins.
        """
        seen = self._count(what, who, int(now_s // window_s))
        # this attempt's own rank: while the store is asked, others of the same address go on counting
        rank = seen.total + seen.untold
        if seen.untold >= max(1, most // STEPS) and seen.total <= most:
            rank = max(rank, await self._tell(what, who, seen, window_s, now_s))
        if rank > most:
            self.counts[what] += 1
            raise TooManyRequests(
                f"only {most} of this are taken in {window_s} seconds from one place; come again later",
                retry_after_s=int(window_s - now_s % window_s) + 1,
            )

    def _count(self, what: str, who: bytes, window: int) -> _Seen:
        seen = self._seen.get((what, who))
        if seen is None or seen.window != window:
            seen = self._seen[what, who] = _Seen(window, 0, 0)
        self._seen.move_to_end((what, who))
        if len(self._seen) > MOST_KEPT:
            self._seen.popitem(last=False)
        seen.untold += 1
        return seen

    async def _tell(self, what: str, who: bytes, seen: _Seen, window_s: int, now_s: float) -> int:
        telling, seen.untold = seen.untold, 0
        # until the store answers, what is on its way counts here
        seen.total += telling
        try:
            counted = await self._line.attempt(what, who, window_s, now_s, telling)
        except Unavailable:
            self.counts[f"{what}-uncounted"] += 1
            return 0
        seen.total = max(seen.total, counted)
        return counted


def address_tag(keys: Keys, address: str) -> bytes:
    """A client's address as 8 bytes of a keyed hash, so that the store holds no addresses.

    Of IPv6 the first 64 bits count, since that is what one connection is given (RFC 6177 §2); IPv4 written as IPv6 is
    IPv4.
    """
    return hmac.digest(keys.derive("address"), _network(address), "sha256")[:8]


def _network(address: str) -> bytes:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address.encode(errors="replace")
    if isinstance(parsed, IPv6Address):
        return parsed.ipv4_mapped.packed if parsed.ipv4_mapped else parsed.packed[:8]
    return parsed.packed
