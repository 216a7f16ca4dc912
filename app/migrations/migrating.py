"""Running the migrations: in one transaction, one run at a time, and never in the way of those who book."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.errors import SetupError

# any number, the same for every version of the service
ADVISORY_LOCK = 0x466C6F6F64
# another run may be at work for a while; it is waited for
WAIT_FOR_ANOTHER_RUN_S = 120
# a statement that waits for a table lets everybody else wait behind it, so it gives up soon and the run begins again
WAIT_FOR_A_TABLE_S = 2
ATTEMPTS = 10


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database to a revision; nothing happens where it is there already. Safe to be run by many at once.

    Args:
        url: a libpq URL.
        revision: the last one that is run.

    Raises:
        SetupError: the database cannot be reached, or a table stays locked.
    """
    asyncio.run(_migrate(url, revision))


async def _migrate(url: str, revision: str) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            await _attempt(url, revision)
        except (DBAPIError, asyncpg.PostgresError) as error:
            if not _is_lock_timeout(error):
                raise
            if attempt == ATTEMPTS:
                raise SetupError(
                    f"a table was locked for {WAIT_FOR_A_TABLE_S} s at each of {ATTEMPTS} attempts; "
                    "end the long transaction and migrate again"
                ) from error
            await asyncio.sleep(0.2 * attempt)
        else:
            return


async def _attempt(url: str, revision: str) -> None:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: _connect(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


async def _connect(url: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError) as error:
        raise SetupError(f"the database cannot be reached ({error}); check DATABASE_URL") from error


def _upgrade(connection: Connection, revision: str) -> None:
    # of the transaction, not the session: it ends with it, also behind a proxy that shares sessions
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_FOR_ANOTHER_RUN_S}s'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_FOR_A_TABLE_S}s'")
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)

    def steps(current: Any, _context: object) -> Any:
        return scripts._upgrade_revs(revision, current)  # noqa: SLF001  alembic's documentation shows no other way

    with EnvironmentContext(config, scripts, fn=steps) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()


def _is_lock_timeout(error: Exception) -> bool:
    return getattr(getattr(error, "orig", error), "sqlstate", None) == "55P03"
