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
        "\\set place random(1000000000, 2000000000)\n"
        f"\\set slot ({first} + random(0, {CLINICS - 1})) * 10000 + random(0, {SLOTS - 1})\n"
        + for_pgbench("hold", hold, keep=True)
        + for_pgbench("confirm", confirm)
    )


def pgbench(service: Service, first: int, seconds: int, clients: int) -> float:
    """Bookings a second: transactions of one hold and one confirmation.

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
        done = subprocess.run(
            [*command, service.postgres.url], capture_output=True, text=True, cwd="/", check=False, **user.popen
        )
    rate = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
    if done.returncode or rate is None:
        raise RuntimeError(f"pgbench failed: {done.stderr.strip()[-400:]}")
    return float(rate[1])
