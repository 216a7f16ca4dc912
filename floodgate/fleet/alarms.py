"""The alarms of a group in time: each with its state, the datapoints it was judged on, and what it sets off.

The rules are those of `floodgate.awsrules.cloudwatch`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from floodgate.awsrules.cloudwatch import alarm_actions, alarms, signals
from floodgate.awsrules.cloudwatch.evaluation_range import RANGE_EXTRA
from floodgate.awsrules.cloudwatch.premature_alarm import EARLY
from floodgate.awsrules.model import Alarm, AlarmState, Group, Metric, Policy, TargetTracking
from floodgate.awsrules.scaling import target_tracking_alarms
from floodgate.fleet.unknowns import Unknowns

MINUTE_S = 60
# how a metric's value and its limit are told
PHRASES = {
    "RequestCountPerTarget": ("requests per target were {:,.0f} a minute", "{:,.0f}"),
    "CPUUtilization": ("CPU was at {:,.1f} %", "{:,.1f} %"),
}
See = Callable[[Metric, int, int, int], list[float | None]]
"""Datapoints of a metric: what, the second at which the newest ends, the length of a period, how many."""


@dataclass(slots=True)
class Watch:
    """One alarm of a policy.

    Args:
        alarm: the alarm.
        policy: the policy that it calls.
        state: its state now.
        points: the datapoints it was last judged on, oldest first.
        acts: whether it calls its policy at this evaluation.
        ran_s: when it last did.
        extra: datapoints it looks at beyond its periods.
        early: its state while a lone breach among missing data is too young.
    """

    alarm: Alarm
    policy: Policy
    state: AlarmState = "INSUFFICIENT_DATA"
    points: list[float | None] = field(default_factory=list)
    acts: bool = False
    ran_s: float = float("-inf")
    extra: int = RANGE_EXTRA
    early: AlarmState = EARLY
    _calling: Alarm = field(init=False)
    _acts_otherwise: bool = field(init=False)
    _interval_s: int = field(init=False)

    def __post_init__(self) -> None:
        self._calling = _calling(self.alarm, self.policy.arn)
        self._acts_otherwise = bool(self._calling.ok_actions or self._calling.insufficient_data_actions)
        self._interval_s = alarms.interval_s(self.alarm.period_s, self.alarm.evaluation_periods)

    @property
    def newest(self) -> float | None:
        """The most recent datapoint there is."""
        points = self.points
        if points and points[-1] is not None:
            return points[-1]
        return next((value for value in reversed(points) if value is not None), None)

    def is_due(self, unix_s: int) -> bool:
        """Whether the alarm is evaluated at this instant."""
        return unix_s % self._interval_s == 0

    def evaluate(self, see: See, end_s: int, unix_s: int) -> AlarmState:
        """Judge the alarm on the datapoints that end at a second; the state before is returned."""
        alarm, before, period_s = self.alarm, self.state, self.alarm.period_s
        count = alarms.range_points(alarm.evaluation_periods, self.extra)
        signal = alarm.metric
        if isinstance(signal, Metric):
            self.points = see(signal, end_s, period_s, count)
        else:
            self.points = signals.values(
                signal, lambda metric: see(metric, end_s, period_s, count), period_s, count, unix_s
            )
        self.state = alarms.evaluate(alarm, self.points, before, early=self.early)
        self._run(before, end_s)
        return before

    def _run(self, before: AlarmState, end_s: int) -> None:
        if before == self.state != "ALARM" and not self._acts_otherwise:
            self.acts = False
            return
        self.acts = OWN in alarm_actions.to_run(self._calling, before, self.state, end_s - self.ran_s)
        if self.acts:
            self.ran_s = end_s

    def reason(self, value: float | None, limit: float, word: str = "threshold") -> str:
        """The metric against its limit, in words."""
        if value is None:
            return "no data"
        name = self.alarm.metric.name
        if name not in PHRASES:
            return f"{name} was {value:,.6g} against a {word} of {limit:,.6g}"
        metric, bound = PHRASES[name]
        return f"{metric.format(value)} against a {word} of {bound.format(limit)}"


OWN = "arn:aws:autoscaling:::scalingPolicy:own"


def _calling(alarm: Alarm, policy: str) -> Alarm:
    """The alarm with its policy's name as Auto Scaling's, whatever it looks like.

    One that was read without its actions calls its policy in ALARM, as Auto Scaling's own do.
    """
    lists = (alarm.actions, alarm.ok_actions, alarm.insufficient_data_actions)
    if not any(policy in named for named in lists):
        return replace(alarm, actions=(OWN,), ok_actions=(), insufficient_data_actions=())
    actions, ok, missing = (tuple(OWN if arn == policy else arn for arn in named) for named in lists)
    return replace(alarm, actions=actions, ok_actions=ok, insufficient_data_actions=missing)


def tracking(policy: TargetTracking, group: Group, unknowns: Unknowns) -> tuple[Watch, Watch]:
    """The high and the low alarm of a policy: as they were read, else as Auto Scaling makes them."""
    periods = None
    if policy.period_s < MINUTE_S:
        periods = target_tracking_alarms.high_resolution(
            policy.period_s, high=unknowns.high_periods, low_minutes=unknowns.low_minutes
        )
    made = target_tracking_alarms.alarms(policy, group.name, unknowns.low_ratio, periods=periods)
    high, low = (_read(policy, alarm) for alarm in made)
    return watching(high, policy, unknowns), watching(low, policy, unknowns)


def watching(alarm: Alarm, policy: Policy, unknowns: Unknowns) -> Watch:
    """An alarm from the state on in which it was read."""
    return Watch(alarm, policy, alarm.state, extra=unknowns.range_extra, early=unknowns.early_state)


def _read(policy: TargetTracking, made: Alarm) -> Alarm:
    """The policy's own alarm on the same side of the target, else the made one."""
    side = made.comparison[:4]
    found = next((alarm for alarm in policy.alarms if alarm.comparison[:4] == side), None)
    if found is None:
        return made
    # a policy whose metric was named anew, as a record has it, follows that name with its alarms
    return replace(found, metric=made.metric)
