"""The line: joins, the public document, and what a hundred thousand waiting people cost in Valkey."""

from __future__ import annotations

import asyncio
import socket
import time
from base64 import urlsafe_b64encode
from random import Random

from app.calibration.starting import Service
from app.load.client import Client
from app.local.valkey import Valkey

JSON = ((b"content-type", b"application/json"),)


async def answered_per_s(service: Service, seconds: float, connections: int) -> float:
    """How many times a second the public document is answered."""
    client, ends_s, answered = Client(service.target), time.perf_counter() + seconds, 0

    async def poll() -> None:
        nonlocal answered
        while time.perf_counter() < ends_s:
            if (await client.request("GET", "/queue/now-serving.json")).status == 200:
                answered += 1

    began_s = time.perf_counter()
    await asyncio.gather(*(poll() for _ in range(connections)))
    lasted_s = time.perf_counter() - began_s
    await client.close()
    return answered / lasted_s


async def joined_per_s(service: Service, people: int, connections: int) -> float:
    """How many new people a second join, each with a device of their own.

    Raises:
        RuntimeError: somebody was refused.
    """
    client, numbers, generator = Client(service.target), iter(range(people)), Random(time.time_ns())
    refused = 0

    async def join() -> None:
        nonlocal refused
        for _ in numbers:
            device = urlsafe_b64encode(generator.randbytes(16))[:22]
            answer = await client.request("POST", "/queue/join", JSON, b'{"device":"%s"}' % device)
            refused += answer.status != 200

    began_s = time.perf_counter()
    await asyncio.gather(*(join() for _ in range(connections)))
    lasted_s = time.perf_counter() - began_s
    await client.close()
    if refused:
        raise RuntimeError(f"{refused} of {people} joins were refused; see the service's log")
    return people / lasted_s


def used_mb(valkey: Valkey) -> float:
    """Memory that Valkey has allocated, in MB."""
    with socket.create_connection(("127.0.0.1", valkey.port), timeout=10) as connection:
        connection.sendall(b"INFO memory\r\n")
        text = b""
        while b"used_memory:" not in text or not text.endswith(b"\r\n"):
            text += connection.recv(65_536)
    line = next(line for line in text.decode().splitlines() if line.startswith("used_memory:"))
    return int(line.partition(":")[2]) / 1e6
