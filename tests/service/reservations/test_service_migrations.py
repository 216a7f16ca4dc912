"""Migrations on a real PostgreSQL: once, many at once, in nobody's way, and with the version before still at work."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from alembic.script import ScriptDirectory

import app.migrations
from app.errors import SetupError
from app.local.postgres import ensure_database
from app.migrations import migrate, migrating
from app.reservations.values import Booking
from tests.service.reservations.town import outcome, play, someone

FOLDER = Path(app.migrations.__file__).parent
SCRIPTS = ScriptDirectory(str(FOLDER))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]
NAMES = [path.name for path in sorted(FOLDER.glob("sql/*.sql"))]
_numbers = count()


@pytest.fixture
def empty(postgres):
    """The URL of a database with nothing in it."""
    name = f"empty_{next(_numbers)}"
    asyncio.run(ensure_database(postgres.url_of("postgres"), name))
    return postgres.url_of(name)


async def _value(url, query):
    session = await asyncpg.connect(url)
    try:
        return await session.fetchval(query)
    finally:
        await session.close()


def test_migrating_again_changes_nothing(empty):
    migrate(empty)
    before = asyncio.run(_value(empty, "SELECT array_agg(c ORDER BY oid)::text FROM pg_class c"))
    migrate(empty)
    assert asyncio.run(_value(empty, "SELECT array_agg(c ORDER BY oid)::text FROM pg_class c")) == before
    assert asyncio.run(_value(empty, "SELECT version_num FROM alembic_version")) == REVISIONS[-1]


def test_four_servers_that_start_at_once_migrate_once(empty):
    with ThreadPoolExecutor(4) as servers:
        assert list(servers.map(migrate, [empty] * 4)) == [None] * 4
    assert asyncio.run(_value(empty, "SELECT count(*) FROM alembic_version")) == 1


def test_a_migration_that_fails_leaves_nothing_behind(empty, monkeypatch):
    monkeypatch.setattr("app.migrations.sql_files.FOLDER", Path("/nowhere"))
    with pytest.raises(FileNotFoundError):
        migrate(empty)
    assert asyncio.run(_value(empty, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == 0


@pytest.mark.parametrize("table", ["alembic_version", "units"])
def test_a_table_that_stays_locked_ends_the_run_with_a_remedy(empty, monkeypatch, tmp_path, table):
    monkeypatch.setattr(migrating, "WAIT_FOR_A_TABLE_S", 0.05)
    monkeypatch.setattr(migrating, "ATTEMPTS", 2)
    migrate(empty, REVISIONS[0])
    # as the next revision would, with plain SQL
    monkeypatch.setattr("app.migrations.sql_files.FOLDER", tmp_path)
    for name in NAMES:
        (tmp_path / name).write_text("ALTER TABLE units ADD COLUMN note text")

    async def scene():
        session = await asyncpg.connect(empty)
        try:
            async with session.transaction():
                await session.execute(f"LOCK TABLE {table}")
                await asyncio.to_thread(migrate, empty)
        finally:
            await session.close()

    with pytest.raises(SetupError, match="end the long transaction"):
        asyncio.run(scene())


def test_a_database_that_is_away_is_told_in_one_line():
    with pytest.raises(SetupError, match="DATABASE_URL"):
        migrate("postgresql://floodgate@127.0.0.1:1/none")


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_functions_of_a_version_go_on_while_all_later_migrations_come(empty, revision):
    migrate(empty, revision)

    async def scene(town):
        slot = await town.slot(100)
        migrating_on = asyncio.create_task(asyncio.to_thread(migrate, empty))
        number = 0
        while not migrating_on.done() or number < 10:
            answer = await outcome(town.book(someone(number), slot))
            assert isinstance(answer, Booking), answer
            number += 1
            await asyncio.sleep(0.01)
        await migrating_on
        assert await town.units() == {"booked": number, "free": 100 - number}

    play(empty, scene)


# what an old version of the service would trip over; a file whose first line says "-- contract" comes a release later
BREAKING = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN|FUNCTION|TYPE|INDEX|TRIGGER)|RENAME|SET\s+NOT\s+NULL|ALTER\s+COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE"
    r"|CREATE\s+OR\s+REPLACE|TRUNCATE|CREATE\s+UNIQUE\s+INDEX\s+(?!CONCURRENTLY)\w+\s+ON\s+(units|bookings|answers))\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", [name for name in NAMES if name > "0002"])
def test_a_later_migration_only_adds(name):
    text = (FOLDER / "sql" / name).read_text(encoding="utf-8")
    code = re.sub(r"--.*", "", text)
    assert text.startswith("-- contract") or not BREAKING.search(code), "the version before is still at work"


def test_control_the_rule_knows_what_would_break():
    for breaking in ("ALTER TABLE units DROP COLUMN place", "ALTER TABLE units RENAME TO seats", "DROP TABLE answers"):
        assert BREAKING.search(breaking)
    assert not BREAKING.search("ALTER TABLE units ADD COLUMN note text; CREATE FUNCTION hold_2() RETURNS void")


def test_revisions_stand_in_one_row_and_every_sql_file_belongs_to_one():
    assert [script.down_revision for script in reversed(list(SCRIPTS.walk_revisions()))] == [None, *REVISIONS[:-1]]
    assert {path.name[:4] for path in FOLDER.glob("sql/*.sql")} == set(REVISIONS)
