"""What the real provider's check refuses, refused before anything is made: names, types, and the provider's facts.

The installed SDK's argument classes say which properties exist and what they are; the facts read out of the real
provider say which are required, which values they may have and which exclude one another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from floodgate.offline import provider_rules
from floodgate.offline.problems import Finding, Problem, did_you_mean, shown
from floodgate.offline.schema import BOOLEAN, INTEGER, STRING, ListOf, MapOf, ObjectOf, OneOf, Scalar, Type, arguments
from floodgate.offline.values import UNKNOWN


def check(token: str, name: str, props: Mapping[str, Any], *, secrets: frozenset[str] = frozenset()) -> list[Problem]:
    """Everything that is wrong with the arguments of a resource.

    Args:
        token: the resource type; the SDK must have it.
        name: the resource's Pulumi name.
        props: its arguments, named and free of secret wrappers.
        secrets: the first-level arguments whose values no message may show.
    """
    known = arguments(token)
    assert known is not None, f"{token} is no resource type of the SDK"
    return check_arguments(f"{token} {name!r}", known, props, secrets=secrets, token=token)


def check_arguments(
    where: str, known: ObjectOf, props: Mapping[str, Any], *, secrets: frozenset[str] = frozenset(), token: str = ""
) -> list[Problem]:
    """The same for anything that takes arguments: a resource, a provider; without facts where there is no token."""
    findings = list(_walk(known, dict(props), ""))
    if not findings and token:
        findings = list(provider_rules.check(token, known, props))
    return [Problem(where, *(_veiled(finding) if _first(finding[0]) in secrets else finding)) for finding in findings]


def check_function(token: str, known: Mapping[str, Type], props: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with the arguments of a provider function."""
    found: list[Problem] = []
    for name, value in props.items():
        if name in known:
            found += [Problem(token, *finding) for finding in _walk(known[name], value, name)]
        else:
            found.append(Problem(token, *_unknown(name, name, value, known)))
    return found


def _veiled(finding: Finding) -> Finding:
    path, value, rule, _ = finding
    # some rules quote the value in parentheses, and a remedy may spell it
    return path, "(secret)" if value else "", rule.partition(" (")[0], "see its type in the SDK"


def _first(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _walk(kind: Type, value: Any, path: str) -> Iterator[Finding]:
    """Names and types, at every depth."""
    if value is UNKNOWN:
        return
    match kind:
        case ObjectOf():
            yield from _object(kind, value, path)
        case ListOf(item):
            yield from _list(item, value, path)
        case MapOf(item):
            yield from _map(item, value, path)
        case OneOf(options):
            tried = [list(_walk(option, value, path)) for option in options]
            if all(tried):
                # the option that was meant is the one that fits deepest
                yield from max(tried, key=lambda found: max(len(finding[0]) for finding in found))
        case Scalar() if not _fits(kind, value):
            yield path, shown(value), f"is not a {kind.name}", _as_type(kind, value)


def _list(item: Type, value: Any, path: str) -> Iterator[Finding]:
    if not isinstance(value, list):
        yield path, shown(value), "is not a list", "put it in brackets"
        return
    for place, element in enumerate(value):
        yield from _walk(item, element, f"{path}[{place}]")


def _map(item: Type, value: Any, path: str) -> Iterator[Finding]:
    if not isinstance(value, Mapping):
        yield path, shown(value), "is not an object with keys and values", "give a dictionary"
        return
    for key, element in value.items():
        yield from _walk(item, element, f"{path}.{key}")


def _object(kind: ObjectOf, value: Any, path: str) -> Iterator[Finding]:
    if not isinstance(value, Mapping):
        yield path, shown(value), "is not an object", f"give a {kind.cls.__name__} or a dictionary"
        return
    known = kind.properties
    for name, item in value.items():
        at = f"{path}.{name}" if path else name
        if name not in known:
            yield _unknown(at, name, item, known)
        else:
            yield from _walk(known[name], item, at)
    if path:
        for name in sorted(kind.required - set(value)):
            yield f"{path}.{name}", "", "is required and not set", f"set it in {path}"


def _unknown(at: str, name: str, value: Any, known: Mapping[str, Type]) -> Finding:
    near = did_you_mean(name, known)
    return at, shown(value), "is no property of this type", near or f"it has: {', '.join(sorted(known))}"


def _fits(kind: Scalar, value: Any) -> bool:
    if kind is STRING:
        return isinstance(value, str)
    if kind is BOOLEAN:
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return kind is not INTEGER or float(value).is_integer()


def _as_type(kind: Scalar, value: Any) -> str:
    if kind is STRING and isinstance(value, int | float | bool):
        return f'write it as "{json.dumps(value)}"'
    if isinstance(value, str) and kind is not STRING:
        return "write it without quotes"
    return f"give a {kind.name}"
