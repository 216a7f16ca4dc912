"""EC2 Auto Scaling: what PutScalingPolicy refuses.

Sources: "PutScalingPolicy", https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScalingPolicy.html;
"PredefinedMetricSpecification",
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredefinedMetricSpecification.html;
"PredictiveScalingConfiguration",
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredictiveScalingConfiguration.html.
"""

from __future__ import annotations

import re
from math import inf
from typing import Any

from floodgate.awsrules.legality.autoscaling_groups import find_group, target_group_arns
from floodgate.awsrules.legality.checking import excluded, one_of, required, room, within
from floodgate.awsrules.legality.facts import Facts, Params
from floodgate.awsrules.legality.steps import check_steps
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationError"
MAX_POLICIES = 50
MAX_MATH_METRICS = 10
ADJUSTMENTS = ("ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity")
PREDEFINED = (
    "ASGAverageCPUUtilization",
    "ASGAverageCPUUtilizationHighResolution",
    "ASGAverageNetworkIn",
    "ASGAverageNetworkOut",
    "ALBRequestCountPerTarget",
)
LABEL = re.compile(r"(app/[^/]+/[^/]+)/(targetgroup/[^/]+/[^/]+)")


def put_scaling_policy(params: Params, facts: Facts) -> None:
    """PutScalingPolicy, by the policy's type; without one it is SimpleScaling."""
    group = find_group(params["AutoScalingGroupName"], facts)
    kind = params.get("PolicyType") or "SimpleScaling"
    one_of(INVALID, "PolicyType", kind, KINDS)
    asked = {"AutoScalingGroupName": params["AutoScalingGroupName"]}
    policies = facts.known("autoscaling.describe_policies", asked) or []
    others = [policy for policy in policies if policy["PolicyName"] != params["PolicyName"]]
    room("LimitExceeded", "scaling policies", len(others), MAX_POLICIES)
    within(INVALID, "EstimatedInstanceWarmup", params.get("EstimatedInstanceWarmup"), 0, inf)
    KINDS[kind](params, group, others, facts)


def _simple(params: Params, _group: dict[str, Any], _others: list[dict[str, Any]], _facts: Facts) -> None:
    what = "a SimpleScaling policy"
    foreign = ("StepAdjustments", "MetricAggregationType", "EstimatedInstanceWarmup")
    excluded(INVALID, params, *foreign, "TargetTrackingConfiguration", "PredictiveScalingConfiguration", what=what)
    required(INVALID, params, "AdjustmentType", "ScalingAdjustment", what=what)
    _check_adjustment(params)
    within(INVALID, "Cooldown", params.get("Cooldown"), 0, inf)
    if params["AdjustmentType"] == "ExactCapacity":
        within(INVALID, "ScalingAdjustment", params["ScalingAdjustment"], 0, inf)


def _step(params: Params, _group: dict[str, Any], _others: list[dict[str, Any]], _facts: Facts) -> None:
    what = "a StepScaling policy"
    foreign = ("ScalingAdjustment", "Cooldown", "TargetTrackingConfiguration", "PredictiveScalingConfiguration")
    excluded(INVALID, params, *foreign, what=what)
    required(INVALID, params, "AdjustmentType", "StepAdjustments", what=what)
    _check_adjustment(params)
    one_of(INVALID, "MetricAggregationType", params.get("MetricAggregationType"), ("Minimum", "Maximum", "Average"))
    check_steps(INVALID, params["StepAdjustments"], params["AdjustmentType"])


def _check_adjustment(params: Params) -> None:
    one_of(INVALID, "AdjustmentType", params["AdjustmentType"], ADJUSTMENTS)
    if params.get("MinAdjustmentMagnitude") is not None:
        if params["AdjustmentType"] != "PercentChangeInCapacity":
            value = f"MinAdjustmentMagnitude with {params['AdjustmentType']}"
            rule = "it is valid only with PercentChangeInCapacity"
            raise Refusal(INVALID, value=value, rule=rule, remedy="leave it out")
        within(INVALID, "MinAdjustmentMagnitude", params["MinAdjustmentMagnitude"], 1, inf)


def _target_tracking(params: Params, group: dict[str, Any], others: list[dict[str, Any]], facts: Facts) -> None:
    what = "a TargetTrackingScaling policy"
    foreign = ("AdjustmentType", "ScalingAdjustment", "StepAdjustments", "Cooldown", "MinAdjustmentMagnitude")
    excluded(INVALID, params, *foreign, "MetricAggregationType", "PredictiveScalingConfiguration", what=what)
    required(INVALID, params, "TargetTrackingConfiguration", what=what)
    settings = params["TargetTrackingConfiguration"]
    predefined, customized = (settings.get(f"{kind}MetricSpecification") for kind in ("Predefined", "Customized"))
    if bool(predefined) == bool(customized):
        rule = "You must specify either a predefined metric or a customized metric"
        both = "both" if predefined else "neither"
        raise Refusal(INVALID, value=f"TargetTrackingConfiguration has {both}", rule=rule, remedy="give one of them")
    if settings.get("TargetValue", 0) <= 0:
        value, rule = f"TargetValue is {settings.get('TargetValue')}", "it must be greater than 0"
        raise Refusal(INVALID, value=value, rule=rule, remedy="set what one instance shall carry")
    if predefined:
        _check_predefined(predefined, group, facts)
    else:
        _check_customized(customized)
    _check_unique(predefined or customized, others)


def _check_predefined(metric: Params, group: dict[str, Any], facts: Facts) -> None:
    kind, label = metric.get("PredefinedMetricType"), metric.get("ResourceLabel")
    one_of(INVALID, "PredefinedMetricType", kind, PREDEFINED)
    if kind == "ALBRequestCountPerTarget":
        _check_label(label, group, facts)
    elif label:
        rule = f"a resource label is not supported for {kind}"
        raise Refusal(INVALID, value=f"ResourceLabel {label!r}", rule=rule, remedy="leave it out")


