"""Nothing is deleted that a distribution uses, and nobody overwrites what he has not seen.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteCachePolicy.html and its like
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudfront.exceptions import CloudFrontException


def check_unused(backend: Any, code: str, name: str, value: str) -> None:
    """Refuse with `code` where any distribution's configuration holds `value` under `name`, at any depth."""
    for distribution in backend.distributions.values():
        if value in _values(vars(distribution.distribution_config), name):
            raise CloudFrontException(
                code, f"Cannot delete: it is in use by the distribution {distribution.distribution_id}."
            )


def _values(config: Any, name: str) -> Iterator[Any]:
    if isinstance(config, Mapping):
        for key, value in config.items():
            if key == name:
                yield value
            yield from _values(value, name)
    elif isinstance(config, list):
        for item in config:
            yield from _values(item, name)


def check_match(etag: str, given: str | None) -> None:
    """Refuse a change of what has changed since it was read."""
    if not given:
        raise CloudFrontException("InvalidIfMatchVersion", "The If-Match version is missing or not valid.")
    if given != etag:
        raise CloudFrontException(
            "PreconditionFailed",
            "The request failed because it didn't meet the preconditions in one or more request-header fields.",
        )
