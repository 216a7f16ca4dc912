"""The evaluations of a group's alarms, each minute of the wall clock or each ten seconds, and what follows."""

from __future__ import annotations

from collections.abc import Callable

from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.model import Metric, Signal
from floodgate.awsrules.scaling.capacity import Bounds
from floodgate.fleet.agenda import EVALUATION
from floodgate.fleet.alarms import MINUTE_S, Watch
from floodgate.fleet.context import Context
from floodgate.fleet.events import Cause, GroupEvent
from floodgate.fleet.policies import Decision, Policies
from floodgate.fleet.seeing import MetricSource
from floodgate.fleet.sizes import NAMESPACE, Sizes
from floodgate.fleet.timetable import Predicting

HIGH_RESOLUTION_S = 10


class Evaluation:
    """Evaluates alarms as their datapoints are published and changes the desired capacity."""

    def __init__(
        self,
        context: Context,
        policies: Policies,
        predicting: Predicting,
        metrics: MetricSource,
        finished_s: Callable[[], float],
    ) -> None:
        self._context, self._policies, self._predicting = context, policies, predicting
        self._metrics, self._finished_s = metrics, finished_s
        self._watches = tuple(policies.watches())
        watched = {metric for watch in self._watches for metric in signals.metrics(watch.alarm.metric)}
        self._sizes = Sizes(context, {metric.name for metric in watched if metric.namespace == NAMESPACE})
        fast = any(watch.alarm.period_s < MINUTE_S for watch in self._watches)
        self._tick_s = HIGH_RESOLUTION_S if fast else MINUTE_S
        self._unix_s = int(context.start.timestamp())
        self.late_s = 0
        self.beyond = False
        self.quiet: Callable[[int], bool] = lambda _: False
        if self._watches:
            self._plan(self._tick_s - self._unix_s % self._tick_s)

    def _plan(self, end_s: int) -> None:
        """A period ends at `end_s`; its datapoints can be evaluated a little later.

        Quiet ones are passed over as long as nothing else is due, since nothing can change then.
        """
        agenda = self._context.agenda
        while end_s < agenda.next_s and self.quiet(end_s):
            end_s += self._tick_s
        agenda.add(end_s, EVALUATION, lambda _: self._close(end_s))

    def _close(self, end_s: int) -> None:
        if (self._unix_s + end_s) % MINUTE_S == 0:
            self._sizes.note(end_s)
        delay_s = self._context.unknowns.metric_delay_s
        if delay_s:
            self._context.agenda.add(end_s + delay_s, EVALUATION, lambda now: self._evaluate(now, end_s))
        else:
            self._evaluate(end_s, end_s)
        self._plan(end_s + self._tick_s)

    def _see(self, metric: Metric, end_s: int, period_s: int, periods: int) -> list[float | None]:
        points = self._metrics.values(metric, end_s, period_s, periods)
        if metric.namespace == NAMESPACE and all(point is None for point in points):
            points = self._sizes.values(metric, end_s, period_s, periods)
        missing = min(periods, -(-self.late_s // period_s))
        return [*points[: periods - missing], *[None] * missing] if missing else points

    def shown(self, signal: Signal, end_s: int, period_s: int) -> float | None:
        """The datapoint of a signal that ends at a second, as alarms see it."""
        points = signals.values(
            signal, lambda metric: self._see(metric, end_s, period_s, 1), period_s, 1, self._unix_s + end_s
        )
        return points[-1]

    def _evaluate(self, second: int, end_s: int) -> None:
        unix_s = self._unix_s + end_s
        due = [watch for watch in self._watches if watch.is_due(unix_s)]
        for watch in self._watches:
            watch.acts = False
        for watch in due:
            self._judge(watch, second, end_s, unix_s)
        if not self._context.able.hear_alarms or not any(watch.acts for watch in due):
            self.beyond = False
            self._context.log.refuse(second, "size", None)
            return
        decision = self._policies.decide(second, self._predicting.wish(second), self._finished_s())
        if decision.wish is not None:
            self._change(decision, second)
        self._tell_beyond(decision, second)

    def _judge(self, watch: Watch, second: int, end_s: int, unix_s: int) -> None:
        before = watch.evaluate(self._see, end_s, unix_s)
        if before == watch.state:
            return
        cause = Cause("alarm", watch.alarm.name, watch.newest)
        reason = watch.reason(watch.newest, watch.alarm.threshold)
        self._context.log.tell(GroupEvent(second, "alarm", before, watch.state, cause, reason))

    def _tell_beyond(self, decision: Decision, second: int) -> None:
        """Say once that policies ask for more than the maximum.

        A step that has been answered asks for nothing more, yet the group stays short as long as the alarm lasts.
        """
        bounds, beyond = self._context.bounds, decision.beyond
        still = self.beyond and self._policies.pressing and bounds.desired == bounds.maximum
        self.beyond = beyond is not None or still
        if beyond is not None:
            words = f"{beyond.policy} asks for {beyond.capacity:,}, the group's maximum is {bounds.maximum:,}"
            self._context.log.refuse(
                second, "size", Cause("limit", "max size"), words, (bounds.desired, beyond.capacity)
            )
        elif not still:
            self._context.log.refuse(second, "size", None)

    def _change(self, decision: Decision, second: int) -> None:
        context, wish = self._context, decision.wish
        assert wish is not None
        reason = wish.reason
        if decision.beyond is not None:
            asked, maximum = decision.beyond.capacity, context.bounds.maximum
            reason += f"; it asks for {asked:,} servers, the group's maximum is {maximum:,}"
        bounds = Bounds(context.bounds.minimum, context.bounds.maximum, wish.capacity)
        kind = "predictive" if wish.policy == self._predicting.name else "policy"
        context.resize(second, bounds, Cause(kind, wish.policy, decision.metric), reason)
