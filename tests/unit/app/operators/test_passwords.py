"""Hashes of operators' passwords. That scrypt with these parameters is slow enough is OWASP's word, not shown here."""

import unicodedata

import pytest
from click.testing import CliRunner

from app.errors import SetupError
from app.operators.command import operator_password
from app.operators.passwords import NOBODY, Hash, hashed, matches, parsed

PASSWORD = "correct horse battery"
SALT = bytes(range(16))
HASH = hashed(PASSWORD, SALT)


@pytest.fixture(scope="module")
def stored():
    return parsed(HASH)


def test_the_password_matches_and_others_do_not(stored):
    assert matches(PASSWORD, stored)
    assert not matches(PASSWORD + " ", stored)
    assert not matches(PASSWORD.title(), stored)
    assert not matches("", stored)


def test_a_hash_tells_how_it_was_made_and_not_of_what():
    assert HASH.startswith("$scrypt$ln=15,r=8,p=3$AAECAwQFBgcICQoLDA0ODw$")
    assert PASSWORD not in HASH
    assert str(parsed(HASH)) == HASH


def test_two_salts_make_two_hashes():
    assert hashed(PASSWORD, bytes(16)) != HASH


def test_a_password_is_the_same_in_composed_and_decomposed_letters():
    korean = "비밀번호는 아주아주 길어야 합니다"
    stored = parsed(hashed(unicodedata.normalize("NFD", korean), SALT))

    assert matches(unicodedata.normalize("NFC", korean), stored)


def test_half_a_character_matches_nothing_and_breaks_nothing(stored):
    assert not matches("\ud800" * 20, stored)


def test_it_is_the_scrypt_of_the_standard_also_with_other_parameters():
    """The second test vector of RFC 7914, section 12."""
    digest = bytes.fromhex(
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    )
    assert matches("password", Hash(10, 8, 16, b"NaCl", digest))


def test_nobody_has_the_password_of_nobody():
    assert not matches(PASSWORD, NOBODY)


@pytest.mark.parametrize("password", ["", "short", "a" * 14])
def test_a_short_password_is_refused(password):
    with pytest.raises(ValueError, match="needs 15"):
        hashed(password, SALT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "correct horse battery staple",
        HASH + "\n",
        HASH.replace("scrypt", "argon2id"),
        HASH.replace("ln=15", "ln=0"),
        HASH.replace("ln=15", "ln=99"),
        HASH.replace("ln=15", "ln=18"),
        HASH[:60],
    ],
)
def test_what_is_no_hash_stops_the_service_before_it_starts(text):
    with pytest.raises(SetupError) as refused:
        parsed(text)
    assert "operator-password" in str(refused.value)
    assert not text or text not in str(refused.value)


def test_the_command_prints_a_hash_of_the_line_it_reads():
    done = CliRunner().invoke(operator_password, input=f"{PASSWORD}\n")

    assert done.exit_code == 0
    assert matches(PASSWORD, parsed(done.output.strip()))
    assert PASSWORD not in done.output


def test_the_command_refuses_a_short_password_in_one_line():
    done = CliRunner().invoke(operator_password, input="short\n")

    assert done.exit_code == 2
    assert "needs 15" in done.output
