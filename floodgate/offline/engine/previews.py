"""What a preview can say of a resource that is not made yet: its inputs, and that AWS will tell the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from floodgate.offline import schema
from floodgate.offline.lifecycle import Identity, Provider, state, with_defaults, with_own_tags
from floodgate.offline.values import UNKNOWN

Props = Mapping[str, Any]


def foreseen(who: Identity, provider: Provider, props: Props, before: Props | None = None) -> dict[str, Any]:
    """The state that a deployment will leave, as far as it is known.

    Args:
        who: the resource.
        provider: its provider.
        props: its inputs.
        before: its state, for one that changes in place: what AWS computed once stays.
    """
    given = with_defaults(who.token, provider.default_tags, props)
    given = {name: value for name, value in given.items() if not name.startswith("__")}
    region = str(props.get("region") or provider.region)
    if before is not None:
        computed = {n: v for n, v in before.items() if n not in given and n not in ("tags", "tagsAll")}
        return with_own_tags(state(who.token, region, given, computed), props, provider)
    outputs = schema.outputs(who.token)
    known = with_own_tags(state(who.token, region, given, {}), props, provider)
    return {name: UNKNOWN for name in outputs if name not in given and name not in ("region", "tagsAll")} | {
        name: value for name, value in known.items() if name in given or name in ("region", "tagsAll")
    }
