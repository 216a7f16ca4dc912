"""How long a launch takes and what AWS leaves open about scaling: the numbers a group in time is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class LaunchTimes:
    """Durations in seconds, limits of the account, and what AWS does not publish about target tracking.

    Args:
        boot_s: from the launch of a new instance until its service answers.
        warm_start_s: the same for an instance out of the warm pool.
        hook_s: work that a launch hook waits for, on a new instance; counts only where the group has such a hook.
        warm_hook_s: the same when an instance leaves the warm pool, where the hook waits again.
        first_check_s: from then until the balancer's first health check has passed.
        vcpu_quota: the account's running On-Demand vCPUs, None for no limit.
        burst: launches that the account may make at once.
        refill_per_s: launches a second after that.
        metric_delay_s: from the end of a minute until its datapoint can be evaluated.
        low_ratio: target tracking's low alarm as a share of the target.
        scale_in_share: the most of the group that target tracking takes away at once.
        cpu_base: the instances that a metric of EC2 is taken for an average of, by target tracking.
        drain_s: how long a terminating instance still counts as current capacity.
        schedule_delay_s: how late scheduled actions run; AWS allows itself 120 s.
    """

    boot_s: float
    warm_start_s: float
    hook_s: float = 0
    warm_hook_s: float = 0
    first_check_s: float = 0
    vcpu_quota: int | None = None
    burst: int = 1000
    refill_per_s: float = 2.0
    metric_delay_s: int = 0
    low_ratio: float = 0.7
    scale_in_share: float = 0.1
    cpu_base: Literal["warm", "in service"] = "warm"
    drain_s: float = 0
    schedule_delay_s: int = 0

    def __post_init__(self) -> None:
        for name in ("boot_s", "warm_start_s", "hook_s", "warm_hook_s", "first_check_s", "metric_delay_s", "drain_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}: a duration is 0 or more; correct the parameter")
