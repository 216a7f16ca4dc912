"""Sessions of operators as signed cookies, with time as an argument. Signing out is tried where the store is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import NotSignedIn
from app.keys import ROTATION_S, Keys
from app.line.signing import Signer
from app.operators.sessions import IDLE_S, LONGEST_S, Sessions

KEYS = Keys("a secret that nobody can guess, of course")
OPERATORS = {"anna": "$scrypt$one", "보라": "$scrypt$two"}
NOW_S = 1_800_000_000.0


def sessions(operators=None, keys=KEYS):
    numbers = iter(range(1, 1000))
    return Sessions(keys, operators or OPERATORS, lambda size: next(numbers).to_bytes(size, "big"))


def cookie_of(name="anna", at_s=NOW_S):
    desk = sessions()
    return desk.issue(desk.begin(name, at_s), at_s)


@pytest.mark.parametrize("name", OPERATORS)
def test_a_session_tells_who_is_signed_in(name):
    session = sessions().read(cookie_of(name), NOW_S + 10)

    assert (session.name, session.since_s, session.until_s) == (name, int(NOW_S), int(NOW_S) + IDLE_S)


def test_it_ends_after_half_an_hour():
    cookie = cookie_of()

    sessions().read(cookie, NOW_S + IDLE_S - 1)
    with pytest.raises(NotSignedIn):
        sessions().read(cookie, NOW_S + IDLE_S)


def test_it_is_made_longer_while_the_console_is_open_and_ends_after_twelve_hours():
    desk, at_s = sessions(), NOW_S
    first = session = desk.begin("anna", at_s)
    for _ in range(24 * 60):
        at_s += 60
        try:
            session = desk.read(desk.issue(session, at_s), at_s)
        except NotSignedIn:
            break
        session = desk.longer(session, at_s) or session
    assert at_s - NOW_S == pytest.approx(LONGEST_S, abs=60)
    assert session.id == first.id, "signing out ends all of it"


def test_it_is_not_made_longer_at_every_look():
    desk = sessions()
    session = desk.begin("anna", NOW_S)

    assert desk.longer(session, NOW_S + IDLE_S / 2 - 1) is None
    assert desk.longer(session, NOW_S + IDLE_S / 2 + 1) is not None


def test_who_is_taken_out_of_the_settings_is_out():
    cookie = cookie_of()

    with pytest.raises(NotSignedIn):
        sessions({"보라": "$scrypt$two"}).read(cookie, NOW_S)


def test_a_new_password_ends_sessions_of_the_old_one():
    cookie = cookie_of()

    with pytest.raises(NotSignedIn):
        sessions({"anna": "$scrypt$new"}).read(cookie, NOW_S)


def test_nothing_that_is_signed_for_something_else_is_a_session():
    desk = sessions()
    session = desk.begin("anna", NOW_S)
    said = Signer(KEYS, "operator").open(desk.issue(session, NOW_S), NOW_S)

    for purpose in ("pass", "ticket", "receipt"):
        with pytest.raises(NotSignedIn):
            desk.read(Signer(KEYS, purpose).sign(said, NOW_S), NOW_S)
    desk.read(Signer(KEYS, "operator").sign(said, NOW_S), NOW_S)


def test_a_session_of_another_secret_is_none():
    other = sessions(keys=Keys("another secret that nobody can guess"))
    with pytest.raises(NotSignedIn):
        sessions().read(other.issue(other.begin("anna", NOW_S), NOW_S), NOW_S)


def test_a_session_outlives_midnight():
    midnight_s = (NOW_S // ROTATION_S + 1) * ROTATION_S
    cookie = cookie_of(at_s=midnight_s - 60)

    assert sessions().read(cookie, midnight_s + 60).name == "anna"


def test_a_session_of_tomorrow_is_none():
    with pytest.raises(NotSignedIn):
        sessions().read(cookie_of(at_s=NOW_S + 120), NOW_S)


@given(position=st.integers(0, 200), letter=st.sampled_from("ABCxyz019-_"))
def test_a_changed_cookie_is_none(position, letter):
    cookie = cookie_of()
    at = position % len(cookie)
    changed = cookie[:at] + letter + cookie[at + 1 :]
    if changed == cookie:
        return
    with pytest.raises(NotSignedIn):
        sessions().read(changed, NOW_S)


@given(st.text(max_size=200) | st.binary(max_size=100).map(lambda raw: raw.decode("latin-1")))
def test_anything_else_is_none(text):
    with pytest.raises(NotSignedIn):
        sessions().read(text, NOW_S)


@given(said=st.binary(max_size=60))
@settings(max_examples=50)
def test_whatever_stands_in_a_signed_cookie_is_read_or_refused(said):
    """Nobody but us can sign so; an older version of ours might have said something else."""
    with pytest.raises(NotSignedIn):
        sessions().read(Signer(KEYS, "operator").sign(said, NOW_S), NOW_S)
