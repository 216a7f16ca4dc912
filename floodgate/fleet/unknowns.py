"""What AWS does not publish or a plan does not tell about a group in time; every number is a named parameter."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from floodgate.awsrules.cloudwatch.evaluation_range import RANGE_EXTRA
from floodgate.awsrules.cloudwatch.premature_alarm import EARLY
from floodgate.awsrules.model import AlarmState
from floodgate.awsrules.scaling.cooldowns import DrainingReading


@dataclass(frozen=True, slots=True)
class Unknowns:
    """Durations in seconds, limits of the account, and what AWS leaves open.

    Args:
        boot_s: from the launch of a new instance until its service answers.
        warm_start_s: the same for an instance out of the warm pool.
        hook_s: work that a launch hook waits for, on a new instance; counts only where the group has such a hook.
        warm_hook_s: the same when an instance leaves the warm pool, where the hook waits again.
        terminate_hook_s: the same when an instance is terminated.
        first_check_s: from then until the balancer's first health check has passed.
        drain_s: the balancer's deregistration delay, for which a terminating instance still counts as capacity.
        vcpu_quota: the account's running On-Demand vCPUs, None for no limit.
        burst: launches that the account may make at once.
        refill_per_s: launches a second after that.
        metric_delay_s: from the end of a period until its datapoint can be evaluated.
        low_ratio: target tracking's low alarm as a share of the target.
        scale_in_share: the most of the group that target tracking takes away at once.
        cpu_base: the instances that a metric of EC2 is taken for an average of, by target tracking.
        schedule_delay_s: how late scheduled actions run; AWS allows itself 120 s.
        retry_s: from a launch that failed until AWS tries again.
        retry_longest_s: where launches keep failing that wait doubles up to this; not above `retry_s` it does not.
        high_periods: periods of target tracking's high alarm where they are shorter than a minute.
        low_minutes: the same of its low alarm, in minutes.
        close_share: predictive scaling raises the maximum for forecasts from this share of it on.
        heartbeat_every_s: how often whoever works for a hook sends a heartbeat, 0 where nobody does.
        failed_checks_s: from the moment an instance answers no more until the balancer's checks have failed.
        impaired_wait_s: how long AWS waits for a failed status check to recover before it replaces.
        marked_when_all: instances marked unhealthy at a time where the balancer reports all of a group.
        range_extra: datapoints that an alarm looks at beyond its periods.
        early_state: an alarm's state while a lone breach among missing data is too young.
        draining_reading: from when the cooldown of a scale in behind a balancer runs.
    """

    boot_s: float
    warm_start_s: float
    hook_s: float = 0
    warm_hook_s: float = 0
    terminate_hook_s: float = 0
    first_check_s: float = 0
    drain_s: float = 0
    vcpu_quota: int | None = None
    burst: int = 1000
    refill_per_s: float = 2.0
    metric_delay_s: int = 0
    low_ratio: float = 0.7
    scale_in_share: float = 0.1
    cpu_base: Literal["warm", "in service"] = "warm"
    schedule_delay_s: int = 0
    retry_s: float = 60
    retry_longest_s: float = 0
    high_periods: int = 3
    low_minutes: float = 15
    close_share: float = 1.0
    heartbeat_every_s: float = 0
    failed_checks_s: float = 0
    impaired_wait_s: float = 300
    marked_when_all: int = 1
    range_extra: int = RANGE_EXTRA
    early_state: AlarmState = EARLY
    draining_reading: DrainingReading = "draining begins"

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, (int, float)) and value < 0:
                raise ValueError(f"{field.name} is {value}: it is 0 or more; correct the parameter")
