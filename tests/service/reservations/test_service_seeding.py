"""Made-up clinics on a real PostgreSQL; and the pool's bounds and the audit trail, seen from Python."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.errors import SetupError, Unavailable
from app.opening import Opening
from app.reservations import audit, pool
from app.reservations.pool import open_pool, session
from app.reservations.seeding import seed
from app.reservations.values import Booking
from tests.service.reservations.town import outcome, someone

SEOUL = ZoneInfo("Asia/Seoul")
HERE = Opening(name="kr-2027", doors_at=datetime(2027, 8, 9, 20, tzinfo=SEOUL))
EVERYTHING = "SELECT md5(array_agg(x ORDER BY x)::text) FROM (SELECT t::text AS x FROM {} AS t) AS y"

# plpgsql brings its own with the first function
SETTINGS = "SELECT name, setting FROM pg_settings WHERE name NOT LIKE 'plpgsql.%'"


async def _fingerprint(town):
    return [await town.pool.fetchval(EVERYTHING.format(table)) for table in ("clinics", "slots", "units")]


@pytest.mark.parametrize(("shape", "units"), [("demo", 10_710), ("hot-clinic", 5000), ("benchmark(2000)", 2040)])
def test_seeding_makes_what_the_shape_says_and_nothing_more_the_second_time(run, shape, units):
    async def scene(town):
        assert await seed(town.pool, HERE, shape) == units
        before = await _fingerprint(town)
        assert await seed(town.pool, HERE, shape) == units
        assert await _fingerprint(town) == before

    run(scene)


def test_a_demo_has_clinics_in_every_province_with_names_in_both_languages(run):
    async def scene(town):
        await seed(town.pool, HERE)
        clinics = await town.reservations.clinics(HERE.name, None)
        assert len({clinic.region for clinic in clinics}) == 17
        assert all(set(clinic.name) == set(clinic.address) == {"ko", "en"} for clinic in clinics)
        slots = await town.reservations.free_slots(HERE.name, "KR-11", "2027-08-16")
        assert {slot.free for slot in slots} == {5}
        first = datetime.fromtimestamp(slots[0].starts_s, SEOUL)
        assert (first.date().isoformat(), first.hour, first.minute) == ("2027-08-16", 9, 0)

    run(scene)


def test_two_openings_share_the_tables_and_nothing_else(run):
    async def scene(town):
        other = HERE.model_copy(update={"name": "kr-2028"})
        await seed(town.pool, HERE)
        await seed(town.pool, other)
        ids = [{clinic.id for clinic in await town.reservations.clinics(o.name, None)} for o in (HERE, other)]
        assert len(ids[0]) == len(ids[1]) == 51
        assert not ids[0] & ids[1]
        (slot, *_) = await town.reservations.free_slots(other.name, "KR-11", "2027-08-16")
        assert await outcome(town.hold(someone(1), slot.id)) == "unknown", "someone is inside of another opening"

    run(scene)


def test_a_hot_clinic_sells_while_it_is_seeded_again(run):
    async def scene(town):
        await seed(town.pool, HERE, "hot-clinic")
        answers = await asyncio.gather(
            *(outcome(town.book(someone(n), region="KR-11")) for n in range(50)), seed(town.pool, HERE, "hot-clinic")
        )
        assert all(isinstance(answer, Booking) for answer in answers[:-1])
        assert await town.units() == {"booked": 50, "free": 4950}

    run(scene)


def test_a_shape_that_there_is_not_is_refused_with_those_that_there_are(run):
    async def scene(town):
        with pytest.raises(SetupError, match="use demo, hot-clinic"):
            await seed(town.pool, HERE, "huge")

    run(scene)


def test_whoever_waits_too_long_for_a_connection_is_told_to_come_again(database, monkeypatch):
    monkeypatch.setattr(pool, "WAIT_S", 0.05)

    async def scene():
        small = await open_pool(database, 1)
        try:
            async with session(small):
                with pytest.raises(Unavailable) as refused:
                    async with session(small):
                        pass
            assert (refused.value.code, refused.value.retry_after_s) == ("busy", 2)
            async with session(small) as connection:
                assert await connection.fetchval("SELECT 1") == 1
        finally:
            small.terminate()

    asyncio.run(scene())


def test_a_statement_that_takes_too_long_is_ended_and_its_connection_is_good_again(database, monkeypatch):
    monkeypatch.setattr(pool, "STATEMENT_TIMEOUT_S", 0.1)

    async def scene():
        small = await open_pool(database, 1)
        try:
            with pytest.raises(Unavailable):
                async with session(small) as connection:
                    await connection.execute("SELECT pg_sleep(5)")
            async with session(small) as connection:
                assert await connection.fetchval("SELECT 1") == 1
        finally:
            small.terminate()

    asyncio.run(scene())


def test_sessions_are_left_as_they_were(run):
    async def scene(town):
        async with session(town.pool) as connection:
            before = await connection.fetch(SETTINGS)
        await seed(town.pool, HERE, "hot-clinic")
        booking = await town.book(someone(1), region="KR-11")
        await town.cancel(booking)
        async with session(town.pool) as connection:
            assert await connection.fetch(SETTINGS) == before
            assert await connection.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0

    run(scene, connections=1)


def test_the_audit_trail_is_appended_to_and_read_in_order(run_alone):
    async def scene(town):
        first = await audit.append(town.pool, "operator:kim", "pause", "kr-2027", {"why": "test"})
        await audit.append(town.pool, "operator:kim", "resume", "kr-2027", {})
        entries = await audit.read(town.pool)
        assert [entry.action for entry in entries] == ["pause", "resume"]
        assert entries[0].details == {"why": "test"}
        assert [entry.action for entry in await audit.read(town.pool, after=first)] == ["resume"]

    run_alone(scene)
