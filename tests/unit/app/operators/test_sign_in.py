"""Who may sign in, with a store in memory; how long a password takes to be looked at is not waited for here."""

import asyncio
import time
from typing import Any

import pytest

from app.errors import NotSignedIn, TooManyRequests, Unavailable
from app.keys import Keys
from app.operators import signin
from app.operators.passwords import NOBODY
from app.operators.sessions import Session
from app.operators.signin import MOST_WAITING, OF_A_NAME, OF_AN_ADDRESS, SignIn

KEYS = Keys("a secret that nobody can guess, of course")
NOW_S = 1_800_000_000.0
SESSION = Session("anna", b"12345678", int(NOW_S), int(NOW_S) + 1800)


class Store:
    """Counts in memory; `away` is a store that does not answer."""

    def __init__(self):
        self.away = False
        self.attempts: dict[Any, int] = {}
        self.values = {}

    async def attempt(self, what, who, window_s, now_s, attempts=1):
        self._refuse()
        key = (what, who, int(now_s // window_s))
        self.attempts[key] = self.attempts.get(key, 0) + attempts
        return self.attempts[key]

    async def put(self, key, value, ttl_s):
        self._refuse()
        self.values[key] = value

    async def get(self, key):
        self._refuse()
        return self.values.get(key)

    def _refuse(self):
        if self.away:
            raise Unavailable("the store does not answer")


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def desk(store, monkeypatch):
    """Everybody whose password is the word right; `looked_at` counts passwords that were compared."""
    looked_at = []

    def matches(password, stored):
        looked_at.append(stored)
        return password == "right"

    monkeypatch.setattr(signin, "matches", matches)
    desk = SignIn({"anna": str(NOBODY), "보라": str(NOBODY)}, KEYS, store)
    return desk, looked_at


def outcome(desk, name="anna", password="right", address="192.0.2.1", at_s=NOW_S):
    try:
        asyncio.run(desk.check(name, password, address, at_s))
    except (NotSignedIn, TooManyRequests, Unavailable) as error:
        return error.status
    return 200


def test_name_and_password_must_belong_together(desk):
    desk, _ = desk

    assert outcome(desk) == 200
    assert outcome(desk, "보라") == 200
    assert outcome(desk, password="wrong") == 401
    assert outcome(desk, "nobody") == 401


def test_a_name_that_is_nobodys_takes_as_long_as_any_other(desk):
    desk, looked_at = desk
    outcome(desk, "nobody")

    assert looked_at == [NOBODY], "a password was compared all the same"


def test_attempts_of_one_address_are_limited_whoever_is_named(desk):
    desk, looked_at = desk
    statuses = [outcome(desk, f"name-{number}", "wrong") for number in range(OF_AN_ADDRESS)]

    assert set(statuses) == {401}
    assert outcome(desk) == 429, "also with the right password"
    assert len(looked_at) == OF_AN_ADDRESS, "no password is looked at beyond the limit"
    assert outcome(desk, address="192.0.2.2") == 200
    assert outcome(desk, at_s=NOW_S + 60) == 200


def test_addresses_of_one_ipv6_network_are_one(desk):
    desk, _ = desk
    statuses = [outcome(desk, password="wrong", address=f"2001:db8::{number:x}") for number in range(OF_AN_ADDRESS + 1)]

    assert statuses[-1] == 429


def test_attempts_of_one_name_are_limited_from_wherever_they_come(desk):
    desk, _ = desk
    for number in range(OF_A_NAME):
        assert outcome(desk, password="wrong", address=f"198.51.100.{number}") == 401

    assert outcome(desk, address="203.0.113.1") == 429
    assert outcome(desk, "보라", address="203.0.113.1") == 200
    assert outcome(desk, address="203.0.113.1", at_s=NOW_S + 600) == 200


def test_the_store_learns_neither_names_nor_addresses(desk, store):
    desk, _ = desk
    outcome(desk, "보라")

    assert "보라".encode() not in b"".join(who for _, who, _ in store.attempts)
    assert "192.0.2.1" not in str(store.attempts)


def test_while_the_store_is_away_nobody_signs_in(desk, store):
    desk, looked_at = desk
    store.away = True

    assert outcome(desk) == 503
    assert looked_at == []


def test_many_at_once_are_looked_at_one_by_one_and_the_rest_come_again(desk, monkeypatch):
    desk, _ = desk
    running, most = [], []

    def slow(password, stored):
        running.append(1)
        most.append(len(running))
        time.sleep(0.01)
        running.pop()
        return True

    monkeypatch.setattr(signin, "matches", slow)

    async def all_at_once():
        asked = (desk.check("anna", "right", f"192.0.2.{number}", NOW_S) for number in range(MOST_WAITING + 5))
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = asyncio.run(all_at_once())
    assert [getattr(answer, "status", 200) for answer in answers] == [200] * MOST_WAITING + [503] * 5
    assert max(most) == 1


def test_a_session_that_was_signed_out_is_refused(desk, store):
    desk, _ = desk
    asyncio.run(desk.refuse_signed_out(SESSION))
    asyncio.run(desk.sign_out(SESSION))

    with pytest.raises(NotSignedIn):
        asyncio.run(desk.refuse_signed_out(SESSION))


def test_while_the_store_is_away_a_session_goes_on_and_cannot_be_ended(desk, store):
    desk, _ = desk
    store.away = True

    asyncio.run(desk.refuse_signed_out(SESSION))
    with pytest.raises(Unavailable):
        asyncio.run(desk.sign_out(SESSION))
