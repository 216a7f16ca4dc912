"""One leader at a time, on a real PostgreSQL and a real Valkey: two controllers, takeover, fencing.

Each guard has a control that calls too many with the guard off. A controller dies here by being left alone, as a
process that is killed is; that the kernel ends one is tried elsewhere.
"""

import asyncio

import pytest

from app.admission import leadership
from app.admission.leadership import Leadership, Raised
from app.admission.timing import Timing
from app.line.values import Entrance

RATE = 100


async def open_doors(one, people, *controllers):
    await one.second(*controllers)
    await one.join(people)
    await one.to_the_doors()


def called_by_two(night, monkeypatch, statements, seconds=6):
    """Places called while two controllers tick in every second, one after the other."""
    for name, sql in statements.items():
        monkeypatch.setitem(leadership._SQL, name, sql)
    called = []

    async def play(one):
        controllers = one.controller(), one.controller()
        await open_doors(one, 2000, *controllers)
        await one.seconds(seconds, *controllers)
        called.append((await one.document()).serving)
        assert sum(controller.leads for controller in controllers) == (2 if statements else 1)

    night(play)
    return called[0]


def test_of_two_controllers_one_calls_and_never_at_twice_the_rate(night, monkeypatch):
    assert called_by_two(night, monkeypatch, {}) == 6 * RATE


def test_without_lease_and_epoch_two_controllers_call_twice_as_many(night, monkeypatch):
    take, renew = leadership._SQL["take"], leadership._SQL["renew"]
    lease = "AND lease_until <= clock_timestamp() - make_interval(secs => $4)"
    unfenced = {
        "take": take.replace(lease, "AND $4::float8 IS NOT NULL").replace("epoch = epoch + 1", "epoch = 1"),
        "renew": renew.replace("AND leader = $2 AND epoch = $3", "AND $2::text <> '' AND $3::bigint > 0"),
    }
    assert unfenced["take"] != take
    assert unfenced["renew"] != renew
    assert called_by_two(night, monkeypatch, unfenced) == 2 * 6 * RATE


def test_controllers_that_tick_at_the_same_moment_share_one_leader(night):
    async def play(one):
        controllers = [one.controller() for _ in range(4)]
        await open_doors(one, 2000, *controllers)
        for _ in range(5):
            one.clock.advance(1.0)
            one.passed_s += 1.0
            await asyncio.gather(*(controller.tick() for controller in controllers))
        assert (await one.document()).serving == 5 * RATE
        assert sum(controller.leads for controller in controllers) == 1
        assert (await one.row())["epoch"] == 1

    night(play)


def test_another_takes_over_when_the_leader_dies_and_each_place_is_admitted_once(night):
    async def play(one):
        dead, heir = one.controller(lease_s=0.4), one.controller(lease_s=0.4)
        await open_doors(one, 1000, dead, heir)
        entered, admitted = 0, []

        async def admit():
            nonlocal entered
            serving = (await one.document()).serving
            assert serving >= entered, "the number only rises"
            visits = [one.line.enter("august", place, 0.0, 1e12, None) for place in range(entered, serving)]
            admitted.extend(visit.entrance for visit in await asyncio.gather(*visits))
            entered = serving

        await one.second(dead)
        await admit()
        before = await one.row()
        while not heir.leads:
            await asyncio.sleep(0.02)
            await one.second(heir)
        await admit()
        took_s = await one.pool.fetchval(
            "SELECT extract(epoch FROM clock_timestamp() - $1)::float8", before["lease_until"]
        )
        assert 0 <= took_s < 2.6, "with a lease of two seconds, within three of the last renewal's end"
        after = await one.row()
        assert after["epoch"] == before["epoch"] + 1
        assert after["serving"] <= before["serving"] + 2 * RATE, "what was not called meanwhile is not called at once"

        # it was not dead, only slow: whatever it does now changes nothing
        await one.second(dead)
        assert not dead.leads
        assert (await one.row())["serving"] == after["serving"]
        while entered < 1000:
            await asyncio.sleep(0.02)
            await one.second(heir, dead)
            await admit()
        assert admitted == [Entrance.NEW] * 1000

    night(play)


