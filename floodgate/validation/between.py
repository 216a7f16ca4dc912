"""What is wrong between things of a plan that AWS each takes: it only shows when they act."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from floodgate.awsrules.refusal import Refusal
from floodgate.validation.judging import Problem
from floodgate.validation.told import Item, Told

_POLICY_ARN = re.compile(r"arn:[^:]*:autoscaling:.*:autoScalingGroupName/(?P<group>[^:]*):policyName/(?P<policy>.*)")
_STATES = ("AlarmActions", "OKActions", "InsufficientDataActions")


def actions_without_policy(told: Told) -> Iterator[Problem]:
    """Alarms whose actions name a policy that a group of the plan does not have.

    Source: "Amazon CloudWatch alarms",
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html: CloudWatch does not check
    that the resource of an action exists.
    """
    policies = {(policy["AutoScalingGroupName"], policy["PolicyName"]) for policy in _policies(told)}
    if "describe-policies.json" in told.gaps:
        return
    for alarm in told.items("cloudwatch", "describe_alarms"):
        for action in (action for state in _STATES for action in alarm.get(state) or ()):
            named = _POLICY_ARN.fullmatch(action)
            if named and named["group"] in told.groups and (named["group"], named["policy"]) not in policies:
                value = f"an action names policy {named['policy']!r} of group {named['group']}"
                rule = "CloudWatch takes it, but there is no such policy and the action does nothing"
                refusal = Refusal("ResourceNotFound", value=value, rule=rule, remedy="name a policy that is there")
                yield Problem(f"alarm {alarm['AlarmName']}", refusal)


def policies_without_alarm(told: Told) -> Iterator[Problem]:
    """Policies that a described alarm list does not lead to are no fault; alarms that policies name must be there."""
    names = {alarm["AlarmName"] for alarm in told.items("cloudwatch", "describe_alarms")}
    if "describe-alarms.json" in told.gaps:
        return
    for policy in _policies(told):
        if policy.get("PolicyType") in ("TargetTrackingScaling", "PredictiveScaling"):
            continue  # AWS makes their alarms itself
        for alarm in policy.get("Alarms") or ():
            if alarm.get("AlarmName") and alarm["AlarmName"] not in names:
                value = f"its alarm {alarm['AlarmName']!r} is not among the alarms"
                rule = "nothing sets the policy off"
                refusal = Refusal(
                    "ResourceNotFound", value=value, rule=rule, remedy="create the alarm anew, or save it"
                )
                yield Problem(f"policy {policy['PolicyName']} of group {policy['AutoScalingGroupName']}", refusal)


def _policies(told: Told) -> list[Item]:
    return told.of_groups("autoscaling", "describe_policies")


def schedules_out_of_bounds(told: Told) -> Iterator[Problem]:
    """Actions whose sizes neither the group nor any other action makes room for; AWS refuses them when they run.

    Source: "Scheduled scaling for Amazon EC2 Auto Scaling",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html.
    """
    actions = told.of_groups("autoscaling", "describe_scheduled_actions")
    for action in actions:
        group = told.groups[action["AutoScalingGroupName"]]
        others = [other for other in actions if other["AutoScalingGroupName"] == action["AutoScalingGroupName"]]
        where = f"scheduled action {action['ScheduledActionName']} of group {action['AutoScalingGroupName']}"
        for refusal in _beyond(action, group, others):
            yield Problem(where, refusal)


def _beyond(action: Item, group: Mapping[str, Any], others: list[Item]) -> Iterator[Refusal]:
    highest = max([group["MaxSize"], *_told(others, "MaxSize")])
    lowest = min([group["MinSize"], *_told(others, "MinSize")])
    for name in ("DesiredCapacity", "MinSize"):
        if action.get("MaxSize") is None and (action.get(name) or 0) > highest:
            rule = f"when it runs AWS refuses it, as neither the group nor an action has a MaxSize above {highest}"
            remedy = "raise MaxSize, or set it in the action"
            yield Refusal("ValidationError", value=f"{name} {action[name]}", rule=rule, remedy=remedy)
            return
    for name in ("DesiredCapacity", "MaxSize"):
        size = action.get(name)
        if action.get("MinSize") is None and size is not None and size < lowest:
            rule = f"when it runs AWS refuses it, as neither the group nor an action has a MinSize below {lowest}"
            remedy = "lower MinSize, or set it in the action"
            yield Refusal("ValidationError", value=f"{name} {size}", rule=rule, remedy=remedy)
            return


def _told(actions: list[Item], name: str) -> list[int]:
    return [action[name] for action in actions if action.get(name) is not None]
