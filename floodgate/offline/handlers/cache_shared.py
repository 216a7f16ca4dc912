"""Amazon ElastiCache: what all types of this service have in common."""

from __future__ import annotations

from typing import ClassVar

from floodgate.offline.handlers.modified import Modified


class ElastiCache(Modified):
    """A resource of ElastiCache."""

    service = "elasticache"
    outputs = ("arn",)
    paths: ClassVar = {"arn": "ARN"}
