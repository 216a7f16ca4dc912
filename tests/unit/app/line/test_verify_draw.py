"""`verify-draw` as a person runs it on a kept draw.json; the web's own document is tried where the web is."""

import json

import pytest
from click.testing import CliRunner

from app.line import draw
from app.line.command import verify_draw_command
from app.line.verify_draw import BadDocument, NotAsPromised, verify_draw

SECRET = bytes(range(32))
DONE = {
    "opening": "august",
    "commitment": draw.commitment(SECRET),
    "prequeue": 1000,
    "secret": SECRET.hex(),
    "rounds": 90,
}


def run(tmp_path, document, *arguments):
    path = tmp_path / "draw.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return CliRunner().invoke(verify_draw_command, ["--file", str(path), *arguments])


def test_a_true_draw_is_told_with_the_place_and_exit_code_0(tmp_path):
    result = run(tmp_path, DONE, "--number", "17", "--everybody")
    place = draw.place(draw.seed("august", 1000, SECRET), 17, 1000)

    assert result.exit_code == 0
    assert "as promised" in result.output
    assert f"Number 17: place {place} (drawn); {place} people stand before it" in result.output
    assert "the 1000 places are each given once" in result.output


def test_another_secret_than_the_promised_one_is_exit_code_1(tmp_path):
    result = run(tmp_path, DONE | {"secret": bytes(32).hex()}, "--number", "17")

    assert result.exit_code == 1
    assert "NOT AS PROMISED" in result.output
    assert "Number" not in result.output


def test_another_size_of_the_pre_queue_gives_another_place(tmp_path):
    told = {
        run(tmp_path, DONE | {"prequeue": size}, "--number", "17").output.splitlines()[-1] for size in range(900, 910)
    }

    assert len(told) > 5


def test_whoever_came_after_the_doors_reads_why_their_place_is_their_number():
    assert verify_draw(DONE, 1234)[-1].startswith("Number 1234: place 1234 (came after the doors")


def test_a_draw_in_which_a_place_is_given_twice_is_not_as_promised(monkeypatch):
    monkeypatch.setattr(draw, "places", lambda seed, prequeue: [0] * prequeue)

    with pytest.raises(NotAsPromised, match="given twice"):
        verify_draw(DONE, everybody=True)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("no json", "cannot be read as JSON"),
        ("[1]", "is no JSON object"),
        ({}, "is no draw.json"),
        ({"opening": 1, "commitment": "x"}, "is no draw.json"),
        (DONE | {"secret": None}, "is not done yet"),
        (DONE | {"secret": "xyz"}, "hexadecimal"),
        (DONE | {"rounds": 1}, "rounds"),
        (DONE | {"prequeue": -1}, "-1 people"),
        (DONE | {"prequeue": 10**12}, "people, but must"),
        (DONE | {"prequeue": "many"}, "is no draw.json"),
    ],
)
def test_what_cannot_be_checked_is_exit_code_2_and_says_why(tmp_path, document, why):
    result = run(tmp_path, document)

    assert result.exit_code == 2
    assert why in result.output


def test_a_number_below_zero_is_exit_code_2(tmp_path):
    assert run(tmp_path, DONE, "--number=-1").exit_code == 2


def test_neither_or_both_sources_is_exit_code_2(tmp_path):
    assert CliRunner().invoke(verify_draw_command, []).exit_code == 2
    assert run(tmp_path, DONE, "--url", "http://127.0.0.1:1").exit_code == 2


@pytest.mark.parametrize("url", ["file:///etc/passwd", "nonsense", "http://127.0.0.1:1"])
def test_an_address_that_is_none_or_does_not_answer_is_exit_code_2(url):
    assert CliRunner().invoke(verify_draw_command, ["--url", url]).exit_code == 2


def test_the_document_stays_as_it_was():
    document = dict(DONE)
    verify_draw(document, 3, everybody=True)

    assert document == DONE


def test_a_draw_that_is_not_done_tells_nothing_of_places():
    with pytest.raises(BadDocument, match="not done"):
        verify_draw({"opening": "august", "commitment": DONE["commitment"], "rounds": 90}, 3)
