"""AWS's rules before anything is made, so that a preview refuses what the deployment would.

As far as they need nothing that only the deployment makes: what is to be made is taken as fitting.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from floodgate.awsrules.legality.facts import Facts
from floodgate.offline import api_model, legality
from floodgate.offline.handlers.base import RESOURCES
from floodgate.offline.handlers.described import Described
from floodgate.offline.lifecycle import Identity, Provider, refusal, with_defaults
from floodgate.offline.problems import Refused
from floodgate.offline.values import has_unknown
from floodgate.offline.world import World

Params = Mapping[str, Any]

# what lies beside a resource that is to be made: nothing that would be in its way
_NOTHING_ELSE = frozenset(
    {
        "application-autoscaling.describe_scaling_policies",
        "autoscaling.describe_lifecycle_hooks",
        "autoscaling.describe_policies",
        "autoscaling.describe_scheduled_actions",
        "rds.describe_db_proxies",
    }
)
_LARGEST_GROUP = 2**31


def refuse(world: World, who: Identity, provider: Provider, props: Params, *, exists: bool = False) -> None:
    """Ask AWS's rules about the creation of a resource, or about its change.

    Args:
        world: the account.
        who: the resource.
        provider: its provider.
        props: its checked inputs; nothing is judged where some of them are `UNKNOWN`.
        exists: whether it stands already, so that what belongs to its creation alone is not judged.

    Raises:
        Refused: in AWS's words.
    """
    handler = RESOURCES[who.token]
    if has_unknown(dict(props)) or not isinstance(handler, Described):
        return
    if exists:
        props = {name: value for name, value in props.items() if name not in handler.judged_at_first}
    client = world.aws(props.get("region") or provider.region).client(handler.service)
    try:
        params = handler.parameters(client, with_defaults(who.token, provider.default_tags, props))
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, the creation will say it better
        return
    operation = client.meta.method_to_api_mapping[handler.create_call]
    try:
        api_model.check(handler.service, client.meta.service_model.operation_model(operation), params)
        with suppress(_NotMadeYet):
            legality.check(handler.service, operation, params, Facts(now=world.now, lookup=_foreseen))
    except ClientError as error:
        raise Refused([refusal(str(who), error)]) from error


class _NotMadeYet(Exception):  # noqa: N818 - no error, the end of what can be said
    """A rule asks for another resource, which the deployment may be about to make."""


def _foreseen(operation: str, params: Params) -> list[dict[str, Any]]:
    if operation in _NOTHING_ELSE:
        return []
    if operation == "autoscaling.describe_auto_scaling_groups":
        (name,) = params["AutoScalingGroupNames"]
        return [{"AutoScalingGroupName": name, "MinSize": 0, "MaxSize": _LARGEST_GROUP, "DesiredCapacity": 0}]
    raise _NotMadeYet
