"""Real servers for the tests of the service: one PostgreSQL and one Valkey, on free ports, stopped at the end.

`database` is a database of its own for every test, cloned from a migrated template; `valkey_url` an emptied server.
"""

import asyncio
import itertools
import shutil
import socket
import tempfile
from pathlib import Path

import pytest

from app.local.postgres import FORGETFUL, SHARED, Postgres, ensure_database
from app.local.valkey import Valkey

TEMPLATE = "migrated"
_numbers = itertools.count()


@pytest.fixture(scope="session")
def server_folder():
    """A folder that also the unprivileged user of PostgreSQL can reach, which pytest's own is not."""
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="tests-", dir=SHARED))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(server_folder):
    server = Postgres(server_folder / "postgres", settings=FORGETFUL)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey(server_folder):
    server = Valkey(server_folder / "valkey")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated(postgres):
    from app.migrations import migrate  # noqa: PLC0415  only tests with a database need it

    asyncio.run(ensure_database(postgres.url_of("postgres"), TEMPLATE))
    migrate(postgres.url_of(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database(postgres, migrated):
    """The URL of a fresh, migrated database."""
    name = f"test_{next(_numbers)}"
    asyncio.run(ensure_database(postgres.url_of("postgres"), name, template=migrated))
    return postgres.url_of(name)


@pytest.fixture
def valkey_url(valkey):
    """The URL of an empty Valkey."""
    with socket.create_connection(("127.0.0.1", valkey.port), timeout=5) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        assert connection.recv(5) == b"+OK\r\n"
    return valkey.url
