"""The calibration file: TOML with machine, date and versions, for `floodgate rehearse --calibration`."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app.calibration.measuring import Figure

HEADER = """\
# What each step of a journey costs, as measured by `python -m app calibrate`; medians of several runs and their range.
# cpu_ms: of the web process, for one request. db_ms: of all PostgreSQL processes. kib: sent and received.
"""
PACKAGES = ("uvicorn", "uvloop", "starlette", "msgspec", "asyncpg", "valkey-glide")


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured."""

    cpu: str
    cores: int
    architecture: str


def this_machine(cpuinfo: Path = Path("/proc/cpuinfo")) -> Machine:
    """The machine that this runs on."""
    return Machine(_cpu(cpuinfo), os.cpu_count() or 1, platform.machine())


def versions(servers: Mapping[str, str]) -> dict[str, str]:
    """Versions of Python, of the packages that cost most, and of the servers as they told them."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found | dict(servers)


def calibration_text(
    at: datetime,
    machine: Machine,
    versions: Mapping[str, str],
    steps: Mapping[str, Mapping[str, Figure]],
    measured: Mapping[str, float],
) -> str:
    """The whole file.

    Args:
        at: when it was measured.
        machine: where.
        versions: of what.
        steps: figures by step and cost.
        measured: how: runs, requests of each, rate, seconds idle and so on.
    """
    lines = [HEADER, "[measured]", f"at = {at:%Y-%m-%dT%H:%M:%SZ}"]
    lines += [f"{key} = {json.dumps(getattr(machine, key))}" for key in ("cpu", "cores", "architecture")]
    lines += [f"{key} = {value:g}" for key, value in measured.items()]
    lines += ["", "[versions]", *(f"{key} = {json.dumps(value)}" for key, value in versions.items())]
    for step, costs in steps.items():
        lines += ["", f"[step.{step}]", *(f"{what} = {_inline(figure)}" for what, figure in costs.items())]
    return "\n".join(lines) + "\n"


def _inline(figure: Figure) -> str:
    # rounding may not push the median out of its range
    value, low, high = (f"{number:.4f}" for number in (figure.value, figure.low, figure.high))
    return f"{{value = {value}, low = {low}, high = {high}}}"


def _cpu(cpuinfo: Path) -> str:
    """The processor's name; the kernel gives none on arm64, where its part number must do."""
    try:
        text = cpuinfo.read_text(errors="replace")
    except OSError:
        return platform.machine()
    named = re.search(r"^(?:model name|Hardware|CPU part)\s*:\s*(.+)$", text, re.MULTILINE)
    return named[1].strip() if named else platform.machine()