def _check_label(label: str | None, group: dict[str, Any], facts: Facts) -> None:
    """The label must name a real balancer and one of its target groups, and the group must be registered there."""
    value, form = f"ResourceLabel {label!r}", "app/<name>/<id>/targetgroup/<name>/<id>"
    match = LABEL.fullmatch(label or "")
    if match is None:
        rule = f"ALBRequestCountPerTarget needs a label of the form {form}"
        raise Refusal(INVALID, value=value, rule=rule, remedy="join the arn_suffix of both with a slash")
    balancers = facts.known("elbv2.describe_load_balancers", {})
    if balancers is not None and match[1] not in {_tail(item["LoadBalancerArn"]) for item in balancers}:
        rule = f"there is no load balancer {match[1]}"
        if facts.is_missing(f"load balancer {match[1]}"):
            raise Refusal(INVALID, value=value, rule=rule, remedy="name an existing one")
    targets = facts.known("elbv2.describe_target_groups", {})
    target = next((item for item in targets or () if _tail(item["TargetGroupArn"]) == match[2]), None)
    if target is None and targets is not None and facts.is_missing(f"target group {match[2]}"):
        raise Refusal(INVALID, value=value, rule=f"there is no target group {match[2]}", remedy="name an existing one")
    if target is not None and match[1] not in {_tail(arn) for arn in target.get("LoadBalancerArns", ())}:
        rule = "The load balancer does not route traffic to the target group"
        raise Refusal(INVALID, value=value, rule=rule, remedy="create the listener before the policy")
    if match[2] not in {_tail(arn) for arn in target_group_arns(group)}:
        rule = "the target group must be attached to the Auto Scaling group"
        raise Refusal(INVALID, value=value, rule=rule, remedy="give the group this target group's ARN")


def _tail(arn: str) -> str:
    """What a resource label calls a balancer or target group: ``app/<name>/<id>``, ``targetgroup/<name>/<id>``."""
    return arn.rsplit(":", maxsplit=1)[-1].removeprefix("loadbalancer/")


def _check_customized(metric: Params) -> None:
    queries = metric.get("Metrics")
    if queries:
        excluded(INVALID, metric, "MetricName", "Namespace", "Statistic", "Dimensions", what="a metric math policy")
        if len(queries) > MAX_MATH_METRICS:
            rule = f"at most {MAX_MATH_METRICS} metrics can be combined"
            raise Refusal(INVALID, value=f"{len(queries)} metrics", rule=rule, remedy="combine fewer")
        returned = [query for query in queries if query.get("ReturnData", True)]
        if len(returned) != 1:
            rule = "exactly one of the metrics must return data"
            value = f"{len(returned)} metrics return data"
            raise Refusal(INVALID, value=value, rule=rule, remedy="set ReturnData to false on the others")
    else:
        required(INVALID, metric, "MetricName", "Namespace", "Statistic", what="a customized metric")
    for part in (metric, *(query.get("MetricStat") or {} for query in queries or ())):
        if part.get("Period") not in (None, 10, 30, 60):
            rule = "target tracking accepts 10, 30 and 60 s"
            raise Refusal(INVALID, value=f"Period is {part['Period']}", rule=rule, remedy="use one of these")


def _check_unique(metric: Params, others: list[dict[str, Any]]) -> None:
    """Source: "Target tracking scaling policies",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html.
    """
    for other in others:
        settings = other.get("TargetTrackingConfiguration") or {}
        if dict(metric) in (
            settings.get("PredefinedMetricSpecification"),
            settings.get("CustomizedMetricSpecification"),
        ):
            rule = "Only one TargetTrackingScaling policy for a given metric specification is allowed"
            raise Refusal(INVALID, value=f"policy {other['PolicyName']}", rule=rule, remedy="follow another metric")


def _predictive(params: Params, _group: dict[str, Any], _others: list[dict[str, Any]], _facts: Facts) -> None:
    what = "a PredictiveScaling policy"
    foreign = ("AdjustmentType", "ScalingAdjustment", "StepAdjustments", "Cooldown", "EstimatedInstanceWarmup")
    excluded(INVALID, params, *foreign, "TargetTrackingConfiguration", what=what)
    required(INVALID, params, "PredictiveScalingConfiguration", what=what)
    settings = params["PredictiveScalingConfiguration"]
    if len(settings.get("MetricSpecifications", ())) != 1:
        value = f"{len(settings.get('MetricSpecifications', ()))} MetricSpecifications"
        raise Refusal(INVALID, value=value, rule="there must be exactly one", remedy="give one")
    within(INVALID, "SchedulingBufferTime", settings.get("SchedulingBufferTime"), 0, 3599, " s")
    within(INVALID, "MaxCapacityBuffer", settings.get("MaxCapacityBuffer"), 0, 100, " %")
    raises = settings.get("MaxCapacityBreachBehavior") == "IncreaseMaxCapacity"
    if raises != (settings.get("MaxCapacityBuffer") is not None):
        rule = "MaxCapacityBuffer is required with IncreaseMaxCapacity, and cannot be used otherwise"
        value = f"MaxCapacityBreachBehavior {settings.get('MaxCapacityBreachBehavior')!r}"
        raise Refusal(INVALID, value=value, rule=rule, remedy="give both or neither")


KINDS = {
    "SimpleScaling": _simple,
    "StepScaling": _step,
    "TargetTrackingScaling": _target_tracking,
    "PredictiveScaling": _predictive,
}
