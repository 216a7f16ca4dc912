"""Before every opening there are servers, in time, and the balancer is large enough."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from policy.configuration import BOOT_S, Configuration, Journey, Opening
from policy.fleets import Group, groups
from policy.rule import Finding, example, stack_rule
from policy.view import Resource, Stack

# a scheduled action may run this late
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html
SCHEDULE_DELAY_S = 120
# how long before its doors an action may begin that is meant for an opening of which nobody said how many it needs
LONGEST_LEAD = timedelta(hours=24)
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/capacity-unit-reservation.html
LEAST_RESERVATION = 100

_SCHEDULED = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html"
_NIGHT: dict[str, Any] = {
    "openings": [{"name": "night", "at": "2027-08-09T20:00", "zone": "Asia/Seoul", "servers": 60}],
    "fleet": {"minSize": 6, "bootS": 120},
}
_GROUP = ("autoscaling/group", "servers", {"minSize": 6, "maxSize": 90, "defaultInstanceWarmup": 120})
_RAISE = (
    "autoscaling/schedule",
    "night-open",
    {"autoscalingGroupName": "@servers", "startTime": "2027-08-09T10:00:00Z", "minSize": 60},
)
_TRACKING = ("autoscaling/policy", "cpu", {"autoscalingGroupName": "@servers", "policyType": "TargetTrackingScaling"})


def ready_after_s(stack: Stack, group: Group, configuration: Configuration) -> int:
    """Seconds from a scheduled action's minute until the servers it starts count in full.

    The action's own delay; the boot, out of ``floodgate:fleet.bootS``, else the launch hook's timeout, else the health
    check's grace period; the group's warmup; and the slow start of its target groups.
    """
    warmup = group.resource.get("defaultInstanceWarmup", 0)
    targets = stack.targets(group.resource, "targetGroupArns", "lb/targetGroup")
    slow = max((_seconds(target.get("slowStart")) for target in targets), default=0)
    return SCHEDULE_DELAY_S + _boot_s(stack, group, configuration) + _seconds(warmup) + slow


def _boot_s(stack: Stack, group: Group, configuration: Configuration) -> int:
    if configuration.boot_s is not None:
        return configuration.boot_s
    hooks = [
        hook
        for hook in stack.naming(group.resource, "autoscalingGroupName", "autoscaling/lifecycleHook")
        if hook.get("lifecycleTransition") == "autoscaling:EC2_INSTANCE_LAUNCHING"
    ]
    known = [_seconds(hook.get("heartbeatTimeout")) for hook in hooks]
    return max(known, default=0) or _seconds(group.resource.get("healthCheckGracePeriod")) or BOOT_S


@stack_rule(
    id="openings-scheduled",
    title="Before every opening a scheduled action raises the fleet, early enough for its servers to boot",
    severity="critical",
    why="Scaling that waits for load starts servers when people are already waiting: minutes of alarm, boot and warmup "
    "after the minute that was announced weeks before. Early enough means: the action's own delay of two minutes, the "
    "boot (floodgate:fleet.bootS, else the launch hook's timeout, else the health check's grace period), the group's "
    "warmup and the slow start of its target groups.",
    remedy="give the opening servers and leadMinutes in floodgate:openings, or declare aws.autoscaling.Schedule for it",
    source=_SCHEDULED,
    refused=example(_GROUP, **_NIGHT),
    mended=example(_GROUP, _RAISE, **_NIGHT),
)
def _openings_scheduled(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    fleet = groups(stack)
    # an action that is not known yet may be the one that raises the fleet
    if not fleet or not all(group.schedule_known for group in fleet):
        return
    for opening in configuration.openings:
        needed = max(ready_after_s(stack, group, configuration) for group in fleet)
        ready = max(opening.doors - timedelta(seconds=needed), configuration.now)
        if opening.servers is None:
            yield from _nobody_said(opening, fleet, ready, configuration)
        else:
            yield from _held(opening, opening.servers, fleet, ready, needed)


def _nobody_said(
    opening: Opening, fleet: Sequence[Group], ready: datetime, configuration: Configuration
) -> Iterator[Finding]:
    starts = [
        start
        for group in fleet
        for start, minimum in group.raises
        if opening.doors - LONGEST_LEAD <= start <= ready and minimum > group.min_size
    ]
    repeats = any(group.repeated_minimum > group.min_size for group in fleet)
    if not starts and not repeats and configuration.production:
        yield Finding(
            f"opening {opening.name}: nothing raises the fleet for it, and nobody says how many servers it needs"
        )


def _held(opening: Opening, servers: int, fleet: Sequence[Group], ready: datetime, needed: int) -> Iterator[Finding]:
    at_ready = _minimum(fleet, ready)
    if at_ready < servers:
        late = [
            start for group in fleet for start, _ in group.raises if ready < start and _minimum(fleet, start) >= servers
        ]
        first = min((start for start in late if start < opening.over), default=None)
        when = f" and {servers} only from {first:%Y-%m-%dT%H:%MZ}" if first else ""
        yield Finding(
            f"opening {opening.name}: the fleet's minimum is {at_ready} at {ready:%Y-%m-%dT%H:%MZ}{when}, but "
            f"{servers} servers are needed at {opening.doors:%Y-%m-%dT%H:%MZ} and take {needed} s to count in full"
        )
        return
    inside = sorted(start for group in fleet for start, _ in group.raises if ready < start < opening.over)
    for start in inside:
        if _minimum(fleet, start) < servers:
            yield Finding(
                f"opening {opening.name}: the fleet's minimum falls to {_minimum(fleet, start)} at "
                f"{start:%Y-%m-%dT%H:%MZ}, but {servers} servers are held until {opening.over:%Y-%m-%dT%H:%MZ}"
            )
            return


def _minimum(fleet: Sequence[Group], moment: datetime) -> int:
    return sum(max(group.minimum_at(moment), group.repeated_minimum) for group in fleet)


def surges(opening: Opening, base: int) -> bool:
    """Whether an opening more than doubles the traffic within minutes.

    An announced opening does, unless the configuration says that it needs no more than twice the servers of a day
    without one.
    """
    return opening.servers is None or opening.servers > 2 * base


def base_servers(fleet: Sequence[Group], configuration: Configuration) -> int:
    """Servers of a day without an opening: as configured, else the groups' minima."""
    declared = sum(group.min_size for group in fleet)
    return configuration.min_size if configuration.min_size is not None else declared


