"""The proof of work at joining, as the waiting page solves it and the server checks it."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import NotAllowed
from app.line import challenge

NOW_S = 1_817_000_000.0
DEVICE = "AAAAAAAAAAAAAAAAAAAAAA"


def refused(answer, *, opening="august", device=DEVICE, bits=10, now_s=NOW_S):
    with pytest.raises(NotAllowed) as caught:
        challenge.check(answer, opening, device, bits, now_s)

    assert caught.value.code == "challenge-failed"
    return True


@pytest.fixture(scope="module")
def answer():
    return challenge.solve("august", DEVICE, 10, NOW_S)


def test_without_bits_nothing_is_asked():
    challenge.check(None, "august", DEVICE, 0, NOW_S)
    challenge.check("whatever", "august", DEVICE, 0, NOW_S)


def test_an_answer_is_what_the_page_computes(answer):
    """SHA-256 over the ASCII text opening.device.minute.nonce begins with ten zero bits; computed apart."""
    minute, nonce = answer.split(".")
    text = f"august.{DEVICE}.{minute}.{nonce}".encode("ascii")

    assert int(minute) == NOW_S // 60
    assert f"{int(hashlib.sha256(text).hexdigest(), 16):0256b}"[:10] == "0" * 10
    challenge.check(answer, "august", DEVICE, 10, NOW_S)


def test_it_counts_for_ten_minutes_and_for_a_server_that_is_a_minute_behind(answer):
    challenge.check(answer, "august", DEVICE, 10, NOW_S + 600)
    challenge.check(answer, "august", DEVICE, 10, NOW_S - 60)

    assert refused(answer, now_s=NOW_S + 720)
    assert refused(answer, now_s=NOW_S - 180)


def test_it_counts_for_its_device_and_its_opening_alone(answer):
    assert refused(answer, device="B" * 22, bits=16)
    assert refused(answer, opening="september", bits=16)


def test_one_bit_more_than_found_is_too_much(answer):
    found = challenge._zero_bits("august", DEVICE, answer)
    challenge.check(answer, "august", DEVICE, found, NOW_S)

    assert refused(answer, bits=found + 1)


@pytest.mark.parametrize(
    "text", [None, "", ".", "1.", ".1", "1.x", "-1.5", "1.5.6", " 1.5", "1.5\n", "1." + "9" * 30, "٣.٣"]
)
def test_what_is_no_answer_is_refused(text):
    assert refused(text)


@given(st.text(max_size=40))
def test_no_text_raises_anything_else(text):
    assert refused(text, bits=24)


def test_the_work_doubles_with_every_bit():
    tries = {
        bits: sum(int(challenge.solve("august", f"{device:022}", bits, NOW_S).split(".")[1]) for device in range(200))
        / 200
        for bits in (4, 7)
    }

    assert 4 < tries[7] / tries[4] < 16
