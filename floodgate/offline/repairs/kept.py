"""Keeping the fields of a request that moto forgets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from botocore import xform_name


def keep(owner: Any, params: Mapping[str, Any], names: Iterable[str]) -> None:
    """Keep the named parameters on moto's object, where its answers look for them."""
    for name in names:
        if name in params:
            setattr(owner, xform_name(name), params[name])
