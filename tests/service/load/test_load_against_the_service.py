"""The load against the real service with its real controller: a small evening ends with nothing sold twice.

The evening is too small to say anything about speed.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from app.load import running
from app.load.running import Request, run
from tests.service.serving import opening_now, serving

ROOT = Path(__file__).resolve().parents[3]
PEOPLE = 40
SCENARIO = f"""
title = "A small evening"
people = {PEOPLE}
horizon_minutes = 3
lead_minutes = 2
devices_per_person = 1.3
patience_s = 100000
retry_s = 10
give_up_share = 0
arrivals = [[-2, 0.0], [0, 0.5], [2, 1.0]]
journey = [
    {{name = "in", kind = "enter", think_s = 2}},
    {{name = "who", kind = "identity", repeats = 1.5, think_s = 2}},
    {{name = "look", kind = "search", repeats = 1.5, think_s = 2}},
    {{name = "hold", kind = "hold", think_s = 2}},
    {{name = "book", kind = "confirm", think_s = 2}},
]
"""


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SCENARIO)
    return str(path)


@pytest.fixture
def evening(database, valkey_url):
    """A service whose doors open in a few seconds, by the real controller; not everybody finds a unit."""
    opening = opening_now(doors_in_s=4, rules={"joins_per_address_per_minute": 10**6})
    with serving(
        database,
        valkey_url,
        shape="hot-clinic",
        controller=True,
        openings=(opening,),
        admission={"journeys_per_server_per_s": 20.0},
    ) as service:
        for phase in service.until(lambda: service.parts.documents.document.phase):
            if phase == "prequeue":
                break
        yield service


def test_a_small_evening_sells_nothing_twice_lets_nobody_in_early_and_shows_it(evening, scenario, database, tmp_path):
    report = tmp_path / "report.json"
    code = run(
        Request(scenario, 1.0, 60.0, evening.url, database, knock=0.3, twice=0.3, stop_after=25.0, report=report)
    )

    told = json.loads(report.read_text())
    assert code == 0, told["checks"]
    assert told["held"]
    assert told["ends"] == {"booked": PEOPLE}
    assert told["sold"]["booked"] == PEOPLE
    assert told["sold"]["over_capacity"] == 0
    assert all(check["held"] for check in told["checks"]), told["checks"]
    assert "409 not-your-turn" in told["refusals"], "some knocked early, and were not let in"


def test_several_processes_send_everybody_once(evening, scenario, tmp_path):
    report = tmp_path / "report.html"
    code = run(Request(scenario, 0.5, 60.0, evening.url, processes=2, stop_after=25.0, report=report))

    assert code == 0
    assert f">{PEOPLE // 2} booked<" in report.read_text()


def test_a_booking_that_the_database_does_not_have_is_found(evening, scenario, database, tmp_path, monkeypatch):
    """The control: somebody takes a booking away behind the service's back."""
    counted = running.count_sold

    async def after_damage(url, opening, references):
        session = await asyncpg.connect(url)
        await session.execute("DELETE FROM bookings WHERE reference = $1", references[0])
        await session.close()
        return await counted(url, opening, references)

    monkeypatch.setattr(running, "count_sold", after_damage)

    assert run(Request(scenario, 0.2, 60.0, evening.url, database, stop_after=25.0)) == 1
    assert asyncio.run(counted(database, "nobody's", [])).booked == 0


def test_locust_sends_the_same_people(evening, scenario):
    command = [sys.executable, "-m", "locust", "-f", "app/load/locustfile.py", "--headless", "--only-summary"]
    command += ["--host", evening.url, "--scenario", scenario, "--scale", "0.5", "--speed", "60", "--tail", "60"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False)

    assert ran.returncode == 0, ran.stderr[-2000:]
    counted: dict[str, int] = {}
    for line in (ran.stdout + ran.stderr).splitlines():
        words = line.split()
        if len(words) > 3 and words[0] == "POST" and words[2].isdecimal():
            # the table of quantiles comes after that of counts
            counted.setdefault(words[1], int(words[2]))
    assert counted["/queue/join"] == PEOPLE // 2
    assert counted["/api/bookings"] == PEOPLE // 2
