"""What workers share through Valkey beside the line, and what they do while it is away, killed or lying.

Times in Valkey are its own, so tests of pauses wait for real seconds, as few as there can be.
"""

import asyncio
import os
import signal
import time

import glide
import pytest

from app.errors import SetupError, Unavailable
from app.line.limits import Limits
from app.line.valkey import configuration
from app.line.values import Entrance, Joined, LineLost
from app.local.valkey import Valkey

NOW_S = 1_817_000_000.0


@pytest.fixture
def own_valkey(server_folder, request):
    """A server that a test may kill."""
    server = Valkey(server_folder / request.node.name[:40])
    server.start()
    yield server
    if server.process is not None:
        server.kill()


def eventually(act, within_s=10.0):
    """The first answer of `act`, which is `Unavailable` until the server is back."""

    async def wait():
        until = time.monotonic() + within_s
        while True:
            try:
                return await act()
            except Unavailable:
                assert time.monotonic() < until, "it did not come back"
                await asyncio.sleep(0.05)

    return wait()


def test_attempts_of_both_workers_are_counted_together_and_by_window(together):
    async def act(one, other):
        counts = await asyncio.gather(*((one, other)[copy % 2].attempt("join", b"x", 60, NOW_S) for copy in range(20)))
        further = await one.attempt("join", b"x", 60, NOW_S, 5), await other.attempt("join", b"x", 60, NOW_S + 60)
        return (
            sorted(counts),
            further,
            await one.attempt("join", b"y", 60, NOW_S),
            await one.attempt("check", b"x", 60, NOW_S),
        )

    assert together(act) == (list(range(1, 21)), (25, 1), 1, 1)


def test_limits_of_two_workers_hold_together(together):
    async def act(one, other):
        workers = Limits(one), Limits(other)
        tried = [workers[copy % 2].check("join", b"x", 10, NOW_S) for copy in range(50)]
        return sum(result is None for result in await asyncio.gather(*tried, return_exceptions=True))

    assert together(act) == 10


def test_of_many_at_once_one_is_the_first_and_the_others_read_how_long_to_wait(together):
    async def act(one, other):
        return await asyncio.gather(*((one, other)[copy % 2].once("identity", b"x", 600) for copy in range(20)))

    answers = sorted(together(act))

    assert answers[0] == 0
    assert all(599 <= left_s <= 600 for left_s in answers[1:])


def test_a_pause_ends(together):
    async def act(one, other):
        first = await one.once("identity", b"x", 1), await other.once("identity", b"x", 1)
        await asyncio.sleep(1.05)
        return first, await other.once("identity", b"x", 1)

    assert together(act) == ((0, 1), 0)


def test_no_pause_is_no_pause(together):
    async def act(one, other):
        return await one.once("identity", b"x", 0), await other.once("identity", b"x", 0)

    assert together(act) == (0, 0)


def test_a_shared_document_is_read_byte_for_byte_until_it_is_too_old(together):
    async def act(one, other):
        await one.put("now-serving/august", b"\x00\xff{}", 1)
        read = await other.get("now-serving/august"), await other.get("now-serving/september")
        await asyncio.sleep(1.05)
        return read, await other.get("now-serving/august")

    assert together(act) == ((b"\x00\xff{}", None), None)


def test_a_worker_that_falls_silent_is_left_out_of_the_reports(together):
    async def act(one, other):
        await one.report("alive", b"\x00 alive \xff", 60)
        await other.report("silent", b"silent", 1)
        await other.report("alive", b"\x00 newer \xff", 60)
        both = await one.reports()
        await asyncio.sleep(1.05)
        return sorted(both), await one.reports()

    assert together(act) == ([b"\x00 newer \xff", b"silent"], [b"\x00 newer \xff"])


def test_without_reports_there_are_none(together):
    async def act(one, other):
        return await one.reports()

    assert together(act) == []


def test_a_killed_valkey_has_every_number_and_every_visit_when_it_is_back(own_valkey, alone):
    """The append-only file is written before the answer is sent; only the machine's own death can lose a second."""
    people = [person.to_bytes(16, "big") for person in range(300)]

    async def act(line):
        first = await asyncio.gather(*(line.join("august", [each]) for each in people))
        await line.seal("august")
        await line.call("august", 20, 3, 4)
        await line.enter("august", 7, NOW_S, NOW_S + 900, 5)
        before = await line.state("august", NOW_S)
        own_valkey.kill()
        with pytest.raises(Unavailable) as caught:
            await line.join("august", [people[0]])
        own_valkey.start()
        after = await eventually(lambda: line.state("august", NOW_S))
        second = await asyncio.gather(*(line.join("august", [each]) for each in people))
        entered = await line.enter("august", 7, NOW_S, NOW_S + 900, 5)
        called = await line.call("august", 30, 3, 3)
        return caught.value, before == after, first, second, entered, called

    away, same_state, first, second, entered, called = alone(own_valkey.url, act, begun=True)

    assert (away.status, away.code, away.retry_after_s) == (503, "unavailable", 2)
    assert same_state
    assert second == [Joined(joined.number, again=True) for joined in first]
    assert entered.entrance is Entrance.AGAIN
    assert called is False, "the epoch is kept as well"


