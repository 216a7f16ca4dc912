"""Identity checks against a stand-in that really listens; the line's store is in memory, and time stands still.

Not here: real providers, and the pause over several servers (see the test with Valkey beside this one).
"""

import ast
import asyncio
import logging
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app.identity
from app.clock import SystemClock
from app.errors import AppError
from app.identity.person import Person

PERSON = ("홍길동", "1990", "1000-0001", "10000001")


def told(error):
    """Status and code of what somebody gets."""
    return (error.status, error.code) if isinstance(error, AppError) else error


def test_whom_a_provider_knows_is_a_person_with_a_hash_and_a_digit(desk):
    async def run():
        async with desk() as at:
            return await at.check(), await at.check(number=2)

    first, second = asyncio.run(run())
    assert first.birth_digit == 5
    assert len(first.id) == 16
    assert first != second


def test_whom_it_does_not_know_is_refused(desk):
    async def run():
        async with desk() as at:
            at.behave(refusing=1)
            return await at.check(), at.checks.outcomes["mobile", "refused"], at.checks.lights()

    refused, counted, lights = asyncio.run(run())
    assert told(refused) == (403, "identity-refused")
    assert counted == 1
    assert lights["mobile"] == "green", "a refusal is an answer"


def test_only_the_digits_of_the_night_may_book_and_the_others_pay_nothing(desk):
    async def run():
        async with desk(birth_digits=(5, 6)) as at:
            wrong = await at.check(birth_date="1990-03-24")
            return wrong, await at.check(birth_date="1990-03-26"), at.calls(), len(at.line.values)

    wrong, right, calls, kept = asyncio.run(run())
    assert told(wrong) == (403, "birth-digit")
    assert "5, 6" in wrong.detail
    assert right.birth_digit == 6
    assert (calls, kept) == (1, 2), "the other one was neither asked for nor paused"


def test_checks_of_one_address_are_limited_in_a_minute(desk):
    async def run():
        async with desk() as at:
            rules = at.opening.rules.model_copy(update={"checks_per_address_per_minute": 3})
            at.opening = at.opening.model_copy(update={"rules": rules})
            first = [await at.check(number) for number in range(4)]
            at.clock.advance(60)
            return first, await at.check(9)

    first, later = asyncio.run(run())
    assert [isinstance(person, Person) for person in first] == [True, True, True, False]
    assert first[3].status == 429
    assert first[3].retry_after_s > 0
    assert isinstance(later, Person)


def test_an_unknown_provider_is_a_mistake_and_is_not_repeated(desk):
    async def run():
        async with desk() as at:
            return await at.check(provider="01012345678")

    error = asyncio.run(run())
    assert error.status == 400
    assert "01012345678" not in error.detail
    assert "mobile, certificate" in error.detail


# one answer in a while, on all devices


def test_another_device_waits_for_the_pause_and_the_same_visit_gets_its_answer_again(desk):
    async def run():
        async with desk() as at:
            first = await at.check(visit=b"one")
            again = await at.check(visit=b"one")
            other = await at.check(visit=b"two")
            at.clock.advance(599)
            almost = await at.check(visit=b"two")
            at.clock.advance(1)
            return first, again, other, almost, await at.check(visit=b"two"), at.calls()

    first, again, other, almost, later, calls = asyncio.run(run())
    assert again == first, "an answer that was lost on the way is given again"
    assert told(other) == (429, "identity-paused")
    assert other.retry_after_s == 600
    assert almost.retry_after_s == 1
    assert later == first
    assert calls == 2


def test_an_answer_is_repeated_for_a_minute_only_and_never_without_a_visit(desk):
    async def run():
        async with desk() as at:
            await at.check(1, visit=b"one")
            at.clock.advance(60)
            late = await at.check(1, visit=b"one")
            await at.check(2)
            return late, await at.check(2), at.calls()

    late, unknown, calls = asyncio.run(run())
    assert told(late) == told(unknown) == (429, "identity-paused")
    assert calls == 2


