"""What a session says when its server has died under it, as asyncpg says it; the dying itself is tried with servers."""

import asyncio
from typing import Any

import asyncpg
import pytest

from app.errors import Unavailable
from app.reservations.pool import session


class Pool:
    """One connection, given and taken back."""

    def __init__(self):
        self.out = 0

    async def acquire(self):
        self.out += 1

    async def release(self, _):
        self.out -= 1


@pytest.mark.parametrize(
    "said",
    [
        asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        ConnectionResetError("reset by peer"),
    ],
)
def test_a_session_that_died_is_the_database_being_away(said):
    pool: Any = Pool()

    async def use():
        async with session(pool):
            raise said

    with pytest.raises(Unavailable) as away:
        asyncio.run(use())
    assert away.value.__cause__ is said
    assert away.value.retry_after_s
    assert pool.out == 0, "the connection was given back"


def test_a_fault_of_ours_is_not_hidden_as_the_database_being_away():
    pool: Any = Pool()

    async def use():
        async with session(pool):
            raise asyncpg.UndefinedTableError("no such table")

    with pytest.raises(asyncpg.UndefinedTableError):
        asyncio.run(use())
