"""Everything that can carry tags says whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from policy.rule import example, resource_rule
from policy.view import UNKNOWN, Resource

# the tag's name as people write it may have other capitals, dashes or the other spelling of centre
REQUIRED = {"owner": ("owner",), "service": ("service",), "costCentre": ("costcentre", "costcenter")}
_TYPES = Path(__file__).resolve().parent.parent / "data" / "taggable-types.txt"


@cache
def taggable() -> frozenset[str]:
    """The resource types of the AWS provider that take tags."""
    lines = _TYPES.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@resource_rule(
    id="tags",
    title="Everything that can carry tags says its owner, its service and its cost centre",
    severity="low",
    why="On the night somebody must be called about a thing; after it somebody must pay for it. Tags say who.",
    remedy="set floodgate:tags, or tags on the resource, or defaultTags on the provider",
    source="https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
    refused=example(("sqs/queue", "orders", {"tags": {"owner": "a-team"}})),
    mended=example(("sqs/queue", "orders", {"tags": {"owner": "a-team", "service": "orders", "cost-centre": "4711"}})),
)
def _tags(resource: Resource) -> Iterator[str]:
    if resource.type not in taggable() or resource.get("tags") is UNKNOWN:
        return
    carried = {re.sub(r"[^a-z]", "", name.lower()) for name in _names(resource)}
    missing = [name for name, written in REQUIRED.items() if not carried & set(written)]
    if missing:
        yield f"says no {', '.join(missing)}"


def _names(resource: Resource) -> Iterator[str]:
    """The names of the tags of a resource whose value is not empty; groups have a list of them."""
    yield from resource.default_tags
    for path in ("tags", "tagsAll"):
        value = resource.properties.get(path)
        if isinstance(value, Mapping):
            yield from (name for name, text in value.items() if text != "")
        for item in value if isinstance(value, (list, tuple)) else ():
            if isinstance(item, Mapping) and item.get("value") != "" and isinstance(item.get("key"), str):
                yield item["key"]


RULES = (_tags,)
