"""Structured logs: one JSON line for each request that is no poll, and for each error; one of a thousand polls.

A line holds the route's template, never the path, query, address, cookies or anything of a body. Of an exception only
its type and where it was raised are told, for its text may hold what somebody typed.
"""

from __future__ import annotations

import sys
import traceback
from typing import Any, BinaryIO

import msgspec
import structlog

POLLS_PER_LINE = 1000


class Journal:
    """Writes the lines of one process.

    Args:
        stream: where to; standard output where it is not told.
        process: its name in every line.
    """

    def __init__(self, stream: BinaryIO | None = None, process: str = "local/0") -> None:
        self._log = structlog.wrap_logger(
            structlog.BytesLogger(stream or sys.stdout.buffer),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(serializer=_encode),
            ],
            process=process,
        )
        self._polls = 0

    def request(self, route: str, status: int, seconds: float, problem: str | None = None) -> None:
        """One answered request."""
        # what is refused is somebody's trouble, what fails is ours
        write = self._log.error if status >= 500 and problem == "internal" else self._log.info
        write("request", route=route, status=status, ms=round(seconds * 1000, 2), problem=problem)

    def poll(self) -> None:
        """One poll; every thousandth is told."""
        self._polls += 1
        if self._polls % POLLS_PER_LINE == 1:
            self._log.info("polls", so_far=self._polls)

    def failed(self, what: str, error: BaseException, trace: str | None = None) -> None:
        """Something that nobody meant to happen."""
        self._log.error("failed", what=what, trace=trace, **described(error))

    def told(self, event: str, **values: Any) -> None:
        """Anything else that whoever runs the service should know; values are names and numbers of ours."""
        self._log.info(event, **values)


def described(error: BaseException) -> dict[str, Any]:
    """An exception without its text: types of it and of its causes, and the frames from where it came."""
    kinds = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < 5:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": kinds, "where": where}


def _encode(line: dict[str, Any], **_: Any) -> bytes:
    return msgspec.json.encode({name: value for name, value in line.items() if value is not None})
