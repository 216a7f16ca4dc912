"""Scenes are coroutine functions that take a town.

`run` plays one on a database that is emptied before, which is much quicker than a new one; `run_alone` on a database of
its own, for scenes that take guards away or count what cannot be emptied.
"""

import asyncio
import functools

import pytest

from app.local.postgres import ensure_database
from tests.service.reservations.town import play


@pytest.fixture(scope="session")
def shared_database(postgres, migrated):
    asyncio.run(ensure_database(postgres.url_of("postgres"), "reservations", template=migrated))
    return postgres.url_of("reservations")


@pytest.fixture
def run(shared_database):
    return functools.partial(play, shared_database, empty=True)


@pytest.fixture
def run_alone(database):
    return functools.partial(play, database)
