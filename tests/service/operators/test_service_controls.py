"""Controls on a real PostgreSQL: what an action changes, its entry in the audit trail, and what the database refuses.

Not here: what the controller makes of them, and what is shown.
"""

import asyncio
from contextlib import asynccontextmanager

import asyncpg
import pytest

from app.admission.values import Controls
from app.operators import controls
from app.web.messages import Action

OPENING = "night-1"


@asynccontextmanager
async def connected(url):
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def on(url, work):
    """Run `work(connection)`."""

    async def run():
        async with connected(url) as connection:
            return await work(connection)

    return asyncio.run(run())


def acting(url, *actions, operator="anna"):
    """What the controls are after these actions."""

    async def work(connection):
        for action in actions:
            await controls.act(connection, OPENING, operator, action)
        return await controls.read(connection, OPENING)

    return on(url, work)


def entries(url):
    return on(url, lambda connection: controls.entries(connection, None, 100))


def test_an_opening_that_nobody_touched_runs_as_planned(database):
    assert on(database, lambda connection: controls.read(connection, OPENING)) == Controls()


def test_a_pause_keeps_the_share_for_when_it_ends(database):
    paused = acting(database, Action("slow", share=0.25), Action("pause"))

    assert paused == Controls(paused=True, share=0.25)
    assert acting(database, Action("resume")) == Controls(share=0.25)


def test_a_share_of_one_ends_being_slow(database):
    assert acting(database, Action("slow", share=0.25), Action("slow", share=1)) == Controls()


def test_an_announcement_is_replaced_and_taken_away(database):
    first = acting(database, Action("announce", texts={"ko": "잠시 후 다시 시작합니다.", "en": "Back soon."}))

    assert first.announcement == {"ko": "잠시 후 다시 시작합니다.", "en": "Back soon."}
    assert acting(database, Action("announce", texts={"ko": "안내"})).announcement == {"ko": "안내"}
    assert acting(database, Action("announce")).announcement == {}


def test_providers_close_and_open_one_by_one(database):
    both = acting(
        database,
        Action("provider", provider="mobile", open=False),
        Action("provider", provider="certificate", open=False),
        Action("provider", provider="mobile", open=False),
    )

    assert set(both.providers_closed) == {"mobile", "certificate"}, "closing twice is closing once"
    assert len(both.providers_closed) == 2
    assert acting(database, Action("provider", provider="mobile", open=True)).providers_closed == ("certificate",)


def test_openings_have_controls_of_their_own(database):
    acting(database, Action("pause"))

    assert on(database, lambda connection: controls.read(connection, "night-2")) == Controls()


@pytest.mark.parametrize(
    ("action", "details"),
    [
        (Action("pause"), {}),
        (Action("resume"), {}),
        (Action("slow", share=0.5), {"share": 0.5}),
        (Action("announce", texts={"en": "Soon."}), {"texts": {"en": "Soon."}}),
        (Action("announce"), {"texts": None}),
        (Action("provider", provider="mobile", open=False), {"open": False, "provider": "mobile"}),
    ],
)
def test_every_action_is_written_down_with_who_what_and_where(database, action, details):
    acting(database, action, operator="보라")

    (entry,) = entries(database)
    assert (entry.operator, entry.action, entry.opening, entry.details) == ("보라", action.do, OPENING, details)


def test_without_its_entry_in_the_audit_trail_an_action_does_not_happen(database):
    """The trail refuses an entry, as it would when its disk is full."""
    refuse = """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END$$;
        CREATE TRIGGER full_disk BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION full_disk();
    """
    on(database, lambda connection: connection.execute(refuse))

    with pytest.raises(asyncpg.DiskFullError):
        acting(database, Action("pause"))
    assert on(database, lambda connection: controls.read(connection, OPENING)) == Controls()


def test_control_two_statements_would_change_without_an_entry(database):
    """The same with the change alone first, as the statement must not be written."""
    refuse = """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END$$;
        CREATE TRIGGER full_disk BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION full_disk();
    """

    async def work(connection):
        await connection.execute(refuse)
        await connection.execute("INSERT INTO controls (opening, paused) VALUES ($1, true)", OPENING)
        with pytest.raises(asyncpg.DiskFullError):
            await controls.note(connection, "anna", "pause", OPENING)
        return await controls.read(connection, OPENING)

    assert on(database, work).paused


@pytest.mark.parametrize("share", [0.0, -0.1, 1.001, float("nan"), float("inf")])
def test_the_database_refuses_a_share_that_is_none(database, share):
    """The message's bounds are checked at the door already; this holds whoever writes."""
    write = "INSERT INTO controls (opening, share) VALUES ($1, $2)"

    with pytest.raises(asyncpg.CheckViolationError):
        on(database, lambda connection: connection.execute(write, OPENING, share))


def test_an_action_that_the_database_refuses_leaves_no_entry(database):
    with pytest.raises(asyncpg.CheckViolationError):
        acting(database, Action("slow", share=2.0))
    assert entries(database) == []


def test_two_operators_at_once_lose_nothing_of_each_other(database):
    async def run():
        async with asyncpg.create_pool(database, min_size=8, max_size=8) as pool:
            names = [f"p{number}" for number in range(40)]
            actions = [Action("provider", provider=name, open=False) for name in names]
            await asyncio.gather(*(controls.act(pool, OPENING, "anna", action) for action in actions))
            return await controls.read(pool, OPENING), len(await controls.entries(pool, None, 100))

    after, written = asyncio.run(run())
    assert len(after.providers_closed) == 40
    assert written == 40


def test_entries_come_page_by_page_and_without_those_of_bookings(database):
    async def work(connection):
        for number in range(5):
            await controls.note(connection, "anna", f"step-{number}", OPENING)
            await connection.execute("INSERT INTO audit (actor, action, subject) VALUES ('person', 'booked', 'B-1')")
        first = await controls.entries(connection, None, 3)
        return first, await controls.entries(connection, first[-1].entry_id, 3)

    first, second = on(database, work)
    assert [entry.action for entry in first] == ["step-4", "step-3", "step-2"]
    assert [entry.action for entry in second] == ["step-1", "step-0"]


def test_entries_of_operators_are_found_by_their_index(database):
    async def work(connection):
        fill = "INSERT INTO audit (actor, action, subject) SELECT $1, 'booked', 'B-1' FROM generate_series(1, $2)"
        for actor, number in (("person", 20_000), ("operator:anna", 200)):
            await connection.execute(fill, actor, number)
        await connection.execute("ANALYZE audit")
        plan = await connection.fetch("EXPLAIN " + controls._SQL["entries"], None, 20)
        return "\n".join(row[0] for row in plan)

    plan = on(database, work)
    assert "audit_of_operators" in plan
    assert "Sort" not in plan, "the last entries are read, not all of them"
