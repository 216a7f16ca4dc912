"""When a server starts although its migrations fail: on a real database whose schema is of another version."""

import asyncio

import asyncpg
import pytest

from app import migrations
from app.errors import SetupError
from app.local.ports import free_port
from app.local.postgres import ensure_database
from app.running import preparing


def fail(_url):
    raise RuntimeError("a migration that cannot run")


def set_revision(url, revision):
    async def change():
        session = await asyncpg.connect(url)
        try:
            await session.execute("UPDATE alembic_version SET version_num = $1", revision)
        finally:
            await session.close()

    asyncio.run(change())


@pytest.fixture
def empty(postgres):
    """The URL of a database without a schema."""
    asyncio.run(ensure_database(postgres.url_of("postgres"), "without_schema"))
    return postgres.url_of("without_schema")


def test_a_database_that_a_newer_version_has_migrated_is_good_enough(database, capsys):
    set_revision(database, "9999_of_the_next_version")
    preparing.migrate(database)
    assert "not-migrated" in capsys.readouterr().out


def test_a_database_of_this_version_is_good_enough_whatever_fails(database, monkeypatch):
    monkeypatch.setattr(migrations, "migrate", fail)
    preparing.migrate(database)


def test_a_server_does_not_start_on_an_older_schema_that_cannot_be_migrated(database, monkeypatch):
    set_revision(database, "0001")
    monkeypatch.setattr(migrations, "migrate", fail)
    with pytest.raises(SetupError, match=r"cannot be migrated \(RuntimeError: a migration that cannot run\)"):
        preparing.migrate(database)


def test_a_server_does_not_start_without_a_schema_that_cannot_be_made(empty, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrate", fail)
        with pytest.raises(SetupError):
            preparing.migrate(empty)
    # a control: the same database, without the failure
    preparing.migrate(empty)


def test_a_database_that_does_not_answer_is_something_else_than_one_that_refuses(postgres):
    with pytest.raises(preparing.DatabaseAway):
        preparing.migrate(f"postgresql://floodgate@127.0.0.1:{free_port()}/floodgate")
    with pytest.raises(SetupError, match="the database refuses"):
        preparing.migrate(postgres.url_of("no_such_database"))
