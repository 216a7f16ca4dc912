"""Which properties differ between two deployments of a resource, and which of these replace it.

Both sides are inputs with the provider's defaults filled in, so that what AWS computes, and what a default says,
never shows as a change. What replaces comes out of the real provider (data/README.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from floodgate.offline.facts import replaces
from floodgate.offline.provider_rules import resolve
from floodgate.offline.schema import arguments
from floodgate.offline.values import asset_content

Step = str | int
Path = tuple[Step, ...]

# lists whose order means something, by their name, although they hold plain values
ORDERED = frozenset({"terminationPolicies"})


@dataclass(frozen=True, slots=True)
class Edit:
    """One property that differs.

    Args:
        path: names and places, e.g. ``("tags", "owner")`` or ``("stepAdjustments", 0, "scalingAdjustment")``.
        kind: ``add``, ``delete`` or ``update``.
        replaces: whether the resource must be made anew for it.
    """

    path: Path
    kind: str
    replaces: bool


def edits(token: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Edit, ...]:
    """Everything that differs, deepest paths, in the order of their names.

    Args:
        token: the resource type.
        old: the inputs it was deployed with, defaults filled in.
        new: those it is to have; values may be `UNKNOWN` in a preview.
    """
    rules = replacing(token)
    return tuple(Edit(path, kind, _replaces(path, rules)) for path, kind in _walk(old, new, ()))


def same(old: Any, new: Any, name: str = "") -> bool:
    """Whether two values mean the same to AWS: JSON by its content, plain lists in any order."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old.keys() == new.keys() and all(same(old[key], new[key], key) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return _same_list(old, new, name)
    if isinstance(old, str) and isinstance(new, str):
        return old == new or _same_json(old, new)
    if (content := asset_content(old)) is not None:
        return content == asset_content(new)
    return old == new and isinstance(old, bool) == isinstance(new, bool)


def _same_list(old: list[Any], new: list[Any], name: str) -> bool:
    if len(old) != len(new):
        return False
    if name not in ORDERED and all(isinstance(each, str | int | float) for each in (*old, *new)):
        return sorted(map(str, old)) == sorted(map(str, new))
    return all(same(a, b) for a, b in zip(old, new, strict=True))


def _same_json(old: str, new: str) -> bool:
    if not (old.lstrip()[:1] == new.lstrip()[:1] in ("{", "[")):
        return False
    try:
        return json.loads(old) == json.loads(new)
    except ValueError:
        return False


def _walk(old: Any, new: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Where two values differ, as deep as both are of one kind."""
    if same(old, new, str(path[-1]) if path else ""):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _walk_object(old, new, path)
    elif isinstance(old, list) and isinstance(new, list) and _of_objects(old, new):
        for place in range(max(len(old), len(new))):
            if place >= len(old) or place >= len(new):
                yield (*path, place), "add" if place >= len(old) else "delete"
            else:
                yield from _walk(old[place], new[place], (*path, place))
    else:
        yield path, "update"


def _walk_object(old: Mapping[str, Any], new: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    for name in sorted({*old, *new}):
        if name not in new:
            yield (*path, name), "delete"
        elif name not in old:
            yield (*path, name), "add"
        else:
            yield from _walk(old[name], new[name], (*path, name))


def _of_objects(*lists: list[Any]) -> bool:
    return all(isinstance(each, Mapping) for items in lists for each in items)


def _replaces(path: Path, rules: frozenset[tuple[str, ...]]) -> bool:
    """Whether a rule names this property, a block around it, or one inside it that comes or goes with it."""
    names = tuple(step for step in path if isinstance(step, str))
    return any(names[: len(rule)] == rule[: len(names)] for rule in rules)


@cache
def replacing(token: str) -> frozenset[tuple[str, ...]]:
    """The properties whose change makes the resource anew, as the SDK spells them."""
    known = arguments(token)
    if known is None:
        return frozenset()
    found = (resolve(known, rule.replace(".*", ""))[0] for rule in replaces(token))
    return frozenset(steps for steps in found if steps)
