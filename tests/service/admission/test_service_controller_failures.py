"""What the controller does while PostgreSQL or Valkey is away or has forgotten, on the real servers.

Seconds pass when the test says so, so that nothing here depends on how quick the machine is; that the service is back
within ten seconds under load is tried elsewhere.
"""

import asyncio
import socket
from contextlib import suppress

import asyncpg
import structlog

from app.errors import Unavailable
from tests.service.admission.conftest import report

RATE = 100


async def open_doors(one, people, *controllers):
    await one.second(*controllers)
    await one.join(people)
    await one.to_the_doors()


async def until(check, one, *controllers, within=300):
    """Let seconds pass until it is so; real ones are a hundredth long here."""
    for _ in range(within):
        await one.second(*controllers)
        if await check():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"it is not so after {within} seconds")


def flush(valkey):
    with socket.create_connection(("127.0.0.1", valkey.port), timeout=5) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        assert connection.recv(5) == b"+OK\r\n"


def test_with_postgres_away_nobody_is_called_and_the_line_goes_on_when_it_is_back(night, postgres):
    async def play(one):
        controllers = one.controller(), one.controller()
        await open_doors(one, 5000, *controllers)
        await one.seconds(2, *controllers)
        before = await one.document()
        with structlog.testing.capture_logs() as logs:
            await asyncio.to_thread(postgres.stop)
            try:
                await one.seconds(6, *controllers)
                told = await one.document()
                assert (told.phase, told.at_s, told.serving) == ("paused", before.at_s, before.serving)
                assert (await one.state()).serving == before.serving
                assert sorted(await one.join(10, first=9000)) == list(range(5000, 5010)), "joining goes on"
                await one.second(*controllers)
                assert (await one.document()).joined == 5010
            finally:
                await asyncio.to_thread(postgres.start)
            # the lease of the test is a minute long; a real one would be over
            await one.pool.execute("UPDATE admission SET lease_until = '-infinity'")
            await one.seconds(2, *controllers)
        told = await one.document()
        assert told.phase == "open"
        assert 0 < told.serving - before.serving <= 3 * RATE, "nobody is called for the time that was lost"
        failing = [log for log in logs if log["event"] == "failing" and log["what"] == "database"]
        assert len(failing) <= len(controllers), "each tells it once"
        assert failing

    night(play)


class Relay:
    """Stands between asyncpg and PostgreSQL, and says nothing more when it is told to, as a cut network does."""

    def __init__(self, port):
        self._port, self._talks = port, asyncio.Event()
        self._talks.set()

    def cut(self):
        self._talks.clear()

    def mend(self):
        self._talks.set()

    async def start(self):
        self._ends = []
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    async def stop(self):
        """Everything that is open was closed by those who talk through it."""
        self.mend()
        self._server.close()
        await self._server.wait_closed()
        await asyncio.gather(*self._ends)

    async def _relay(self, reader, writer):
        self._ends.append(asyncio.current_task())
        onward, back = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(self._pass(reader, back), self._pass(onward, writer))

    async def _pass(self, reader, writer):
        with suppress(OSError):
            while data := await reader.read(65_536):
                await self._talks.wait()
                writer.write(data)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def test_a_postgres_that_says_nothing_holds_nobody_up(night, postgres, database):
    async def play(one):
        relay, pool = Relay(postgres.port), one.pool
        url = database.replace(str(postgres.port), str(await relay.start()))
        async with asyncpg.create_pool(url, min_size=0, max_size=2) as one.pool:
            leader = one.controller()
            await open_doors(one, 5000, leader)
            await one.second(leader)
            before = await one.document()
            relay.cut()
            one.clock.advance(5)
            async with asyncio.timeout(9):
                await one.seconds(2, leader)
            told = await one.document()
            assert (told.phase, told.serving) == ("paused", before.serving)
            relay.mend()

            async def calls():
                return (await one.document()).serving > before.serving

            await until(calls, one, leader)
        one.pool = pool
        await relay.stop()

    night(play)


def test_with_valkey_away_nobody_is_called_and_the_line_goes_on_when_it_is_back(night, valkey):
    async def play(one):
        controllers = one.controller(), one.controller()
        await open_doors(one, 5000, *controllers)
        await one.seconds(2, *controllers)
        before = await one.row()
        await asyncio.to_thread(valkey.stop)
        try:
            one.reports = None
            for _ in range(4):
                await asyncio.gather(*(one.second(controller) for controller in controllers))
            row = await one.row()
            assert row["serving"] <= before["serving"] + RATE, "what was being written when it went away"
        finally:
            await asyncio.to_thread(valkey.start)
        one.reports = report()

        async def calls():
            return (await one.row())["serving"] > row["serving"]

        await until(calls, one, *controllers)
        assert sum(controller.leads for controller in controllers) == 1
        assert (await one.document()).serving == (await one.row())["serving"]

    night(play)


class CutOff:
    """A line that this controller cannot reach, while others can."""

    def __init__(self, line):
        self._line, self.cut = line, False

    def __getattr__(self, name):
        async def refuse(*_):
            raise Unavailable("cut off")

        return refuse if self.cut else getattr(self._line, name)


