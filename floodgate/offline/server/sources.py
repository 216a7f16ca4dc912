"""What moto takes from the machine where AWS's answer must be had again: the time and chance of one call.

moto's own generator of ids is seeded by the world. Some of its services ask the operating system besides, for a
time or for random bytes; during a call on which this is laid, and in its thread alone, they get the call's own.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

_call = threading.local()
_installed: list[object] = []


@dataclass(frozen=True, slots=True)
class _Source:
    now: float
    chance: random.Random


def install() -> None:
    """Let this process ask the running call first; idempotent. For a process of the offline AWS's own only."""
    if _installed:
        return
    clock, entropy = time.time, os.urandom

    def now() -> float:
        source = getattr(_call, "source", None)
        return source.now if source else clock()

    def draw(size: int, /) -> bytes:
        source = getattr(_call, "source", None)
        return source.chance.randbytes(size) if source else entropy(size)

    for module, name, function in ((time, "time", now), (os, "urandom", draw)):
        setattr(module, name, function)
    _installed.append(now)


@contextmanager
def of_call(now: datetime, key: str) -> Generator[None]:
    """Inside, this thread's time stands at `now` and its chance depends on `key` alone, where that is installed.

    Args:
        now: the call's instant.
        key: what tells the call from all others.
    """
    before, drawn = getattr(_call, "source", None), random.getstate()
    _call.source = _Source(now.timestamp(), random.Random(key))
    random.seed(key)
    try:
        yield
    finally:
        _call.source = before
        random.setstate(drawn)
