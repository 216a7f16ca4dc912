"""Where demand is read from: a CSV, one access log, or a folder of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from floodgate.rehearsal.demand.alb_log import first_visits
from floodgate.rehearsal.demand.arrivals_csv import instant, read_table
from floodgate.rehearsal.demand.demand import Demand, count, gather
from floodgate.rehearsal.errors import DemandError

DAY_S = 86_400


def read_demand(path: Path, doors: str | None) -> Demand:
    """The people of a CSV, of an ALB access log, or of all logs in a folder (with its folders).

    Args:
        path: the file or folder; a name that ends in ``.csv`` is a CSV, all else are access logs.
        doors: the instant of the doors in that time, as ISO 8601; only a CSV of seconds needs none.

    Raises:
        DemandError: it cannot be read, breaks a rule, is empty, or nobody came within a day of the doors.
    """
    moment = instant("--demand-doors", doors) if doors is not None else None
    counts = read_table(path, moment) if path.suffix == ".csv" else _from_logs(path, moment)
    near = {second: people for second, people in counts.items() if -DAY_S <= second <= DAY_S}
    if not sum(near.values()):
        rule = "within a day of the doors" if counts else "at all"
        raise DemandError(f"{path}: nobody came {rule}; check --demand-doors and the file")
    return gather(near, str(path))


def _from_logs(path: Path, doors: datetime | None) -> dict[int, int]:
    if doors is None:
        raise DemandError(f"{path} holds instants: nobody can tell which were the doors; give --demand-doors TIME")
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    if not files:
        raise DemandError(f"{path} holds no file; give the folder of the access logs")
    return count(int((moment - doors).total_seconds() // 1) for moment in first_visits(files))
