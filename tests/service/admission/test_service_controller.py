"""The controller on real servers: what it calls, and what it tells.

Seconds pass when the test says so, but for the last tests, which let `run` work at a twentieth of its interval and
wait for what must come. That a second lasts one on a busy machine is measured elsewhere.
"""

import asyncio

import pytest

from app.admission.capacity import FixedCapacity
from app.admission.controller import Controller, Duties, shown
from app.admission.timing import Timing
from app.admission.values import Controls
from app.line.values import Entrance
from tests.service.admission.conftest import DOORS, NAME, later, opening, report


def test_an_opening_goes_from_the_prequeue_to_the_end(night):
    async def play(one):
        controller = one.controller()
        one.clock.at_s -= 3600
        await one.second(controller)
        assert (await one.document()).phase == "before"

        one.clock.at_s += 3600
        await one.second(controller)
        told = await one.document()
        assert (told.phase, told.draw.secret, told.serving) == ("prequeue", None, 0)

        await one.join(250)
        await one.to_the_doors()
        await one.second(controller)
        told = await one.document()
        assert (told.phase, told.draw.prequeue, told.joined, told.serving) == ("open", 250, 250, 100)
        assert told.draw.secret is not None

        await one.second(controller)
        await one.second(controller)
        assert (await one.document()).serving == 250, "nobody is called who has not joined"
        assert (await one.snapshot())["binding"] == "line"

        one.clock.at_s += 5 * 3600
        await one.second(controller)
        assert (await one.document()).phase == "closed"

    night(play)


def test_nobody_is_called_while_operators_pause_and_half_as_many_at_half_the_share(night):
    async def play(one):
        controller = one.controller()
        await one.second(controller)
        await one.join(1000)
        await one.to_the_doors()
        one.controls = Controls(paused=True, announcement={"en": "Wait"})
        await one.seconds(3, controller)
        told = await one.document()
        assert (told.phase, told.serving, told.announcement) == ("paused", 0, {"en": "Wait"})

        one.controls = Controls(share=0.5)
        await one.second(controller)
        assert (await one.document()).serving == 50
        one.controls = Controls()
        await one.second(controller)
        assert (await one.document()).serving == 150

    night(play)


def test_the_shares_of_turn_and_line_are_told_to_operators(night):
    async def play(one):
        controller = one.controller()
        one.reports = report(connections_in_use=0.85, booked=40, lights={"pass": "amber"})
        await one.second(controller)
        await one.join(1000)
        await one.to_the_doors()
        await one.second(controller)
        one.reports = report(connections_in_use=0.85, booked=55, lights={"pass": "amber"})
        await one.second(controller)
        told = await one.snapshot()
        assert told["binding"] == "database"
        assert told["pressure"] == pytest.approx(1.0)
        assert told["waiting"] == 1000 - told["serving"]
        assert told["booked_per_minute"] == 15
        assert told["lights"] == {"pass": "amber"}
        assert one.snapshots[-1].binding == "database", "the same for those who observe on this machine"

    night(play)


def test_at_a_pressure_of_one_as_many_are_called_as_leave(night):
    async def play(one):
        controller = one.controller()
        one.reports = report(latency_p95_s=one.settings.admission.latency_target_s)
        await one.second(controller)
        await one.join(3000)
        await one.to_the_doors()
        await one.seconds(2, controller)
        entered, inside = (await one.document()).serving, []
        for place in range(entered):
            await one.line.enter(NAME, place, one.clock.now_s(), 1e12, None)
            inside.append(place)
        # the floor is 2 of 100 each second; twenty leave in each
        before = entered
        for _ in range(30):
            for _ in range(min(20, len(inside))):
                await one.line.leave(NAME, inside.pop())
            await one.second(controller)
            serving = (await one.document()).serving
            for place in range(entered, serving):
                await one.line.enter(NAME, place, one.clock.now_s(), 1e12, None)
                inside.append(place)
            entered = serving
        assert entered - before <= 30 * 20
        assert (await one.snapshot())["binding"] == "latency"

    night(play)


