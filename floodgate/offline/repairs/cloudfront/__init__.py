"""Amazon CloudFront: policies, whole distributions, published functions."""

from __future__ import annotations

from floodgate.offline.repairs.cloudfront import distributions, functions, policies

PARTS = (distributions, functions, policies)


def apply() -> None:
    """Importing the parts has applied their repairs."""
