"""Between Pulumi's camelCase properties and boto3's PascalCase parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def upper_first(name: str) -> str:
    """``minSize`` as ``MinSize``."""
    return name[:1].upper() + name[1:]


def lower_first(name: str) -> str:
    """``MinSize`` as ``minSize``."""
    return name[:1].lower() + name[1:]


def to_api(value: Any, rename: Mapping[str, str] = {}) -> Any:
    """Camel-cased keys in PascalCase, at every depth; `rename` wins (Pulumi's name to AWS's)."""
    if isinstance(value, Mapping):
        return {rename.get(k, upper_first(k)): to_api(v, rename) for k, v in value.items()}
    if isinstance(value, list):
        return [to_api(item, rename) for item in value]
    return value


def pick(props: Mapping[str, Any], names: Iterable[str], rename: Mapping[str, str] = {}) -> dict[str, Any]:
    """The named properties that are set, as API parameters."""
    return {rename.get(n, upper_first(n)): to_api(props[n], rename) for n in names if n in props}


def tag_list(props: Mapping[str, Any]) -> list[dict[str, str]]:
    """`tags` as AWS's list of Key and Value."""
    return [{"Key": k, "Value": v} for k, v in sorted(props.get("tags", {}).items())]
