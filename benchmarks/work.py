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


def whole_rehearsal() -> dict[str, float]:
    """`make rehearse` as a user types it, with the report written elsewhere."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "floodgate", "rehearse", "--stack", "opening"]
        command += ["--scenario", "kdca-august-2021", "--report", str(Path(folder) / "report.html")]
        began = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return {"whole_s": time.perf_counter() - began}


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
