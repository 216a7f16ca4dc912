"""Under which names a person is known in the line."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.keys import Keys
from app.line.aliases import alias, aliases

KEYS = Keys("a secret of thirty-two characters")
DEVICE = "AAAAAAAAAAAAAAAAAAAAAA"


def keep(word, opening="august"):
    return alias(KEYS, opening, "keep", word)


@pytest.mark.parametrize("other", ["010-1234-5678", " 010 1234 5678", "０１０-１２３４-５６７８", "01012345678"])
def test_a_word_is_found_again_with_other_spaces_hyphens_or_wide_digits(other):
    assert keep(other) == keep("01012345678")


def test_hangul_of_another_system_is_the_same_word():
    assert keep(unicodedata.normalize("NFD", "가나다라마바")) == keep("가나다라마바")


def test_words_of_nothing_but_spaces_are_not_all_one_person():
    assert keep("      ") != keep("       ")
    assert keep("------") != keep("      ")


def test_device_word_opening_and_service_each_make_another_alias():
    names = {
        alias(KEYS, "august", "device", DEVICE),
        alias(KEYS, "august", "keep", DEVICE),
        alias(KEYS, "september", "device", DEVICE),
        alias(Keys("another one of thirty-two letters"), "august", "device", DEVICE),
    }

    assert len(names) == 4


def test_the_device_comes_first_so_that_a_tab_keeps_the_place_it_shows():
    assert aliases(KEYS, "august", DEVICE, "my own word") == [
        alias(KEYS, "august", "device", DEVICE),
        alias(KEYS, "august", "keep", "my own word"),
    ]
    assert len(aliases(KEYS, "august", DEVICE, None)) == 1


@given(st.text(min_size=6, max_size=60))
def test_any_word_has_an_alias_of_16_bytes_that_tells_nothing_of_it(word):
    assert len(keep(word)) == 16
    assert word.encode(errors="replace") not in keep(word)
