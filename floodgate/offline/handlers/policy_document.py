"""The JSON of IAM policy documents, as the provider's `getPolicyDocument` prints it.

Lists are sorted backwards, single values stand without brackets, ``&{`` becomes ``${``, and documents are merged
by the ids of their statements: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from floodgate.offline.problems import Problem, Refused

Statement = dict[str, Any]

ORDER = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition")


def policy_document(props: Mapping[str, Any]) -> dict[str, Any]:
    """The document that the arguments describe: sources, then its own statements, then what overrides them.

    Raises:
        Refused: two statements of the sources, or two of the document's own, have one id.
    """
    sources = [json.loads(text) for text in props.get("sourcePolicyDocuments", [])]
    own = {"Version": props.get("version", "2012-10-17"), "Id": props.get("policyId", "")}
    own["Statement"] = [statement(given) for given in props.get("statements", [])]
    _no_twins(s for source in sources for s in _statements(source))
    _no_twins(own["Statement"])
    merged: dict[str, Any] = {"Version": "", "Id": "", "Statement": []}
    for part in (*sources, own, *(json.loads(text) for text in props.get("overridePolicyDocuments", []))):
        _merge(merged, part)
    return {name: merged[name] for name in ("Version", "Id", "Statement") if merged[name]}


def printed(document: Mapping[str, Any]) -> str:
    """The document over several lines."""
    return _as_go_writes(json.dumps(document, indent=2, ensure_ascii=False))


def minified(document: Mapping[str, Any]) -> str:
    """The document in one line."""
    return _as_go_writes(json.dumps(document, separators=(",", ":"), ensure_ascii=False))


def statement(given: Mapping[str, Any]) -> Statement:
    """One statement of the arguments."""
    out: Statement = {"Sid": given.get("sid", ""), "Effect": given.get("effect", "Allow")}
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        values = given.get(name[:1].lower() + name[1:] + "s", [])
        out[name] = _listed(values if name.endswith("Action") else [_variables(v) for v in values])
    for name in ("Principal", "NotPrincipal"):
        out[name] = _principals(given.get(name[:1].lower() + name[1:] + "s", []))
    out["Condition"] = _conditions(given.get("conditions", []))
    return _in_order(out)


def text_of(policy: Any) -> str:
    """A policy as the API takes it: the program may give text or an object."""
    return policy if isinstance(policy, str) else json.dumps(policy)


def as_given(seen: Any, given: Any) -> Any:
    """A policy that the API tells, in the program's own words where it means the same.

    Args:
        seen: the document, as text or parsed.
        given: what the program says, as text or an object; None where it says nothing.
    """
    document = json.loads(seen) if isinstance(seen, str) else seen
    if given and equivalent(document, given):
        return given
    return document if isinstance(given, Mapping) else text_of(seen)


def equivalent(one: Any, other: Any) -> bool:
    """Whether two documents mean the same: lists in any order, one value with or without brackets.

    The provider compares so too: https://github.com/hashicorp/awspolicyequivalence
    """
    try:
        one, other = (json.loads(each) if isinstance(each, str) else each for each in (one, other))
    except ValueError:
        return one == other
    return _meaning(one) == _meaning(other)


def _meaning(value: Any, name: str = "") -> Any:
    """A document in one form of the many that mean the same."""
    if name in ("Principal", "NotPrincipal") and value == "*":
        value = {"AWS": "*"}
    if isinstance(value, Mapping):
        return {key: _meaning(item, key) for key, item in value.items()}
    if isinstance(value, list):
        parts = sorted((_meaning(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        return parts[0] if len(parts) == 1 else parts
    return str(value).lower() if isinstance(value, bool) else value


def _principals(given: Iterable[Mapping[str, Any]]) -> Any:
    named: dict[str, list[str]] = {}
    for principal in given:
        named.setdefault(principal["type"], []).extend(_variables(i) for i in principal["identifiers"])
    if named == {"*": ["*"]}:
        return "*"
    return {kind: _listed(identifiers) for kind, identifiers in sorted(named.items())}


def _conditions(given: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    tests: dict[str, dict[str, list[str]]] = {}
    for condition in given:
        values = tests.setdefault(condition["test"], {}).setdefault(condition["variable"], [])
        values.extend(_variables(value) for value in condition["values"])
    return {
        test: {variable: values[0] if len(values) == 1 else values for variable, values in sorted(variables.items())}
        for test, variables in sorted(tests.items())
    }


def _listed(values: Iterable[str]) -> Any:
    ordered = sorted(values, reverse=True)
    return ordered[0] if len(ordered) == 1 else ordered


def _variables(text: str) -> str:
    # Pulumi and Terraform would read ${ themselves
    return text.replace("&{", "${")


def _statements(document: Mapping[str, Any]) -> list[Statement]:
    found = document.get("Statement", [])
    return [_reread(s) for s in (found if isinstance(found, list) else [found])]


def _reread(given: Mapping[str, Any]) -> Statement:
    """A statement out of JSON, tidied as the provider tidies it: principals sorted backwards, conditions unwrapped."""
    out = dict(given)
    for name in ("Principal", "NotPrincipal"):
        if isinstance(out.get(name), Mapping):
            out[name] = {
                kind: sorted(who, reverse=True) if isinstance(who, list) else who
                for kind, who in sorted(out[name].items())
            }
    out["Condition"] = _conditions(
        {"test": test, "variable": variable, "values": [_condition_text(v) for v in _as_list(values)]}
        for test, variables in given.get("Condition", {}).items()
        for variable, values in variables.items()
    )
    return _in_order(out)


def _as_list(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def _condition_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_order(given: Mapping[str, Any]) -> Statement:
    return {name: given[name] for name in ORDER if given.get(name)}


def _no_twins(statements: Iterable[Statement]) -> None:
    seen: set[str] = set()
    for found in statements:
        sid = found.get("Sid", "")
        if sid and sid in seen:
            rule = "is the Sid of two statements, which need one each where they are put together"
            raise Refused([Problem(sid, "", "", rule, "rename one of them")])
        seen.add(sid)


def _merge(into: dict[str, Any], part: Mapping[str, Any]) -> None:
    into["Id"] = part.get("Id") or into["Id"]
    into["Version"] = max(into["Version"], part.get("Version", ""))
    for new in _statements(part):
        places = [i for i, old in enumerate(into["Statement"]) if new.get("Sid") and old.get("Sid") == new["Sid"]]
        if places:
            into["Statement"][places[0]] = new
        else:
            into["Statement"].append(new)


def _as_go_writes(text: str) -> str:
    # Go's encoder keeps JSON harmless inside HTML
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
