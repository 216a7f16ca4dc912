"""Application Auto Scaling: targets that exist, alarms on the right metric, tags, and nothing left behind.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
"""

from __future__ import annotations

import json
from typing import Any

from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, FakeApplicationAutoscalingPolicy
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.exceptions import JsonRESTError
from moto.moto_api._internal import mock_random
from moto.rds.models import rds_backends

from floodgate.offline.repairs.patching import patch

# metric, name space, statistic; the dimensions follow from the resource
PREDEFINED = {
    "ECSServiceAverageCPUUtilization": ("AWS/ECS", "CPUUtilization"),
    "ECSServiceAverageMemoryUtilization": ("AWS/ECS", "MemoryUtilization"),
    "RDSReaderAverageCPUUtilization": ("AWS/RDS", "CPUUtilization"),
    "RDSReaderAverageDatabaseConnections": ("AWS/RDS", "DatabaseConnections"),
}
# the pattern of this service; EC2 groups are seen with 0.7
LOW_RATIO = 0.9
HIGH_PERIODS, LOW_PERIODS = 3, 15
# the suffix of the service-linked role that acts for a service:
# https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
ROLES = {
    "dynamodb": "DynamoDBTable",
    "ecs": "ECSService",
    "elasticache": "ElastiCacheRG",
    "lambda": "LambdaConcurrency",
    "rds": "RDSCluster",
}


@patch(ApplicationAutoscalingBackend, "register_scalable_target")
def register_what_exists(self: Any, namespace: str, r_id: str, *args: Any, **kwargs: Any) -> Any:
    """Moto registers clusters that do not exist, without the role that AWS gives."""
    if (
        namespace == "rds"
        and r_id.removeprefix("cluster:") not in rds_backends[self.account_id][self.region_name].clusters
    ):
        raise AWSValidationException(f"DB cluster not found for resource ID: {r_id}")
    target = register_what_exists.original(self, namespace, r_id, *args, **kwargs)
    if not target.role_arn and namespace in ROLES:
        service = f"{namespace}.application-autoscaling.amazonaws.com"
        role = f"AWSServiceRoleForApplicationAutoScaling_{ROLES[namespace]}"
        target.role_arn = f"arn:{self.partition}:iam::{self.account_id}:role/aws-service-role/{service}/{role}"
    return target


@patch(ApplicationAutoscalingBackend, "deregister_scalable_target")
def deregister_with_all_that_is_its_own(self: Any, namespace: str, r_id: str, dimension: str) -> None:
    """Moto leaves a target's policies and scheduled actions behind."""
    if r_id not in self.targets.get(dimension, {}):
        raise _no("scalable target found", namespace, r_id, dimension)
    deregister_with_all_that_is_its_own.original(self, namespace, r_id, dimension)
    mine = (namespace, r_id, dimension)
    for policy in list(self.policies.values()):
        if (policy.service_namespace, policy.resource_id, policy.scalable_dimension) == mine:
            self.delete_scaling_policy(policy.policy_name, *mine)
    self.scheduled_actions = [
        action
        for action in self.scheduled_actions
        if (action.service_namespace, action.resource_id, action.scalable_dimension) != mine
    ]


@patch(ApplicationAutoscalingBackend, "put_scaling_policy")
def put_on_a_target(self: Any, **policy: Any) -> Any:
    """Moto takes policies of targets that are not registered, and keeps the alarms of a policy that changed."""
    whose = policy["service_namespace"], policy["resource_id"], policy["scalable_dimension"]
    if policy["resource_id"] not in self.targets.get(policy["scalable_dimension"], {}):
        raise _no("scalable target registered", *whose)
    key = FakeApplicationAutoscalingPolicy.formulate_key(*whose, policy["policy_name"])
    before = self.policies.get(key)
    if before is None:
        return put_on_a_target.original(self, **policy)
    before.delete_alarms(self.account_id, self.region_name)
    made = put_on_a_target.original(self, **policy)
    _stay(made, before)
    return made


def _stay(made: Any, before: Any) -> None:
    """A policy that changed keeps its ARN, by which its alarms call it."""
    alarms = cloudwatch_backends[made.account_id][made.region_name].alarms
    for alarm in made.alarms:
        actions = alarms[alarm.name].alarm_actions
        actions[:] = [before.policy_arn if action == made.policy_arn else action for action in actions]
    made.policy_arn = before.policy_arn


def _no(what: str, namespace: str, resource_id: str, dimension: str) -> JsonRESTError:
    whose = f"service namespace: {namespace}, resource ID: {resource_id}, scalable dimension: {dimension}"
    return JsonRESTError("ObjectNotFoundException", f"No {what} for {whose}")


@patch(ApplicationAutoscalingBackend, "delete_scaling_policy")
def delete_a_policy_that_is_there(
    self: Any, policy_name: str, service_namespace: str, resource_id: str, scalable_dimension: str
) -> None:
    """Moto calls a missing policy invalid."""
    whose = service_namespace, resource_id, scalable_dimension
    if FakeApplicationAutoscalingPolicy.formulate_key(*whose, policy_name) not in self.policies:
        raise _no("scaling policy found", *whose)
    delete_a_policy_that_is_there.original(self, policy_name, *whose)


