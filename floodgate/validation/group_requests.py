"""The create calls that would make what a saved plan describes of its Auto Scaling groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.session import get_session


@dataclass(frozen=True, slots=True)
class Request:
    """A create call.

    Args:
        resource: what it would make, by name.
        service: boto3's name of the service.
        operation: AWS's name of the operation.
        params: what it is called with.
    """

    resource: str
    service: str
    operation: str
    params: Mapping[str, Any]


# how it is described: the call, its list, what it is, its name, and what creates it
_KINDS = (
    ("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "group", "AutoScalingGroupName",
     "CreateAutoScalingGroup"),
    ("autoscaling", "describe_policies", "ScalingPolicies", "policy", "PolicyName", "PutScalingPolicy"),
    ("autoscaling", "describe_scheduled_actions", "ScheduledUpdateGroupActions", "scheduled action",
     "ScheduledActionName", "PutScheduledUpdateGroupAction"),
    ("autoscaling", "describe_lifecycle_hooks", "LifecycleHooks", "lifecycle hook", "LifecycleHookName",
     "PutLifecycleHook"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "alarm", "AlarmName", "PutMetricAlarm"),
)  # fmt: skip


def requests(described: Mapping[tuple[str, str], Mapping[str, Any]]) -> Iterator[Request]:
    """The create calls of everything described, in the order in which they would be made.

    Args:
        described: the answers of describe calls by boto3's service and call; those not told are left out.
    """
    for service, call, items, kind, name, operation in _KINDS:
        for item in described.get((service, call), {}).get(items, ()):
            yield Request(f"{kind} {item[name]}", service, operation, _params(service, operation, item))


def _params(service: str, operation: str, item: Mapping[str, Any]) -> dict[str, Any]:
    known = _members(service, operation)
    params = {key: value for key, value in item.items() if key in known and value not in (None, "", [], {})}
    if params.get("VPCZoneIdentifier"):
        params.pop("AvailabilityZones", None)  # AWS tells the subnets' zones, which nobody asked for
    return params


@cache
def _members(service: str, operation: str) -> frozenset[str]:
    shape = get_session().get_service_model(service).operation_model(operation).input_shape
    assert shape is not None
    return frozenset(shape.members)
