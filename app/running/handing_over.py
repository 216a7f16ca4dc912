"""Settings on their way from process to process: through memory that only those know who were given its descriptor.

They hold secrets, which belong neither on a command line nor into an environment, where every process of the user can
read them, nor into a file.
"""

from __future__ import annotations

import json
import os
import tempfile
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from app.settings import Settings


def blank() -> int:
    """A descriptor into which settings can be put."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("settings", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def put(descriptor: int, settings: Settings) -> None:
    """Put the settings where children read them, any number of them and at any time."""
    os.pwrite(descriptor, json.dumps(settings.model_dump(), default=_plain, sort_keys=True).encode(), 0)


def take(descriptor: int) -> Settings:
    """Read what was put there."""
    return Settings.model_validate_json(content(descriptor))


def content(descriptor: int) -> bytes:
    """What was put there as bytes, the same for the same settings."""
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"settings hold a {type(value).__name__}")
