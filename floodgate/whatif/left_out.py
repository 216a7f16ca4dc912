"""What of a plan a replay does not play, so that nobody takes it for played."""

from __future__ import annotations

from collections.abc import Iterator

from floodgate.awsrules.model import Group, PredictiveScaling, TargetTracking

IN_SERVICE = frozenset({"InService"})


def left_out(group: Group) -> list[str]:
    """Everything that could have changed the group's size and is not played, each in a few words."""
    return [*_policies(group), *_instances(group)]


def predictive(group: Group) -> list[str]:
    """The policies that act on a forecast."""
    return [policy.name for policy in group.policies if isinstance(policy, PredictiveScaling)]


def _policies(group: Group) -> Iterator[str]:
    if names := predictive(group):
        yield f"forecasts of the predictive policies {', '.join(names)}"
    for policy in group.policies:
        for alarm in getattr(policy, "alarms", ()):
            if isinstance(policy, TargetTracking):
                if not alarm.actions_enabled:
                    yield f"that alarm {alarm.name} of policy {policy.name} has its actions switched off"
            elif policy.arn in (*alarm.ok_actions, *alarm.insufficient_data_actions):
                yield f"policy {policy.name} as an action of alarm {alarm.name} that has left ALARM"


def _instances(group: Group) -> Iterator[str]:
    if group.weighted:
        yield "instances' weights (each counts 1)"
    if group.max_lifetime_s:
        yield "the maximum instance lifetime"
    if group.maintenance:
        yield "the instance maintenance policy"
    if group.protect_new or any(member.protected for member in group.members):
        yield "protection from scale in"
    if any(not member.healthy for member in group.members):
        yield "the replacement of unhealthy instances"
    others = sorted({m.state for m in group.members if m.state not in IN_SERVICE and not m.state.startswith("Warmed")})
    if others:
        yield f"instances that begin {', '.join(others)}"
    if any(hook.transition == "autoscaling:EC2_INSTANCE_TERMINATING" for hook in group.hooks):
        yield "hooks on termination"
