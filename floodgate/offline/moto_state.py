"""moto keeps all its accounts in process-wide tables; a shelf takes one world's contents in and out of them.

Every call of a world runs between taking its shelf down and putting it back, under one process-wide lock, so
two worlds, and a test that uses `mock_aws` beside them, never see each other (docs/decisions/0002).
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from floodgate.offline import environment

environment.prepare()

from moto.core.base_backend import BackendDict  # noqa: E402 - moto reads its switches when it is imported
from moto.moto_api._internal import mock_random  # noqa: E402 - the same
from moto.s3.models import s3_backends  # noqa: E402 - the same

# every table that holds an account; moto itself resets through this list and offers no other
_TABLES: list[Any] = vars(BackendDict)["_instances"]

# moto is not thread-safe, and its tables are the process's
LOCK = threading.RLock()


@dataclass(slots=True)
class Shelf:
    """What moto's tables hold while one world is the one in them.

    Args:
        now: the instant that moto takes for the present; None is the machine's clock.
        random_state: where moto's generator of ids stands.
        seed: where it starts from; empty outside of any world.
    """

    now: datetime | None
    random_state: tuple[Any, ...]
    seed: str = ""
    accounts: list[tuple[BackendDict[Any], dict[str, Any]]] = field(default_factory=list)
    buckets: dict[str, Any] = field(default_factory=dict)


_active: list[Shelf] = []


def active_now() -> datetime | None:
    """The present of the world whose call is running, or None outside any."""
    return _active[-1].now if _active else None


@contextmanager
def seeded(*names: str) -> Generator[None]:
    """Ids from the active world's seed and these names alone; then moto's generator goes on as if nothing had been."""
    before = mock_random.getstate()
    if _active:
        mock_random.seed("/".join((_active[-1].seed, *names)))
    try:
        yield
    finally:
        if _active:
            mock_random.setstate(before)


@contextmanager
def undisturbed() -> Generator[None]:
    """What is asked inside leaves moto's generator of ids where it stood; every answer draws from it."""
    before = mock_random.getstate()
    try:
        yield
    finally:
        mock_random.setstate(before)


@contextmanager
def in_place(shelf: Shelf) -> Generator[None]:
    """Moto as this shelf's world, for the duration; nested uses of the same shelf cost nothing."""
    with LOCK:
        if _active and _active[-1] is shelf:
            yield
            return
        outside = _take_out(Shelf(active_now(), mock_random.getstate()))
        _put_in(shelf)
        _active.append(shelf)
        try:
            yield
        finally:
            _active.pop()
            _take_out(shelf)
            _put_in(outside)


def _take_out(shelf: Shelf) -> Shelf:
    """Move what is in moto's tables on the shelf."""
    shelf.random_state = mock_random.getstate()
    shelf.accounts = [(table, dict(table)) for table in _TABLES]
    for table, _ in shelf.accounts:
        table.clear()
    _TABLES.clear()
    shelf.buckets = _exchange_buckets({})
    return shelf


def _put_in(shelf: Shelf) -> None:
    mock_random.setstate(shelf.random_state)
    for table, accounts in shelf.accounts:
        table.update(accounts)
        _TABLES.append(table)
    _exchange_buckets(shelf.buckets)


def _exchange_buckets(buckets: dict[str, Any]) -> dict[str, Any]:
    """Moto's one global name space of bucket names, which is no part of any account."""
    before = s3_backends.bucket_accounts
    s3_backends.bucket_accounts = buckets
    return before
