"""Where what moto's ElastiCache does not have is kept: on its backend, with tags like the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moto.elasticache.exceptions import ElastiCacheException

KINDS = "parametergroup|usergroup|serverlesscache"


def records(backend: Any, kind: str) -> dict[str, dict[str, Any]]:
    """The records of one kind, by name."""
    return backend.__dict__.setdefault(f"floodgate_{kind}", {})


def existing(response: Any, kind: str, name: str, code: str) -> dict[str, Any]:
    """One record, or AWS's refusal with this code."""
    found = records(response.elasticache_backend, kind)
    if name not in found:
        raise ElastiCacheException(code, f"{name} not found")
    return found[name]


def arn(backend: Any, kind: str, name: str) -> str:
    """An ARN of this service."""
    return f"arn:{backend.partition}:elasticache:{backend.region_name}:{backend.account_id}:{kind}:{name}"


def tag(backend: Any, of: str, params: Mapping[str, Any]) -> None:
    """Tag what has just been made, if it was given tags."""
    if params.get("Tags"):
        backend.tagging_service.tag_resource(of, params["Tags"])


def taggable(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Moto's pattern of ARNs with the further kinds."""
    return re.compile(pattern.pattern.replace("|user)", f"|user|{KINDS})"))
