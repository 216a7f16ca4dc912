"""One web worker of a service that is measured: ``python -m app.calibration.worker``, told by JSON on stdin.

It is put together as a fleet's worker is, on a listening socket that its parent opened.
"""

from __future__ import annotations

import json
import socket
import sys
from typing import Any

import uvicorn
import uvloop

from app.clock import SystemClock
from app.line.valkey import ValkeyLine
from app.reservations.pool import open_pool
from app.settings import Settings
from app.web.application import create
from app.web.assembling import assemble


async def serve(told: dict[str, Any]) -> None:
    """Serve until the parent ends this process."""
    settings = Settings.model_validate(told["settings"])
    line = await ValkeyLine.connect(settings.stores.valkey_url.get_secret_value())
    pool = await open_pool(settings.stores.database_url.get_secret_value(), told["connections"])
    parts = assemble(settings, SystemClock(), line, pool, pool, worker=told["name"])
    config = uvicorn.Config(
        create(parts), log_level="warning", access_log=False, proxy_headers=False, server_header=False, ws="none"
    )
    await uvicorn.Server(config).serve([socket.socket(fileno=told["fd"])])


if __name__ == "__main__":
    uvloop.run(serve(json.load(sys.stdin)))
