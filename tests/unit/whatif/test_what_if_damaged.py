"""Damaged plans and records through the whole command: one line and exit code 2, or an answer; never a traceback.

Proves that for mutations of the example's files; cannot prove that whatever is answered on a damaged plan is right.
"""

from __future__ import annotations

import copy
import io
import json
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floodgate.cli import run

PLANS = Path(__file__).resolve().parents[3] / "examples" / "plans"
EXAMPLE = PLANS / "ticket-shop"
LINES = (PLANS / "ticket-shop.csv").read_text().splitlines(keepends=True)
RECORD = "".join(LINES[:41]).encode()
ANSWERS = {path.name: path.read_text() for path in sorted(EXAMPLE.glob("*.json"))}
ODD: tuple[Any, ...] = (
    None, "", "x", "\x00", "1", [], {}, [None], [{}], {"a": 1}, True, -1, 0, 1.5, 10**30, 1e308, float("nan"),
    float("inf"), "2026-99-99T00:00:00Z", "0001-01-01T00:00:00+23:59", "* * * * *", "61 * * * *", "\ud800",
    "Nowhere/Zone",
)  # fmt: skip
ODD_BYTES = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b'""', b"\r", b"\n", b",", b";", b"=", b"nan", b"1e999", b"9" * 400,
    b"-", "１".encode(), b"2026-02-30T00:00:00Z", b"9999-12-31T23:59:59Z", b"0001-01-01T00:00:00Z",
)  # fmt: skip
DAMAGED = (
    ("describe-policies.json", "ALBRequestCountPerTarget", "AlbRequests", "predefined metric 'AlbRequests' is none of"),
    ("describe-scheduled-actions.json", "Europe/Berlin", "Europe/Bonn", "time zone 'Europe/Bonn'"),
    ("describe-scheduled-actions.json", "Europe/Berlin", "../Berlin", "time zone '../Berlin'"),
)
slow = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(plan: Path, record: Path, *more: str) -> tuple[int, list[str], str]:
    """Exit code, the lines of stderr, and stdout."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(["what-if", "--plan", str(plan), "--metrics", str(record), "--json", *more])
    return code, err.getvalue().splitlines(), out.getvalue()


def judge(code: int, err: list[str], out: str) -> None:
    """Wrong input is one line; what is answered is JSON line by line."""
    assert code in (0, 2), err
    assert not any("Traceback" in line for line in err)
    if code == 2:
        assert len(err) == 1, err
        assert out == ""
    for line in out.splitlines():
        assert "group" in json.loads(line)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a described answer."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from places(each, (*path, key))


SPOTS = [(name, path) for name, text in ANSWERS.items() for path in places(json.loads(text))]


def changed(name: str, path: tuple[Any, ...], put: tuple[Any, ...]) -> str:
    """An answer with something else at one place, or nothing."""
    whole = copy.deepcopy(json.loads(ANSWERS[name]))
    within = whole
    for key in path[:-1]:
        within = within[key]
    if put:
        within[path[-1]] = put[0]
    else:
        del within[path[-1]]
    return json.dumps(whole)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example's plan and the first minutes of its record."""
    made = tmp_path_factory.mktemp("damaged")
    shutil.copytree(EXAMPLE, made / "plan")
    (made / "metrics.csv").write_bytes(RECORD)
    return made


def replayed(folder: Path, name: str, content: bytes) -> tuple[int, list[str], str]:
    """The outcome with one file of the plan, or the record, replaced for the moment."""
    path = folder / name
    whole = path.read_bytes()
    path.write_bytes(content)
    try:
        return outcome(folder / "plan", folder / "metrics.csv")
    finally:
        path.write_bytes(whole)


def test_undamaged_the_example_is_answered(folder: Path) -> None:
    code, _, out = outcome(folder / "plan", folder / "metrics.csv")
    assert code == 0
    assert out


@slow
@given(spot=st.sampled_from(SPOTS), put=st.sampled_from([(), *((odd,) for odd in ODD)]))
def test_a_key_that_is_gone_or_holds_something_else_never_ends_in_a_traceback(
    folder: Path, spot: tuple[str, tuple[Any, ...]], put: tuple[Any, ...]
) -> None:
    name, path = spot
    judge(*replayed(folder, f"plan/{name}", changed(name, path, put).encode()))


@slow
@given(name=st.sampled_from(sorted(ANSWERS)), share=st.floats(0, 1), odd=st.sampled_from([b"", *ODD_BYTES]))
def test_a_plan_that_is_cut_short_or_holds_odd_bytes_never_ends_in_a_traceback(
    folder: Path, name: str, share: float, odd: bytes
) -> None:
    whole = ANSWERS[name].encode()
    at = int(share * len(whole))
    judge(*replayed(folder, f"plan/{name}", whole[:at] + (odd + whole[at:] if odd else b"")))


@slow
@given(at=st.integers(0, len(RECORD)), drop=st.integers(0, 40), odd=st.sampled_from([b"", *ODD_BYTES]))
def test_a_record_with_odd_bytes_never_ends_in_a_traceback(folder: Path, at: int, drop: int, odd: bytes) -> None:
    judge(*replayed(folder, "metrics.csv", RECORD[:at] + odd + RECORD[at + drop :]))


@pytest.mark.parametrize(("name", "was", "now", "said"), DAMAGED)
def test_what_aws_does_not_know_is_named_with_its_policy_or_action(
    folder: Path, name: str, was: str, now: str, said: str
) -> None:
    code, err, _ = replayed(folder, f"plan/{name}", ANSWERS[name].replace(was, now).encode())
    assert (code, len(err)) == (2, 1)
    assert said in err[0]


@pytest.mark.parametrize("missing", ["describe-policies.json", "describe-alarms.json", "describe-lifecycle-hooks.json"])
def test_only_the_group_itself_is_required(folder: Path, tmp_path: Path, missing: str) -> None:
    shutil.copytree(folder / "plan", tmp_path / "plan")
    (tmp_path / "plan" / missing).unlink()
    code, err, _ = outcome(tmp_path / "plan", folder / "metrics.csv")
    assert code == 0
    assert any(missing in line for line in err)
    (tmp_path / "plan" / "describe-auto-scaling-groups.json").unlink()
    code, err, _ = outcome(tmp_path / "plan", folder / "metrics.csv")
    assert (code, len(err)) == (2, 1)
