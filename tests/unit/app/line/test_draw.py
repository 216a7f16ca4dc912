"""The draw: the same permutation as everybody else's, fair as far as a test of chance can tell.

Cannot prove that SHA-256 is random; the vectors prove that it is used as the specification says.
"""

import hashlib
import math
import random
import tomllib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.keys import Keys
from app.line import draw

PUBLISHED = [
    (mapping["seed"], mapping["count"], mapping["sha256"])
    for mapping in tomllib.loads(Path(__file__).with_name("published_draws.toml").read_text())["mapping"]
]

seeds = st.binary(min_size=32, max_size=32)


def published_form(seed, mapping):
    told = {"seed": f"0x{seed}", "count": len(mapping), "mapping": mapping}
    return yaml.dump(told, default_flow_style=None, sort_keys=False)


@pytest.mark.parametrize(("seed", "count", "sha256"), PUBLISHED, ids=lambda value: str(value)[:8])
def test_the_permutation_is_the_one_that_the_specification_publishes(seed, count, sha256):
    mapping = draw.places(bytes.fromhex(seed), count)

    assert hashlib.sha256(published_form(seed, mapping).encode()).hexdigest() == sha256


def test_a_mapping_with_two_people_exchanged_is_not_the_published_one():
    seed, count, sha256 = PUBLISHED[7]
    mapping = draw.places(bytes.fromhex(seed), count)
    mapping[3], mapping[4] = mapping[4], mapping[3]

    assert hashlib.sha256(published_form(seed, mapping).encode()).hexdigest() != sha256


def test_one_by_one_gives_the_same_places_as_all_at_once():
    for size in (1, 2, 3, 255, 256, 257, 511, 512, 513, 700):
        seed = hashlib.sha256(bytes([size % 256])).digest()

        assert draw.places(seed, size) == [draw.place(seed, number, size) for number in range(size)]


def test_every_place_is_given_once_for_every_size_up_to_400():
    seed = hashlib.sha256(b"every size").digest()

    for size in range(401):
        assert sorted(draw.places(seed, size)) == list(range(size))


@given(seeds, st.integers(1, 10_000_000), st.data())
def test_who_stands_at_a_place_is_found_back(seed, size, data):
    number = data.draw(st.integers(0, size - 1))
    place = draw.place(seed, number, size)

    assert 0 <= place < size
    assert draw.number_of(seed, place, size) == number


@given(seeds, st.integers(0, 1000), st.integers(0, 1000))
def test_whoever_comes_after_the_doors_stands_at_their_number(seed, size, later):
    assert draw.place(seed, size + later, size) == size + later
    assert draw.number_of(seed, size + later, size) == size + later


def test_a_number_below_zero_is_refused():
    with pytest.raises(ValueError, match="-1 is no number"):
        draw.place(bytes(32), -1, 10)


def test_over_many_secrets_everybody_has_the_same_chance_of_every_place():
    """Chi-square over 50 x 50 cells of (number, place); the bound is four standard deviations off its mean."""
    size, draws = 50, 4000
    generator = random.Random(7)
    counts = [[0] * size for _ in range(size)]
    for _ in range(draws):
        for number, place in enumerate(draw.places(generator.randbytes(32), size)):
            counts[number][place] += 1
    expected = draws / size
    chi_square = sum((count - expected) ** 2 / expected for row in counts for count in row)
    freedom = (size - 1) ** 2

    assert abs(chi_square - freedom) < 4 * math.sqrt(2 * freedom)


def test_the_test_of_chance_notices_a_draw_with_too_few_rounds(monkeypatch):
    monkeypatch.setattr(draw, "ROUNDS", 4)
    draw._pivots.cache_clear()
    try:
        with pytest.raises(AssertionError):
            test_over_many_secrets_everybody_has_the_same_chance_of_every_place()
    finally:
        draw._pivots.cache_clear()


def test_coming_a_moment_earlier_says_nothing_about_the_place():
    """Rank correlation of number and place, over a large pre-queue: 0 within four standard deviations."""
    size = 20_000
    places = draw.places(hashlib.sha256(b"a large evening").digest(), size)
    mean = (size - 1) / 2
    covariance = sum((number - mean) * (place - mean) for number, place in enumerate(places)) / size

    assert abs(covariance / ((size**2 - 1) / 12)) < 4 / math.sqrt(size)


def test_opening_size_and_secret_all_change_the_seed():
    secret = bytes(32)
    seeds = {
        draw.seed("august", 100, secret),
        draw.seed("august", 101, secret),
        draw.seed("september", 100, secret),
        draw.seed("august", 100, bytes(31) + b"\1"),
    }

    assert len(seeds) == 4


def test_the_commitment_is_the_plain_hash_of_the_secret_of_this_opening():
    keys = Keys("a secret of thirty-two characters")
    secret = draw.secret(keys, "august")

    assert draw.commitment(secret) == hashlib.sha256(secret).hexdigest()
    assert draw.secret(keys, "september") != secret


def test_the_seed_is_made_of_what_the_documents_say():
    """Computed apart from the code, so that other people's programs can rely on it."""
    by_hand = hashlib.sha256(b"floodgate-draw" + b"august" + bytes([0, 0, 0, 0, 0, 1, 0x86, 0xA0]) + b"s" * 32).digest()

    assert draw.seed("august", 100_000, b"s" * 32) == by_hand
