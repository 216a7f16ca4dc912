"""The pieces of work that are measured: `python -m benchmarks.work NAME` does one and prints its numbers as JSON.

The clock starts before anything of the project is imported, since a user waits for imports too.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
CROWDS = (190_000, 1_900_000, 19_000_000)
PERSON_CROWDS = (23_750, 47_500, 95_000)
PERSON_NIGHT = 1_900_000


def whole_rehearsal() -> dict[str, float]:
    """`make rehearse` as a user types it, with the report written elsewhere."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "floodgate", "rehearse", "--stack", "opening"]
        command += ["--scenario", "kdca-august-2021", "--report", str(Path(folder) / "report.html")]
        began = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return {"whole_s": time.perf_counter() - began}


def month_of_what_if() -> dict[str, float]:
    """The command on a month of three metrics by the minute, as a user types it: as recorded, and as a closed loop."""
    from benchmarks import what_if_month

    with TemporaryDirectory() as folder:
        plan, record = what_if_month.write(Path(folder))
        command = [
            sys.executable,
            "-m",
            "floodgate",
            "what-if",
            "--plan",
            str(plan),
            "--metrics",
            str(record),
            "--json",
        ]
        taken = []
        for more in ([], ["--closed-loop"]):
            began = time.perf_counter()
            subprocess.run(
                [*command, *more], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            taken.append(time.perf_counter() - began)
    return {"recorded_s": taken[0], "closed_s": taken[1]}


def two_deployments() -> dict[str, float]:
    """The offline deployment of `opening`, twice in this process; the first pays for all imports."""
    began = time.perf_counter()
    _deploy()
    first = time.perf_counter()
    _deploy()
    return {"first_s": first - began, "second_s": time.perf_counter() - first}


def nights() -> dict[str, float]:
    """The August night with a tenth of its people, as it was, and with ten times as many: time and peak memory."""
    from dataclasses import replace
    from resource import RUSAGE_SELF, getrusage

    from floodgate.rehearsal.engine import play
    from floodgate.rehearsal.parameters import load_parameters
    from floodgate.rehearsal.reading import read_plan
    from floodgate.rehearsal.scenarios.loading import load_scenario

    deployment, doors = _deploy()
    plan = read_plan(deployment.world.session, stack="opening")
    scenario = load_scenario("kdca-august-2021")
    taken = {}
    for people in CROWDS:
        began = time.perf_counter()
        play(plan, replace(scenario, people=people), load_parameters(), doors, seed=1)
        taken[people] = time.perf_counter() - began
    few, real, many = (taken[people] for people in CROWDS)
    return {"night_s": real, "ratio": many / few, "peak_mb": getrusage(RUSAGE_SELF).ru_maxrss / 1024}


def warm_kernel() -> dict[str, float]:
    """The first night that is played by machine code, which is compiled, or read where it was compiled before."""
    began = time.perf_counter()
    _campaign(1)
    return {"compile_s": time.perf_counter() - began}


def campaign() -> dict[str, float]:
    """Ten nights of August as machine code: all of them, and with everything from the first import on."""
    began = time.perf_counter()
    _campaign(1)
    ready = time.perf_counter()
    _campaign(10)
    ended = time.perf_counter()
    # Python itself is up before this clock starts
    return {"nights_s": ended - ready, "whole_s": ended - began + 0.05}


def every_policy() -> dict[str, float]:
    """A night on 400 servers with a policy of every kind, a schedule and a warm pool."""
    from benchmarks.rehearsal_plans import DOORS, every_policy_plan
    from floodgate.rehearsal.engine import play
    from floodgate.rehearsal.parameters import load_parameters
    from floodgate.rehearsal.scenarios.loading import load_scenario

    scenario, parameters = load_scenario("kdca-august-2021"), load_parameters()
    play(every_policy_plan(), scenario, parameters, DOORS, seed=1, fast=True)
    began = time.perf_counter()
    outcome = play(every_policy_plan(), scenario, parameters, DOORS, seed=1, fast=True)
    taken = time.perf_counter() - began
    assert outcome.totals["peak_in_service"] >= 400, "400 servers were meant"
    return {"night_s": taken}


def persons() -> dict[str, float]:
    """Nights in SimPy, each person a process, and the whole night here; both book as many of the largest in SimPy."""
    from dataclasses import replace

    import numpy as np

    from benchmarks.rehearsal_persons import PersonNight
    from benchmarks.rehearsal_plans import DOORS, fixed_plan
    from floodgate.rehearsal.crowd.arrivals import arrivals_per_second
    from floodgate.rehearsal.engine import play
    from floodgate.rehearsal.parameters import load_parameters
    from floodgate.rehearsal.scenarios.loading import load_scenario
    from floodgate.rehearsal.timeline import lay

    scenario, figures = load_scenario("kdca-august-2021"), {}
    for people in PERSON_CROWDS:
        night = replace(scenario, people=people)
        timeline, plan = lay(night, DOORS), fixed_plan(people / PERSON_NIGHT)
        arrivals = arrivals_per_second(night, timeline, np.random.default_rng(1))
        began = time.perf_counter()
        single = PersonNight(plan, night, timeline, seed=1).play(arrivals)
        figures[f"simpy_{people}_s"] = time.perf_counter() - began
        fluid = play(plan, night, load_parameters(), DOORS, seed=1, fast=True)
        assert abs(fluid.totals["booked"] / single.booked - 1) < 0.02, "both play the same night"
    began = time.perf_counter()
    play(fixed_plan(1.0), scenario, load_parameters(), DOORS, seed=1, fast=True)
    night_s = time.perf_counter() - began
    # it grows faster than the crowd, so this is the least that the night can cost
    simpy_night_s = figures[f"simpy_{PERSON_CROWDS[-1]}_s"] * PERSON_NIGHT / PERSON_CROWDS[-1]
    return {**figures, "simpy_night_s": simpy_night_s, "ratio": simpy_night_s / night_s}


def _campaign(nights: int) -> None:
    from dataclasses import replace
    from datetime import timedelta

    from benchmarks.rehearsal_plans import DOORS, stack_plan
    from floodgate.rehearsal.campaign import nights_of
    from floodgate.rehearsal.engine import play
    from floodgate.rehearsal.parameters import load_parameters
    from floodgate.rehearsal.scenarios.loading import load_scenario

    scenario = replace(load_scenario("kdca-august-2021-campaign"), people=16_200_000)
    for number, night in enumerate(nights_of(scenario)[:nights]):
        doors = DOORS + timedelta(days=number)
        play(stack_plan(), night, load_parameters(), doors, seed=number, fast=True)


def engine() -> dict[str, float]:
    """`pulumi` on the `opening` stack in a copy of the project, through a server that runs already."""
    with TemporaryDirectory() as folder:
        copy_ = Path(folder)
        for file in ROOT.glob("Pulumi*.yaml"):
            shutil.copy(file, copy_)
        shutil.copytree(ROOT / "infra", copy_ / "infra")
        (copy_ / ".venv").symlink_to(sys.prefix)
        _unprotect(copy_ / "Pulumi.opening.yaml")
        try:
            _offline(copy_, "status")
            _pulumi(copy_, "preview")
            return {
                "preview_s": _pulumi(copy_, "preview"),
                "up_s": _pulumi(copy_, "up", "--yes", "--skip-preview"),
                "same_s": _pulumi(copy_, "up", "--yes", "--skip-preview"),
                "destroy_s": _pulumi(copy_, "destroy", "--yes", "--skip-preview"),
                "both_s": _pulumi(copy_, "up", "--yes"),
            }
        finally:
            _offline(copy_, "stop")


def _unprotect(stack: Path) -> None:
    """What serves is not destroyed; a copy that is measured may be."""
    text = stack.read_text(encoding="utf-8").replace("environment: production", "environment: development")
    for component in ("balancer", "database"):
        text = text.replace(f"floodgate:{component}:\n", f"floodgate:{component}:\n    deletionProtection: false\n")
    stack.write_text(text, encoding="utf-8")


def _pulumi(folder: Path, command: str, *options: str) -> float:
    began = time.perf_counter()
    _offline(folder, "pulumi", command, "--stack", "opening", "--non-interactive", *options)
    return time.perf_counter() - began


def _offline(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "floodgate", "offline", *arguments]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _deploy():  # noqa: ANN202 - the types would cost the imports that are measured
    from floodgate.offline.deploy import deploy
    from floodgate.project import find_project, load_stack

    project = find_project(ROOT)
    doors = load_stack(project, "opening").openings[0].doors
    return deploy(project, "opening", now=doors - timedelta(days=1)), doors


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