@stack_rule(
    id="tracking-not-alone",
    title="Target tracking is never alone before an opening that more than doubles the traffic in five minutes",
    severity="high",
    why="Target tracking answers three breached minutes with a step, then waits for the servers' warmup. A crowd that "
    "comes in one minute is refused in the meantime, again and again.",
    remedy="schedule the fleet's minimum before the opening, and let target tracking follow from there",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html",
    refused=example(_GROUP, _TRACKING, **_NIGHT),
    mended=example(_GROUP, _TRACKING, _RAISE, **_NIGHT),
)
def _tracking_not_alone(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    fleet = groups(stack)
    base = base_servers(fleet, configuration)
    for group in fleet:
        policies = stack.naming(group.resource, "autoscalingGroupName", "autoscaling/policy")
        kinds = {policy.get("policyType", "SimpleScaling") for policy in policies}
        if kinds != {"TargetTrackingScaling"} or not group.schedule_known:
            continue
        for opening in configuration.openings:
            window = (opening.doors - LONGEST_LEAD, opening.doors)
            scheduled = any(window[0] <= start <= window[1] for start, _ in group.raises) or group.repeated_minimum
            held = opening.servers is not None and group.min_size >= opening.servers
            if surges(opening, base) and not scheduled and not held:
                wanted = f"needs {opening.servers} servers where {base} run" if opening.servers else "is announced"
                yield Finding(f"opening {opening.name} {wanted}, and only target tracking answers it", group.resource)


@stack_rule(
    id="fleet-can-grow",
    title="A fleet before an opening can grow",
    severity="high",
    environments="production",
    why="Every plan is wrong by some factor. With minimum and maximum the same, a crowd larger than planned is "
    "turned away although the account has servers for it.",
    remedy="set maxSize well above what is held (floodgate:fleet.maxSize), half more for instance",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html",
    refused=example(("autoscaling/group", "servers", {"minSize": 10, "maxSize": 10}), **_NIGHT),
    mended=example(("autoscaling/group", "servers", {"minSize": 10, "maxSize": 90}), **_NIGHT),
)
def _fleet_can_grow(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    for group in groups(stack):
        held = max([group.min_size, *(minimum for _, minimum in group.raises)])
        if configuration.openings and 0 < group.max_size <= held:
            yield Finding(f"holds {held} servers and may have {group.max_size}", group.resource)


@stack_rule(
    id="crowd-has-a-waiting-room",
    title="The crowd of an announced opening waits in a room, not in a queue of requests",
    severity="high",
    environments="production",
    why="Without one everybody who comes in the first minute is inside at once, and whoever reloads is served before "
    "whoever waits.",
    remedy="set floodgate:service.waitingRoom to true",
    source="https://docs.aws.amazon.com/solutions/latest/virtual-waiting-room-on-aws/solution-overview.html",
    refused=example(("ssm/parameter", "service", {"value": '{"waiting_room": false}'}), **_NIGHT),
    mended=example(("ssm/parameter", "service", {"value": '{"waiting_room": true}'}), **_NIGHT),
)
def _crowd_has_a_waiting_room(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    for parameter in stack.of("ssm/parameter") if configuration.openings else ():
        if told_to_servers(parameter).get("waiting_room") is False:
            yield Finding("tells the servers to admit everybody at once", parameter)


def told_to_servers(parameter: Resource) -> Mapping[str, Any]:
    """The object that a service parameter holds; empty where it holds something else."""
    try:
        told = json.loads(str(parameter.get("value", "")))
    except ValueError:
        return {}
    return told if isinstance(told, Mapping) else {}


def capacity_units(journeys_per_s: float, journey: Journey) -> float:
    """Load balancer capacity units of a steady flow: the most used dimension.

    https://aws.amazon.com/elasticloadbalancing/pricing/ (25 new connections/s, 3,000 active ones, 1 GB/h)
    """
    new_per_s = journeys_per_s * journey.connections
    gigabytes_per_hour = journeys_per_s * journey.kilobytes * 3600 / 1_000_000
    return max(new_per_s / 25, new_per_s * journey.connection_s / 3_000, gigabytes_per_hour)


_BALANCER = {"loadBalancerType": "application", "internal": False}


@stack_rule(
    id="balancer-ready",
    title="The balancer holds capacity units ready for an opening that more than doubles the traffic in five minutes",
    severity="high",
    environments="production",
    why="A balancer grows to double its load in about five minutes. What comes faster is refused by the balancer, "
    "however many servers there are.",
    remedy="set minimumLoadBalancerCapacity (floodgate:balancer.reservation), and ask for the quota days before",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/capacity-unit-reservation.html",
    refused=example(("lb/loadBalancer", "balancer", _BALANCER), **_NIGHT),
    mended=example(
        ("lb/loadBalancer", "balancer", {**_BALANCER, "minimumLoadBalancerCapacity": {"capacityUnits": 600}}), **_NIGHT
    ),
)
def _balancer_ready(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    base = base_servers(groups(stack), configuration)
    surging = [opening for opening in configuration.openings if surges(opening, base)]
    for balancer in stack.of("lb/loadBalancer") if surging else ():
        if balancer.get("internal") is True or balancer.get("loadBalancerType", "application") != "application":
            continue
        reserved = balancer.get("minimumLoadBalancerCapacity.capacityUnits", 0)
        needed = _units(surging, configuration)
        if isinstance(reserved, int) and reserved < needed:
            yield Finding(
                f"holds {reserved} capacity units ready, and opening {surging[0].name} needs {needed} at once", balancer
            )


def _units(surging: Sequence[Opening], configuration: Configuration) -> int:
    """Units for the largest opening, where configuration tells the rate; the least there is where it does not."""
    most = max((opening.servers or 0 for opening in surging), default=0)
    rate = most * (configuration.journeys_per_server_per_s or 0)
    return max(LEAST_RESERVATION, math.ceil(capacity_units(rate, configuration.journey)))


def _seconds(value: Any) -> int:
    return value if isinstance(value, int) else 0


RULES = (_openings_scheduled, _tracking_not_alone, _fleet_can_grow, _crowd_has_a_waiting_room, _balancer_ready)
