"""How many unhealthy instances a group replaces at once, and when it waits.

Source: "Health checks for instances in an Auto Scaling group", how Amazon EC2 Auto Scaling minimizes downtime,
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html.
"""

from __future__ import annotations

from dataclasses import dataclass

from floodgate.awsrules.instances.maintenance import Replacement, replace
from floodgate.awsrules.model import MaintenancePolicy

SHARE_PERCENT = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a group stands.

    `ready` instances are in service, healthy and past their warmup; `pending` have been launched and are not ready
    yet, `replacing` of them in the place of unhealthy ones. `busy` says that a scaling activity is in progress.
    """

    desired: int
    ready: int
    pending: int = 0
    replacing: int = 0
    busy: bool = False


def at_once(desired: int) -> int:
    """The most that are replaced at a time: a tenth of the desired capacity, one at least."""
    return max(1, desired * SHARE_PERCENT // 100)


def waits(standing: Standing) -> bool:
    """Whether replacement waits for the activity in progress: the group is a tenth or more below its desired capacity.

    It goes on when more than 90 percent are ready again.
    """
    return standing.busy and standing.ready * 100 <= standing.desired * (100 - SHARE_PERCENT)


def batch(unhealthy: int, standing: Standing) -> int:
    """How many of the unhealthy instances are replaced now, without a maintenance policy: terminate and launch.

    Replacements on their way use up the tenth. Instances that do not run, or were told unhealthy with
    `SetInstanceHealth`, are replaced at once and never counted here.
    """
    if waits(standing):
        return 0
    return max(0, min(unhealthy, at_once(standing.desired) - standing.replacing))


def step(unhealthy: int, standing: Standing, policy: MaintenancePolicy | None) -> Replacement:
    """What replacing the unhealthy does now.

    Without a maintenance policy an instance is terminated while its replacement is launched. With one, instances are
    launched up to its upper bound and terminated as far as its lower bound allows; what is unhealthy is no part of
    what has to be healthy, so a range whose lower bound is met only by launching first launches first.

    Source: "Instance maintenance policy for Auto Scaling group",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-maintenance-policy-overview-and-considerations.html
    """
    if policy is None:
        count = batch(unhealthy, standing)
        return Replacement(count, count)
    return replace(unhealthy, standing.ready, standing.pending, standing.desired, policy)
