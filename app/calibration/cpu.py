"""CPU time that processes have used, from /proc: Linux only, as the servers are.

The kernel's figures count user and system time of all threads (proc_pid_stat(5)). A process's own line keeps the time
of children that have ended and were waited for, so nothing is lost when a database session ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def cpu_s(pid: int, proc: Path = PROC) -> float:
    """CPU seconds of one process and of its ended children; 0 where it is gone."""
    fields = _stat(pid, proc)
    return sum(int(field) for field in fields[11:15]) / TICKS_PER_S if fields else 0.0


def family(pid: int, proc: Path = PROC) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for folder in proc.iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name), proc)):
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, new = [pid], [pid]
    while new:
        new = [child for parent in new for child in parents.get(parent, [])]
        found += new
    return found


def family_cpu_s(pids: Iterable[int], proc: Path = PROC) -> float:
    """CPU seconds of these processes and of all that descend from them."""
    return sum(cpu_s(member, proc) for pid in pids for member in family(pid, proc))


def resident_mb(pid: int, proc: Path = PROC) -> float:
    """Memory of a process that is not shared with others (proportional set size), in MB; 0 where it is gone."""
    try:
        lines = (proc / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def _stat(pid: int, proc: Path) -> list[str]:
    """The fields after the process's name, which may itself hold blanks and brackets."""
    try:
        return (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
