"""The line on Valkey: one script, hence one round trip and one atomic step, for each method of `app.line.store`.

Everything of an opening shares a hash tag, so all of it lies on one node. For each opening there are

* one hash: numbers given, size of the pre-queue, serving, lapsed, epoch, visits ended, places used;
* `BUCKETS` small hashes, alias -> number, which Valkey keeps as packed lists (a person costs some 25 bytes for each
  alias, a fifth of what one large hash would take);
* one bitmap of used places and one sorted set of visits by their end.

Only commands that Redis 7 and Valkey 8 know are used.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import glide
from glide import GlideClient, GlideClientConfiguration

from app.errors import SetupError, Unavailable
from app.line.values import Entered, Entrance, Joined, LineLost, LineState

# an opening lasts three days at most (`app.opening`), and a day after it nothing of it is left
KEPT_S = 4 * 86_400
# packed lists hold 128 pairs, so this is enough for two million aliases
BUCKETS = 2**14
REQUEST_TIMEOUT_MS = 1000
# at most 0.8 s between attempts to connect again, so that the line is back within a second of Valkey
RECONNECT = glide.BackoffStrategy(num_of_retries=3, factor=100, exponent_base=2, jitter_percent=20)
INFLIGHT = 4000
# the client cannot connect or has too much under way; the server is starting, failing over, full or busy
PASSING = re.compile(
    r"\b(connect|inflight|busy|clusterdown|loading|masterdown|misconf|noreplicas|oom|readonly|tryagain)\b",
    re.IGNORECASE,
)

_SCRIPTS = Path(__file__).parent / "scripts"


class ValkeyLine:
    """`app.line.store.LineStore` on one Valkey; it connects again by itself.

    Every method raises `Unavailable` where Valkey does not answer within a second or is not connected.
    """

    def __init__(self, client: GlideClient) -> None:
        self._client = client
        self._scripts = {path.stem: glide.Script(path.read_text()) for path in _SCRIPTS.glob("*.lua")}

    @classmethod
    async def connect(cls, url: str) -> ValkeyLine:
        """Prepare a client; it connects when it is first used, so that a worker starts while Valkey is away.

        Args:
            url: ``valkey://[[user]:password@]host[:port]``, or ``valkeys://`` for TLS.

        Raises:
            SetupError: the URL is no such URL.
        """
        # what fails is told by the caller, in the service's own log
        glide.Logger.init(glide.LogLevel.OFF)
        return cls(await GlideClient.create(configuration(url)))

    async def close(self) -> None:
        """Give the connection back; what is under way fails."""
        await self._client.close()

    async def join(self, opening: str, aliases: Sequence[bytes]) -> Joined:
        """See `LineStore.join`."""
        keys = [_key(opening, "line"), *(_bucket(opening, alias) for alias in aliases)]
        answer = _known(await self._run("join", keys, [str(KEPT_S), *aliases]), opening)
        return Joined(answer >> 1, again=bool(answer & 1))

    async def enter(self, opening: str, place: int, now_s: float, until_s: float, cap: int | None) -> Entered:
        """See `LineStore.enter`."""
        keys = [_key(opening, "line"), _key(opening, "used"), _key(opening, "visits")]
        args = [str(KEPT_S), str(place), repr(now_s), repr(until_s), "" if cap is None else str(cap)]
        entrance, ends = _known(await self._run("enter", keys, args), opening)
        return Entered(Entrance(entrance.decode()), float(ends))

    async def leave(self, opening: str, place: int) -> bool:
        """See `LineStore.leave`."""
        keys = [_key(opening, "line"), _key(opening, "visits")]
        return _known(await self._run("leave", keys, [str(place)]), opening) == 1

    async def state(self, opening: str, now_s: float) -> LineState:
        """See `LineStore.state`."""
        keys = [_key(opening, "line"), _key(opening, "visits")]
        joined, prequeue, *others = _known(await self._run("state", keys, [repr(now_s)]), opening)
        return LineState(joined, None if prequeue < 0 else prequeue, *others)

    async def came(self, opening: str, start: int, stop: int) -> int:
        """See `LineStore.came`."""
        if stop <= start:
            return 0
        keys = [_key(opening, "line"), _key(opening, "used")]
        return _known(await self._run("came", keys, [str(start), str(stop - 1)]), opening)

    async def begin(self, opening: str, joined: int, prequeue: int | None, serving: int, lapsed: int) -> None:
        """See `LineStore.begin`."""
        drawn = "" if prequeue is None else str(prequeue)
        await self._run("begin", [_key(opening, "line")], [str(KEPT_S), str(joined), drawn, str(serving), str(lapsed)])

    async def seal(self, opening: str) -> int:
        """See `LineStore.seal`."""
        return _known(await self._run("seal", [_key(opening, "line")], []), opening)

    async def call(self, opening: str, serving: int, lapsed: int, epoch: int) -> bool:
        """See `LineStore.call`."""
        args = [str(KEPT_S), str(serving), str(lapsed), str(epoch)]
        return _known(await self._run("call", [_key(opening, "line")], args), opening) == 1

    async def attempt(self, what: str, who: bytes, window_s: int, now_s: float, attempts: int = 1) -> int:
        """See `LineStore.attempt`; windows begin at multiples of their length."""
        key = f"attempts/{what}/{who.hex()}/{int(now_s // window_s)}"
        return await self._run("attempt", [key], [str(window_s), str(attempts)])

    async def once(self, what: str, who: bytes, pause_s: int) -> int:
        """See `LineStore.once`."""
        if pause_s <= 0:
            return 0
        return await self._run("once", [f"once/{what}/{who.hex()}"], [str(pause_s)])

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        """See `LineStore.put`."""
        await _answered(self._client.set(key, value, expiry=glide.ExpirySet(glide.ExpiryType.SEC, ttl_s)))

    async def get(self, key: str) -> bytes | None:
        """See `LineStore.get`."""
        return await _answered(self._client.get(key))

    async def report(self, server: str, value: bytes, ttl_s: int) -> None:
        """See `LineStore.report`."""
        await self._run("report", ["reports"], [server, value, str(ttl_s)])

    async def reports(self) -> list[bytes]:
        """See `LineStore.reports`."""
        return await self._run("reports", ["reports"], [])

    async def ping(self) -> None:
        """See `LineStore.ping`."""
        await _answered(self._client.ping())

    async def _run(self, script: str, keys: Sequence[str], args: Sequence[str | bytes]) -> Any:
        return await _answered(self._client.invoke_script(self._scripts[script], list(keys), list(args)))


def configuration(url: str) -> GlideClientConfiguration:
    """What the client is told.

    Raises:
        SetupError: the URL is no URL of a Valkey; the password is not told.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"valkey", "valkeys"} or not parts.hostname or not _port_is_whole(parts):
        raise SetupError(
            f"the Valkey URL begins with {parts.scheme or 'nothing'}:, but must be valkey://[:password@]host:port, "
            "or valkeys:// for TLS, with a whole number as port; set VALKEY_URL so"
        )
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return GlideClientConfiguration(
        [glide.NodeAddress(parts.hostname, parts.port or 6379)],
        use_tls=parts.scheme == "valkeys",
        credentials=glide.ServerCredentials(password, user) if password else None,
        request_timeout=REQUEST_TIMEOUT_MS,
        reconnect_strategy=RECONNECT,
        client_name="floodgate",
        inflight_requests_limit=INFLIGHT,
        lazy_connect=True,
        advanced_config=glide.AdvancedGlideClientConfiguration(connection_timeout=REQUEST_TIMEOUT_MS),
    )


def _port_is_whole(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def _key(opening: str, what: str) -> str:
    return f"{{{opening}}}/{what}"


def _bucket(opening: str, alias: bytes) -> str:
    return f"{{{opening}}}/{int.from_bytes(alias[:2], 'big') % BUCKETS:x}"


def _known(answer: Any, opening: str) -> Any:
    if answer is None:
        raise LineLost(f"the store does not know the line of {opening}; the controller begins it again")
    return answer


async def _answered(request: Awaitable[Any]) -> Any:
    try:
        return await request
    except (glide.ClosingError, glide.ConnectionError, glide.TimeoutError) as error:
        raise Unavailable("the line's store does not answer; come again", retry_after_s=2) from error
    except glide.RequestError as error:
        if PASSING.search(str(error)):
            raise Unavailable("the line's store cannot serve at the moment; come again", retry_after_s=2) from error
        raise