def test_a_refusal_is_not_asked_again_before_the_pause_is_over(desk):
    async def run():
        async with desk() as at:
            at.behave(refusing=1)
            first = await at.check(visit=b"one")
            again = await at.check(visit=b"one")
            at.behave()
            other = await at.check(provider="certificate", visit=b"one")
            return first, again, other

    first, again, other = asyncio.run(run())
    assert told(first) == (403, "identity-refused")
    assert told(again) == told(other) == (429, "identity-paused"), "another provider is no second throw"


def test_after_a_providers_failure_the_same_visit_asks_again_and_other_devices_wait_for_the_call_alone(desk):
    async def run():
        async with desk() as at:
            at.behave(failing=1)
            failed = await at.check(visit=b"one")
            other = await at.check(provider="certificate", visit=b"two")
            again = await at.check(provider="certificate", visit=b"one")
            await at.check(2, visit=b"one")
            at.clock.advance(8)
            return failed, other, again, await at.check(2, provider="certificate", visit=b"two")

    failed, other, again, waited = asyncio.run(run())
    assert told(failed) == (503, "provider-down")
    assert told(other) == (429, "identity-paused")
    assert other.retry_after_s <= 7, "a provider's failure pauses nobody for ten minutes"
    assert isinstance(again, Person)
    assert isinstance(waited, Person)


def test_while_the_store_is_away_people_are_checked_without_limits_and_pauses(desk):
    async def run():
        async with desk() as at:
            at.line.away = True
            return await at.check(visit=b"one"), await at.check(visit=b"two")

    assert all(isinstance(person, Person) for person in asyncio.run(run()))


def test_an_opening_without_a_pause_keeps_nothing(desk):
    async def run():
        async with desk(identity_pause_s=0) as at:
            return await at.check(), await at.check(), at.line.values

    first, again, kept = asyncio.run(run())
    assert first == again
    assert kept == {}


def test_a_lasting_number_of_the_provider_makes_one_person_of_two_phones(desk):
    async def run():
        async with desk() as at:
            at.behave(subjects=True)
            return await at.check(1), await at.check(2)

    first, second = asyncio.run(run())
    assert first == second


# a provider that is ill


def test_a_failing_provider_is_left_alone_told_red_and_the_other_one_works(desk):
    async def run():
        async with desk() as at:
            at.behave(failing=1)
            failed = [await at.check(number) for number in range(12)]
            lights = at.checks.lights()
            calls, kept = at.calls(), len(at.line.values)
            refused = await at.check(99)
            paid = len(at.line.values) - kept
            return failed, lights, calls, refused, at.calls(), paid, await at.check(99, "certificate")

    failed, lights, calls, refused, calls_then, paid, other = asyncio.run(run())
    assert {told(error) for error in failed} == {(503, "provider-down")}
    assert lights == {"mobile": "red", "certificate": "green"}
    assert calls == calls_then == 10, "after ten calls it is left alone"
    assert told(refused) == (503, "provider-down")
    assert "choose certificate" in refused.detail
    assert refused.retry_after_s >= 1
    assert paid == 0, "whoever found it closed has paid nothing"
    assert isinstance(other, Person)


def test_nobody_is_sent_to_a_provider_that_does_not_answer_either(desk):
    async def run():
        async with desk() as at:
            at.behave("certificate", failing=1)
            at.behave("mobile", failing=1)
            for number in range(12):
                await at.check(number, "certificate")
            return await at.check(99)

    down = asyncio.run(run())
    assert told(down) == (503, "provider-down")
    assert "certificate" not in down.detail
    assert "come again" in down.detail


def test_a_slow_provider_is_left_alone_too(desk):
    async def run():
        async with desk(clock=SystemClock(), timeout_s=0.3) as at:
            at.behave(delay_s=0.16)
            await asyncio.gather(*(at.check(number) for number in range(10)))
            return at.checks.lights(), at.checks.outcomes

    lights, outcomes = asyncio.run(run())
    assert lights == {"mobile": "red", "certificate": "green"}
    assert outcomes["mobile", "verified"] + outcomes["mobile", "failed"] == 10


