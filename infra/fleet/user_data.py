"""What a server does at its first boot: the script `boot.sh`, with the stack's values assigned above it."""

from __future__ import annotations

import base64
import shlex
from dataclasses import asdict, dataclass
from pathlib import Path

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html, before it is encoded
MOST_BYTES = 16 * 1024
_SCRIPT = Path(__file__).with_name("boot.sh")


@dataclass(frozen=True, slots=True)
class Boot:
    """The values of one stack; each becomes the shell variable of its name in capitals.

    No secret stands here, because whoever may describe the launch template can read user data: the servers are
    told where their secrets are, and fetch them by their own role.
    """

    aws_region: str
    stack: str
    artifact_bucket: str
    artifact_key: str
    artifact_sha256: str
    service_parameter: str
    service_secret: str
    trusted_hops: int
    log_group: str
    lifecycle_hook: str
    port: int
    health_path: str
    database_host: str
    database_port: int
    database_reader_host: str
    database_secret: str
    cache_host: str
    cache_secret: str


def render(boot: Boot) -> str:
    """The script as cloud-init runs it.

    Raises:
        ValueError: It is longer than EC2 takes.
    """
    assignments = "".join(
        f"readonly {name.upper()}={shlex.quote(str(value))}\n" for name, value in asdict(boot).items()
    )
    script = f"#!/bin/bash\n{assignments}\n{_SCRIPT.read_text(encoding='utf-8')}"
    size = len(script.encode())
    if size > MOST_BYTES:
        raise ValueError(f"user data is {size} bytes, but EC2 takes {MOST_BYTES}; move a part of it into the release")
    return script


def encode(script: str) -> str:
    """The script in the base64 that a launch template takes."""
    return base64.b64encode(script.encode()).decode()
