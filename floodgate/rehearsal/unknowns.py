"""What a rehearsal knows of AWS and of the instances beyond the plan, as a group in time needs it."""

from __future__ import annotations

from math import inf
from typing import Any

from floodgate.awsrules.balancer.targets import HealthCheck
from floodgate.awsrules.model import Group, PredictiveScaling, SimpleScaling, TargetTracking
from floodgate.fleet.targets import Checks
from floodgate.fleet.unknowns import Unknowns
from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.plan import Plan, TargetGroup

MINUTE_S = 60
# without a balancer nobody checks and nothing drains
NOBODY = TargetGroup("none", health_interval_s=0, health_timeout_s=0, deregistration_delay_s=0)
DRAINING = ("draining begins", "draining ends")


def _within(bounds: tuple[float, float], share: float) -> float:
    """The moment at a share of the time between two bounds."""
    least, most = bounds
    return least + share * (most - least)


def unknowns_of(plan: Plan, parameters: Parameters) -> Unknowns:
    """The group's unknowns: from the parameters, and from the target group what it says."""
    targets = plan.balancer.target_group if plan.balancer else NOBODY
    check = _check_of(targets)
    phase = parameters["balancer.check-phase"]
    return Unknowns(
        boot_s=parameters["instance.boot_s"],
        warm_start_s=parameters["instance.warm_start_s"],
        hook_s=parameters["instance.hook_s"],
        warm_hook_s=parameters["instance.warm_hook_s"],
        first_check_s=_within(check.first_pass_s(), phase),
        failed_checks_s=_within(check.unhealthy_after_s(), phase),
        drain_s=targets.deregistration_delay_s,
        vcpu_quota=int(parameters["quota.vcpus"]) or None,
        burst=int(parameters["launch.burst"]),
        refill_per_s=parameters["launch.refill_per_s"],
        metric_delay_s=int(parameters["metric.delay_s"]),
        low_ratio=parameters["target-tracking.low-ratio"],
        scale_in_share=parameters["target-tracking.scale-in-share"],
        schedule_delay_s=int(parameters["schedule.delay_s"]),
        **left_open(parameters, plan.group),
    )


def _check_of(targets: TargetGroup) -> HealthCheck:
    return HealthCheck(
        targets.health_interval_s, targets.health_timeout_s, targets.healthy_threshold, targets.unhealthy_threshold
    )


def checks_of(plan: Plan, parameters: Parameters) -> Checks | None:
    """The balancer's health checks as a night meets them; None without a balancer.

    Servers that shed load before a check's timeout answer every check in time.
    """
    if plan.balancer is None:
        return None
    targets, aside = plan.balancer.target_group, parameters.unwatched()
    shed_s = plan.service.shed_after_s
    longest_s = aside["server.base_latency_s"] + (aside["server.max_queue_s"] if shed_s is None else shed_s)
    may_be_late = longest_s >= targets.health_timeout_s
    waits = bool((parameters if may_be_late else aside)["health.waits-in-line"])
    late_s = float(targets.health_timeout_s) if may_be_late and waits else inf
    return Checks(_check_of(targets), targets.routing, late_s)


def left_open(parameters: Parameters, group: Group) -> dict[str, Any]:
    """What AWS leaves open about groups in general; what cannot matter to this one does not count as read."""
    aside = parameters.unwatched()

    def read(name: str, *, matters: bool) -> float:
        return (parameters if matters else aside)[name]

    tracking = [policy for policy in group.policies if isinstance(policy, TargetTracking)]
    fast = any(policy.period_s < MINUTE_S for policy in tracking)
    cpu = any(policy.predefined == "ASGAverageCPUUtilization" for policy in tracking)
    cooling = group.behind_balancer and any(isinstance(policy, SimpleScaling) for policy in group.policies)
    gaps = bool(group.policies) and not group.detailed_monitoring
    checked = group.health_check_type != "EC2"
    raises = any(isinstance(policy, PredictiveScaling) for policy in group.policies)
    return {
        "retry_longest_s": read("launch.retry-longest-s", matters=bool(parameters["quota.vcpus"])),
        "impaired_wait_s": read("health.impaired-wait-s", matters=False),
        "marked_when_all": int(read("health.marked-when-all", matters=checked)),
        "range_extra": int(read("alarm.range-extra", matters=gaps)),
        "early_state": "INSUFFICIENT_DATA" if read("alarm.early-state", matters=gaps) else "OK",
        "high_periods": int(read("target-tracking.high-resolution-high-periods", matters=fast)),
        "low_minutes": read("target-tracking.high-resolution-low-minutes", matters=fast),
        "cpu_base": "in service" if read("target-tracking.base", matters=cpu) else "warm",
        "draining_reading": DRAINING[bool(read("cooldown.draining-reading", matters=cooling))],
        "close_share": read("predictive.close-share", matters=raises),
    }
