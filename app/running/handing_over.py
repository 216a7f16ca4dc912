"""Settings on their way to a process that we start: through memory that only the two of us know.

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


def hand_over(settings: Settings) -> int:
    """A descriptor from which children read the settings, any number of them and at any time."""
    text = json.dumps(settings.model_dump(), default=_plain).encode()
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("settings", os.MFD_CLOEXEC)
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.write(descriptor, text)
    return descriptor


def take_over(descriptor: int) -> Settings:
    """Read what was handed over."""
    return Settings.model_validate_json(os.pread(descriptor, os.fstat(descriptor).st_size, 0))


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"settings hold a {type(value).__name__}")