def test_never_more_are_inside_than_the_cap_allows_though_many_do_not_come(night):
    async def play(one):
        controller = one.controller()
        await one.second(controller)
        await one.join(3000)
        await one.to_the_doors()
        entered, most, full = 0, 0, 0
        for _ in range(40):
            await one.second(controller)
            serving = (await one.document()).serving
            for place in range(entered, serving):
                if place % 3:
                    continue
                entered_as = await one.line.enter(NAME, place, one.clock.now_s(), one.clock.now_s() + 900, 120)
                full += entered_as.entrance is Entrance.FULL
            entered = serving
            most = max(most, (await one.state()).inside)
        assert most <= 120
        assert most > 110, "those who do not come leave no servers idle"
        assert (await one.snapshot())["show_share"] < 0.5

    night(play, max_inside=120, poll_interval_s=1)


def test_places_lapse_when_their_time_is_over_and_not_while_operators_pause(night):
    async def play(one):
        controller = one.controller()
        await one.second(controller)
        await one.join(300)
        await one.to_the_doors()
        await one.seconds(5, controller)
        assert (await one.document()).serving == 300
        one.controls = Controls(paused=True)
        await one.seconds(40, controller)
        assert (await one.document()).lapsed == 0
        one.controls = Controls()
        await one.seconds(5, controller)
        assert (await one.document()).lapsed == 0
        await one.seconds(10, controller)
        assert (await one.document()).lapsed == 300

    night(play, opening(come_within_s=12))


def test_the_next_opening_begins_with_a_line_of_its_own_when_one_is_over(night):
    first = opening("first", hold_minutes=1)
    second = opening("second", later(minutes=20), prequeue_minutes=15)

    async def play(one):
        controllers = one.controller(), one.controller()
        await one.second(*controllers)
        await one.join(50, opening="first")
        await one.to_the_doors()
        await one.seconds(3, *controllers)
        assert (await one.document("first")).serving == 50
        assert await one.document("second") is None
        one.clock.at_s = later(minutes=2).timestamp()
        await one.second(*controllers)
        assert (await one.document("second")).phase == "before"
        one.clock.at_s = later(minutes=6).timestamp()
        await one.second(*controllers)
        told = await one.document("second")
        assert (told.phase, told.joined) == ("prequeue", 0)
        assert await one.join(1, opening="second") == [0]
        one.clock.at_s = later(minutes=400).timestamp()
        await one.second(*controllers)
        assert (await one.document("second")).phase == "closed", "the last one is shown when all are over"

    night(play, second, first)


def test_without_any_opening_there_is_nothing_to_do(night):
    assert shown((), DOORS.timestamp()) is None


async def eventually(check, within_s=20.0):
    ends = asyncio.get_running_loop().time() + within_s
    while not await check():
        assert asyncio.get_running_loop().time() < ends, f"it is not so within {within_s} s"
        await asyncio.sleep(0.02)


def test_controllers_run_by_themselves_and_hand_over_when_one_is_stopped(night):
    async def play(one):
        swept = []

        async def failing():
            raise RuntimeError("a sweep of ours is wrong")

        async def sweep():
            swept.append(1)

        def controller():
            timing = Timing(lease_s=1.0, interval_s=0.05)
            duties = Duties(sweeps=(failing, sweep))
            return Controller(one.settings, one.clock, one.pool, one.line, FixedCapacity(10), duties, timing)

        await one.line.report("w/0", report(), 600)
        controllers = controller(), controller()
        tasks = [asyncio.create_task(each.run()) for each in controllers]

        async def begun():
            return await one.document() is not None

        await eventually(begun)
        await one.join(10_000)
        one.clock.at_s = DOORS.timestamp()

        async def calls():
            return (await one.document()).serving > 300

        await eventually(calls)
        (leader,) = (number for number, each in enumerate(controllers) if each.leads)
        assert swept
        assert controllers[leader].troubles.counted["sweep"] > 0
        tasks[leader].cancel()
        await asyncio.wait([tasks[leader]])
        before = await one.document()
        assert (await one.row())["lease_until"].year < 2000, "it gave the lease back"

        async def goes_on():
            return (await one.document()).serving > before.serving

        await eventually(goes_on)
        assert controllers[1 - leader].leads
        tasks[1 - leader].cancel()
        await asyncio.wait(tasks)

    night(play)


def test_an_error_of_ours_costs_a_second_and_not_the_opening(night):
    async def play(one):
        async def wrong(_connection, _opening):
            if len(seen) < 3:
                seen.append(1)
                raise ZeroDivisionError
            return Controls()

        seen = []
        controller = one.controller(controls=wrong)
        for _ in range(3):
            one.passed_s += 1
            await controller._safe_tick()
        assert controller.troubles.counted == {"controller": 3}
        await one.second(controller)
        assert (await one.document()).phase == "prequeue"

    night(play)
