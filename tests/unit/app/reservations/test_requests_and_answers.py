"""Names of requests, statements for pgbench, and errors for codes: what needs no database."""

import re
from pathlib import Path

import pytest

import app.migrations
from app.errors import AppError, Conflict, Gone, SetupError, Unknown
from app.reservations.idempotency import answer_id, body
from app.reservations.refusals import refusal
from app.reservations.seeding import shape_of
from app.reservations.statements import SQL, for_pgbench

FUNCTIONS = "".join(path.read_text() for path in (Path(app.migrations.__file__).parent / "sql").glob("0001*.sql"))


def test_a_request_has_the_same_name_every_time():
    assert answer_id("o", b"p", "k") == answer_id("o", b"p", "k")
    assert body("hold", 1, None, None, None) == body("hold", 1, None, None, None)


def test_other_requests_have_other_names_also_where_their_parts_look_alike_in_a_row():
    names = [answer_id("o", b"p", "k"), answer_id("op", b"", "k"), answer_id("o", b"", "pk"), answer_id("", b"op", "k")]
    assert len(set(names)) == 4
    bodies = [
        body("hold", 1, None),
        body("hold", None, 1),
        body("hold", 11),
        body("hold1", 1),
        body("confirm", 1, None),
    ]
    assert len(set(bodies)) == 5
    assert all(-(1 << 63) <= number < 1 << 63 for number in bodies)


def test_every_code_that_the_functions_answer_is_an_error_that_people_can_read():
    codes = set(re.findall(r"refuse_1\([^;]*?'([a-z-]+)'\)", FUNCTIONS)) | set(
        re.findall(r"(?:THEN|ELSE) '([a-z]+-?[a-z]+)'", FUNCTIONS)
    )
    assert {"slot-gone", "nothing-free", "already-booked", "holds-another", "place-used", "hold-expired"} <= codes
    for code in (codes | {"key-reused"}) - {"free", "held", "booked"}:
        error = refusal(code)
        assert isinstance(error, AppError)
        assert ";" in error.detail, "rule and remedy"


@pytest.mark.parametrize(
    ("code", "kind", "public"),
    [
        ("slot-gone", Conflict, "slot-gone"),
        ("key-reused", Conflict, "key-reused"),
        ("hold-expired", Gone, "hold-expired"),
        ("was-cancelled", Gone, "cancelled"),
        ("unknown", Unknown, "unknown"),
    ],
)
def test_codes_become_errors_of_their_kind(code, kind, public):
    error = refusal(code)
    assert (type(error), error.code) == (kind, public)


def test_pgbench_sends_the_very_statements_that_the_repository_sends():
    values = [f":v{number}" for number in range(1, 12)]
    script = for_pgbench("hold", values, keep=True)
    assert (
        script
        == " ".join(SQL["hold"].split())
        .replace("$10", ":v10")
        .replace("$11", ":v11")
        .replace("$1,", ":v1,")
        .replace("$2", ":v2")
        .replace("$3", ":v3")
        .replace("$4", ":v4")
        .replace("$5", ":v5")
        .replace("$6", ":v6")
        .replace("$7", ":v7")
        .replace("$8", ":v8")
        .replace("$9", ":v9")
        + " \\gset\n"
    )
    assert for_pgbench("confirm", values).endswith(";\n")


def test_a_benchmark_has_at_least_as_many_units_as_it_asks_for():
    for units in (1, 2040, 2041, 100_000):
        shape = shape_of(f"benchmark({units})")
        assert 0 <= shape.provinces * shape.clinics * shape.days * shape.slots * shape.units - units < 2040


@pytest.mark.parametrize("name", ["benchmark", "benchmark(0)", "benchmark(x)", "huge", ""])
def test_shapes_that_there_are_not_are_refused(name):
    with pytest.raises(SetupError, match="use demo"):
        shape_of(name)
