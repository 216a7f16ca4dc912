"""From an API's description back to Pulumi's properties, guided by the SDK's argument classes.

The way back of `requests`: a refresh compares what it finds here with what was declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jmespath

from floodgate.offline.handlers.requests import member_of, spelling
from floodgate.offline.handlers.shapes import tag_map, to_output
from floodgate.offline.schema import BOOLEAN, STRING, ListOf, MapOf, ObjectOf, OneOf, Type

NO_NAMES: Mapping[str, str] = {}


def reflect(
    item: Mapping[str, Any], known: ObjectOf, rename: Mapping[str, str] = NO_NAMES, paths: Mapping[str, str] = NO_NAMES
) -> dict[str, Any]:
    """The properties of `known` that the description `item` tells, camelCase and shaped as the SDK has them.

    Args:
        item: a resource as a describe call answers it.
        known: its argument class.
        rename: Pulumi's name to AWS's where they differ by more than case, at any depth.
        paths: Pulumi's first-level name to a JMESPath into `item`.
    """
    out = {}
    for name, kind in known.properties.items():
        value = jmespath.search(paths[name], item) if name in paths else _found(item, name, rename)
        if value is not None and (told := _told(value, kind, rename)) is not None:
            out[name] = told
    return out


def _found(item: Mapping[str, Any], name: str, rename: Mapping[str, str]) -> Any:
    member = member_of(spelling(tuple(item)), rename.get(name, name))
    return None if member is None else item[member]


def _told(value: Any, kind: Type, rename: Mapping[str, str]) -> Any:
    """A value of the API as the SDK's type has it."""
    match kind:
        case OneOf(options):
            return _told(value, options[0], rename)
        case ObjectOf():
            one = value[0] if isinstance(value, list) and len(value) == 1 else value
            return reflect(one, kind, rename) if isinstance(one, Mapping) else None
        case ListOf(item):
            return _list(value, item, rename)
        case MapOf():
            if isinstance(value, list):
                value = _pairs(value)
            return {key: to_output(each) for key, each in value.items()} if isinstance(value, Mapping) else None
    return _scalar(value, kind)


def _list(value: Any, item: Type, rename: Mapping[str, str]) -> list[Any] | None:
    if isinstance(value, Mapping) and "Quantity" in value:
        value = value.get("Items", [])
    elements = value if isinstance(value, list | tuple) else [value]
    told = [_told(element, item, rename) for element in elements]
    return None if any(each is None for each in told) else told


def _pairs(value: list[Any]) -> dict[str, Any]:
    """A list of Key and Value, or Name and Value, as a map."""
    if all(isinstance(each, Mapping) and "Key" in each for each in value):
        return tag_map(value)
    return {
        each["Name"]: each["Value"] for each in value if isinstance(each, Mapping) and {"Name", "Value"} <= set(each)
    }


def _scalar(value: Any, kind: Type) -> Any:
    if isinstance(value, datetime):
        return to_output(value)
    if isinstance(value, bytes):
        value = value.decode()
    if isinstance(value, Mapping | list | tuple):
        return None
    if isinstance(value, str):
        return value if kind is STRING else _parsed(value, kind)
    if kind is STRING:
        return str(value).lower() if isinstance(value, bool) else str(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _parsed(text: str, kind: Type) -> Any:
    return text.lower() in ("true", "enabled", "enable", "on") if kind is BOOLEAN else _number(text)


def _number(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number
