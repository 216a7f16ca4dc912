"""The stand-in for providers: what it can be told, and that it ends the same way for the same calls."""

import asyncio
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import aiohttp
import pytest

from app.identity.standin import Behaviour, StandIn
from app.local.ports import free_port

ROOT = Path(__file__).resolve().parents[3]
ASKED = {"name": "홍길동", "birth_date": "1990-03-25", "phone": "+821012345678"}


def at_standin(work, seed=0):
    """Run `work(session, url, standin)` at a stand-in for one provider."""

    async def run():
        standin = StandIn(["mobile"], seed, Behaviour(delay_s=0))
        url = await standin.start("127.0.0.1", 0)
        try:
            async with aiohttp.ClientSession() as session:
                return await work(session, f"{url}/mobile", standin)
        finally:
            await standin.stop()

    return asyncio.run(run())


async def ask(session, url, **changed):
    async with session.post(f"{url}/checks", json={**ASKED, **changed}) as response:
        return response.status, await response.json()


def outcomes(seed):
    async def work(session, url, _):
        async with session.put(f"{url}/behaviour", json={"delay_s": 0, "failing": 0.4, "refusing": 0.4}) as response:
            assert response.status == 200
        return [(await ask(session, url))[0] for _ in range(40)]

    return at_standin(work, seed)


def test_the_same_seed_ends_the_same_calls_in_the_same_way():
    assert outcomes(1) == outcomes(1)
    assert outcomes(1) != outcomes(2)
    assert set(outcomes(1)) == {200, 500}


def test_it_confirms_everybody_until_it_is_told_otherwise():
    async def work(session, url, _):
        before = await ask(session, url)
        async with session.put(f"{url}/behaviour", json={"delay_s": 0, "refusing": 1}):
            pass
        async with session.get(f"{url}/behaviour") as response:
            told = await response.json()
        return before, told, await ask(session, url)

    before, told, after = at_standin(work)
    assert before == (200, {"verified": True})
    assert told == {"delay_s": 0.0, "failing": 0.0, "refusing": 1.0, "hanging": False, "subjects": False}
    assert after == (200, {"verified": False})


@pytest.mark.parametrize(
    ("phone", "answer"),
    [
        ("+821000000001", (200, {"verified": False})),
        ("+821000000003", (500, {"error": "the stand-in fails as it was told"})),
    ],
)
def test_some_phones_make_one_check_fail_whatever_the_others_do(phone, answer):
    async def work(session, url, _):
        return await ask(session, url, phone=phone), await ask(session, url)

    magic, plain = at_standin(work)
    assert magic == answer
    assert plain == (200, {"verified": True})


@pytest.mark.parametrize("behaviour", [b"{", b'{"delay": 1}', b'{"failing": 2}', b'{"delay_s": -1}', b'"slow"'])
def test_a_behaviour_that_is_none_changes_nothing(behaviour):
    async def work(session, url, standin):
        async with session.put(f"{url}/behaviour", data=behaviour) as response:
            return response.status, standin.providers["mobile"].behaviour

    assert at_standin(work) == (400, Behaviour(delay_s=0))


def test_a_question_that_is_none_and_a_provider_that_is_none_are_refused():
    async def work(session, url, _):
        statuses = []
        for asked, path in ((b"{}", f"{url}/checks"), (b"[", f"{url}/checks"), (b"{}", f"{url}-not/checks")):
            async with session.post(path, data=asked) as response:
                statuses.append(response.status)
        return statuses

    assert at_standin(work) == [400, 400, 404]


def test_who_hangs_is_let_go_when_it_stops():
    async def work(session, url, standin):
        hanging = asyncio.create_task(ask(session, url, phone="+821000000004"))
        while not standin.providers["mobile"].waiting:  # noqa: ASYNC110  it tells nobody when it is called
            await asyncio.sleep(0)
        await standin.stop()
        return (await asyncio.gather(hanging, return_exceptions=True))[0]

    ended = at_standin(work)
    assert isinstance(ended, aiohttp.ClientError) or ended[0] == 500


def test_the_command_stands_in_until_it_is_told_to_end():
    port = free_port()
    code = "from app.identity.command import standin; standin()"
    command = [sys.executable, "-c", code, "--port", str(port), "--name", "mobile"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert f"http://127.0.0.1:{port}" in process.stdout.readline()
            until = time.monotonic() + 20
            while time.monotonic() < until:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                        assert answer.status == 200
                        break
                except OSError:
                    time.sleep(0.05)
            else:
                pytest.fail("the stand-in does not answer")
        finally:
            process.send_signal(signal.SIGTERM)
            ended = process.wait(timeout=20)
    assert ended == 0
