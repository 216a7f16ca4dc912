"""Scenes are coroutine functions that take a town; `run` plays one on a database of its own."""

import functools

import pytest

from tests.service.reservations.town import play


@pytest.fixture
def run(database):
    return functools.partial(play, database)
