"""A value for everything that the SDK lets a program say, as a program would say it."""

from __future__ import annotations

from typing import Any

from floodgate.offline.schema import BOOLEAN, STRING, ListOf, MapOf, ObjectOf, OneOf, Type


def sample(kind: Type, *, depth: int = 9) -> Any:
    """One value of this type with every property set; blocks deeper than `depth` are left out (None)."""
    match kind:
        case OneOf(options):
            return sample(options[0], depth=depth)
        case ObjectOf():
            if depth == 0:
                return None
            made = {name: sample(inner, depth=depth - 1) for name, inner in kind.properties.items()}
            return {name: value for name, value in made.items() if value not in (None, [])}
        case ListOf(item):
            one = sample(item, depth=depth)
            return [] if one is None else [one]
        case MapOf():
            return {"key": "7"}
    # some numbers of the SDK are text in the API and the other way round
    return "7" if kind is STRING else True if kind is BOOLEAN else 7
