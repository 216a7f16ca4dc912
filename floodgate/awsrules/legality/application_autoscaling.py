"""Application Auto Scaling: what it refuses of scalable targets and their policies.

Sources: "RegisterScalableTarget",
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html; "PutScalingPolicy",
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html; "Amazon Aurora Auto
Scaling with Aurora Replicas",
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html.
"""

from __future__ import annotations

from math import inf
from typing import Any

from floodgate.awsrules.legality.application_autoscaling_schedules import put_scheduled_action
from floodgate.awsrules.legality.checking import excluded, required, room, within
from floodgate.awsrules.legality.facts import Check, Facts, Params
from floodgate.awsrules.legality.steps import check_steps
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationException"
MAX_POLICIES = 50
MAX_REPLICAS = 15
AURORA = "rds:cluster:ReadReplicaCount"


def register_scalable_target(params: Params, facts: Facts) -> None:
    """RegisterScalableTarget: what it leaves out stays as it is, but the first time both limits are needed."""
    held: Params = next(iter(_targets(params, facts)), {})
    low, high = params.get("MinCapacity", held.get("MinCapacity")), params.get("MaxCapacity", held.get("MaxCapacity"))
    required(INVALID, {"MinCapacity": low, "MaxCapacity": high}, "MinCapacity", "MaxCapacity", what="a new target")
    assert low is not None
    assert high is not None
    most = MAX_REPLICAS if params["ScalableDimension"] == AURORA else inf
    within(INVALID, "MinCapacity", low, 0, most)
    within(INVALID, "MaxCapacity", high, 0, most)
    if low > high:
        rule = "Maximum capacity cannot be less than minimum capacity"
        value = f"MinCapacity {low}, MaxCapacity {high}"
        raise Refusal(INVALID, value=value, rule=rule, remedy="raise MaxCapacity or lower MinCapacity")


def _targets(params: Params, facts: Facts) -> list[dict[str, Any]]:
    asked = {"ServiceNamespace": params["ServiceNamespace"], "ResourceIds": [params["ResourceId"]]}
    targets = facts.lookup("application-autoscaling.describe_scalable_targets", asked)
    return [target for target in targets if target["ScalableDimension"] == params["ScalableDimension"]]


def put_scaling_policy(params: Params, facts: Facts) -> None:
    """PutScalingPolicy."""
    resource = params["ResourceId"]
    if not _targets(params, facts):
        rule = "No scalable target registered for it"
        remedy = "register the scalable target first"
        raise Refusal("ObjectNotFoundException", value=f"ResourceId {resource}", rule=rule, remedy=remedy)
    asked = {"ServiceNamespace": params["ServiceNamespace"], "ResourceId": resource}
    policies = facts.known("application-autoscaling.describe_scaling_policies", asked) or []
    others = [policy for policy in policies if policy["PolicyName"] != params["PolicyName"]]
    room("LimitExceededException", "scaling policies", len(others), MAX_POLICIES)
    kind = params.get("PolicyType", "StepScaling")
    if kind == "TargetTrackingScaling":
        _check_tracking(params, others)
    elif kind == "StepScaling":
        _check_step(params)


def _check_tracking(params: Params, others: list[dict[str, Any]]) -> None:
    what = "a TargetTrackingScaling policy"
    excluded(INVALID, params, "StepScalingPolicyConfiguration", what=what)
    required(INVALID, params, "TargetTrackingScalingPolicyConfiguration", what=what)
    settings = params["TargetTrackingScalingPolicyConfiguration"]
    metric = settings.get("PredefinedMetricSpecification")
    if bool(metric) == bool(settings.get("CustomizedMetricSpecification")):
        rule = "it needs either a predefined or a customized metric"
        raise Refusal(INVALID, value=what, rule=rule, remedy="give one of them")
    if settings["TargetValue"] <= 0:
        value = f"TargetValue is {settings['TargetValue']}"
        raise Refusal(INVALID, value=value, rule="it must be greater than 0", remedy="set what the metric shall be")
    for name in ("ScaleInCooldown", "ScaleOutCooldown"):
        within(INVALID, name, settings.get(name), 0, inf)
    for other in others:
        held = other.get("TargetTrackingScalingPolicyConfiguration") or {}
        if metric and held.get("PredefinedMetricSpecification") == metric:
            rule = "Only one TargetTrackingScaling policy for a given metric specification is allowed"
            raise Refusal(INVALID, value=f"policy {other['PolicyName']}", rule=rule, remedy="follow another metric")


def _check_step(params: Params) -> None:
    what = "a StepScaling policy"
    excluded(INVALID, params, "TargetTrackingScalingPolicyConfiguration", what=what)
    required(INVALID, params, "StepScalingPolicyConfiguration", what=what)
    settings = params["StepScalingPolicyConfiguration"]
    required(INVALID, settings, "AdjustmentType", "StepAdjustments", what=what)
    check_steps(INVALID, settings["StepAdjustments"], settings["AdjustmentType"])


CHECKS: dict[str, Check] = {
    "RegisterScalableTarget": register_scalable_target,
    "PutScalingPolicy": put_scaling_policy,
    "PutScheduledAction": put_scheduled_action,
}
