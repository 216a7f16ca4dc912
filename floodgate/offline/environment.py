"""What has to be set before moto is imported: its switches, and how botocore keeps its models."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

from floodgate.offline.moto_import import import_moto

DATA = Path(__file__).parent / "data"

SWITCHES = {
    "MOTO_ENABLE_AMI_VALIDATION": "true",
    "MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION": "true",
}


def prepare() -> None:
    """Set the switches where the user has not, and let all sessions share the models they read. Idempotent."""
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)
    # botocore offers no other way
    setattr(Loader, "_cache", _SHARED)  # noqa: B010 - a type checker sees an instance's attribute


_read: dict[tuple[str, ...], dict[Any, Any]] = {}


def _cache_of(loader: Loader) -> dict[Any, Any]:
    # boto3 appends its own folder, once for every session
    paths = tuple(dict.fromkeys([*loader.search_paths, *loader.extras_types]))
    return _read.setdefault(paths, {})


# moto makes sessions of its own, and each would parse EC2's four megabytes of model again; a loader writes its
# empty cache here when it is made, which is ignored
_SHARED = property(_cache_of, lambda _loader, _empty: None)

prepare()
import_moto()
