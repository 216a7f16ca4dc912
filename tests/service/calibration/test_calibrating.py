"""A very small calibration from start to file, on a service of its own.

Its figures are those of a busy machine and a handful of requests; that they are there, and that the rehearsal reads
them, is all that is tried.
"""

import pytest

from app.calibration.calibrating import calibrate
from floodgate.rehearsal.calibration import read_calibration
from floodgate.rehearsal.parameters import load_parameters

STEPS = ("page", "poll", "join", "enter", "identity", "search", "hold", "confirm")


@pytest.fixture(scope="module")
def calibration(tmp_path_factory):
    path = tmp_path_factory.mktemp("calibration") / "calibration.toml"
    assert calibrate(path, runs=2, requests=40, rate_per_s=100) == 0
    return path


def test_every_step_is_measured_and_the_rehearsal_takes_it(calibration):
    parameters = load_parameters(calibration=read_calibration(calibration))

    for step in STEPS:
        assert parameters[f"cost.{step}.kib"] > 0, step
        assert parameters[f"cost.{step}.cpu_ms"] < 1000, step
    # 40 requests of anything that Python answers take more than the hundredth of a second that the kernel counts in
    assert parameters["cost.confirm.cpu_ms"] > 0


def test_the_file_tells_machine_date_and_versions(calibration):
    text = calibration.read_text()

    for words in (
        "[measured]",
        "at = 20",
        "cores = ",
        "runs = 2",
        "[versions]",
        'postgres = "',
        'valkey = "',
        "python",
    ):
        assert words in text