def test_a_provider_that_never_answers_is_given_up(desk):
    async def run():
        async with desk(timeout_s=0.1) as at:
            at.behave(hanging=True)
            return await at.check(), at.calls()

    error, calls = asyncio.run(run())
    assert told(error) == (503, "provider-down")
    assert calls == 1, "nothing is tried again while a person waits"


def test_twenty_minutes_of_a_failing_provider_cost_few_calls_and_end_with_it(desk):
    """One person a second, as on the first night of August 2021, when a provider erred for about twenty minutes."""

    async def run():
        async with desk(identity_pause_s=0) as at:
            at.behave(failing=1)
            for number in range(1200):
                await at.check(number)
                at.clock.advance(1)
            calls, lights = at.calls(), at.checks.lights()
            at.behave()
            seconds = 0
            while at.checks.lights()["mobile"] != "green":
                await at.check(seconds)
                at.clock.advance(1)
                seconds += 1
            return calls, lights, seconds

    calls, lights, seconds = asyncio.run(run())
    assert 10 < calls < 60, "the first ten, and then a try every half minute"
    assert lights["mobile"] in {"red", "amber"}
    assert seconds <= 35, "half a minute at most until it is tried again, and three people who prove it"


def test_while_it_is_tried_a_few_go_through_and_the_others_are_sent_elsewhere(desk):
    async def run():
        async with desk(identity_pause_s=0) as at:
            at.behave(failing=1)
            await asyncio.gather(*(at.check(number) for number in range(10)))
            at.clock.advance(5)
            at.behave(delay_s=0.05)
            before = at.calls()
            amber = at.checks.lights()["mobile"]
            people = await asyncio.gather(*(at.check(number) for number in range(50)))
            return amber, at.calls() - before, people, at.checks.lights()["mobile"]

    amber, calls, people, after = asyncio.run(run())
    assert amber == "amber"
    assert calls == 3
    assert sum(isinstance(person, Person) for person in people) == 3
    assert after == "green"


def test_a_slow_provider_holds_no_more_people_than_its_bulkhead_and_none_of_the_others(desk):
    async def run(in_flight):
        async with desk(in_flight=in_flight) as at:
            at.behave(delay_s=0.2)
            crowd = [asyncio.create_task(at.check(number)) for number in range(30)]
            await at.until_called(min(in_flight, 30))
            amber = at.checks.lights()["mobile"]
            elsewhere = await at.check(99, "certificate")
            return await asyncio.gather(*crowd), at.standin.providers["mobile"].most_waiting, elsewhere, amber

    people, most, elsewhere, light = asyncio.run(run(5))
    assert most == 5
    assert sum(isinstance(person, Person) for person in people) == 5
    assert {told(person) for person in people if isinstance(person, AppError)} == {(503, "provider-down")}
    assert isinstance(elsewhere, Person)
    assert light == "amber"

    people, most, *_ = asyncio.run(run(1000))
    assert most == 30, "without the bulkhead all of them wait there"


def test_somebody_who_goes_away_while_asked_says_nothing_about_the_provider(desk):
    async def run():
        async with desk() as at:
            at.behave(hanging=True)
            for number in range(20):
                asking = asyncio.create_task(at.check(number))
                await at.until_called(number + 1)
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
            return at.checks.lights()["mobile"], at.checks._gates["mobile"]._free

    assert asyncio.run(run()) == ("green", 128)


def test_an_operator_closes_a_provider_and_opens_it_again(desk):
    async def run():
        async with desk() as at:
            at.checks.close_providers({"mobile"})
            closed, light = await at.check(visit=b"one"), at.checks.lights()["mobile"]
            at.checks.close_providers(set())
            return closed, light, await at.check(visit=b"one")

    closed, light, person = asyncio.run(run())
    assert told(closed) == (503, "provider-down")
    assert light == "red"
    assert isinstance(person, Person)


