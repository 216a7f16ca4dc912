"""What a rehearsal knows of AWS and of the instances beyond the plan, as a group in time needs it."""

from __future__ import annotations

from floodgate.awsrules.balancer.targets import HealthCheck
from floodgate.fleet.unknowns import Unknowns
from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.plan import Plan, TargetGroup


def unknowns_of(plan: Plan, parameters: Parameters) -> Unknowns:
    """The group's unknowns: from the parameters, and from the target group what it says."""
    targets = plan.balancer.target_group if plan.balancer else TargetGroup("none", health_interval_s=0)
    check = HealthCheck(interval_s=targets.health_interval_s)
    return Unknowns(
        boot_s=parameters["instance.boot_s"],
        warm_start_s=parameters["instance.warm_start_s"],
        hook_s=parameters["instance.hook_s"],
        warm_hook_s=parameters["instance.warm_hook_s"],
        first_check_s=sum(check.first_pass_s()) / 2,
        drain_s=targets.deregistration_delay_s,
        vcpu_quota=int(parameters["quota.vcpus"]) or None,
        burst=int(parameters["launch.burst"]),
        refill_per_s=parameters["launch.refill_per_s"],
        metric_delay_s=int(parameters["metric.delay_s"]),
        low_ratio=parameters["target-tracking.low-ratio"],
        scale_in_share=parameters["target-tracking.scale-in-share"],
        schedule_delay_s=int(parameters["schedule.delay_s"]),
    )
