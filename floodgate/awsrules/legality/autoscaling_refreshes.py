"""EC2 Auto Scaling: what StartInstanceRefresh refuses.

Sources: "StartInstanceRefresh", https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StartInstanceRefresh.html;
"RefreshPreferences", https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html; "Undo
changes with a rollback", https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from floodgate.awsrules.legality.autoscaling_groups import find_group
from floodgate.awsrules.legality.checking import within
from floodgate.awsrules.legality.facts import Facts, Params
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationError"
MOVING_VERSIONS = ("$Latest", "$Default")


def start_instance_refresh(params: Params, facts: Facts) -> None:
    """StartInstanceRefresh: preferences that fit together.

    That one is under way already is the service's own present, and not judged here: asking for it may change it.
    """
    group = find_group(params["AutoScalingGroupName"], facts)
    preferences, wanted = params.get("Preferences") or {}, params.get("DesiredConfiguration") or {}
    _check_percentages(preferences)
    _check_checkpoints(preferences)
    if wanted.get("LaunchTemplate") and wanted.get("MixedInstancesPolicy"):
        rule = "a desired configuration is a launch template or a mixed instances policy"
        raise Refusal(INVALID, value="DesiredConfiguration has both", rule=rule, remedy="leave one out")
    if preferences.get("AutoRollback"):
        _check_rollback(wanted, group)


def _check_percentages(preferences: Params) -> None:
    low, high = preferences.get("MinHealthyPercentage"), preferences.get("MaxHealthyPercentage")
    if high is None:
        return
    if low is None:
        rule = "If you specify MaxHealthyPercentage, you must also specify MinHealthyPercentage"
        raise Refusal(INVALID, value=f"MaxHealthyPercentage {high}", rule=rule, remedy="give MinHealthyPercentage")
    if high - low > 100:
        rule = "the difference between the two percentages cannot be greater than 100"
        raise Refusal(INVALID, value=f"{low} % to {high} %", rule=rule, remedy="bring them closer together")


def _check_checkpoints(preferences: Params) -> None:
    """Source: "Add checkpoints to an instance refresh",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-adding-checkpoints-instance-refresh.html.
    """
    points = preferences.get("CheckpointPercentages") or ()
    if preferences.get("CheckpointDelay") is not None and not points:
        rule = "If you specify a value for CheckpointDelay, you must also specify CheckpointPercentages"
        value = f"CheckpointDelay {preferences['CheckpointDelay']}"
        raise Refusal(INVALID, value=value, rule=rule, remedy="give checkpoints, or leave it out")
    for point in points:
        within(INVALID, "a checkpoint", point, 1, 100, " %")
    for earlier, later in pairwise(points):
        if later <= earlier:
            rule = "checkpoints must be unique and in ascending order"
            raise Refusal(INVALID, value=f"{later} after {earlier}", rule=rule, remedy="sort them, each once")


def _check_rollback(wanted: Params, group: dict[str, Any]) -> None:
    if not wanted:
        rule = "The AutoRollback parameter cannot be set to true when the DesiredConfiguration parameter is empty"
        raise Refusal(INVALID, value="AutoRollback", rule=rule, remedy="give DesiredConfiguration")
    mixed = (wanted.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}
    old = ((group.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}).get("LaunchTemplateSpecification")
    new = wanted.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification")
    for template in (new, old or group.get("LaunchTemplate")):
        version = (template or {}).get("Version", "1")
        if version in MOVING_VERSIONS:
            moving = " or ".join(MOVING_VERSIONS)
            rule = f"The AutoRollback parameter cannot be set to true when the launch template's version is {moving}"
            raise Refusal(INVALID, value=f"AutoRollback with version {version}", rule=rule, remedy="name a version")
