"""The settings that the deployed servers read at start, from the parameter that the group's tag names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.plan import Service
from floodgate.rehearsal.reading.calls import Calls, NotTold
from floodgate.rehearsal.reading.values import need

SERVICE_TAG = "floodgate:service"
ASSUMED = "a service without a waiting room is assumed"
# what the servers are told there besides; the rehearsal takes openings from the configuration
_NOT_PLAYED = ("openings", "providers")


def read_service(calls: Calls, group_tags: Mapping[str, str]) -> Service:
    """The service's settings; without the tag a service with no waiting room is assumed, and noted."""
    name = group_tags.get(SERVICE_TAG)
    if name is None:
        calls.notes.append(f"the group has no tag {SERVICE_TAG}: {ASSUMED}")
        return Service(waiting_room=False)
    try:
        answer = calls.one("ssm", "get_parameter", Name=name)
    except NotTold as gap:
        calls.note(f"{gap.file} is not there: {ASSUMED}")
        return Service(waiting_room=False)
    return parse_service(name, need(answer.get("Parameter") or {}, "Value", f"parameter '{name}'"))


def parse_service(name: str, text: str) -> Service:
    """The settings in the text of the parameter `name`, a JSON object.

    Raises:
        PlanError: it is no JSON object, a key is unknown, or `waiting_room` is missing.
    """
    try:
        settings: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"parameter '{name}' is no JSON ({error}); write a JSON object of service settings") from error
    known = [f.name for f in fields(Service)]
    if not isinstance(settings, dict) or "waiting_room" not in settings:
        raise PlanError(f"parameter '{name}' must be a JSON object with the key waiting_room; known keys: {known}")
    settings = {key: value for key, value in settings.items() if key not in _NOT_PLAYED}
    if unknown := sorted(settings.keys() - known):
        raise PlanError(f"parameter '{name}' has unknown keys {unknown}; known keys: {known}")
    if wrong := sorted(key for key, value in settings.items() if not _fits(key, value)):
        raise PlanError(f"parameter '{name}': {wrong[0]} is {settings[wrong[0]]!r}; {_RULES.get(wrong[0], _NUMBER)}")
    return Service(**settings)


_NUMBER = "it must be a number of 0 or more"
_RULES = {"waiting_room": "it must be true or false"}
_MAY_BE_MISSING = ("max_inside", "shed_after_s")


def _fits(key: str, value: Any) -> bool:
    if key == "waiting_room" or isinstance(value, bool):
        return key == "waiting_room" and isinstance(value, bool)
    return (value is None and key in _MAY_BE_MISSING) or (isinstance(value, (int, float)) and 0 <= value < 1e12)
