"""Between Pulumi's camelCase properties and boto3's PascalCase parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import jmespath


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


def all_tags(props: Mapping[str, Any]) -> dict[str, str]:
    """The resource's tags with the provider's default tags, which a front end hands over in `tagsAll`."""
    return {**props.get("tagsAll", {}), **props.get("tags", {})}


def tag_list(props: Mapping[str, Any]) -> list[dict[str, str]]:
    """The tags as AWS's list of Key and Value."""
    return [{"Key": k, "Value": v} for k, v in sorted(all_tags(props).items())]


def tag_map(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """AWS's list of Key and Value as Pulumi's map, without the tags that AWS itself sets."""
    return {t["Key"]: t["Value"] for t in tags if not t["Key"].startswith("aws:")}


def told(item: Mapping[str, Any], names: Iterable[str], rename: Mapping[str, str] = {}) -> dict[str, Any]:
    """The named properties as the API's answer `item` tells them; those it does not tell are left out.

    `rename` gives AWS's name, or a JMESPath into `item`, where it is not Pulumi's name with a capital letter.
    """
    values = {n: jmespath.search(rename[n], item) if n in rename else item.get(upper_first(n)) for n in names}
    return {n: to_output(v) for n, v in values.items() if v is not None}


def to_output(value: Any) -> Any:
    """An API value as Pulumi outputs carry it: instants as RFC 3339 text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value
