"""The same statements sent by pgbench, which does nothing else: what PostgreSQL alone takes on this machine, now."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import asyncpg

from app.calibration.starting import Service
from app.local.postgres import SHARED, find_binaries
from app.local.users import unprivileged
from app.reservations.statements import for_pgbench

CLINICS, SLOTS = 102, 20
# every client of every run has people of its own
FIRST_PLACE, PEOPLE, MOST_CLIENTS = 1_000_000_000, 1_000_000, 64


async def first_clinic(service: Service) -> int:
    """The lowest clinic's number; slots are numbered after their clinic."""
    session = await asyncpg.connect(service.postgres.url)
    try:
        return await session.fetchval("SELECT min(clinic_id) FROM clinics")
    finally:
        await session.close()


def script(opening: str, first: int) -> str:
    """Hold a unit of any slot as somebody new, and confirm it."""
    person = "decode(md5(:place::text), 'hex')"
    hold = ["gen_random_uuid()", ":place", f"'{opening}'", ":place", person, ":slot"]
    hold += ["NULL", "NULL", "NULL", "300", "NULL"]
    confirm = ["gen_random_uuid()", ":place", f"'{opening}'", person, "':id'::uuid", "'\\x00'::bytea", "NULL"]
    return (
        "\\set n :n + 1\n"
        f"\\set place {FIRST_PLACE} + :run * {PEOPLE * MOST_CLIENTS} + :client_id * {PEOPLE} + :n\n"
        f"\\set slot ({first} + random(0, {CLINICS - 1})) * 10000 + random(0, {SLOTS - 1})\n"
        + for_pgbench("hold", hold, keep=True)
        + for_pgbench("confirm", confirm)
    )


def pgbench(service: Service, first: int, seconds: int, clients: int, run: int = 0) -> float:
    """Bookings a second: transactions of one hold and one confirmation.

    Args:
        service: whose database it is.
        first: the lowest clinic's number.
        seconds: how long.
        clients: connections.
        run: another number for each run on one database.

    Raises:
        RuntimeError: it failed; its last words are told.
    """
    user = unprivileged()
    program = find_binaries(user) / "pgbench"
    with tempfile.TemporaryDirectory(dir=SHARED) as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "booking.sql"
        path.write_text(script(service.opening.name, first))
        path.chmod(0o644)
        command = [str(program), "-n", "-f", str(path), "-c", str(clients), "-j", "2", "-T", str(seconds)]
        command += ["-D", "n=0", "-D", f"run={run}"]
        done = subprocess.run(
            [*command, service.postgres.url], capture_output=True, text=True, cwd="/", check=False, **user.popen
        )
    rate = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
    if done.returncode or rate is None:
        raise RuntimeError(f"pgbench failed: {done.stderr.strip()[-400:]}")
    return float(rate[1])
