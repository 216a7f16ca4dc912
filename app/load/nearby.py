"""The database of a service that `serve` runs on this machine, found where it keeps its data."""

from __future__ import annotations

from pathlib import Path

from app.load.client import Target
from app.local.users import unprivileged
from app.running.place import postgres_folder

HERE = frozenset({"127.0.0.1", "localhost", "::1"})
# postmaster.pid: process, data folder, start, port, ... (https://www.postgresql.org/docs/current/storage-file-layout.html)
PORT_LINE = 3


def database_nearby(target: Target, data: Path) -> str | None:
    """Its URL; None where the target is another machine, or no such service runs here."""
    if target.host not in HERE or not data.is_dir():
        return None
    try:
        lines = (postgres_folder(data, unprivileged()) / "data" / "postmaster.pid").read_text().splitlines()
        port = int(lines[PORT_LINE])
    except (OSError, ValueError, IndexError):
        return None
    return f"postgresql://floodgate@127.0.0.1:{port}/floodgate"
