"""The rest of a resource's life, for a front end that updates: what differs, changing, finding again, deleting.

`lifecycle` makes and finds. Both speak camelCase properties, free of secret wrappers.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from floodgate.offline import precheck, schema
from floodgate.offline.changes import Edit, edits, same
from floodgate.offline.facts import computed, defaults
from floodgate.offline.handlers.base import RESOURCES, Change, Gone, is_gone
from floodgate.offline.lifecycle import (
    Identity,
    Provider,
    arguments_of,
    checked,
    known,
    name_rule,
    refusal,
    state,
    with_defaults,
    with_own_tags,
)
from floodgate.offline.problems import Problem, Refused
from floodgate.offline.provider_rules import exclusive
from floodgate.offline.values import has_unknown
from floodgate.offline.world import RegionalAws, World

Props = Mapping[str, Any]

DEFAULTS = "__defaults"
"""Where the inputs say which of them the provider chose, as the real one writes it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A resource as it is now.

    Args:
        inputs: what a program would have to say to get it.
        state: its whole state.
    """

    inputs: dict[str, Any]
    state: dict[str, Any]


def check(
    world: World, who: Identity, provider: Provider, old: Props, new: Props, *, secrets: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The inputs with their automatic name: the one they had, or a new one.

    Args:
        world: the account.
        who: the resource.
        provider: its provider.
        old: the checked inputs of the last deployment; empty for a new resource and for a replacement.
        new: what the program says; values may be `UNKNOWN`.
        secrets: the inputs whose values no message may show.

    Raises:
        Refused: with everything that is wrong with them.
    """
    known(who)
    rule = name_rule(who.token)
    chosen = rule is not None and rule.prop not in new
    if chosen and rule.prop in old.get(DEFAULTS, ()) and old.get(f"{rule.prop}Prefix") == new.get(f"{rule.prop}Prefix"):
        props = checked(world, who, {**new, rule.prop: old[rule.prop]}, secrets=secrets)
    else:
        props = checked(world, who, new, secrets=secrets)
    if props != _plain(old):  # what stands already need not be possible any more, such as a start that is past
        precheck.refuse(world, who, provider, props, exists=bool(old))
    return {**props, DEFAULTS: [rule.prop] if chosen and rule else []}


def differences(who: Identity, provider: Provider, old: Props, state_: Props, new: Props) -> tuple[Edit, ...]:
    """Everything that a deployment would change.

    Args:
        who: the resource.
        provider: its provider, as of this deployment.
        old: the inputs of the last deployment or refresh.
        state_: the state it left.
        new: the checked inputs.
    """
    before, after = with_defaults(who.token, {}, _plain(old)), with_defaults(who.token, {}, _kept(who.token, old, new))
    found = edits(who.token, before, after)
    where = new.get("region") or provider.region
    if state_.get("region", where) != where:
        found += (Edit(("region",), "update", True),)
    if not any(edit.path[0] == "tags" for edit in found) and _tags_differ(who.token, provider, state_, new):
        found += (Edit(("tagsAll",), "update", False),)
    return found


def _kept(token: str, old: Props, new: Props) -> dict[str, Any]:
    """New inputs with those that the program no longer sets and AWS would fill in: what they are is nobody's change.

    Not where it sets another one that excludes them, such as a route's new target.
    """
    given = _plain(new)
    left = {name for name in _plain(old) if name in computed(token) and name not in given}
    for group, _ in exclusive(token, arguments_of(token)) if left else ():
        names = {steps[0] for steps in group if len(steps) == 1}
        left -= names if names & given.keys() else set()
    return {name: old[name] for name in left} | given


def _tags_differ(token: str, provider: Provider, state_: Props, new: Props) -> bool:
    if "tagsAll" not in state_ or not isinstance(arguments_of(token).properties.get("tags"), schema.MapOf):
        return False
    expected = {**provider.default_tags, **new.get("tags", {})}
    return not has_unknown(expected) and expected != state_["tagsAll"]


def must_go_first(who: Identity, found: tuple[Edit, ...], old: Props, new: Props) -> bool:
    """Whether a replacement cannot stand beside what it replaces: both would have the name that the program chose."""
    rule = name_rule(who.token)
    if rule is None or not any(edit.replaces for edit in found) or rule.prop in new.get(DEFAULTS, ()):
        return False
    return old.get(rule.prop) == new.get(rule.prop)


def change_of(who: Identity, provider: Provider, old: Props, state_: Props, new: Props) -> Change:
    """What an update in place is to do, with defaults and the provider's tags filled in on both sides."""
    before = with_defaults(who.token, {}, _plain(old))
    after = with_defaults(who.token, provider.default_tags, _kept(who.token, old, new))
    if isinstance(before.get("tags", {}), Mapping) and isinstance(state_.get("tagsAll"), Mapping):
        before["tags"] = dict(state_["tagsAll"])
    return Change(before, after, frozenset(str(edit.path[0]) for edit in edits(who.token, before, after)))


def change(
    world: World, who: Identity, provider: Provider, id_: str, *, old: Props, state_: Props, new: Props
) -> dict[str, Any]:
    """Change a resource in place; its new state.

    Raises:
        Refused: AWS refuses it, or the offline AWS cannot change it.
    """
    aws, handler = _aws(world, provider, new, state_), RESOURCES[who.token]
    meant = change_of(who, provider, old, state_, new)
    try:
        with _changing(world, who):
            if meant.names:
                handler.update(aws, id_, meant)
            answer = handler.read(aws, id_, meant.new)
    except Exception as error:
        raise Refused([refusal(str(who), error)]) from error
    given = with_defaults(who.token, provider.default_tags, _plain(new))
    return with_own_tags(state(who.token, aws.region, given, answer), new, provider)


