"""One Auto Scaling group second by second, made of AWS's rules.

Instances are kept as batches and metrics as one statistic set a minute, so the cost of a second grows neither with
the size of the group nor with its load; a second in which nothing is due costs one comparison.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

from floodgate.awsrules.cloudwatch import alarms as alarm_rules
from floodgate.awsrules.model import Group, ScheduledAction
from floodgate.awsrules.scaling import schedules
from floodgate.awsrules.scaling.capacity import Bounds, clamp
from floodgate.awsrules.scaling.warmup import group_warmup_s
from floodgate.rehearsal.fleet.instances import Instances
from floodgate.rehearsal.fleet.log import Log
from floodgate.rehearsal.fleet.metrics import Metrics, plain
from floodgate.rehearsal.fleet.policies import Policies, Size
from floodgate.rehearsal.fleet.times import LaunchTimes
from floodgate.rehearsal.outcome import Event


class Fleet:
    """An Auto Scaling group in time; it begins with its desired capacity in service, warm, and its pool full.

    Call ``step(second)`` at the beginning of every second, then ``observe(…)`` with what happened in it.

    Args:
        group: the group with its policies, schedules, hooks and warm pool.
        times: how long launches take, and what AWS leaves open.
        start: the instant of second 0, aware.
    """

    def __init__(self, group: Group, times: LaunchTimes, start: datetime) -> None:
        self._group, self._times, self._start = group, times, start
        self._bounds = Bounds(group.min_size, group.max_size, group.desired)
        self._log = self._make_log()
        self._warmup_s = group_warmup_s(group)
        self._instances = Instances(group, times, self._warmup_s, self._log)
        self._policies = Policies(group, times, self._log)
        self._metrics, self._tick_s = self._make_metrics()
        # alarms keep to the wall clock's minutes
        self._offset_s = start.second
        self._beyond_max = False
        self._asked = 0
        self._told_limit = ""
        self._last_schedule_s = -1
        self._schedule: list[tuple[int, ScheduledAction]] = []
        self._next_schedule_s = self._find_schedule()
        self._next_s: float = 0

    def _make_log(self) -> Log:
        return Log()

    def _make_metrics(self) -> tuple[Metrics, int]:
        alarms = [watch.alarm for watch in self._policies.watches()]
        tick_s = 10 if any(alarm.period_s < 60 for alarm in alarms) else 60
        keep = (alarm_rules.range_points(a.evaluation_periods) * max(1, a.period_s // tick_s) for a in alarms)
        watched = [plain(alarm.metric) for alarm in alarms]
        return Metrics(watched, tick_s, max(keep, default=1), detailed=self._group.detailed_monitoring), tick_s

    # -- read-outs

    @property
    def desired(self) -> int:
        """Desired capacity."""
        return self._bounds.desired

    @property
    def min_size(self) -> int:
        """Minimum size, as schedules have set it."""
        return self._bounds.minimum

    @property
    def max_size(self) -> int:
        """Maximum size, as schedules have set it."""
        return self._bounds.maximum

    @property
    def in_service(self) -> int:
        """Servers that take requests."""
        return self._instances.in_service

    @property
    def launching(self) -> int:
        """Servers on the way into service."""
        return self._instances.launching

    @property
    def pool(self) -> int:
        """Servers ready in the warm pool."""
        return self._instances.pool

    @property
    def preparing(self) -> int:
        """Servers on the way into the warm pool."""
        return self._instances.preparing

    @property
    def launched(self) -> int:
        """Servers ever launched, those of the beginning included."""
        return self._instances.launched

    @property
    def terminated(self) -> int:
        """Servers ever terminated."""
        return self._instances.terminated

    @property
    def limited_by(self) -> str:
        """What keeps the group from the size that is wanted: "", "launch rate", "quota" or "max size"."""
        return self._instances.limit or ("max size" if self._beyond_max else "")

    @property
    def asked(self) -> int:
        """The capacity that policies asked for when they last asked for more than the maximum."""
        return self._asked

    @property
    def next_s(self) -> float:
        """The next second at which something is due; until then a step changes nothing."""
        return self._next_s

    @property
    def events(self) -> list[Event]:
        """What has happened so far, in order."""
        return self._log.events

    def effective(self, second: int, slow_start_s: float) -> float:
        """In-service servers, those in the target group's slow start by their linear share."""
        return self._instances.effective(second, slow_start_s)

    # -- what happens

    def observe(self, requests: float, cpu_percent: float, custom: Mapping[str, float]) -> None:
        """Note one second: requests that reached targets, mean CPU of the servers, custom metrics by name."""
        self._metrics.observe(requests, self._instances.in_service, cpu_percent, custom)

    def step(self, second: int) -> None:
        """Let everything happen that is due at `second`."""
        if second < self._next_s:
            return
        self._instances.advance(second)
        if second >= self._next_schedule_s:
            self._fire(second)
        wall_s = second + self._offset_s
        if second and wall_s % self._tick_s == 0:
            instances = self._instances
            self._metrics.close(second + self._times.metric_delay_s, instances.in_service, instances.launching)
        if self._metrics.publish(second):
            self._evaluate(second, wall_s - self._times.metric_delay_s)
        self._instances.reach(self._bounds.desired, self._bounds.maximum, second)
        self._tell_limit(second)
        tick_s = second + self._tick_s - wall_s % self._tick_s
        published_s = self._metrics.next_s()
        self._next_s = min(
            tick_s, inf if published_s is None else published_s, self._next_schedule_s, self._instances.next_s()
        )

    def _find_schedule(self) -> float:
        """The next second at which scheduled actions run; what they are is kept."""
        if "ScheduledActions" in self._group.suspended:
            return inf
        after = self._start + timedelta(seconds=self._last_schedule_s)
        fires = [(schedules.next_fire(action, after), action) for action in self._group.schedules]
        due = sorted(((fire, action) for fire, action in fires if fire), key=lambda pair: (pair[0], pair[1].name))
        if not due:
            return inf
        self._last_schedule_s = int((due[0][0] - self._start).total_seconds())
        self._schedule = [(self._last_schedule_s, action) for fire, action in due if fire == due[0][0]]
        return self._last_schedule_s + self._times.schedule_delay_s

    def _fire(self, second: int) -> None:
        while second >= self._next_schedule_s:
            for at_s, action in self._schedule:
                before = self._bounds
                self._bounds = schedules.apply(action, before)
                reason = _scheduled(action, self._start + timedelta(seconds=at_s))
                change = Event(second, "schedule", action.name, before.desired, self._bounds.desired, reason)
                self._log.tell(change)
            self._next_schedule_s = self._find_schedule()

    def _evaluate(self, second: int, wall_s: int) -> None:
        if "AlarmNotification" in self._group.suspended:
            return
        wish = self._policies.decide(second, wall_s, self._size(second), self._metrics)
        beyond = wish is not None and wish.capacity > self._bounds.maximum
        # a step that has been answered asks for nothing more, yet the group stays short as long as the alarm lasts
        still = self._beyond_max and self._policies.pressing and self._bounds.desired == self._bounds.maximum
        self._beyond_max = beyond or still
        if wish is None:
            return
        if beyond:
            self._asked = wish.capacity
        before = self._bounds
        desired = clamp(wish.capacity, before.minimum, before.maximum)
        reason = wish.reason
        if beyond:
            reason += f"; it asks for {wish.capacity:,} servers, the group's maximum is {before.maximum:,}"
        if desired != before.desired:
            self._bounds = Bounds(before.minimum, before.maximum, desired)
            self._log.tell(Event(second, "policy", wish.policy, before.desired, desired, reason))

    def _size(self, second: int) -> Size:
        instances = self._instances
        return Size(
            desired=self._bounds.desired,
            in_service=instances.in_service,
            terminating=instances.terminating(second),
            busy=bool(instances.launching or instances.warming(second, self._warmup_s)),
            launching=instances.launching,
            finished_s=instances.finished_s,
            warm=lambda warmup_s: instances.in_service - instances.warming(second, warmup_s),
        )

    def _tell_limit(self, second: int) -> None:
        limit = self.limited_by
        if limit and limit != self._told_limit:
            short = self._bounds.desired - self._instances.in_service - self._instances.launching
            reason = "policies ask for more than the maximum" if limit == "max size" else f"{short:,} servers wait"
            self._log.tell(Event(second, "limit", limit, None, None, reason))
        self._told_limit = limit


def _scheduled(action: ScheduledAction, fire: datetime) -> str:
    sizes = {"minimum": action.min_size, "maximum": action.max_size, "desired capacity": action.desired}
    sets = ", ".join(f"{name} {value:,}" for name, value in sizes.items() if value is not None)
    local = fire.astimezone(ZoneInfo(action.time_zone))
    return f"scheduled for {local:%Y-%m-%d %H:%M} {action.time_zone}: {sets}"