async def _redirect(_):
    raise web.HTTPFound("/elsewhere")


async def _page(_):
    return web.Response(text="<h1>Sorry</h1>", content_type="text/html")


async def _other_answer(_):
    return web.json_response({"verified": "yes"})


async def _endless(request):
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b'{"verified": true}')
    for _ in range(64):
        await response.write(b" " * 65_536)
    return response


async def _hung_up(request):
    request.transport.close()
    return web.Response()


def _status(number):
    async def handler(_):
        return web.json_response({"verified": True}, status=number)

    return handler


@pytest.fixture
def checked_at(desk):
    """What twelve people get from a provider that answers so, and its light after it."""

    async def run(handler):
        app = web.Application()
        app.router.add_post("/{name}/checks", handler)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            async with desk(url=f"http://127.0.0.1:{runner.addresses[0][1]}") as at:
                return [told(await at.check(number)) for number in range(12)], at.checks.lights()["mobile"]
        finally:
            await runner.cleanup()

    return lambda handler: asyncio.run(run(handler))


@pytest.mark.parametrize(
    "handler",
    [_redirect, _page, _other_answer, _endless, _hung_up, *map(_status, (201, 204, 401, 404, 429, 500, 503))],
)
def test_whatever_is_no_answer_is_a_failure_of_the_provider(checked_at, handler):
    told_to_people, light = checked_at(handler)
    assert set(told_to_people) == {(503, "provider-down")}
    assert light == "red"


@pytest.mark.parametrize("status", [400, 422])
def test_nobody_can_switch_a_provider_off_by_typing_nonsense(checked_at, status):
    told_to_people, light = checked_at(_status(status))
    assert set(told_to_people) == {(403, "identity-refused")}
    assert light == "green"


def test_a_provider_that_is_not_there_is_a_failure(desk):
    async def run():
        async with desk(url="http://127.0.0.1:1") as at:
            return await at.check()

    assert told(asyncio.run(run())) == (503, "provider-down")


# what nobody may learn


def test_nothing_personal_is_told_logged_or_kept(desk, caplog):
    caplog.set_level(logging.DEBUG)

    async def run():
        async with desk() as at:
            people = [await at.check(visit=b"one"), await at.check(visit=b"two")]
            at.behave(failing=1)
            people.append(await at.check(2, visit=b"one"))
            at.behave(refusing=1)
            people.append(await at.check(3, visit=b"one"))
            return people, at.line.values, at.line.attempts

    people, kept, attempts = asyncio.run(run())
    everything = f"{people} {[getattr(one, 'detail', '') for one in people]} {kept} {attempts} {caplog.text}"
    for personal in (*PERSON, "192.0.2.1"):
        assert personal not in everything


def test_identity_holds_nothing_of_the_database_because_it_knows_none():
    """No connection and no lock can be held during the call of a provider."""
    for file in Path(app.identity.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.startswith(("asyncpg", "app.reservations", "sqlalchemy")) for name in names), file.name


def test_whatever_is_typed_is_answered_and_never_with_a_500(desk):
    text = st.text(max_size=60) | st.text(st.characters(categories=["Cs", "Cc", "Lo", "Mn", "Nd"]), max_size=60)
    dates = st.dates().map(str) | st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\n?\Z") | text
    phones = st.from_regex(r"\A\+?[0-9 -]{8,20}\n?\Z") | text
    with asyncio.Runner() as runner:
        opened = desk()
        at = runner.run(opened.__aenter__())

        @given(name=text, birth_date=dates, phone=phones, provider=st.sampled_from(["mobile", "certificate"]) | text)
        @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        def typed(**typed):
            answer = runner.run(at.check(**typed))
            assert isinstance(answer, Person) or answer.status < 500

        try:
            typed()
            assert at.checks.lights() == {"mobile": "green", "certificate": "green"}
        finally:
            runner.run(opened.__aexit__(None, None, None))