def test_a_leader_who_cannot_reach_the_line_lets_another_lead_who_can(night):
    async def play(one):
        line = one.line
        one.line = CutOff(line)
        unlucky = one.controller(lease_s=600)
        cut, one.line = one.line, line
        other = one.controller(lease_s=600)
        await open_doors(one, 5000, unlucky, other)
        await one.seconds(2, unlucky, other)
        assert unlucky.leads
        serving = (await one.document()).serving
        cut.cut = True
        await one.seconds(4, unlucky, other)
        assert (unlucky.leads, other.leads) == (False, True)
        assert serving < (await one.document()).serving <= serving + 4 * RATE

    night(play)


def test_numbers_given_after_the_store_lost_its_memory_are_above_all_before(night, valkey):
    async def play(one):
        controllers = one.controller(), one.controller()
        await open_doors(one, 3000, *controllers)
        await one.seconds(3, *controllers)
        # these are in no checkpoint yet
        known = await one.join(500, first=3000)
        before = await one.document()
        flush(valkey)
        await one.second(*controllers)
        given = await one.join(400, first=5000)
        assert min(given) > max(known)
        assert len(set(given)) == 400
        await one.second(*controllers)
        told = await one.document()
        assert (told.draw, told.phase) == (before.draw, "open"), "the draw stands"
        assert before.serving < told.serving <= before.serving + 2 * RATE, "and the line goes on where it was"

    night(play)


def test_another_leader_than_the_one_before_restores_the_line_as_well(night, valkey):
    async def play(one):
        leader, heir = one.controller(lease_s=0.2), one.controller(lease_s=0.2)
        await open_doors(one, 3000, leader, heir)
        await one.seconds(2, leader)
        known = await one.join(200, first=3000)
        flush(valkey)
        while not heir.leads:
            await asyncio.sleep(0.05)
            await one.second(heir)
        assert min(await one.join(10, first=8000)) > max(known)

    night(play)


class DiesAfterBeginning(CutOff):
    """The leader is gone as soon as it has begun a line."""

    async def begin(self, *values):
        await self._line.begin(*values)
        self.cut = True


def test_numbers_stay_unique_when_the_leader_dies_while_it_begins_a_line_that_is_lost_once_more(night, valkey):
    async def play(one):
        line, given = one.line, []

        async def begins_and_dies():
            one.line = DiesAfterBeginning(line)
            leader, one.line = one.controller(lease_s=0.2), line
            while not one.line_begun:
                await one.second(leader)
                one.line_begun = leader._line.cut
                await asyncio.sleep(0.02)
            given.extend(await one.join(400, first=len(given)))
            flush(valkey)
            one.line_begun = False

        one.line_begun = False
        await begins_and_dies()
        await begins_and_dies()
        heir = one.controller(lease_s=0.2)
        while not heir.leads:
            await one.second(heir)
            await asyncio.sleep(0.02)
        given += await one.join(400, first=len(given))
        assert min(given) == 0, "nothing was lost before the first"
        assert len(set(given)) == 1200

    night(play)


def test_a_line_lost_before_the_doors_is_drawn_over_all_numbers(night, valkey):
    async def play(one):
        leader = one.controller()
        await one.second(leader)
        known = await one.join(700)
        await one.second(leader)
        flush(valkey)
        await one.second(leader)
        given = await one.join(50, first=900)
        assert min(given) > max(known)
        await one.to_the_doors()
        await one.second(leader)
        told = await one.document()
        assert told.draw.prequeue == told.joined > max(given)

    night(play)


def test_the_first_number_of_an_opening_is_zero_since_nothing_was_lost(night):
    async def play(one):
        await one.second(one.controller())
        assert await one.join(1) == [0]

    night(play)


def test_a_counter_behind_the_checkpoint_is_raised_above_it(night, valkey_url):
    async def play(one):
        leader = one.controller()
        await open_doors(one, 2000, leader)
        await one.seconds(2, leader)
        await one.line._client.hset("{august}/line", {"joined": "1500"})
        await one.second(leader)
        assert min(await one.join(10, first=7000)) >= 2000
        assert leader._leading.memory.unseen.inside == 0, "who is inside was not forgotten"

    night(play)


def test_people_whom_the_store_forgot_keep_their_room_under_the_cap(night, valkey):
    async def play(one):
        leader = one.controller()
        await open_doors(one, 140, leader)
        await one.seconds(2, leader)
        for place in range(140):
            await one.line.enter("august", place, one.clock.now_s(), 1e12, 150)
        # by now nobody is on their way any more
        await one.seconds(20, leader)
        assert (await one.document()).serving == (await one.state()).inside == 140
        flush(valkey)
        await one.seconds(4, leader)
        assert (await one.state()).inside == 0
        told = await one.document()
        assert told.joined > 1000
        assert 140 < told.serving <= 152, "they are inside though the store knows nobody"
        assert (await one.snapshot())["binding"] == "cap"

    night(play, max_inside=150, poll_interval_s=1)


def test_with_no_worker_that_could_serve_them_nobody_is_called(night, valkey):
    async def play(one):
        leader = one.controller()
        await open_doors(one, 3000, leader)
        await one.second(leader)
        serving = (await one.document()).serving
        one.reports = None
        await one.line._client.delete(["reports"])
        await one.second(leader)
        assert (await one.document()).phase == "open", "a moment of silence is not an outage"
        await one.seconds(3, leader)
        told = await one.document()
        assert told.phase == "paused"
        await one.seconds(2, leader)
        assert (await one.document()).serving == told.serving <= serving + 3 * RATE

    night(play)
