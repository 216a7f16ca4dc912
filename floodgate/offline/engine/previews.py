"""What a preview can say of a resource before it is made or changed: its inputs, and that AWS will tell the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from floodgate.offline import schema
from floodgate.offline.facts import computed, facts
from floodgate.offline.handlers.base import RESOURCES, Change
from floodgate.offline.lifecycle import Identity, Provider, arguments_of, state, with_defaults, with_own_tags
from floodgate.offline.values import UNKNOWN

Props = Mapping[str, Any]
_ALWAYS_KNOWN = ("region", "tagsAll")


def foreseen(who: Identity, provider: Provider, props: Props) -> dict[str, Any]:
    """The state of a resource that is to be made: what AWS computes is `UNKNOWN`."""
    given = _given(who, provider, props)
    known = with_own_tags(state(who.token, _region(provider, props), given, {}), props, provider)
    told = {name: value for name, value in known.items() if name in given or name in _ALWAYS_KNOWN}
    return dict.fromkeys(_computed(who.token), UNKNOWN) | told


def _computed(token: str) -> set[str]:
    """The outputs that AWS fills in; an argument that is not set, and that AWS leaves alone, is known to be absent."""
    outputs, arguments = schema.outputs(token), arguments_of(token).properties
    if not facts(token):
        return set(outputs)
    return {name for name in outputs if name not in arguments or name in computed(token)}


def foreseen_change(who: Identity, provider: Provider, props: Props, before: Props, meant: Change) -> dict[str, Any]:
    """The state of a resource that is to be changed in place.

    Args:
        who: the resource.
        provider: its provider.
        props: its new inputs.
        before: its state; what AWS computed once stays.
        meant: the change; what it gives new values, such as a template's latest version, is `UNKNOWN`.
    """
    given = _given(who, provider, props)
    kept = {n: v for n, v in before.items() if n not in given and n not in ("tags", "tagsAll")}
    unknown = RESOURCES[who.token].unknown_after(meant) if meant.names else ()
    kept |= dict.fromkeys((name for name in unknown if name not in given), UNKNOWN)
    return with_own_tags(state(who.token, _region(provider, props), given, kept), props, provider)


def _given(who: Identity, provider: Provider, props: Props) -> dict[str, Any]:
    given = with_defaults(who.token, provider.default_tags, props)
    return {name: value for name, value in given.items() if not name.startswith("__")}


def _region(provider: Provider, props: Props) -> str:
    return str(props.get("region") or provider.region)
