"""What a group's alarms and policies decide at one evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from floodgate.awsrules.cloudwatch import alarms as alarm_rules
from floodgate.awsrules.model import Alarm, AlarmState, Group, Metric, SimpleScaling, StepScaling, TargetTracking
from floodgate.awsrules.scaling import simple_scaling, step_scaling, target_tracking
from floodgate.awsrules.scaling.capacity import Wish, largest
from floodgate.awsrules.scaling.warmup import warmup_s
from floodgate.rehearsal.fleet.log import Log
from floodgate.rehearsal.fleet.metrics import Metrics, plain
from floodgate.rehearsal.fleet.times import LaunchTimes
from floodgate.rehearsal.outcome import Event

# how a metric's value and its limit are told
PHRASES = {
    "RequestCountPerTarget": ("requests per target were {:,.0f} a minute", "{:,.0f}"),
    "CPUUtilization": ("CPU was at {:,.1f} %", "{:,.1f} %"),
}


@dataclass(frozen=True, slots=True)
class Size:
    """What policies see of the group; `warm` tells how many instances are past a warmup in seconds."""

    desired: int
    in_service: int
    terminating: int
    busy: bool
    launching: int
    finished_s: int
    warm: Callable[[int], int]


@dataclass(slots=True)
class Watch:
    """One alarm with its state and the datapoints it was last judged on."""

    alarm: Alarm
    policy: TargetTracking | StepScaling | SimpleScaling
    state: AlarmState = "INSUFFICIENT_DATA"
    points: list[float | None] = field(default_factory=list)
    acts: bool = False
    metric: Metric = field(init=False)
    range_points: int = field(init=False)
    interval_s: int = field(init=False)

    def __post_init__(self) -> None:
        # asked for at every evaluation
        alarm = self.alarm
        self.metric = plain(alarm.metric)
        self.range_points = alarm_rules.range_points(alarm.evaluation_periods)
        self.interval_s = alarm_rules.interval_s(alarm.period_s, alarm.evaluation_periods)

    @property
    def newest(self) -> float | None:
        """The most recent datapoint there is."""
        return next((value for value in reversed(self.points) if value is not None), None)

    def evaluate(self, metrics: Metrics) -> tuple[AlarmState, AlarmState]:
        """Judge the alarm on what is published: the states before and after."""
        alarm, before = self.alarm, self.state
        self.points = metrics.values(self.metric, alarm.period_s, self.range_points)
        self.state = alarm_rules.evaluate(alarm, self.points, before)
        return before, self.state

    def reason(self, value: float, limit: float, word: str = "threshold") -> str:
        """The metric against its limit, in words."""
        name = self.metric.name
        if name not in PHRASES:
            return f"{name} was {value:,.6g} against a {word} of {limit:,.6g}"
        metric, bound = PHRASES[name]
        return f"{metric.format(value)} against a {word} of {bound.format(limit)}"


class Policies:
    """All policies of a group with their alarms; predictive ones need a forecast and do nothing here."""

    def __init__(self, group: Group, times: LaunchTimes, log: Log) -> None:
        self._group, self._times, self._log = group, times, log
        self._tracking: list[tuple[TargetTracking, Watch, Watch]] = []
        self._stepping: list[Watch] = []
        for policy in group.policies:
            if isinstance(policy, TargetTracking) and policy.enabled:
                high, low = target_tracking.alarms(policy, group.name, times.low_ratio)
                self._tracking.append((policy, Watch(high, policy), Watch(low, policy)))
            elif isinstance(policy, (StepScaling, SimpleScaling)) and policy.enabled:
                self._stepping += [Watch(alarm, policy, alarm.state) for alarm in policy.alarms]
        self._cooldown_s: int | None = None
        self._cooldown_ends_s = 0

    def watches(self) -> Iterator[Watch]:
        """Every alarm."""
        for _, high, low in self._tracking:
            yield high
            yield low
        yield from self._stepping

    @property
    def pressing(self) -> bool:
        """Whether an alarm that may add capacity is in ALARM."""
        high = (high for _, high, _ in self._tracking)
        return any(watch.state == "ALARM" for watch in (*high, *self._stepping))

    def decide(self, second: int, wall_s: int, size: Size, metrics: Metrics) -> Wish | None:
        """Evaluate the alarms that are due and tell which capacity the policies want, if another than there is.

        Args:
            second: now, for the log.
            wall_s: the end of the newest datapoints, counted from a whole minute.
            size: the group now.
            metrics: what is published.
        """
        for watch in self.watches():
            self._judge(watch, second, wall_s, metrics)
        self._cool(size)
        if not any(watch.state == "ALARM" for watch in self.watches()):
            return None
        wishes = [wish for wish in self._wishes(second, size) if wish is not None]
        out = largest(wish for wish in wishes if wish.capacity > size.desired)
        if out is None and (size.busy or self._cooling(second)):
            return None
        won = out or largest(wish for wish in wishes if wish.capacity < size.desired)
        if won is not None:
            self._start_cooldown(won)
        return won

    def _judge(self, watch: Watch, second: int, wall_s: int, metrics: Metrics) -> None:
        watch.acts = False
        if wall_s % watch.interval_s:
            return
        before, after = watch.evaluate(metrics)
        watch.acts = alarm_rules.runs_action(before, after, "autoscaling" if wall_s % 60 == 0 else "other")
        if before != after and (before, after) != ("INSUFFICIENT_DATA", "OK"):
            shown = "no data" if watch.newest is None else watch.reason(watch.newest, watch.alarm.threshold)
            self._log.tell(Event(second, "alarm", watch.alarm.name, None, None, f"{before} to {after}: {shown}"))

    def _wishes(self, second: int, size: Size) -> Iterator[Wish | None]:
        yield target_tracking.combine([self._vote(*tracked, size) for tracked in self._tracking])
        for watch in self._stepping:
            if not watch.acts:
                continue
            if isinstance(watch.policy, StepScaling):
                yield self._step(watch, watch.policy, size)
            elif isinstance(watch.policy, SimpleScaling) and self._may_act(second, size):
                yield self._simple(watch, watch.policy, size)

    def _vote(self, policy: TargetTracking, high: Watch, low: Watch, size: Size) -> target_tracking.Vote:
        may_scale_in = not policy.disable_scale_in
        metric = high.newest
        wish = Wish(policy.name, size.desired, "")
        if metric is None or "INSUFFICIENT_DATA" in (high.state, low.state):
            return target_tracking.Vote("no data", wish, may_scale_in)
        if high.state == "ALARM":
            warm = size.warm(warmup_s(policy, self._group))
            sizes = target_tracking.Sizes(size.desired, warm, size.in_service, size.terminating)
            base = target_tracking.base(high.alarm.metric, sizes, self._times.cpu_base)
            capacity = target_tracking.scale_out(base, metric, policy.target, size.desired)
            says = "out" if capacity > size.desired else "hold"
            reason = high.reason(metric, policy.target, "target")
            return target_tracking.Vote(says, Wish(policy.name, capacity, reason), may_scale_in)
        if low.state == "ALARM" and may_scale_in:
            base = size.in_service + size.terminating
            capacity = target_tracking.scale_in(base, metric, policy.target, self._times.scale_in_share)
            reason = high.reason(metric, policy.target, "target")
            return target_tracking.Vote("in", Wish(policy.name, min(size.desired, capacity), reason))
        return target_tracking.Vote("hold", wish, may_scale_in)

    def _step(self, watch: Watch, policy: StepScaling, size: Size) -> Wish | None:
        metric = step_scaling.aggregate(watch.points[-watch.alarm.evaluation_periods :], policy.aggregation)
        if metric is None:
            return None
        threshold, warm = watch.alarm.threshold, size.warm(warmup_s(policy, self._group))
        capacity = step_scaling.propose(policy, metric, threshold, warm, size.desired)
        if capacity is not None and capacity < size.desired:
            capacity = step_scaling.propose(policy, metric, threshold, warm + size.terminating, size.desired)
        return None if capacity is None else Wish(policy.name, capacity, watch.reason(metric, threshold))

    def _simple(self, watch: Watch, policy: SimpleScaling, size: Size) -> Wish:
        value = watch.newest
        reason = "no data" if value is None else watch.reason(value, watch.alarm.threshold)
        return Wish(policy.name, simple_scaling.propose(policy, size.desired), reason)

    # -- cooldown

    def _may_act(self, second: int, size: Size) -> bool:
        return self._cooldown_s is None and simple_scaling.may_act(
            now_s=second,
            activity_in_progress=bool(size.launching or size.terminating),
            cooldown_ends_s=self._cooldown_ends_s,
        )

    def _cooling(self, second: int) -> bool:
        return self._cooldown_s is not None or second < self._cooldown_ends_s

    def _cool(self, size: Size) -> None:
        """Begin the cooldown once the activity of a simple policy has ended."""
        if self._cooldown_s is not None and not size.launching and not size.terminating:
            self._cooldown_ends_s = size.finished_s + self._cooldown_s
            self._cooldown_s = None

    def _start_cooldown(self, won: Wish) -> None:
        for watch in self._stepping:
            if isinstance(watch.policy, SimpleScaling) and watch.policy.name == won.policy:
                self._cooldown_s = simple_scaling.cooldown_s(watch.policy, self._group)
