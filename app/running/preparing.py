"""What is done to the database before anybody uses it: it is made, migrated and, on one machine, seeded.

A server of a fleet must not stay away because migrations fail where it could serve without them:

* the database's schema is of this version or of a newer one (it is migrated by steps that the version before lives
  with): the server starts, and what failed is logged;
* it is older: the server does not start, so a release whose migrations fail never comes into service;
* the database does not answer: the server starts, since people join without it, and this is tried again until it does.
"""

from __future__ import annotations

import asyncio
import time

import asyncpg
import structlog
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from app import migrations, opening
from app.clock import Clock, SystemClock
from app.errors import SetupError
from app.local.postgres import ensure_database
from app.reservations.pool import open_pool
from app.reservations.seeding import seed
from app.running.processes import DATABASE_AWAY
from app.settings import Settings

# what a database says that does not answer, or not yet
AWAY = (OSError, asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError, asyncpg.TooManyConnectionsError)


class DatabaseAway(Exception):
    """The database does not answer."""


def prepare(settings: Settings, shape: str | None, own: str | None, within_s: float) -> int:
    """All of it, in a process of its own; the exit code, ``DATABASE_AWAY`` where it is worth to try again.

    Args:
        settings: of the service.
        shape: how much is seeded; None: nothing.
        own: URL of the server that was started beside us; None where it is not ours.
        within_s: how long that may take to start.

    Raises:
        SetupError: it cannot be done, or nobody is there to try again.
    """
    url = settings.stores.database_url.get_secret_value()
    try:
        if own is not None:
            wait_for_own_server(own, "floodgate", within_s)
        migrate(url)
    except DatabaseAway as error:
        if shape is not None:
            raise SetupError(f"the database does not answer ({error}); check DATABASE_URL") from error
        return DATABASE_AWAY
    if shape is not None:
        seed_openings(settings, shape, SystemClock())
    return 0


def wait_for_own_server(url: str, name: str, within_s: float) -> None:
    """Wait until the server that we started takes sessions, and make the database.

    Raises:
        DatabaseAway: it does not.
    """
    until = time.monotonic() + within_s
    while True:
        try:
            asyncio.run(ensure_database(url, name))
        except (OSError, RuntimeError) as error:
            if time.monotonic() > until:
                raise DatabaseAway(str(error)) from error
            time.sleep(0.05)
        else:
            return


def migrate(url: str) -> None:
    """Bring the schema up to date, or be content with one that this version can live with.

    Raises:
        SetupError: the schema is older than this version, and cannot be migrated.
        DatabaseAway: it cannot be asked.
    """
    try:
        current = asyncio.run(_revision(url))
    except AWAY as error:
        raise DatabaseAway(type(error).__name__) from error
    except asyncpg.PostgresError as error:
        raise SetupError(f"the database refuses ({error}); check user, password and name of the database") from error
    try:
        migrations.migrate(url)
    except Exception as error:
        if current is None or _is_older(current):
            raise _failed(error) from error
        structlog.get_logger().error("not-migrated", error=type(error).__name__, revision=current)


def seed_openings(settings: Settings, shape: str, clock: Clock) -> int:
    """Make the clinics of the opening that people see; how many units it has.

    Raises:
        SetupError: there is no such shape.
    """
    shown = opening.current(settings.openings, clock.now_s())
    assert shown is not None, "an opening was planned"
    return asyncio.run(_seed(settings.stores.database_url.get_secret_value(), shown, shape))


async def _seed(url: str, shown: opening.Opening, shape: str) -> int:
    pool = await open_pool(url, 1)
    try:
        return await seed(pool, shown, shape)
    finally:
        pool.terminate()


async def _revision(url: str) -> str | None:
    session = await asyncpg.connect(url, timeout=10)
    try:
        if await session.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        return await session.fetchval("SELECT version_num FROM alembic_version")
    finally:
        await session.close()


def _is_older(revision: str) -> bool:
    """Whether this version knows steps that come after it; a revision that it does not know is of a newer one."""
    assert migrations.__file__, "it is a package of ours"
    scripts = ScriptDirectory(migrations.__file__.rpartition("/")[0])
    try:
        scripts.get_revision(revision)
    except CommandError:
        return False
    return revision != scripts.get_current_head()


def _failed(error: Exception) -> SetupError:
    if isinstance(error, SetupError):
        return error
    return SetupError(f"the database cannot be migrated ({type(error).__name__}: {error}); mend it and start again")
