"""What the database refuses by itself, whatever functions or people at a console may try."""

import asyncpg
import pytest

from tests.service.reservations.town import CONTACT, OPENING, outcome, someone

PERSON = "decode(repeat('07', 16), 'hex')"
TRIED = {
    "a unit beyond the slot's capacity": (
        (
            "INSERT INTO units (slot_id, number, capacity, clinic_id, day, spread, opening, region) "
            "SELECT slot_id, 3, capacity, clinic_id, day, spread, opening, region FROM units WHERE number = 1"
        ),
        asyncpg.CheckViolationError,
    ),
    "a unit that claims a larger capacity": (
        (
            "INSERT INTO units (slot_id, number, capacity, clinic_id, day, spread, opening, region) "
            "SELECT slot_id, 3, 3, clinic_id, day, spread, opening, region FROM units WHERE number = 1"
        ),
        asyncpg.ForeignKeyViolationError,
    ),
    "a unit twice": (
        (
            "INSERT INTO units (slot_id, number, capacity, clinic_id, day, spread, opening, region) "
            "SELECT slot_id, number, capacity, clinic_id, day, spread, opening, region FROM units WHERE number = 1"
        ),
        asyncpg.UniqueViolationError,
    ),
    "less capacity than units": ("UPDATE slots SET capacity = 1", asyncpg.CheckViolationError),
    "a slot without its clinic": ("UPDATE slots SET region = 'KR-26'", asyncpg.ForeignKeyViolationError),
    "a hold without an end": (
        f"UPDATE units SET state = 'held', person = {PERSON}, place = 1, hold_id = gen_random_uuid() WHERE number = 1",
        asyncpg.CheckViolationError,
    ),
    "a booking without a reference": (
        f"UPDATE units SET state = 'booked', person = {PERSON}, place = 1 WHERE number = 1",
        asyncpg.CheckViolationError,
    ),
    "a free unit of somebody": ("UPDATE units SET place = 1 WHERE number = 1", asyncpg.CheckViolationError),
    "a state that there is not": ("UPDATE units SET state = 'lost'", asyncpg.CheckViolationError),
    "one person with two units": (
        f"UPDATE units SET state = 'booked', person = {PERSON}, place = number, reference = number::text",
        asyncpg.UniqueViolationError,
    ),
    "one place with two units": (
        (
            "UPDATE units SET state = 'booked', person = decode(repeat('0' || number, 16), 'hex'), place = 1, "
            "reference = number::text"
        ),
        asyncpg.UniqueViolationError,
    ),
    "a person who is no hash": (
        "UPDATE units SET state = 'booked', person = 'Kim', place = 1, reference = 'r' WHERE number = 1",
        asyncpg.CheckViolationError,
    ),
    "another audit entry": ("UPDATE audit SET actor = 'nobody'", asyncpg.InsufficientPrivilegeError),
    "an audit entry less": ("DELETE FROM audit", asyncpg.InsufficientPrivilegeError),
    "no audit at all": ("TRUNCATE audit", asyncpg.InsufficientPrivilegeError),
    "an audit entry less where triggers are off": (
        "SET LOCAL session_replication_role = replica; DELETE FROM audit",
        asyncpg.InsufficientPrivilegeError,
    ),
    "a cancelled booking that keeps its contact": (
        "UPDATE bookings SET state = 'cancelled'",
        asyncpg.CheckViolationError,
    ),
}


@pytest.mark.parametrize("what", TRIED)
def test_the_database_refuses(run_alone, what):
    async def scene(town):
        await town.slot(2)
        other = await town.slot(1)
        await town.book(someone(9), other)
        await town.pool.execute("DELETE FROM units WHERE number = 2 AND slot_id = 1") if "twice" in what else None
        script, error = TRIED[what]
        async with town.session() as session:
            with pytest.raises(error):
                await session.execute(f"BEGIN; {script.replace('number = 1', 'number = 1 AND slot_id = 1')}; COMMIT")

    run_alone(scene)


def test_more_units_may_be_added_when_the_capacity_is_raised_first(run_alone):
    async def scene(town):
        slot = await town.slot(1)
        await town.book(someone(1), slot)
        await town.pool.execute("UPDATE slots SET capacity = 2")
        await town.pool.execute(
            "INSERT INTO units (slot_id, number, capacity, clinic_id, day, spread, opening, region) "
            "SELECT slot_id, 2, capacity, clinic_id, day, spread, opening, region FROM units WHERE number = 1"
        )
        assert (await outcome(town.book(someone(2), slot))).state == "booked"

    run_alone(scene)


def test_identities_and_contacts_are_kept_as_hashes_and_ciphertext_and_forgotten_when_cancelled(run_alone):
    async def scene(town):
        slot = await town.slot(1)
        booking = await town.book(someone(1), slot)
        assert await town.pool.fetchval("SELECT contact FROM bookings") == CONTACT
        await town.cancel(booking)
        assert await town.pool.fetchval("SELECT contact FROM bookings") is None
        columns = await town.pool.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name IN ('units', 'bookings', 'wishes')"
        )
        assert not {row["column_name"] for row in columns} & {"name", "phone", "email", "birth_date", "address"}
        trail = await town.pool.fetch("SELECT * FROM audit")
        assert someone(1).person.hex() not in str(trail)
        assert {row["action"] for row in trail} == {"booked", "cancelled"}

    run_alone(scene)


def test_people_of_another_opening_can_neither_see_nor_touch_a_booking(run):
    async def scene(town):
        slot = await town.slot(2)
        booking = await town.book(someone(1), slot)
        for request in (
            town.reservations.booking("other", booking.reference),
            town.reservations.cancel("other", booking.reference, "k1"),
        ):
            assert await outcome(request) == "unknown"
        assert await town.reservations.clinics("other", None) == []
        assert len(await town.reservations.clinics(OPENING, None)) == 1

    run(scene)
