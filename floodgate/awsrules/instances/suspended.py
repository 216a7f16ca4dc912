"""Suspended processes: what each of them stops, and what goes on.

Source: "Suspend and resume Amazon EC2 Auto Scaling processes",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

PROCESSES = (
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
)


@dataclass(frozen=True, slots=True)
class Able:
    """What a group still does.

    Args:
        scale_out: launches instances, for policies, schedules, the warm pool.
        scale_in: terminates instances.
        hear_alarms: calls policies for alarms; the policies of alarms that are still in breach are heard on resumption.
        run_schedules: runs scheduled actions; what was missed is not made up for.
        rebalance_launch: launches for the balance of zones.
        rebalance_terminate: terminates for it; where it only launches, the group may stay above its maximum.
        mark_unhealthy: believes the health checks of EC2 and the balancer; `SetInstanceHealth` is always believed.
        terminate_unhealthy: takes unhealthy instances away.
        replace_unhealthy: launches others in their place.
        register: adds new instances to the balancer; those launched meanwhile are not added later.
        refresh: replaces instances in an instance refresh; one in progress is paused, not cancelled.
        renew: replaces instances that have reached their maximum lifetime.
        enter_standby: puts instances on standby, which nothing stops.
        leave_standby: puts them back in service.
        attach: attaches instances.
    """

    scale_out: bool
    scale_in: bool
    hear_alarms: bool
    run_schedules: bool
    rebalance_launch: bool
    rebalance_terminate: bool
    mark_unhealthy: bool
    terminate_unhealthy: bool
    replace_unhealthy: bool
    register: bool
    refresh: bool
    renew: bool
    enter_standby: bool
    leave_standby: bool
    attach: bool


def able(suspended: Collection[str]) -> Able:
    """What a group still does while processes are suspended."""
    launch, terminate, add, alarms, rebalance, check, refresh, replace, schedules = (
        process not in suspended for process in PROCESSES
    )
    return Able(
        scale_out=launch,
        scale_in=terminate,
        hear_alarms=alarms,
        run_schedules=schedules,
        rebalance_launch=rebalance and launch,
        rebalance_terminate=rebalance and launch and terminate,
        mark_unhealthy=check,
        terminate_unhealthy=replace and terminate,
        replace_unhealthy=replace and terminate and launch,
        register=add,
        refresh=refresh and launch and terminate,
        renew=launch and terminate,
        enter_standby=True,
        leave_standby=launch,
        attach=launch,
    )