def remove(world: World, who: Identity, provider: Provider, id_: str, *, inputs: Props, state_: Props) -> None:
    """Delete a resource. One that is gone already is no error.

    Raises:
        Refused: AWS refuses it, or the offline AWS cannot delete it.
    """
    known(who)
    aws = _aws(world, provider, inputs, state_)
    props = {**_plain(state_), **with_defaults(who.token, {}, _plain(inputs))}
    try:
        with _changing(world, who):
            RESOURCES[who.token].delete(aws, id_, props)
    except Exception as error:
        if not _says_gone(error):
            raise Refused([refusal(str(who), error)]) from error


@contextmanager
def _changing(world: World, who: Identity) -> Generator[None]:
    """Nothing else happens meanwhile; every change has ids of its own, or what it makes would displace other things."""
    occasion = f"{who.name} changed"
    with world.making(who.qualified, occasion):
        world.made(who.qualified, occasion)
        yield


def refresh(world: World, who: Identity, provider: Provider, id_: str, *, inputs: Props, state_: Props) -> Found | None:
    """A resource as AWS has it now, or None where it is gone.

    Args:
        world: the account.
        who: the resource.
        provider: its provider.
        id_: its id.
        inputs: the last known inputs; empty for one that is to be imported.
        state_: the last known state.

    Raises:
        Refused: the type is not in the offline AWS, or its handler failed.
    """
    known(who)
    aws, handler = _aws(world, provider, inputs, state_), RESOURCES[who.token]
    given = with_defaults(who.token, provider.default_tags, _plain(inputs) or _plain(state_))
    try:
        with world.making(who.qualified, who.name):
            answer = handler.read(aws, id_, given)
            seen = handler.observe(aws, id_, given)
    except Exception as error:
        if _says_gone(error):
            return None
        raise Refused([refusal(str(who), error)]) from error
    if isinstance(seen.get("tags"), Mapping) and "tagsAll" in answer:
        answer = {**answer, "tagsAll": seen["tags"]}
    told = _told_inputs(who.token, provider, inputs, seen | _tags_seen(answer))
    whole = state(who.token, aws.region, with_defaults(who.token, provider.default_tags, _plain(told)), answer)
    return Found(told, with_own_tags(whole, told, provider))


def _tags_seen(answer: Props) -> dict[str, Any]:
    return {"tags": answer["tagsAll"]} if isinstance(answer.get("tagsAll"), Mapping) else {}


def _told_inputs(token: str, provider: Provider, inputs: Props, seen: Props) -> dict[str, Any]:
    """The inputs with what AWS tells otherwise; all that AWS tells where there were none."""
    arguments, usual = arguments_of(token).properties, defaults(token)
    if not _plain(inputs) and DEFAULTS not in inputs:  # a resource that says nothing about itself is no import
        told = {n: v for n, v in seen.items() if n in arguments and n not in ("tags", "tagsAll") and usual.get(n) != v}
        return {**_with_tags(told, arguments, provider, seen), DEFAULTS: []}
    told = dict(inputs)
    for name in arguments:
        if name == "tags" or name not in seen or (name not in told and name not in usual):
            continue
        before = told.get(name, usual.get(name))
        if not matches(before, seen[name]):
            told[name] = seen[name]
        if seen[name] is None:
            told.pop(name, None)
    return _with_tags(told, arguments, provider, seen)


def _with_tags(told: dict[str, Any], arguments: Props, provider: Provider, seen: Props) -> dict[str, Any]:
    if "tags" not in seen or "tags" not in arguments:
        return told
    if not isinstance(arguments["tags"], schema.MapOf):
        return told if matches(told.get("tags", []), seen["tags"]) else {**told, "tags": seen["tags"]}
    if seen["tags"] == {**provider.default_tags, **told.get("tags", {})}:
        return told
    return {**told, "tags": {k: v for k, v in seen["tags"].items() if provider.default_tags.get(k) != v}}


def matches(given: Any, seen: Any) -> bool:
    """Whether AWS's value is what was given: it may tell more inside an object, and lists in another order."""
    if isinstance(given, Mapping) and isinstance(seen, Mapping):
        return all(key in seen and matches(value, seen[key]) for key, value in given.items())
    if isinstance(given, list) and isinstance(seen, list):
        left = list(seen)
        for each in given:
            place = next((n for n, other in enumerate(left) if matches(each, other)), None)
            if place is None:
                return False
            del left[place]
        return not left
    return same(given, seen) or str(given).lower() == str(seen).lower()


def _aws(world: World, provider: Provider, inputs: Props, state_: Props) -> RegionalAws:
    return world.aws(inputs.get("region") or state_.get("region") or provider.region)


def _plain(inputs: Props) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if not name.startswith("__")}


def _says_gone(error: Exception) -> bool:
    return isinstance(error, Gone) or (isinstance(error, ClientError) and is_gone(error))


def problem_of(problem: Problem) -> str:
    """A problem without its place, for a message that names the resource already."""
    return str(Problem("", problem.path, problem.value, problem.rule, problem.remedy)).removeprefix(": ")
