"""Two clients of one real Valkey, as two workers have; a test says with `together` what they do."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from app.line.valkey import ValkeyLine


@asynccontextmanager
async def connected(url, *, begun=False):
    line = await ValkeyLine.connect(url)
    try:
        if begun:
            await line.begin("august", 0, None, 0, 0)
        yield line
    finally:
        await line.close()


@pytest.fixture
def alone():
    """Run what a test describes with one client of a server, which is closed also where the test fails."""

    def run(url, act, *, begun=False):
        async def one():
            async with connected(url, begun=begun) as line:
                return await act(line)

        return asyncio.run(one())

    return run


@pytest.fixture
def together(valkey_url):
    """Run what a test describes with two clients of a line that has begun."""

    def run(act):
        async def both():
            async with connected(valkey_url, begun=True) as one, connected(valkey_url) as other:
                return await act(one, other)

        return asyncio.run(both())

    return run
