"""One person with two devices at two servers: the pause on a real Valkey, with real time.

Not here: how the pause counts its time; see the tests where time stands.
"""

import asyncio

from app.clock import SystemClock
from app.errors import AppError
from app.identity.person import Person
from app.line.valkey import ValkeyLine


def two_devices(desk, valkey_url, rounds=10, **rules):
    """What a person's two devices get, each at a server of its own, in the same moment; and the calls that it cost."""

    async def run():
        lines = [await ValkeyLine.connect(valkey_url) for _ in range(2)]
        try:
            async with (
                desk(line=lines[0], clock=SystemClock(), **rules) as one,
                desk(line=lines[1], clock=SystemClock(), **rules) as two,
            ):
                one.behave(delay_s=0.02)
                two.behave(delay_s=0.02)
                answers = [
                    await asyncio.gather(one.check(number, visit=b"one"), two.check(number, visit=b"two"))
                    for number in range(rounds)
                ]
                return answers, one.calls() + two.calls(), await two.check(0, visit=b"two")
        finally:
            for line in lines:
                await line.close()

    return asyncio.run(run())


def test_one_of_two_devices_is_checked_and_the_other_waits(desk, valkey_url):
    answers, calls, later = two_devices(desk, valkey_url)

    for answer in answers:
        assert sorted(isinstance(one, Person) for one in answer) == [False, True]
        (paused,) = (one for one in answer if isinstance(one, AppError))
        assert paused.code == "identity-paused"
    assert calls == len(answers)
    # whichever of the two came first in the first round, it is a minute's matter for none but its own visit
    assert isinstance(later, Person) or later.retry_after_s > 500


def test_control_without_the_pause_both_devices_are_checked(desk, valkey_url):
    answers, calls, _ = two_devices(desk, valkey_url, identity_pause_s=0)

    assert all(isinstance(one, Person) for answer in answers for one in answer)
    assert calls == 2 * len(answers)


def test_what_was_proved_is_given_again_to_the_same_visit_by_another_server(desk, valkey_url):
    async def run():
        lines = [await ValkeyLine.connect(valkey_url) for _ in range(2)]
        try:
            async with (
                desk(line=lines[0], clock=SystemClock()) as one,
                desk(line=lines[1], clock=SystemClock()) as two,
            ):
                return await one.check(visit=b"v"), await two.check(visit=b"v"), one.calls(), two.calls()
        finally:
            for line in lines:
                await line.close()

    first, again, here, there = asyncio.run(run())
    assert again == first
    assert (here, there) == (1, 0)
