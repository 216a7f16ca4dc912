"""JSON against AWS's own model of its answers: types checked with their place, timestamps read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StructureShape

from floodgate.plans.catalogue import Call

_LARGEST = {"integer": 2**31 - 1, "long": 2**63 - 1}
_TEXT = 200
"""Letters of a value that an error tells at most."""


class Misfit(Exception):  # noqa: N818 - reads as what happened
    """A value is not what AWS answers there; `place` leads to it, `rule` says what must stand there."""

    def __init__(self, place: str, value: Any, rule: str) -> None:
        super().__init__(place, value, rule)
        self.place = place
        self.value = value
        self.rule = rule


@cache
def answer_of(call: Call) -> StructureShape:
    """AWS's model of what this call answers."""
    model = _session().get_service_model(call.service)
    name = next(n for n in model.operation_names if n.lower() == call.operation.replace("_", ""))
    shape = model.operation_model(name).output_shape
    assert isinstance(shape, StructureShape)
    return shape


def fitted(shape: Shape, value: Any, place: str = "") -> Any:
    """The value as boto3 would answer it; what AWS's model does not know is left out, null counts as missing.

    Args:
        shape: AWS's model of the value.
        value: JSON.
        place: where it stands, e.g. ``AutoScalingGroups[0].MinSize``.

    Raises:
        Misfit: it is of another type.
    """
    match shape:
        case StructureShape():
            return {
                key: fitted(shape.members[key], inner, f"{place}.{key}".lstrip("."))
                for key, inner in _of(value, dict, place, "an object").items()
                if key in shape.members and inner is not None
            }
        case ListShape():
            found = _of(value, list, place, "a list")
            return [fitted(shape.member, inner, f"{place}[{at}]") for at, inner in enumerate(found)]
        case MapShape():
            found = _of(value, dict, place, "an object")
            return {key: fitted(shape.value, inner, f"{place}.{key}") for key, inner in found.items()}
        case _:
            return _plain(shape.type_name, value, place)


def _plain(kind: str, value: Any, place: str) -> Any:
    match kind:
        case "integer" | "long":
            return _whole(value, place, _LARGEST[kind])
        case "float" | "double":
            return _number(value, place)
        case "boolean":
            return _of(value, bool, place, "true or false")
        case "timestamp":
            return _moment(value, place)
        case _:
            return _text(value, place)


def _whole(value: Any, place: str, largest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > largest:
        raise Misfit(place, value, "it must be a whole number, as AWS writes it")
    return value


def _number(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300 or math.isnan(value):
        raise Misfit(place, value, "it must be a number")
    return float(value)


def _text(value: Any, place: str) -> str:
    found = _of(value, str, place, "text")
    try:
        found.encode()
    except UnicodeEncodeError:
        raise Misfit(place, ascii(found), "it must be text that can be written down") from None
    return found


def _moment(value: Any, place: str) -> datetime:
    """A moment as the CLI writes it: ISO 8601, or seconds since 1970; one without a zone is UTC."""
    rule = "it must be a moment such as 2027-08-09T10:00:00Z"
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        moment = datetime.fromisoformat(_of(value, str, place, "a moment"))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise Misfit(place, value, rule) from None


def _of(value: Any, kind: type, place: str, words: str) -> Any:
    if not isinstance(value, kind):
        raise Misfit(place, value, f"it must be {words}")
    return value


def shown(value: Any) -> str:
    """A value in an error: short, on one line."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = ascii(value) if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else _digits(value)
    return text if len(text) <= _TEXT else f"{text[:_TEXT]}…"


def _digits(value: Any) -> str:
    # Python refuses to write very long numbers
    return (
        "null"
        if value is None
        else f"{value:.3g}"
        if isinstance(value, float)
        else f"{value:x}"[:40]
        if abs(value) > 2**63
        else str(value)
    )


@cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()
