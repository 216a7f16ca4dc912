"""The HTTP client against servers that say exactly what each test wants, on 127.0.0.1.

It cannot prove that the client is fast; `make bench` measures that.
"""

import asyncio
import contextlib

import pytest

from app.load.client import Client, Target, Unanswered

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@contextlib.asynccontextmanager
async def served(handle):
    """A server whose connections `handle(reader, writer, number)` answers, and a client of it."""
    connections, tasks = [], set()

    async def accept(reader, writer):
        connections.append(writer)
        tasks.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await handle(reader, writer, len(connections))
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    client = Client(Target("127.0.0.1", server.sockets[0].getsockname()[1], secure=False), timeout_s=5)
    try:
        yield client
    finally:
        await client.close()
        server.close()
        for writer in connections:
            writer.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def request_of(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"content-length")), 0)
    return head, await reader.readexactly(length)


def always(answer):
    async def handle(reader, writer, number):
        while True:
            await request_of(reader)
            writer.write(answer)

    return handle


def test_a_connection_is_kept_for_the_next_request():
    async def scenario():
        async with served(always(OK)) as client:
            for _ in range(5):
                assert (await client.request("GET", "/")).body == b"ok"
            assert client.opened == 1

    asyncio.run(scenario())


def test_headers_body_and_cookies_go_there_and_come_back():
    seen = []

    async def handle(reader, writer, number):
        seen.append(await request_of(reader))
        writer.write(
            b"HTTP/1.1 201 Created\r\nSet-Cookie: fg_pass=abc; HttpOnly\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n"
        )

    async def scenario():
        async with served(handle) as client:
            answer = await client.request("POST", "/queue/join", ((b"x-a", b"1"),), b'{"a":1}')
            assert (answer.status, answer.cookie("fg_pass"), answer.header(b"retry-after")) == (201, "abc", "3")
            assert answer.cookie("other") is None

    asyncio.run(scenario())
    head, body = seen[0]
    assert head.startswith(b"POST /queue/join HTTP/1.1\r\nhost: 127.0.0.1:")
    assert b"x-a: 1\r\n" in head
    assert body == b'{"a":1}'


def test_an_answer_in_chunks_that_arrive_one_by_one_is_put_together():
    async def handle(reader, writer, number):
        while True:
            await request_of(reader)
            for part in (
                b"HTTP/1.1 200 OK\r\ntransfer-en",
                b"coding: chunked\r\n\r\n5\r\nhel",
                b"lo\r\n3\r\n wo\r\n0\r\n\r\n",
            ):
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.01)

    async def scenario():
        async with served(handle) as client:
            assert (await client.request("GET", "/")).body == b"hello wo"
            assert (await client.request("GET", "/")).body == b"hello wo"
            assert client.opened == 1

    asyncio.run(scenario())


def test_an_answer_without_length_ends_with_its_connection():
    async def handle(reader, writer, number):
        await request_of(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nall of it")

    async def scenario():
        async with served(handle) as client:
            assert (await client.request("GET", "/")).body == b"all of it"

    asyncio.run(scenario())


def test_an_informational_answer_is_not_taken_for_the_answer():
    async def scenario():
        async with served(always(b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK)) as client:
            assert (await client.request("GET", "/")).status == 200

    asyncio.run(scenario())


def test_a_kept_connection_that_the_server_closed_meanwhile_costs_a_new_one_and_no_error():
    async def handle(reader, writer, number):
        await request_of(reader)
        writer.write(OK)
        if number > 1:
            await request_of(reader)

    async def scenario():
        async with served(handle) as client:
            await client.request("GET", "/")
            assert (await client.request("GET", "/")).status == 200
            assert client.opened == 2

    asyncio.run(scenario())


def test_a_fresh_connection_that_closes_without_an_answer_is_told_and_not_tried_for_ever():
    async def handle(reader, writer, number):
        await request_of(reader)

    async def scenario():
        async with served(handle) as client:
            with pytest.raises(Unanswered, match="closed"):
                await client.request("GET", "/")
            assert client.opened == 1

    asyncio.run(scenario())


def test_half_an_answer_is_no_answer():
    async def handle(reader, writer, number):
        await request_of(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this")

    async def scenario():
        async with served(handle) as client:
            with pytest.raises(Unanswered, match="closed"):
                await client.request("GET", "/")

    asyncio.run(scenario())


def test_what_is_no_http_is_told_as_garbled():
    async def scenario():
        async with served(always(b"hello, who is there?\r\n\r\n")) as client:
            with pytest.raises(Unanswered, match="garbled"):
                await client.request("GET", "/")

    asyncio.run(scenario())


def test_a_server_that_is_not_there_is_told_as_refused():
    async def scenario():
        async with served(always(OK)) as client:
            target = client.target
        with pytest.raises(Unanswered, match="refused"):
            await Client(target).request("GET", "/")

    asyncio.run(scenario())


def test_a_slow_answer_times_out_and_its_connection_is_not_used_again():
    late = asyncio.Event

    async def handle(reader, writer, number):
        await request_of(reader)
        if number == 1:
            await late().wait()
        writer.write(OK)

    async def scenario():
        async with served(handle) as client:
            client.timeout_s = 0.05
            with pytest.raises(Unanswered, match="timeout"):
                await client.request("GET", "/")
            client.timeout_s = 5
            assert (await client.request("GET", "/")).status == 200
            assert client.opened == 2

    asyncio.run(scenario())


def test_requests_beyond_the_limit_wait_for_a_connection_and_all_are_answered():
    async def scenario():
        async with served(always(OK)) as client:
            client.limit = 3
            answers = await asyncio.gather(*(client.request("GET", "/") for _ in range(50)))
            assert [answer.status for answer in answers] == [200] * 50
            assert client.opened == 3

    asyncio.run(scenario())


def test_who_stops_waiting_for_a_connection_does_not_take_the_turn_of_the_next():
    async def handle(reader, writer, number):
        while True:
            await request_of(reader)
            await asyncio.sleep(0.05)
            writer.write(OK)

    async def scenario():
        async with served(handle) as client:
            client.limit = 1
            first = asyncio.create_task(client.request("GET", "/"))
            await asyncio.sleep(0.01)
            gone = asyncio.create_task(client.request("GET", "/"))
            last = asyncio.create_task(client.request("GET", "/"))
            await asyncio.sleep(0.01)
            gone.cancel()
            assert [answer.status for answer in await asyncio.gather(first, last)] == [200, 200]

    asyncio.run(scenario())


@pytest.mark.parametrize("url", ["", "127.0.0.1:8080", "ftp://host", "http://"])
def test_an_address_that_is_none_is_refused_with_the_form_that_it_must_have(url):
    with pytest.raises(ValueError, match="must be http://host:port or https://host"):
        Target.of(url)


def test_addresses_have_their_usual_ports():
    assert Target.of("https://example.org").port == 443
    assert Target.of("http://127.0.0.1:8080/") == Target("127.0.0.1", 8080, secure=False)
