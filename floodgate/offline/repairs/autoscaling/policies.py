"""Scaling policies: named within their group, answered with their ARN and alarms, and executed as AWS does.

https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScalingPolicy.html and API_ExecutePolicy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.autoscaling.models import AutoScalingBackend, FakeScalingPolicy
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.moto_api._internal import mock_random

from floodgate.offline.repairs.autoscaling import execution, tracking_alarms
from floodgate.offline.repairs.autoscaling.fields import group_named, invalid
from floodgate.offline.repairs.patching import patch


@patch(FakeScalingPolicy, "arn")
def arn_of_its_own(self: Any) -> str:
    """Moto gives every policy of the world the same identifier."""
    if not hasattr(self, "identifier"):
        self.identifier = str(mock_random.uuid4())
    backend = self.autoscaling_backend
    return (
        f"arn:{backend.partition}:autoscaling:{backend.region_name}:{backend.account_id}:scalingPolicy:"
        f"{self.identifier}:autoScalingGroupName/{self.auto_scaling_group_name}:policyName/{self.name}"
    )


@patch(FakeScalingPolicy, "policy_arn")
def policy_arn(self: Any) -> str:
    """The same ARN under the API's name."""
    return self.arn


@patch(AutoScalingResponse, "put_scaling_policy")
def put_scaling_policy(self: Any) -> ActionResult:
    """Moto answers with nothing, stores policies of groups that do not exist and makes no alarms."""
    params, backend = self._get_params(), self.autoscaling_backend
    group_named(backend, params["AutoScalingGroupName"])
    key = params["AutoScalingGroupName"], params["PolicyName"]
    before = backend.policies.get(key)
    put_scaling_policy.original(self)
    policy = backend.policies[key] = backend.policies.pop(params["PolicyName"])
    if before is not None:
        policy.identifier = before.arn.split(":")[6]
        tracking_alarms.remove(before)
    _complete(policy, params)
    policy.alarms = tracking_alarms.create(policy) if policy.policy_type == "TargetTrackingScaling" else []
    return ActionResult({"PolicyARN": policy.arn, "Alarms": policy.alarms})


@patch(AutoScalingResponse, "describe_policies")
def describe_policies(self: Any) -> ActionResult:
    """Moto finds a policy by its name only; AWS also by its ARN, and names the alarms that are wired to it."""
    params = self._get_params()
    backend, names = self.autoscaling_backend, params.get("PolicyNames")
    found = [
        policy
        for policy in backend.describe_policies(params.get("AutoScalingGroupName"), None, params.get("PolicyTypes"))
        if not names or policy.name in names or policy.arn in names
    ]
    for policy in found:
        policy.alarms = tracking_alarms.wired_to(policy)
    return ActionResult({"ScalingPolicies": found})


@patch(AutoScalingResponse, "delete_policy")
def delete_policy(self: Any) -> EmptyResult:
    """Moto deletes by name alone, and whatever it was given."""
    policy = find(self.autoscaling_backend, self._get_params())
    _delete(self.autoscaling_backend, policy)
    return EmptyResult()


@patch(AutoScalingResponse, "execute_policy")
def execute_policy(self: Any) -> EmptyResult:
    """Moto knows no ARN, no steps, no bounds and no minimum magnitude."""
    params, backend = self._get_params(), self.autoscaling_backend
    policy = find(backend, params)
    group = group_named(backend, policy.auto_scaling_group_name)
    breach = params.get("MetricValue"), params.get("BreachThreshold")
    wanted = execution.capacity_after(policy, group.desired_capacity, *breach)
    backend.set_desired_capacity(group.name, min(max(wanted, group.min_size), group.max_size))
    return EmptyResult()


def find(backend: AutoScalingBackend, params: Mapping[str, Any]) -> Any:
    """The policy of an ARN, or of a name and its group."""
    wanted, group = params["PolicyName"], params.get("AutoScalingGroupName")
    for policy in backend.policies.values():
        if wanted == policy.arn or (wanted == policy.name and group in {None, policy.auto_scaling_group_name}):
            return policy
    raise invalid(f"PolicyName or PolicyARN not found: {wanted}")


def forget_group(backend: Any, group: str) -> None:
    """A group's policies end with it, and their alarms with them."""
    for policy in [p for p in backend.policies.values() if p.auto_scaling_group_name == group]:
        _delete(backend, policy)


def _delete(backend: Any, policy: Any) -> None:
    tracking_alarms.remove(policy)
    backend.policies.pop((policy.auto_scaling_group_name, policy.name), None)


def _complete(policy: Any, params: Mapping[str, Any]) -> None:
    """The fields that moto leaves out, and those it makes up."""
    policy.enabled = params.get("Enabled", True)
    if policy.policy_type == "StepScaling":
        policy.metric_aggregation_type = policy.metric_aggregation_type or "Average"
    if policy.policy_type != "PredictiveScaling":
        policy.predictive_scaling_configuration = None
    if policy.policy_type != "StepScaling":
        policy.step_adjustments = []
