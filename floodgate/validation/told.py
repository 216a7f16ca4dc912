"""What a saved plan tells, item by item, and as the account around a create call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from floodgate.awsrules.legality.facts import NotKnown, Params
from floodgate.plans.catalogue import BY_NAME, CALLS
from floodgate.plans.saved import SavedPlan
from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.reading.calls import NotTold

Item = dict[str, Any]

# without these nobody knows what an item is about
_IDENTITY: Mapping[str, tuple[str, ...]] = {
    "describe_auto_scaling_groups": ("AutoScalingGroupName", "MinSize", "MaxSize"),
    "describe_policies": ("PolicyName", "AutoScalingGroupName"),
    "describe_scheduled_actions": ("ScheduledActionName", "AutoScalingGroupName"),
    "describe_lifecycle_hooks": ("LifecycleHookName", "AutoScalingGroupName"),
    "describe_alarms": ("AlarmName",),
    "describe_launch_template_versions": ("LaunchTemplateData",),
    "describe_instance_types": ("InstanceType",),
    "describe_subnets": ("SubnetId", "AvailabilityZone", "CidrBlock"),
    "describe_load_balancers": ("LoadBalancerArn", "LoadBalancerName"),
    "describe_load_balancer_attributes": ("Key", "Value"),
    "describe_listeners": ("ListenerArn", "LoadBalancerArn"),
    "describe_target_groups": ("TargetGroupArn", "TargetGroupName"),
    "describe_target_group_attributes": ("Key", "Value"),
    "describe_db_clusters": ("DBClusterIdentifier",),
    "describe_db_instances": ("DBInstanceIdentifier",),
    "describe_db_proxies": ("DBProxyName",),
    "describe_db_proxy_target_groups": ("DBProxyName", "TargetGroupName"),
    "describe_replication_groups": ("ReplicationGroupId",),
}

# moments that have passed when AWS tells them
_PAST = frozenset(
    {
        "CacheClusterCreateTime", "ClusterCreateTime", "CreatedDate", "CreatedTime", "CreateTime",
        "AlarmConfigurationUpdatedTimestamp", "EarliestRestorableTime", "InstanceCreateTime", "LastModifiedDate",
        "LastModifiedTime", "LatestRestorableTime", "ReplicationGroupCreateTime", "StateTransitionedTimestamp",
        "StateUpdatedTimestamp", "UpdatedDate",
    }
)  # fmt: skip


class Told:
    """A saved plan as the account that it was saved from, of which it holds a part.

    Args:
        plan: the plan.

    Attributes:
        groups: its groups by name.
        gaps: the files that were asked for and are not there, and groups that are named but not told.

    Raises:
        PlanError: a group is not what AWS answers.
    """

    def __init__(self, plan: SavedPlan) -> None:
        self._plan = plan
        self.gaps: dict[str, None] = {}
        self.groups = {group["AutoScalingGroupName"]: group for group in self.items(*_GROUPS)}

    def answer(self, service: str, operation: str, **asked: Any) -> Item:
        """The whole answer of a call; where the plan does not hold it, nothing, and `gaps` tell it.

        Raises:
            PlanError: what the plan holds is not what AWS answers.
        """
        try:
            return self._ask(service, operation, asked)
        except NotTold as gap:
            self.gaps[gap.file] = None
            return {}

    def items(self, service: str, operation: str, **asked: Any) -> list[Item]:
        """The items of an answer, each with what it is known by; none where the plan does not hold it, as above.

        Raises:
            PlanError: what the plan holds is not what AWS answers.
        """
        return self._identified(service, operation, self.answer(service, operation, **asked))

    def _ask(self, service: str, operation: str, asked: Params) -> Item:
        return getattr(self._plan.client(service), operation)(**asked)

    def _identified(self, service: str, operation: str, answer: Item) -> list[Item]:
        call = BY_NAME[service, operation]
        items = answer.get(call.items) or []
        for at, item in enumerate(items):
            for key in _IDENTITY.get(operation, ()):
                # an attribute that is not set has an empty value
                if item.get(key) is None or (key != "Value" and item[key] == ""):
                    rule = f"{call.items}[{at}] has no {key}, which AWS always tells"
                    raise PlanError(f"{self._plan.folder / call.file}: {rule}; save what `{call.command}` prints")
        return items

    def of_groups(self, service: str, operation: str) -> list[Item]:
        """Those items that belong to a group of the plan; other groups are among the `gaps`."""
        items = self.items(service, operation)
        self.gaps |= {
            f"group {name}": None for name in (i["AutoScalingGroupName"] for i in items) if name not in self.groups
        }
        return [item for item in items if item["AutoScalingGroupName"] in self.groups]

    def lookup(self, call: str, asked: Params) -> list[Item]:
        """What `Facts.lookup` answers.

        Raises:
            NotKnown: the plan does not tell it.
        """
        service, _, operation = call.partition(".")
        if (service, operation) not in BY_NAME:
            raise NotKnown(f"{operation.replace('_', '-')} is no part of a saved plan")
        try:
            answer = self._ask(service, operation, asked)
        except NotTold as gap:
            raise NotKnown(f"{gap.file} is not there") from gap
        return [_as_given(item) for item in self._identified(service, operation, answer)]

    def as_of(self) -> tuple[datetime, str]:
        """The newest time that the plan tells, else its newest file's; and which of the two it is."""
        told = [moment for call in CALLS if not call.about for moment in self._moments(call.service, call.operation)]
        if told:
            return max(told), "the newest time that the plan tells"
        newest = max(file.stat().st_mtime for file in self._plan.folder.iterdir() if file.suffix == ".json")
        return datetime.fromtimestamp(newest, UTC), "its newest file's time: the plan tells none"

    def _moments(self, service: str, operation: str) -> Iterator[datetime]:
        try:
            yield from _past(self._ask(service, operation, {}))
        except NotTold:
            return


_GROUPS = ("autoscaling", "describe_auto_scaling_groups")


def _past(value: Any) -> Iterator[datetime]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _PAST and isinstance(inner, datetime):
                yield inner
            else:
                yield from _past(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _past(inner)


def _as_given(item: Item) -> Item:
    """Of a recurring action AWS tells the next run as its start, which nobody gave."""
    if item.get("Recurrence"):
        return {key: value for key, value in item.items() if key not in ("StartTime", "Time")}
    return item
