"""CPU times out of /proc, the arithmetic of costs, and the file that the rehearsal reads.

What requests really cost is measured by `make calibrate`; nothing here measures anything.
"""

import asyncio
import os
from dataclasses import astuple
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from app.calibration.command import command
from app.calibration.cpu import TICKS_PER_S, cpu_s, family, family_cpu_s, resident_mb
from app.calibration.measuring import Cost, Figure, Used, cost, cost_of, figures, idle_per_s, steadily
from app.calibration.writing import Machine, calibration_text, this_machine, versions
from app.errors import SetupError
from floodgate.rehearsal.calibration import parse_calibration
from floodgate.rehearsal.parameters import load_parameters


def process(proc, pid, parent, ticks, name="postgres: writer) (x"):
    folder = proc / str(pid)
    folder.mkdir(parents=True)
    times = " ".join(str(ticks) for _ in range(4))
    (folder / "stat").write_text(f"{pid} ({name}) S {parent} 1 1 0 -1 4194304 100 0 0 0 {times} 20 0 1 0 5\n")


def test_cpu_time_is_read_whatever_a_process_is_called(tmp_path):
    process(tmp_path, 7, 1, 25)

    assert cpu_s(7, tmp_path) == 100 / TICKS_PER_S


def test_a_process_that_is_gone_has_used_nothing(tmp_path):
    assert cpu_s(7, tmp_path) == 0
    assert resident_mb(7, tmp_path) == 0


def test_a_family_is_a_process_with_its_children_and_theirs_and_nobody_else(tmp_path):
    for pid, parent in ((10, 1), (11, 10), (12, 11), (20, 1)):
        process(tmp_path, pid, parent, 1)
    (tmp_path / "self").mkdir()

    assert sorted(family(10, tmp_path)) == [10, 11, 12]
    assert family_cpu_s([10], tmp_path) == pytest.approx(12 / TICKS_PER_S)


def test_our_own_process_is_seen_to_use_cpu_and_memory():
    before = cpu_s(os.getpid())
    while cpu_s(os.getpid()) == before:
        sum(range(10_000))

    assert resident_mb(os.getpid()) > 1


def test_a_cost_is_what_was_used_beyond_idling_for_each_request():
    idle = Used(cpu_s=0.1, db_s=0.05, bytes=0, at_s=1)
    found = cost(Used(1, 1, 1000, 0), Used(4, 2, 11_240, 10), idle, 100)

    assert astuple(found) == pytest.approx((20.0, 5.0, 0.1))


def test_a_cost_is_never_less_than_nothing():
    idle = Used(cpu_s=1, db_s=1, bytes=0, at_s=1)

    assert cost(Used(0, 0, 0, 0), Used(0.1, 0.1, 0, 10), idle, 10) == Cost(0, 0, 0)


def test_figures_are_the_median_and_the_range_of_the_runs():
    runs = [Cost(value, value / 2, 1) for value in (3.0, 1.0, 2.0)]

    assert figures(runs)["cpu_ms"] == Figure(2.0, 1.0, 3.0)
    assert figures(runs)["db_ms"] == Figure(1.0, 0.5, 1.5)


class CountingMeter:
    """Every request costs 10 ms; a second of idling 0.5 s."""

    def __init__(self):
        self.requests, self.now_s = 0, 0.0

    def read(self):
        self.now_s += 1.0
        return Used(self.requests * 0.01 + 0.5 * self.now_s, 0.0, self.requests * 2048, self.now_s)


def test_idling_is_taken_off_what_a_step_has_cost():
    async def measured():
        meter = CountingMeter()

        async def send(_):
            meter.requests += 1
            return True

        return await cost_of("hold", send, list(range(50)), 10_000, meter, await idle_per_s(meter, 0))

    assert astuple(asyncio.run(measured())) == pytest.approx((10.0, 0.0, 2.0))


def test_a_step_whose_requests_are_refused_has_no_cost():
    async def refused(_):
        return False

    with pytest.raises(SetupError, match="3 of 3 requests of step hold were refused"):
        asyncio.run(cost_of("hold", refused, [1, 2, 3], 1000, CountingMeter(), Used(0, 0, 0, 0)))


def test_requests_are_sent_at_a_steady_rate_however_slow_the_answers_are():
    moments = []

    async def slow(_):
        moments.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.2)
        return True

    assert asyncio.run(steadily(slow, list(range(10)), 100)) == 0
    assert moments[-1] - moments[0] < 0.2, "the last was sent before the first was answered"


def test_the_rehearsal_reads_the_file_that_calibration_writes():
    steps = {"hold": {"cpu_ms": Figure(0.61234, 0.6, 0.7), "db_ms": Figure(0.0, 0.0, 0.0), "kib": Figure(1, 1, 1)}}
    machine = Machine('A "fast" CPU', 2, "x86_64")
    moment = datetime(2026, 11, 22, 21, tzinfo=UTC)
    text = calibration_text(moment, machine, {"python": "3.11.7"}, steps, {"runs": 5})

    parameters = load_parameters(calibration=parse_calibration(text, "calibration.toml"))

    assert parameters["cost.hold.cpu_ms"] == pytest.approx(0.6123)
    assert parameters["cost.hold.db_ms"] == 0
    assert 'on 2026-11-22 on 2 cores of A "fast" CPU' in parameters.describe()[-1].source


def test_every_step_that_is_measured_is_a_cost_of_the_rehearsal():
    from app.calibration.journeys import Journey  # noqa: PLC0415

    parameters = load_parameters()
    for step in Journey(None, 1).steps():
        assert f"cost.{step}.cpu_ms" in parameters


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        ("processor : 0\nmodel name\t: AMD EPYC 7763\nmodel name\t: other\n", "AMD EPYC 7763"),
        ("processor : 0\nCPU implementer : 0x41\nCPU part\t: 0xd40\n", "0xd40"),
    ],
)
def test_the_machine_is_named_as_the_kernel_names_it(tmp_path, cpuinfo, name):
    (tmp_path / "cpuinfo").write_text(cpuinfo)

    assert this_machine(tmp_path / "cpuinfo").cpu == name


def test_a_machine_that_says_nothing_of_itself_is_named_by_its_architecture(tmp_path):
    assert this_machine(tmp_path / "none").cpu == this_machine(tmp_path / "none").architecture


def test_versions_tell_python_packages_and_servers():
    found = versions({"postgres": "18.6"})

    assert found["postgres"] == "18.6"
    assert {"python", "uvicorn", "asyncpg"} <= found.keys()


def test_an_output_that_cannot_be_written_is_told_before_anything_is_measured():
    shown = CliRunner().invoke(command, ["--output", "/none/calibration.toml"], standalone_mode=False)

    assert shown.return_value == 2
    assert "its folder does not exist" in shown.output
