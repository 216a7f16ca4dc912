"""Every parameter of every call against the service's own model: enum, length, size, range and pattern.

boto3 carries these constraints and checks only types and required members; moto checks hardly any. AWS checks all:
https://smithy.io/2.0/spec/constraint-traits.html. Each operation's checks are compiled once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

Checker = Callable[[Any, str], Iterator[str]]

# the error code that services of a protocol answer with when a parameter breaks its model
CODES = {
    "query": "ValidationError",
    "ec2": "InvalidParameterValue",
    "json": "ValidationException",
    "rest-json": "ValidationException",
    "rest-xml": "InvalidArgument",
    "smithy-rpc-v2-cbor": "ValidationException",
}

# (service, shape): patterns of the model that AWS itself does not hold its callers to
WRONG_PATTERNS: frozenset[tuple[str, str]] = frozenset()

# what Java writes and Python's re cannot read: surrogate pairs, and Unicode classes (always inside brackets with "_",
# so that Python's \\w says the same)
_FROM_JAVA = (
    (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"),
    (r"\p{L}", r"\w"),
    (r"\p{N}", r"\w"),
    (r"\p{Z}", r"\s"),
)

_compiled: dict[tuple[str, str], Checker | None] = {}


def check(service: str, operation: Any, params: dict[str, Any]) -> None:
    """Refuse a call whose parameters break the service's model.

    Args:
        service: boto3's name of it, e.g. ``autoscaling``.
        operation: botocore's operation model.
        params: the parameters as boto3 was given them.

    Raises:
        ClientError: with path, value and rule of every parameter that breaks one.
    """
    checker = _operation(service, operation)
    problems = list(checker(params, "")) if checker else []
    if problems:
        model = operation.service_model
        # a service that spoke the query protocol before keeps that one's codes
        protocol = "query" if "awsQueryCompatible" in model.metadata else model.protocol
        code = CODES.get(protocol, "ValidationError")
        message = f"{len(problems)} validation error{'s' * (len(problems) > 1)} detected: {'; '.join(problems)}"
        error = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        raise ClientError(error, operation.name)


def _operation(service: str, operation: Any) -> Checker | None:
    key = (service, operation.name)
    if key not in _compiled:
        _compiled[key] = _Compiler(service).shape(operation.input_shape) if operation.input_shape else None
    return _compiled[key]


class _Compiler:
    """Turns one operation's input shape into one function; shapes without constraints cost nothing."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.known: dict[str, Checker | None] = {}

    def shape(self, shape: Any) -> Checker | None:
        if shape.name not in self.known:
            # a shape can hold itself (a firewall's statements); until it is compiled, its name leads to it
            self.known[shape.name] = self._later(shape.name)
            self.known[shape.name] = self._compile(shape)
        return self.known[shape.name]

    def _later(self, name: str) -> Checker:
        def check_then(value: Any, path: str) -> Iterator[str]:
            if compiled := self.known[name]:
                yield from compiled(value, path)

        return check_then

    def _compile(self, shape: Any) -> Checker | None:
        if shape.type_name == "structure":
            return self._structure(shape)
        own = _constraints(self.service, shape)
        if shape.type_name in ("list", "map"):
            inner = self.shape(shape.member if shape.type_name == "list" else shape.value)
            return _collection(own, inner) if own or inner else None
        return own

    def _structure(self, shape: Any) -> Checker | None:
        members = {name: found for name, member in shape.members.items() if (found := self.shape(member))}
        if not members:
            return None

        def check_members(value: Any, path: str) -> Iterator[str]:
            if isinstance(value, dict):
                for name, item in value.items():
                    if item is not None and (checker := members.get(name)):
                        yield from checker(item, f"{path}.{name}" if path else name)

        return check_members


def _collection(own: Checker | None, inner: Checker | None) -> Checker:
    def check_items(value: Any, path: str) -> Iterator[str]:
        if own:
            yield from own(value, path)
        if inner and isinstance(value, list | tuple | dict):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                yield from inner(item, f"{path}[{key}]")

    return check_items


def _constraints(service: str, shape: Any) -> Checker | None:
    """A scalar's or collection's own constraints, or None where it has none."""
    traits = shape.metadata
    rules = [
        rule
        for rule in (_enum(traits), _size(shape.type_name, traits), _pattern(service, shape.name, traits))
        if rule is not None
    ]
    if not rules:
        return None
    hidden = bool(traits.get("sensitive"))

    def check_value(value: Any, path: str) -> Iterator[str]:
        for rule in rules:
            if broken := rule(value):
                yield f"Value {'(hidden)' if hidden else _shown(value)} at '{path}' {broken}"

    return check_value


def _enum(traits: dict[str, Any]) -> Callable[[Any], str] | None:
    allowed = traits.get("enum")
    if not allowed:
        return None
    values = frozenset(allowed)
    listed = ", ".join(allowed[:12]) + (", …" if len(allowed) > 12 else "")
    return lambda value: "" if not isinstance(value, str) or value in values else f"is not one of: {listed}"


def _size(kind: str, traits: dict[str, Any]) -> Callable[[Any], str] | None:
    least, most = traits.get("min"), traits.get("max")
    if least is None and most is None:
        return None
    numeric = kind in ("integer", "long", "float", "double")
    rule = _between(least, most, "" if numeric else {"string": "long", "blob": "long"}.get(kind, "items"))

    def check_size(value: Any) -> str:
        if numeric:
            size = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        else:
            size = len(value) if isinstance(value, str | bytes | list | tuple | dict) else None
        fits = size is None or ((least is None or size >= least) and (most is None or size <= most))
        return "" if fits else rule if numeric else f"{rule}, not {size}"

    return check_size


def _between(least: Any, most: Any, unit: str) -> str:
    limits = f"at least {least}" if most is None else f"at most {most}" if least is None else f"from {least} to {most}"
    return f"must be {limits} {unit}".strip()


def _pattern(service: str, name: str, traits: dict[str, Any]) -> Callable[[Any], str] | None:
    written = traits.get("pattern")
    if not written or (service, name) in WRONG_PATTERNS or (match := _compiled_pattern(written)) is None:
        return None
    return lambda value: "" if not isinstance(value, str) or match(value) else f"does not match {written}"


@cache
def _compiled_pattern(written: str) -> Callable[[str], Any] | None:
    """The pattern as AWS applies it: to the whole value, unless it is anchored at one end only."""
    portable = written
    for java, python in _FROM_JAVA:
        portable = portable.replace(java, python)
    try:
        compiled = re.compile(portable)
    except (re.error, FutureWarning):
        return None
    one_ended = written.startswith("^") != written.endswith("$")
    return compiled.search if one_ended else compiled.fullmatch


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}…"
