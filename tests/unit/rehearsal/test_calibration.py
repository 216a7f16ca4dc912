"""A calibration file takes the place of assumed costs, and a bad one is told with its line.

Whether measured figures are true is no matter of this file; nothing is measured here.
"""

import pytest

from floodgate.cli import run
from floodgate.rehearsal.calibration import parse_calibration, read_calibration
from floodgate.rehearsal.errors import CalibrationError
from floodgate.rehearsal.parameters import load_parameters

GOOD = """\
[measured]
at = 2026-11-22T21:00:00Z
cpu = "Test CPU"
cores = 2

[step.hold]
cpu_ms = {value = 0.6, low = 0.5, high = 0.8}
db_ms = {value = 0.2, low = 0.1, high = 0.3}
kib = {value = 0.9, low = 0.9, high = 0.9}
"""


def test_a_measured_cost_takes_the_place_of_the_assumed_one_and_says_where_it_comes_from():
    parameters = load_parameters(calibration=parse_calibration(GOOD, "calibration.toml"))

    assert parameters["cost.hold.cpu_ms"] == 0.6
    (cost,) = [known for known in parameters.describe() if known.name == "cost.hold.cpu_ms"]
    assert cost.origin == "measured"
    assert "2026-11-22 on 2 cores of Test CPU" in cost.source


def test_what_was_not_measured_stays_as_it_was():
    parameters = load_parameters(calibration=parse_calibration(GOOD, "calibration.toml"))

    assert parameters["cost.confirm.cpu_ms"] == load_parameters()["cost.confirm.cpu_ms"]


def test_without_a_file_nothing_changes_and_no_factor_counts_as_used():
    assert load_parameters()["cost.hold.cpu_ms"] == 15.0
    assert load_parameters().describe() == []


def test_the_fleets_vcpus_may_be_slower_and_the_range_says_that_nobody_knows_how_much():
    calibration = parse_calibration(GOOD, "calibration.toml")
    parameters = load_parameters({"calibration.vcpu_factor": 1.5}, calibration=calibration)

    assert parameters["cost.hold.cpu_ms"] == pytest.approx(0.9)
    assert parameters["cost.hold.db_ms"] == 0.2, "the database has a factor of its own"
    assert parameters["cost.hold.kib"] == 0.9, "bytes are bytes on every machine"
    cpu = next(known for known in parameters.describe() if known.name == "cost.hold.cpu_ms")
    assert (cpu.low, cpu.high) == (pytest.approx(0.25), pytest.approx(1.6))


def test_the_factors_are_listed_beside_the_costs_that_they_changed():
    used = {known.name for known in load_parameters(calibration=parse_calibration(GOOD, "x")).describe()}

    assert used == {"calibration.vcpu_factor", "calibration.database_vcpu_factor"}


def test_what_the_user_gives_wins_over_what_was_measured():
    given = load_parameters({"cost.hold.cpu_ms": 7.0}, calibration=parse_calibration(GOOD, "x"))

    assert given["cost.hold.cpu_ms"] == 7.0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("low = 0.5, high = 0.8", "low = 0.7, high = 0.8", r"line 7: step.hold.cpu_ms has 0.6 outside 0.7 to 0.8"),
        ("value = 0.2", 'value = "x"', r"line 8: step.hold.db_ms has value = 'x'"),
        ("value = 0.2", "value = nan", r"line 8: step.hold.db_ms has value = nan"),
        ("value = 0.2, ", "", r"line 8: step.hold.db_ms must have value, low and high"),
        ("kib =", "kilobytes =", r"line 9: step.hold.kilobytes is unknown: a step has cpu_ms, db_ms, kib"),
        ("cores = 2", 'cores = "two"', r"line 4: measured.cores is 'two'"),
        ("at = 2026-11-22T21:00:00Z", "at = 1", r"line 2: measured.at is 1"),
        ("[step.hold]", "[steps.hold]", r"step is missing"),
        ("[measured]", "[measured", r"is no valid TOML.*line 1"),
    ],
)
def test_a_bad_figure_is_told_in_one_line_with_its_line_and_key(old, new, told):
    with pytest.raises(CalibrationError, match=told) as caught:
        parse_calibration(GOOD.replace(old, new), "calibration.toml")

    assert all("\n" not in problem for problem in caught.value.problems)


def test_a_step_that_the_model_does_not_know_is_told_with_those_that_it_knows():
    with pytest.raises(CalibrationError, match=r"cost.dance.cpu_ms.*steps are confirm, enter, hold"):
        load_parameters(calibration=parse_calibration(GOOD.replace("step.hold", "step.dance"), "x"))


def test_a_file_that_is_not_there_is_told_with_the_command_that_writes_one(tmp_path):
    with pytest.raises(CalibrationError, match=r"cannot be read .*; write one with `python -m app calibrate`"):
        read_calibration(tmp_path / "none.toml")


def test_a_bad_file_ends_the_command_with_one_line_and_exit_code_2(tmp_path, capsys):
    bad = tmp_path / "bad.toml"
    bad.write_text(GOOD.replace("cores = 2", ""))
    options = ["--stack", "opening", "--scenario", "kdca-august-2021", "--no-report", "--calibration", str(bad)]

    assert run(["rehearse", *options]) == 2
    assert capsys.readouterr().err == (
        f"floodgate: {bad}: measured.cores is None: it must be a whole number; write it\n"
    )
