"""Problems made of errors and of bodies that break a rule; whether they come out of a server is tested with one."""

import asyncpg
import msgspec
import pytest

from app.errors import Unavailable
from app.line.values import LineLost
from app.web import problems
from app.web.messages import Action, Confirm, IdentityCheck, Join, Problem

PERSON = b'{"provider":"bank","name":"%s","birth_date":"%s","phone":"%s"}'
GOOD = ("홍길동".encode(), b"1988-05-17", b"010-1234-5678")


def refused(body, kind):
    with pytest.raises((msgspec.MsgspecError, UnicodeDecodeError)) as error:
        msgspec.json.decode(body, type=kind)
    return problems.from_message(error.value)


@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [
        (b'{"device":"short"}', Join, "$.device"),
        (b'{"device":"AAAAAAAAAAAAAAAAAAAAAA","keep":"a"}', Join, "$.keep"),
        (b'{"do":"Hong Gildong"}', Action, "$.do"),
        (b'{"hold_id":"x","contact":{"phone":"01012345678"}}', Confirm, "$.hold_id"),
        (b"[]", Join, "object"),
    ],
)
def test_a_body_that_breaks_a_rule_is_told_which_field_and_which_rule(body, kind, field):
    assert field in refused(body, kind).detail


@pytest.mark.parametrize("index", range(3))
def test_what_somebody_typed_is_never_told_back(index):
    typed = b"Secret 0107654321 Person of 1988"
    values = [*GOOD[:index], typed * 3, *GOOD[index + 1 :]]
    detail = refused(PERSON % tuple(values), IdentityCheck).detail
    assert "Secret" not in detail
    assert "0107654321" not in detail


@pytest.mark.parametrize("body", [b'{"do":"Hong `$.x` - at Gil"}', b'{"do":"pause","Hong Gildong":1}'])
def test_neither_is_a_word_that_stands_for_one_of_ours_or_a_field_that_is_none(body):
    detail = refused(body, Action).detail
    assert "Hong" not in detail
    assert "Gil" not in detail


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"device":"\xff"}', b'{"device":"\\ud800"}', b"nul"])
def test_what_is_no_json_is_bad_input(body):
    assert refused(body, Join).code == "bad-input"


def test_a_lost_line_and_a_database_that_is_away_say_when_to_come_again():
    for error in (LineLost("x"), ConnectionResetError(), TimeoutError(), asyncpg.CannotConnectNowError("x")):
        shown = problems.from_exception(error, "trace")
        assert shown.status == 503
        assert shown.retry_after_s


def test_an_exception_that_nobody_meant_tells_its_trace_and_nothing_else():
    shown = problems.from_exception(KeyError("010-1234-5678"), "00ff")
    assert (shown.status, shown.code) == (500, "internal")
    assert "00ff" in shown.detail
    assert "1234" not in shown.detail


def test_the_body_is_problem_details():
    body = problems.body_of(Unavailable("x is away; come again", code="overloaded"))
    assert body == Problem("/problems/overloaded", "Not available at the moment", 503, "x is away; come again")
