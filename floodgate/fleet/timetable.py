"""What is scheduled: a group's scheduled actions, and predictive scaling's with the forecast that was given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from floodgate.awsrules.model import PredictiveScaling, ScheduledAction
from floodgate.awsrules.scaling import predictive, schedules
from floodgate.awsrules.scaling.capacity import Wish
from floodgate.fleet.agenda import SCHEDULE
from floodgate.fleet.context import Context
from floodgate.fleet.events import Cause

Forecast = Sequence[tuple[datetime, int]]


class Timetable:
    """Runs scheduled actions when they are due, a few seconds late as AWS is."""

    def __init__(self, context: Context) -> None:
        self._context = context
        if context.able.run_schedules:
            before = context.start - timedelta(seconds=1)
            # those of one instant run in the order of their names
            for action in sorted(context.group.schedules, key=lambda action: action.name):
                self._plan(action, before)

    def _plan(self, action: ScheduledAction, after: datetime) -> None:
        context = self._context
        fire = schedules.next_fire(action, after)
        if fire is None:
            return
        runs_at = schedules.runs_at(fire, min(schedules.LATEST_S, context.unknowns.schedule_delay_s))
        second = (runs_at - context.start).total_seconds()
        context.agenda.add(second, SCHEDULE, lambda now: self._run(action, fire, now))

    def _run(self, action: ScheduledAction, fire: datetime, second: int) -> None:
        context = self._context
        bounds = schedules.apply(action, context.bounds)
        context.resize(second, bounds, Cause("schedule", action.name), _words(action, fire))
        wanted = action.desired
        if wanted is not None and wanted > bounds.maximum:
            words = f"the schedule {action.name} asks for {wanted:,}, the group's maximum is {bounds.maximum:,}"
            context.log.refuse(second, "schedule", Cause("limit", "max size"), words, (bounds.desired, wanted))
        self._plan(action, fire)


class Predicting:
    """Predictive scaling with a forecast that is given: it acts before each hour and never takes away."""

    def __init__(self, context: Context, forecast: Forecast) -> None:
        self._context, self._forecast = context, sorted(forecast)
        found = (policy for policy in context.group.policies if isinstance(policy, PredictiveScaling))
        self._policy = next((policy for policy in found if policy.mode == "ForecastAndScale"), None)
        if self._policy is None or not self._forecast:
            self._policy = None
            return
        last = self._forecast[-1][0]
        for at, capacity in predictive.actions(self._policy, self._forecast, context.start, last):
            self._plan(at, capacity)
        now = self.wish(0)
        if now is not None:
            self._plan(context.start, now.capacity)

    @property
    def name(self) -> str | None:
        """The name of the policy that scales by forecast, None without one."""
        return self._policy.name if self._policy else None

    def wish(self, second: float) -> Wish | None:
        """What is forecast for now."""
        if self._policy is None:
            return None
        return predictive.wish(self._policy, self._forecast, self._context.instant(second))

    def _plan(self, at: datetime, capacity: int) -> None:
        second = (at - self._context.start).total_seconds()
        self._context.agenda.add(second, SCHEDULE, lambda now: self._act(capacity, now))

    def _act(self, capacity: int, second: int) -> None:
        context, policy = self._context, self._policy
        assert policy is not None
        bounds = predictive.bounds_after(policy, capacity, context.bounds, context.unknowns.close_share)
        cause = Cause("predictive", policy.name, float(capacity))
        if capacity > bounds.maximum:
            words = f"{capacity:,} are forecast, the group's maximum is {bounds.maximum:,}"
            context.log.refuse(second, "forecast", Cause("limit", "max size"), words, (bounds.desired, capacity))
        else:
            context.log.refuse(second, "forecast", None)
        raised = f"; the maximum rises to {bounds.maximum:,}" if bounds.maximum != context.bounds.maximum else ""
        context.resize(second, bounds, cause, f"{capacity:,} are forecast for this hour{raised}")


def _words(action: ScheduledAction, fire: datetime) -> str:
    sizes = {"minimum": action.min_size, "maximum": action.max_size, "desired capacity": action.desired}
    sets = ", ".join(f"{name} {value:,}" for name, value in sizes.items() if value is not None)
    local = fire.astimezone(ZoneInfo(action.time_zone))
    return f"scheduled for {local:%Y-%m-%d %H:%M} {action.time_zone}: {sets}"
