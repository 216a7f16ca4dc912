"""Running services for tests that speak HTTP: one of a test's own, and one that tests share which do not need more."""

import asyncio

import pytest

from app.local.postgres import ensure_database
from app.local.valkey import Valkey
from tests.service.serving import serving


@pytest.fixture
def service(database, valkey_url):
    """A service of this test's own, whose line is begun and whose doors are closed."""
    with serving(database, valkey_url) as running:
        yield running


@pytest.fixture(scope="session")
def stores(postgres, migrated, server_folder):
    """A database and a Valkey that last for the whole run."""
    asyncio.run(ensure_database(postgres.url_of("postgres"), "web", template=migrated))
    valkey = Valkey(server_folder / "valkey-of-web")
    valkey.start()
    yield postgres.url_of("web"), valkey.url
    valkey.stop()


@pytest.fixture(scope="session")
def shared(stores):
    """A service with open doors for the whole run; its tests leave nothing behind that others would feel."""
    with serving(*stores) as running:
        running.open_doors()
        yield running
