"""Connections to PostgreSQL: few, clean, and never waited for without end.

Sessions keep no state (no SET, LISTEN or session locks; locks end with their transaction), so nothing is reset when a
connection is given back, and a proxy may share them among servers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg

from app.errors import Unavailable

WAIT_S = 2.0
STATEMENT_TIMEOUT_S = 5.0
RETRY_AFTER_S = 2

# what a session says when it, or the server behind it, has died
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    # a session that the server has ended while nobody used it, noticed in the moment before it is closed
    asyncpg.InternalClientError,
    OSError,
)


async def open_pool(url: str, size: int, at_once: int | None = None) -> asyncpg.Pool:
    """Open a pool of at most `size` connections; TLS as the URL's ``sslmode`` says.

    A transaction that is left open, and a statement that takes longer than five seconds, are ended by the server.

    Args:
        url: a libpq URL.
        size: connections at most.
        at_once: how many of them are opened at once, a quarter where it is not told; the others when they are needed.
            With 0 the pool opens although nobody answers.

    Raises:
        OSError: nobody answers there.
        asyncpg.PostgresError: the server refuses.
    """
    return await asyncpg.create_pool(
        url,
        min_size=max(1, size // 4) if at_once is None else at_once,
        max_size=size,
        reset=_keep_as_it_is,
        # a prepared statement is good for as long as its session
        max_cached_statement_lifetime=0,
        max_queries=10_000_000,
        max_inactive_connection_lifetime=300,
        timeout=5,
        command_timeout=STATEMENT_TIMEOUT_S + 1,
        server_settings={
            "application_name": "floodgate",
            "jit": "off",
            "statement_timeout": f"{STATEMENT_TIMEOUT_S * 1000:.0f}",
            "idle_in_transaction_session_timeout": f"{STATEMENT_TIMEOUT_S * 1000:.0f}",
        },
    )


@asynccontextmanager
async def session(pool: asyncpg.Pool) -> AsyncGenerator[asyncpg.pool.PoolConnectionProxy]:
    """A connection for one statement. Fail-closed: without the database nothing is promised to anybody.

    Raises:
        Unavailable: no connection became free in time (``busy``), or the database is away or too slow.
    """
    try:
        async with asyncio.timeout(WAIT_S):
            connection = await pool.acquire()
    except TimeoutError:
        raise Unavailable(
            "every database connection is in use, and a request waits for one 2 s at most; try again",
            code="busy",
            retry_after_s=RETRY_AFTER_S,
        ) from None
    except (*LOST, asyncpg.PostgresError) as error:
        raise _away() from error
    try:
        yield connection
    except (*LOST, TimeoutError) as error:
        raise _away() from error
    finally:
        await pool.release(connection)


def _away() -> Unavailable:
    return Unavailable("the database does not answer at the moment; try again", retry_after_s=RETRY_AFTER_S)


async def _keep_as_it_is(_connection: asyncpg.Connection) -> None:
    """Nothing: see above."""
