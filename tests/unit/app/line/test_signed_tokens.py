"""Tickets, passes and receipts: what was signed is read back, and nothing else ever is.

Whoever changes a bit, cuts a piece off, or brings another purpose's, opening's, day's or service's text gets the one
documented error. Cannot prove HMAC-SHA256 itself.
"""

import string
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput, NoPass, NotAllowed
from app.keys import Keys
from app.line.passes import Pass, Passes, bound
from app.line.receipts import KEPT_DAYS, Receipt, Receipts
from app.line.signing import BadSignature, Signer
from app.line.tickets import Ticket, Tickets, tag

NOW_S = 1_817_000_000.0
DAY_S = 86_400
KEYS = Keys("a secret of thirty-two characters")
OTHER_KEYS = Keys("another one of thirty-two letters")

uint32 = st.integers(0, 2**32 - 1)
openings = st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True)
tickets = st.builds(Ticket, openings, uint32, uint32, uint32, uint32, uint32, st.binary(min_size=8, max_size=8))
passes = st.builds(
    Pass,
    openings,
    uint32,
    st.integers(int(NOW_S) + 1, 2**32 - 1),
    st.binary(min_size=8, max_size=8),
    st.binary(min_size=16, max_size=16),
)
receipts = st.builds(Receipt, openings, st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=20))

KINDS = [
    pytest.param(
        Tickets, Ticket("august", 5, int(NOW_S), 60, 40, 90, b"devicexx"), BadInput, "bad-ticket", id="ticket"
    ),
    pytest.param(Passes, Pass("august", 5, int(NOW_S) + 900, b"tickettt", b"p" * 16), NoPass, "no-pass", id="pass"),
    pytest.param(Receipts, Receipt("august", "K7QX2M9P"), NotAllowed, "bad-receipt", id="receipt"),
]
every_kind = pytest.mark.parametrize(("make", "value", "error", "code"), KINDS)


def refused(make, text, error, code, *, now_s=NOW_S, keys=KEYS):
    with pytest.raises(error) as caught:
        make(keys).read(text, now_s)

    assert type(caught.value) is error
    assert caught.value.code == code
    return True


@given(tickets)
def test_a_ticket_is_read_as_it_was_issued(ticket):
    assert Tickets(KEYS).read(Tickets(KEYS).issue(ticket, NOW_S), NOW_S) == ticket


@given(passes)
def test_a_pass_is_read_as_it_was_issued(visit):
    assert Passes(KEYS).read(Passes(KEYS).issue(visit, NOW_S), NOW_S) == visit


@given(receipts)
def test_a_receipt_is_read_as_it_was_issued(receipt):
    assert Receipts(KEYS).read(Receipts(KEYS).issue(receipt, NOW_S), NOW_S) == receipt


@every_kind
def test_the_text_needs_no_quoting_in_a_cookie_and_is_short(make, value, error, code):
    text = make(KEYS).issue(value, NOW_S)

    assert set(text) <= set(string.ascii_letters + string.digits + "-_")
    assert len(text) < 100


@every_kind
def test_any_flipped_bit_is_refused(make, value, error, code):
    text = make(KEYS).issue(value, NOW_S)
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8

        assert refused(make, urlsafe_b64encode(flipped).rstrip(b"=").decode(), error, code)


@every_kind
def test_any_changed_character_is_refused_also_where_it_means_the_same_bytes(make, value, error, code):
    text = make(KEYS).issue(value, NOW_S)
    for position, character in enumerate(text):
        for other in "Aa0-_=+/ é":
            if other != character:
                assert refused(make, text[:position] + other + text[position + 1 :], error, code)


@every_kind
def test_any_piece_and_any_addition_is_refused(make, value, error, code):
    text = make(KEYS).issue(value, NOW_S)
    for length in range(len(text)):
        assert refused(make, text[:length], error, code)
    for addition in ("A", "=", "==", "\n", " ", "AAAA", text):
        assert refused(make, text + addition, error, code)


@every_kind
def test_another_services_text_is_refused(make, value, error, code):
    assert refused(make, make(OTHER_KEYS).issue(value, NOW_S), error, code)


@every_kind
def test_another_purposes_text_is_refused(make, value, error, code):
    for other in KINDS:
        if other.values[0] is not make:
            assert refused(make, other.values[0](KEYS).issue(other.values[1], NOW_S), error, code)


@every_kind
def test_a_text_of_another_day_is_refused(make, value, error, code):
    days = KEPT_DAYS if make is Receipts else 1
    lasting = replace(value, until_s=2**32 - 1) if make is Passes else value

    assert make(KEYS).read(make(KEYS).issue(lasting, NOW_S), NOW_S + days * DAY_S) == lasting
    assert refused(make, make(KEYS).issue(lasting, NOW_S), error, code, now_s=NOW_S + (days + 1) * DAY_S)
    assert refused(make, make(KEYS).issue(lasting, NOW_S + DAY_S), error, code)


@every_kind
@given(text=st.text(max_size=500))
def test_no_text_whatsoever_raises_anything_else(make, value, error, code, text):
    assert refused(make, text, error, code)


@every_kind
@given(said=st.binary(max_size=80))
def test_not_even_a_well_signed_text_of_another_form_raises_anything_else(make, value, error, code, said):
    """As an older or newer version of the service may have signed it."""
    purpose = make.__name__.lower().removesuffix("es" if make is Passes else "s")
    text = Signer(KEYS, purpose).sign(said, NOW_S)
    # some of them are of the right form by chance
    with suppress(error):
        make(KEYS).read(text, NOW_S)


def test_a_pass_ends_to_the_second():
    visit = Pass("august", 5, int(NOW_S) + 900, bytes(8))
    text = Passes(KEYS).issue(visit, NOW_S)

    assert Passes(KEYS).read(text, NOW_S + 899.9) == visit
    assert refused(Passes, text, NoPass, "no-pass", now_s=NOW_S + 900)


@given(tickets, tickets)
def test_a_pass_is_bound_to_exactly_its_ticket(mine, other):
    my_text, other_text = (Tickets(KEYS).issue(ticket, NOW_S) for ticket in (mine, other))
    visit = Pass(mine.opening, 5, int(NOW_S) + 900, tag(my_text))

    assert bound(visit, my_text)
    assert bound(visit, other_text) == (mine == other)


def test_the_same_ticket_of_another_opening_has_another_pass():
    august, september = (
        Tickets(KEYS).issue(Ticket(opening, 5, int(NOW_S)), NOW_S) for opening in ("august", "september")
    )

    assert not bound(Pass("august", 5, int(NOW_S) + 900, tag(august)), september)


def test_keys_of_other_days_are_never_derived_for_a_forged_text():
    """Else every forged text would cost a derivation, and the memory of keys would be theirs."""
    asked = []

    class Counting:
        def signing(self, purpose, key):
            asked.append(key)
            return bytes(32)

    for day in range(0, 65_536, 97):
        forged = urlsafe_b64encode(bytes([1]) + day.to_bytes(2, "big") + bytes(40)).rstrip(b"=").decode()
        with pytest.raises(BadSignature):
            Signer(Counting(), "ticket").open(forged, NOW_S)

    assert set(asked) <= {int(NOW_S // DAY_S), int(NOW_S // DAY_S) - 1}
