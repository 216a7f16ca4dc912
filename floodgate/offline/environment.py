"""The switches that moto reads when it is imported, set to what AWS does."""

from __future__ import annotations

import os
from pathlib import Path

DATA = Path(__file__).parent / "data"

SWITCHES = {
    "MOTO_ENABLE_AMI_VALIDATION": "true",
    "MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION": "true",
}


def prepare() -> None:
    """Set the switches where the user has not; to be called before moto is imported."""
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)


prepare()
