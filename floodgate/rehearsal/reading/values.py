"""Values of what AWS describes, with one line of what is wrong where they are missing or break a rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from floodgate.rehearsal.errors import PlanError

Described = Mapping[str, Any]


def need(described: Described, key: str, what: str) -> Any:
    """The value under `key`.

    Args:
        described: what AWS describes.
        key: AWS's name of the value.
        what: whose value it is, e.g. ``policy 'out'``.

    Raises:
        PlanError: it is missing.
    """
    value = described.get(key)
    if value is None:
        raise PlanError(f"{what} has no {key}, which AWS always tells; save the whole answer of the call")
    return value


def whole(described: Described, key: str, what: str, default: int | None = None, *, least: int = 0) -> int:
    """The whole number under `key`, `least` or more; without a default it must be there.

    Raises:
        PlanError: it is missing or too small.
    """
    value: int = need(described if default is None else {key: default, **_told(described)}, key, what)
    if value < least:
        raise PlanError(f"{what}: {key} is {value}, which is below {least}; correct it")
    return value


def _told(described: Described) -> dict[str, Any]:
    return {key: value for key, value in described.items() if value is not None}


def one_of(described: Described, key: str, what: str, known: Collection[str], default: str | None = None) -> Any:
    """The word under `key`, one of those that AWS knows; without a default it must be there.

    Raises:
        PlanError: it is missing or unknown.
    """
    value = need(described, key, what) if default is None else described.get(key) or default
    if value not in known:
        raise PlanError(f"{what}: {key} is {value!r}; it must be one of {', '.join(sorted(known))}")
    return value