def test_joins_under_way_when_valkey_is_killed_have_one_number_each_afterwards(own_valkey, alone):
    """Whoever got no answer asks again, and the answer that was lost is the one they get."""
    people = [person.to_bytes(16, "big") for person in range(2000)]

    async def killer():
        await asyncio.sleep(0.02)
        own_valkey.kill()

    async def act(line):
        joins = (line.join("august", [each]) for each in people)
        *first, _ = await asyncio.gather(*joins, killer(), return_exceptions=True)
        own_valkey.start()
        await eventually(line.ping)
        second = await asyncio.gather(*(line.join("august", [each]) for each in people))
        return first, second, await line.state("august", NOW_S)

    first, second, state = alone(own_valkey.url, act, begun=True)
    answered = [(before, after) for before, after in zip(first, second, strict=True) if isinstance(before, Joined)]

    assert all(isinstance(before, (Joined, Unavailable)) for before in first)
    assert all(before.number == after.number for before, after in answered)
    assert sorted(joined.number for joined in second) == list(range(2000))
    assert state.joined == 2000


def test_a_worker_starts_while_valkey_is_away_and_works_once_it_is_there(own_valkey, alone):
    own_valkey.stop()

    async def act(line):
        with pytest.raises(Unavailable):
            await line.ping()
        own_valkey.start()
        await eventually(line.ping)
        with pytest.raises(LineLost):
            await line.join("august", [bytes(16)])

    alone(own_valkey.url, act)


def test_a_valkey_that_hangs_is_unavailable_and_works_again_when_it_goes_on(own_valkey, alone):
    async def act(line):
        os.kill(own_valkey.process.pid, signal.SIGSTOP)
        try:
            with pytest.raises(Unavailable):
                await line.join("august", [bytes(16)])
        finally:
            os.kill(own_valkey.process.pid, signal.SIGCONT)
        return await eventually(lambda: line.join("august", [bytes(16)]))

    assert alone(own_valkey.url, act, begun=True).number == 0


def test_a_closed_client_is_unavailable(valkey_url, alone):
    async def act(line):
        await line.close()
        with pytest.raises(Unavailable):
            await line.ping()

    alone(valkey_url, act)


def test_a_full_valkey_refuses_joins_and_forgets_nobody(own_valkey, alone):
    async def act(line):
        await line.join("august", [bytes(16)])
        await line._client.config_set({"maxmemory": "1"})
        with pytest.raises(Unavailable):
            await line.join("august", [b"x" * 16])
        await line._client.config_set({"maxmemory": "0"})
        return await line.join("august", [bytes(16)])

    assert alone(own_valkey.url, act, begun=True) == Joined(0, again=True)


def test_a_mistake_of_ours_is_not_taken_for_an_outage(valkey_url, alone):
    """A worker that is wrong must be seen in its log, not behind a 503."""

    async def act(line):
        await line.put("{august}/line", b"no hash", 60)
        await line.join("august", [bytes(16)])

    with pytest.raises(glide.RequestError, match="wrong kind"):
        alone(valkey_url, act)


def test_a_password_in_the_url_opens_a_server_that_wants_one(own_valkey, alone):
    async def demand(line):
        await line._client.config_set({"requirepass": "p@ss/word"})

    async def ping(line):
        await line.ping()
        return True

    alone(own_valkey.url, demand)

    assert alone(own_valkey.url.replace("://", "://:p%40ss%2Fword@"), ping)
    with pytest.raises(Unavailable):
        alone(own_valkey.url, ping)


@pytest.mark.parametrize(
    ("url", "port", "tls", "user"),
    [
        ("valkey://cache", 6379, False, None),
        ("valkeys://:secret@cache.example:6380", 6380, True, None),
        ("valkeys://app:secret@cache", 6379, True, "app"),
    ],
)
def test_a_url_says_port_tls_and_user(url, port, tls, user):
    told = configuration(url)

    assert told.addresses[0].port == port
    assert told.use_tls is tls
    assert (told.credentials.username if told.credentials else None) == user


@pytest.mark.parametrize("url", ["", "redis://:secret@cache", "valkey://", "cache:6379", "valkey://cache:many"])
def test_a_url_that_is_none_is_refused_without_telling_the_password(url):
    with pytest.raises(SetupError) as caught:
        configuration(url)

    assert "secret" not in str(caught.value)
