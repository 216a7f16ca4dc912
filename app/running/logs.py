"""Logs of our processes: one JSON line for each event on standard output, also what libraries say."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def configure(process: str) -> None:
    """From here on, this process logs under its name."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    # `stdout` is a file or a pipe, so a line would wait for others
    sys.stdout.reconfigure(line_buffering=True)  # ty: ignore
    structlog.contextvars.clear_contextvars()
    logging.basicConfig(handlers=[_OfLibraries(process)], level=logging.WARNING, force=True)


class _OfLibraries(logging.Handler):
    """Tells an error's type and where it was raised, never its text: drivers put values into it."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._log = structlog.get_logger().bind(process=process)

    def emit(self, record: logging.LogRecord) -> None:
        values: dict[str, Any] = {"logger": record.name}
        if record.exc_info and record.exc_info[0]:
            values["error"] = record.exc_info[0].__name__
        self._log.log(record.levelno, record.msg if isinstance(record.msg, str) else "library", **values)
