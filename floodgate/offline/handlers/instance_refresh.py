"""Replacing a group's instances after a deployment changed what new ones are made of.

The provider asks for it, AWS carries it out. A group whose template's version is ``$Latest`` does not change when the
template does, and keeps its instances: name the template's `latestVersion` instead.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/autoscaling_group#instance_refresh
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import Change, Props
from floodgate.offline.handlers.declared import refused, without
from floodgate.offline.handlers.requests import request
from floodgate.offline.schema import arguments

GROUP = "aws:autoscaling/group:Group"
ALWAYS = ("launchConfiguration", "launchTemplate", "mixedInstancesPolicy")
"""A change of any of these replaces the instances, named as a trigger or not."""
PREFERENCES: Mapping[str, Any] = {
    "autoRollback": False,
    "maxHealthyPercentage": 100,
    "minHealthyPercentage": 90,
    "scaleInProtectedInstances": "Ignore",
    "skipMatching": False,
    "standbyInstances": "Ignore",
}
"""The provider's own, where a program gives preferences and leaves these out."""


def check_triggers(props: Props) -> None:
    """Refuse a trigger that is no property of a group.

    Raises:
        Refused: with the first such trigger.
    """
    for trigger in props.get("instanceRefresh", {}).get("triggers", []):
        if triggered_by(trigger) is None:
            rule = "is not a recognized parameter name for aws_autoscaling_group"
            remedy = "write the property as Terraform does, e.g. tag or vpc_zone_identifier"
            raise refused(GROUP, rule, remedy, path="instanceRefresh.triggers", value=trigger)


def triggered_by(trigger: str) -> str | None:
    """The property that a trigger means: Pulumi's bridge hands triggers on as Terraform's names, ``tag`` for `tags`."""
    if trigger != trigger.lower():
        return None
    known = arguments(GROUP)
    assert known is not None, "the SDK has groups"
    name = re.sub(r"_(\w)", lambda found: found[1].upper(), trigger)
    singular: dict[str, str] = {prop.removesuffix("s"): prop for prop in ("tags", *_LISTS)}
    if name in singular:
        return singular[name]
    return name if name in known.properties and name not in singular.values() else None


# lists to which Pulumi gave the plural that Terraform's block or set does not have
_LISTS = ("initialLifecycleHooks", "trafficSources", "vpcZoneIdentifiers")


def refreshes(change: Change) -> bool:
    """Whether this update replaces the instances."""
    wanted = change.new.get("instanceRefresh")
    if not wanted:
        return False
    triggers = (triggered_by(trigger) for trigger in wanted.get("triggers", []))
    return change.touches(*ALWAYS, *filter(None, triggers))


def start_refresh(client: Any, group: str, props: Props, rename: Mapping[str, str]) -> None:
    """Start it; one that is under way is cancelled first.

    Args:
        client: a boto3 client of the service.
        group: the group's name.
        props: the group's new properties.
        rename: Pulumi's names to AWS's.
    """
    params = {"AutoScalingGroupName": group, **_parameters(client, props, rename)}
    try:
        client.start_instance_refresh(**params)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("InstanceRefreshInProgress", "InstanceRefreshInProgressFault"):
            raise
        client.cancel_instance_refresh(AutoScalingGroupName=group)
        client.start_instance_refresh(**params)


def _parameters(client: Any, props: Props, rename: Mapping[str, str]) -> dict[str, Any]:
    wanted = without(props["instanceRefresh"], ("triggers",))
    if "preferences" in wanted:
        wanted["preferences"] = {**PREFERENCES, **wanted["preferences"]}
        if wanted["preferences"]["autoRollback"]:
            # AWS knows no way back unless the refresh itself names what the instances are to be
            source = {name: props[name] for name in ("launchTemplate", "mixedInstancesPolicy") if name in props}
            wanted["desiredConfiguration"] = source
    return request(client, "start_instance_refresh", wanted, rename)