@patch(ApplicationAutoscalingBackend, "delete_scheduled_action")
def delete_an_action_that_is_there(
    self: Any, service_namespace: str, scheduled_action_name: str, resource_id: str, scalable_dimension: str
) -> None:
    """Moto deletes actions that do not exist."""
    before = len(self.scheduled_actions)
    delete_an_action_that_is_there.original(
        self, service_namespace, scheduled_action_name, resource_id, scalable_dimension
    )
    if len(self.scheduled_actions) == before:
        raise _no("scheduled action found", service_namespace, resource_id, scalable_dimension)


@patch(ApplicationAutoscalingBackend, "describe_scaling_policies")
def describe_exactly(self: Any, **asked: Any) -> Any:
    """Moto takes any resource whose name is part of the one asked for."""
    page, found = describe_exactly.original(self, **asked)
    for field in ("resource_id", "scalable_dimension"):
        if asked.get(field):
            found = [policy for policy in found if getattr(policy, field) == asked[field]]
    return page, found


@patch(ApplicationAutoScalingResponse, "describe_scaling_policies")
def describe_the_named(self: Any) -> str:
    """Moto ignores the names of policies."""
    answer = json.loads(describe_the_named.original(self))
    names = self._get_param("PolicyNames")
    answer["ScalingPolicies"] = [p for p in answer["ScalingPolicies"] if not names or p["PolicyName"] in names]
    return json.dumps(answer)


@patch(FakeApplicationAutoscalingPolicy, "create_alarms")
def alarms_on_the_target(self: Any) -> None:
    """Moto's alarms have fixed thresholds; for Aurora's readers it makes none."""
    configuration = self.target_tracking_scaling_policy_configuration or {}
    kind = configuration.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    if kind not in PREDEFINED:
        alarms_on_the_target.original(self)
        return
    target = float(configuration["TargetValue"])
    sides = (
        ("AlarmHigh", "GreaterThanThreshold", HIGH_PERIODS, target),
        ("AlarmLow", "LessThanThreshold", LOW_PERIODS, round(target * LOW_RATIO, 9)),
    )
    self.alarms = [_alarm(self, kind, *side) for side in sides]


def _alarm(policy: Any, kind: str, side: str, comparison: str, periods: int, threshold: float) -> Any:
    namespace, metric = PREDEFINED[kind]
    return cloudwatch_backends[policy.account_id][policy.region_name].put_metric_alarm(
        name=f"TargetTracking-{policy.resource_id}-{side}-{mock_random.uuid4()}",
        namespace=namespace,
        metric_name=metric,
        comparison_operator=comparison,
        evaluation_periods=periods,
        period=60,
        threshold=threshold,
        statistic="Average",
        description=f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.policy_arn}.",
        dimensions=_dimensions(namespace, policy.resource_id),
        alarm_actions=[policy.policy_arn],
    )


def _dimensions(namespace: str, resource_id: str) -> list[dict[str, str]]:
    if namespace == "AWS/RDS":
        named = {"DBClusterIdentifier": resource_id.removeprefix("cluster:"), "Role": "READER"}
    else:
        _, cluster, service = resource_id.split("/")
        named = {"ClusterName": cluster, "ServiceName": service}
    return [{"Name": name, "Value": value} for name, value in named.items()]


@patch(ApplicationAutoScalingResponse, "describe_scaling_activities")
def describe_scaling_activities(self: Any) -> str:  # noqa: ARG001 - an operation of moto takes itself
    """Moto has no such operation; nothing happens by itself here, so there are none."""
    return json.dumps({"ScalingActivities": []})


@patch(ApplicationAutoScalingResponse, "register_scalable_target")
def register_with_tags(self: Any) -> str:
    """Moto forgets a target's tags."""
    answer = register_with_tags.original(self)
    tags = self._get_param("Tags")
    if tags:
        _tags(self, json.loads(answer)["ScalableTargetARN"]).update(tags)
    return answer


@patch(ApplicationAutoScalingResponse, "list_tags_for_resource")
def list_tags_for_resource(self: Any) -> str:
    """Moto has no such operation."""
    return json.dumps({"Tags": _tags(self, self._get_param("ResourceARN"))})


@patch(ApplicationAutoScalingResponse, "tag_resource")
def tag_resource(self: Any) -> str:
    """Moto has no such operation."""
    _tags(self, self._get_param("ResourceARN")).update(self._get_param("Tags"))
    return "{}"


@patch(ApplicationAutoScalingResponse, "untag_resource")
def untag_resource(self: Any) -> str:
    """Moto has no such operation."""
    tags = _tags(self, self._get_param("ResourceARN"))
    for key in self._get_param("TagKeys"):
        tags.pop(key, None)
    return "{}"


def _tags(response: Any, arn: str) -> dict[str, str]:
    for targets in response.applicationautoscaling_backend.targets.values():
        for target in targets.values():
            if target.arn == arn:
                return target.__dict__.setdefault("tags", {})
    raise JsonRESTError("ResourceNotFoundException", f"The specified resource doesn't exist: {arn}")


def apply() -> None:
    """Importing this module has applied its repairs."""
