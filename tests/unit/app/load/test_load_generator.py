"""A generator's evening against a service that stands in: what people do, what is noticed, how time is measured.

The controls switch a fault on in the service and must find it. Nothing here proves that the real service has none.
"""

import asyncio
import time
from dataclasses import replace
from random import Random

import pytest

from app.load.client import Client, Target
from app.load.generator import Evening, send
from app.load.log import Log
from app.load.person import Habits
from app.load.schedule import crowd_of
from app.load.sending import Sender, until
from app.load.summary import checks
from floodgate.rehearsal.scenarios.loading import parse_scenario
from tests.unit.app.load.fake_service import FakeService

SCENARIO = """
title = "Two minutes"
people = 60
horizon_minutes = 2
lead_minutes = 1
devices_per_person = 1.5
patience_s = 100000
retry_s = 10
give_up_share = 0
arrivals = [[-1, 0.0], [0, 0.5], [1, 1.0]]
journey = [
    {name = "in", kind = "enter", think_s = 1},
    {name = "who", kind = "identity", repeats = 1.5, think_s = 1},
    {name = "look", kind = "search", repeats = 2, think_s = 1},
    {name = "hold", kind = "hold", think_s = 1},
    {name = "book", kind = "confirm", think_s = 1},
]
"""


def evening(service, people=60, *, text=SCENARIO, lasts_s=15.0, **habits):
    async def whole():
        async with service.serving_on_a_port() as port:
            scenario = parse_scenario("two", text, "two.toml")
            crowd = crowd_of(scenario, people / scenario.people, 120, 1)
            night = Evening(
                target=Target("127.0.0.1", port, secure=False),
                crowd=crowd,
                habits=replace(Habits(knock=0.2, twice=0.2), **habits),
                connections=100,
                doors_s=service.doors_s,
                begins_s=time.time(),
                ends_s=service.doors_s + lasts_s,
                days=("2027-01-01",),
            )
            return await send(night, 0, 1)

    return asyncio.run(whole())


def broken(log):
    return [check.name for check in checks(log, None, errors_at_most=0.001) if check.held is False]


def test_everybody_of_a_sound_service_is_booked_and_nothing_is_broken():
    service = FakeService()
    log = evening(service)

    assert log.ends["booked"] == 60
    assert broken(log) == []
    assert len(set(log.numbers)) == 60
    assert len(set(log.places)) == 60
    assert len(set(log.references)) == 60
    assert log.again > 0, "second devices have found the place"
    assert log.knocked > 0, "some have knocked early, or the check of the order has no teeth"
    assert log.twice > 0
    assert len(log.waits.true_s) > 0
    assert log.unjudged == 0
    assert log.step("identity").answers["403 identity-refused"] > 5, "who needs several checks has mistyped the first"
    assert log.step("identity").answers["200"] == 60


def test_each_page_may_poll_for_itself():
    shared, each = FakeService(rate=20.0), FakeService(rate=20.0)
    evening(shared, 30)
    assert evening(each, 30, own_poller=True).ends["booked"] == 30

    polls = [sum(path == "/queue/now-serving.json" for _, path, _ in s.requests) for s in (shared, each)]
    assert polls[1] > 2 * polls[0]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("same number", "every number was given to one person"),
        ("same reference", "every booking has a reference of its own"),
        ("early", "nobody came in before their turn"),
        ("devices apart", "nobody came in before their turn, devices of one person share a place"),
        ("new answer", "a repeated request changes nothing"),
        ("wrong draw", "nobody came in before their turn"),
        ("broken", "of requests failed"),
    ],
)
def test_a_fault_of_the_service_is_found(fault, found):
    log = evening(FakeService(faults=[fault], rate=20.0), 20, lasts_s=2, knock=1.0, twice=1.0)

    assert any(found in name for name in broken(log)), broken(log)


def test_people_come_at_their_own_times_while_the_service_stalls_and_the_stall_shows_in_their_latencies():
    service = FakeService()
    service.stalled_until_s = service.began_s + 1.2
    log = evening(service, 60)
    joins = log.step("join")

    assert joins.intended.quantile(0.8) > 0.3, "people came during the stall and waited for its end"
    sent_late_s = joins.late.quantile(0.8)
    assert sent_late_s < joins.intended.quantile(0.8) / 2, "the generator did not wait for the service with the next"


def test_measuring_from_the_sending_hides_a_stall_where_requests_queue_for_connections():
    """The control: one connection makes the generator wait as a closed loop does, and the naive measure forgets it."""

    async def whole():
        service = FakeService()
        service.stalled_until_s = time.time() + 1.0
        async with service.serving_on_a_port() as port:
            return await _joins_over_one_connection(port)

    joins = asyncio.run(whole())

    assert joins.intended.quantile(0.5) > 0.3
    assert joins.sent.quantile(0.5) < 0.1, "measured from the sending, the middle request looks quick"


async def _joins_over_one_connection(port):
    client, log = Client(Target("127.0.0.1", port, secure=False), limit=1), Log()
    crowd = crowd_of(parse_scenario("two", SCENARIO, "two.toml"), 1, 60, 1)
    sender = Sender(client, crowd, log, Random(1))
    began_s = asyncio.get_running_loop().time()

    async def one(number):
        await until(began_s + number * 0.01)
        await sender.once("join", "GET", "/queue/now-serving.json", intended_s=began_s + number * 0.01)

    await asyncio.gather(*(one(number) for number in range(100)))
    await client.close()
    return log.step("join")


def test_who_finds_nothing_free_is_told_so_and_nobody_gets_what_is_not_there():
    log = evening(FakeService(units=10), 40, twice=0.0)

    assert log.ends["booked"] == 10
    assert log.ends["found nothing free"] == 30


def test_impatient_people_leave_the_line():
    impatient = SCENARIO.replace("patience_s = 100000", "patience_s = 10")
    log = evening(FakeService(rate=5.0), 40, text=impatient, lasts_s=3)

    assert log.ends["lost patience in the line"] > 20


def test_who_is_not_done_at_the_end_is_cut_off_and_counted():
    log = evening(FakeService(rate=0.001), 10, lasts_s=1)

    assert sum(log.ends.values()) == 10
    assert log.ends["was cut off at the end of the run"] == 10


def test_who_would_come_after_the_end_is_not_waited_for():
    log = evening(FakeService(rate=1000.0), 30, lasts_s=0.2)

    assert 0 < log.ends["had not come by the end of the run"] < 20
    assert sum(log.ends.values()) == 30


def test_the_same_seed_sends_the_same_people():
    first = FakeService(rate=0.001)
    evening(first, 20, lasts_s=1)
    second = FakeService(rate=0.001)
    evening(second, 20, lasts_s=1)

    assert len(first.numbers) > 20
    assert first.numbers.keys() == second.numbers.keys()