def test_a_statement_of_an_earlier_epoch_changes_nothing_however_late_it_comes(night):
    async def play(one):
        clock = Timing(lease_s=0.05, monotonic=lambda: 0.0)
        slow, quick = (Leadership(one.pool, "august", who, clock) for who in ("slow", "quick"))
        await slow.take()
        assert slow.epoch == 1
        assert await quick.take() is None, "the lease is not over"
        await asyncio.sleep(0.1)
        await quick.take()
        assert quick.epoch == 2
        await quick.renew(Raised(joined=100, prequeue=50, serving=10))
        assert await slow.renew(Raised(joined=100, prequeue=90, serving=99)) is None
        await slow.release()
        row = await one.row()
        assert (row["serving"], row["prequeue"], row["leader"]) == (10, 50, "quick")
        assert row["lease_until"] > await one.pool.fetchval("SELECT clock_timestamp() - interval '1 s'")

    night(play)


def test_a_number_is_never_lowered_and_the_draw_never_changes(night):
    async def play(one):
        lead = Leadership(one.pool, "august", "one", Timing(lease_s=60))
        await lead.take()
        await lead.renew(Raised(begun=True, joined=100, prequeue=60, serving=50, settled=40, lapsed=20))
        checkpoint = await lead.renew(Raised(joined=90, prequeue=70, serving=30, settled=10, lapsed=5))
        assert checkpoint is not None
        assert (checkpoint.joined, checkpoint.prequeue) == (100, 60)
        assert (checkpoint.serving, checkpoint.settled, checkpoint.lapsed) == (50, 40, 20)
        assert checkpoint.begun
        looked = await lead.read()
        assert looked is not None
        assert (looked.serving, looked.epoch) == (50, 1), "those who only look see the same"

    night(play)


@pytest.mark.parametrize(
    "raised",
    [
        Raised(joined=10, prequeue=10, serving=11),
        Raised(joined=10, serving=5),
        Raised(joined=10, prequeue=11),
        Raised(joined=10, prequeue=10, serving=5, settled=5, lapsed=6),
    ],
)
def test_the_database_refuses_what_no_controller_may_write(night, raised):
    async def play(one):
        lead = Leadership(one.pool, "august", "one", Timing(lease_s=60))
        await lead.take()
        with pytest.raises(leadership.DATABASE_AWAY, match="check constraint"):
            await lead.renew(raised)

    night(play)


def test_a_leader_stops_by_its_own_clock_before_its_lease_ends(night):
    async def play(one):
        now = [0.0]
        lead = Leadership(one.pool, "august", "one", Timing(lease_s=60, monotonic=lambda: now[0]))
        assert not lead.held
        await lead.take()
        now[0] = 53.9
        assert lead.held
        now[0] = 54.1
        assert not lead.held
        assert await one.pool.fetchval("SELECT lease_until > clock_timestamp() FROM admission"), (
            "the lease itself is on"
        )

    night(play)


def test_what_was_written_too_late_is_not_called(night):
    async def play(one):
        leader = one.controller(lease_s=60)
        await open_doors(one, 1000, leader)
        await one.second(leader)
        before = await one.document()
        renew = leader._leadership.renew

        async def slow(raised):
            written = await renew(raised)
            one.passed_s += 55
            return written

        leader._leadership.renew = slow
        await one.second(leader)
        assert (await one.row())["serving"] > before.serving
        assert (await one.state()).serving == before.serving, "another may lead by now"
        assert await one.document() == before
        leader._leadership.renew = renew
        await asyncio.sleep(0)
        await one.pool.execute("UPDATE admission SET lease_until = '-infinity'")
        await one.second(leader)
        assert (await one.document()).serving >= before.serving + RATE, "whoever leads next tells what was written"

    night(play)


def test_a_controller_that_stops_lets_another_lead_at_once(night):
    async def play(one):
        first, second = one.controller(lease_s=600), one.controller(lease_s=600)
        await one.second(first, second)
        assert (first.leads, second.leads) == (True, False)
        await first.stop()
        await one.second(second)
        assert second.leads

    night(play)
