"""One person however it is written, and nothing of them in what is printed or raised.

Not here: whether somebody is who they say. That a name is written in another alphabet cannot be seen here either;
a provider that has a lasting number for each human being helps (`subject`).
"""

import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import BadInput
from app.identity.person import canonical_phone, claims, person, subject
from app.keys import Keys
from app.web.messages import IdentityCheck

TODAY = date(2026, 8, 9)
KEYS = Keys("a secret that nobody can guess, of course")


def asked(name="홍길동", birth_date="1990-03-25", phone="010-1234-5678"):
    return IdentityCheck("mobile", name, birth_date, phone)


def hash_of(**typed):
    return person(KEYS, "night-1", claims(asked(**typed), TODAY)).id


@pytest.mark.parametrize(
    "phone",
    [
        "010-1234-5678",
        "01012345678",
        "010 1234 5678",
        "+82 10 1234 5678",
        "+82-10-1234-5678",
        "+821012345678",
        "+82 010 1234 5678",
        "+82 (0)10 1234 5678",
        "0082 10 1234 5678",
        "821012345678",
        "０１０－１２３４－５６７８",
        " 010-1234-5678 ",
    ],
)
def test_a_korean_number_is_the_same_with_and_without_its_country(phone):
    assert canonical_phone(phone) == "+821012345678"


@pytest.mark.parametrize(
    ("phone", "canonical"),
    [
        ("+49 170 1234567", "+491701234567"),
        ("0049 170 1234567", "+491701234567"),
        ("02-123-4567", "+8221234567"),
        ("+1 202 555 0123", "+12025550123"),
        ("1588-1234", "+15881234"),
    ],
)
def test_numbers_of_other_countries_keep_theirs(phone, canonical):
    assert canonical_phone(phone) == canonical


@pytest.mark.parametrize("phone", ["12345", "--------", "0", "", "+", "1" * 16, "+" + "9" * 16])
def test_a_number_that_is_none_is_refused_and_not_repeated(phone):
    with pytest.raises(BadInput) as refused:
        canonical_phone(phone)
    assert refused.value.status == 400
    assert len(phone) < 2 or phone not in refused.value.detail


@pytest.mark.parametrize(
    "name",
    [
        "홍길동",
        "홍 길동",
        " 홍길동 ",
        "홍　길동",
        unicodedata.normalize("NFD", "홍길동"),
        "홍\u200b길동",
        "홍-길동",
        "홍길동\u0000",
    ],
)
def test_a_name_is_the_same_however_it_is_written(name):
    assert hash_of(name=name) == hash_of()


def test_capitals_apostrophes_and_wide_letters_make_no_second_person():
    names = ["Anne-Marie O'Neill", "ANNE MARIE O’NEILL", "anne marie oneill", "Ａｎｎｅ Marie O'Neill"]
    assert len({hash_of(name=name) for name in names}) == 1
    assert hash_of(name="Strauß") == hash_of(name="STRAUSS")


def test_other_people_are_other_people():
    others = [
        hash_of(),
        hash_of(name="홍길순"),
        hash_of(birth_date="1990-03-26"),
        hash_of(phone="010-1234-5679"),
        hash_of(name="José"),
        hash_of(name="Jose"),
    ]
    assert len(set(others)) == len(others)


def test_one_person_has_another_hash_in_another_opening_and_under_another_secret():
    who = claims(asked(), TODAY)
    here = person(KEYS, "night-1", who).id

    assert person(KEYS, "night-2", who).id != here
    assert person(Keys("another secret that nobody can guess"), "night-1", who).id != here
    assert len(here) == 16


def test_a_lasting_number_of_the_provider_makes_one_person_of_two_phones():
    first, second = claims(asked(), TODAY), claims(asked(phone="010-9999-8888"), TODAY)

    assert person(KEYS, "night-1", first) != person(KEYS, "night-1", second)
    assert subject(KEYS, "night-1", first, "CI") == subject(KEYS, "night-1", second, "CI")
    assert subject(KEYS, "night-1", first, "CI") != subject(KEYS, "night-1", first, "CJ")


def test_a_lasting_number_is_never_taken_for_what_somebody_typed():
    who = claims(asked(), TODAY)
    typed = who.canonical.decode()

    assert subject(KEYS, "night-1", who, typed).id != person(KEYS, "night-1", who).id


@pytest.mark.parametrize(
    "birth_date", ["1990-02-30", "1990-13-01", "0000-00-00", "1899-12-31", "2026-08-10", "1990-03-25\n", "19900325x"]
)
def test_a_day_that_nobody_was_born_on_is_refused_and_not_repeated(birth_date):
    with pytest.raises(BadInput) as refused:
        claims(asked(birth_date=birth_date), TODAY)
    assert birth_date not in refused.value.detail


def test_who_was_born_today_is_a_person():
    assert claims(asked(birth_date="2026-08-09"), TODAY).birth_digit == 9


@pytest.mark.parametrize("name", ["...", " ", "\u200b", "\ud800", "홍\udfff"])
def test_a_name_without_letters_or_with_half_a_character_is_refused(name):
    with pytest.raises(BadInput):
        claims(asked(name=name), TODAY)


def test_nothing_personal_is_printed():
    who = claims(asked(), TODAY)
    printed = f"{who!r} {who} {person(KEYS, 'night-1', who)!r}"

    for personal in ("홍길동", "1990", "1234", person(KEYS, "night-1", who).id.hex()):
        assert personal not in printed


@given(st.text(min_size=1, max_size=60))
@example("İ")
@example("\u0345")
@example("ß")
def test_any_name_is_one_person_in_all_normal_forms_or_refused_in_all(name):
    def told(text):
        try:
            return hash_of(name=text)
        except BadInput:
            return None

    forms = {told(unicodedata.normalize(form, name)) for form in ("NFC", "NFD", "NFKC", "NFKD")} | {told(name)}
    assert len(forms) == 1


@given(st.from_regex(r"\A\+?[0-9 -]{8,20}\Z"))
def test_any_number_that_the_door_lets_in_is_a_number_or_refused(phone):
    try:
        canonical = canonical_phone(phone)
    except BadInput:
        return
    assert canonical_phone(canonical) == canonical, "cleaning twice is cleaning once"
    assert canonical.startswith("+")
    assert 8 <= len(canonical) - 1 <= 15
