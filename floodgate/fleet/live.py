"""The metrics of a rehearsal: observed second by second, kept as CloudWatch keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import inf

from floodgate.awsrules.balancer.targets import requests_per_target
from floodgate.awsrules.cloudwatch.datapoints import Datapoint, over
from floodgate.awsrules.cloudwatch.windows import tail
from floodgate.awsrules.model import Metric

REQUESTS = ("AWS/ApplicationELB", "RequestCountPerTarget")
CPU = ("AWS/EC2", "CPUUtilization")
BASIC_S = 300


class Gauge:
    """Values on the way to a datapoint."""

    __slots__ = ("count", "maximum", "minimum", "total")

    def __init__(self) -> None:
        self.count, self.total, self.minimum, self.maximum = 0, 0.0, inf, -inf

    def add(self, values: Sequence[float]) -> None:
        """More values."""
        if values:
            self.count += len(values)
            self.total += sum(values)
            self.minimum = min(self.minimum, *values)
            self.maximum = max(self.maximum, *values)

    def take(self) -> Datapoint | None:
        """The datapoint so far, and begin anew; None without values."""
        if not self.count:
            return None
        point = Datapoint(self.total, self.count, self.minimum, self.maximum)
        self.__init__()
        return point


def key_of(metric: Metric) -> str:
    """The name under which a metric is observed; one that nobody observes stays missing."""
    return {REQUESTS: "requests", CPU: "cpu"}.get((metric.namespace, metric.name), metric.name)


class Live:
    """A `MetricSource` of what a rehearsal observes; observe every second once, in order.

    Args:
        watched: the metrics that somebody asks for.
        start: the instant of second 0; minutes are those of the wall clock.
        detailed: whether EC2 publishes each minute; with basic monitoring it publishes each fifth.
        tick_s: length of a datapoint: 60 s, or 10 s where an alarm has high resolution.
    """

    def __init__(self, watched: Iterable[Metric], start: datetime, *, detailed: bool, tick_s: int = 60) -> None:
        keys = {key_of(metric) for metric in watched}
        self._tick_s, self._offset_s, self._second = tick_s, int(start.timestamp()) % 60, 0
        self._requests = 0.0
        self._gauges = {key: Gauge() for key in sorted(keys - {"requests"})}
        self._history: dict[str, list[Datapoint | None]] = {key: [] for key in sorted(keys)}
        self._rolled: dict[tuple[Metric, int], list[float | None]] = {}
        self._basic_ticks = 1 if detailed else BASIC_S // tick_s
        self._basic_count = 0

    def observe(
        self, requests: float, cpu_percent: float, custom: Mapping[str, float], healthy: int, registered: int
    ) -> None:
        """The values of one second: requests that reached targets, mean CPU, custom metrics by name, targets."""
        span = {name: [value] for name, value in custom.items()}
        self.observe_span([requests], [cpu_percent] if healthy else (), span, healthy, registered)

    def observe_span(
        self,
        requests: Sequence[float],
        cpu_percent: Sequence[float],
        custom: Mapping[str, Sequence[float]],
        healthy: int,
        registered: int,
    ) -> None:
        """The same for a stretch of seconds in which the group did not change.

        Where no server runs there is no CPU to measure, and none is given. The requests of a tick are divided by the
        healthy targets at its end, so that the metric times the targets is the load, whoever joined meanwhile.
        """
        for first, end in self._stretches(len(requests)):
            self._requests += sum(requests[first:end])
            for key, gauge in self._gauges.items():
                values = cpu_percent if key == "cpu" else custom.get(key, ())
                gauge.add(values[first:end])
            self._second += end - first
            if (self._second + self._offset_s) % self._tick_s == 0:
                self._close(healthy, registered)

    def _stretches(self, length: int) -> Iterator[tuple[int, int]]:
        """The stretch cut at the ends of ticks."""
        first = 0
        while first < length:
            left = self._tick_s - (self._second + self._offset_s) % self._tick_s
            end = min(length, first + left)
            yield first, end
            first = end

    def _close(self, healthy: int, registered: int) -> None:
        points = {key: gauge.take() for key, gauge in self._gauges.items() if key != "cpu"}
        if "cpu" in self._gauges:
            points["cpu"] = self._published_cpu()
        if "requests" in self._history:
            share = requests_per_target(self._requests, healthy, registered)
            points["requests"] = Datapoint(share, 1, share, share)
        self._requests = 0.0
        for key, history in self._history.items():
            history.append(points[key])

    def _published_cpu(self) -> Datapoint | None:
        self._basic_count += 1
        if self._basic_count < self._basic_ticks:
            return None
        self._basic_count = 0
        return self._gauges["cpu"].take()

    def values(self, metric: Metric, end_s: int, period_s: int, periods: int) -> list[float | None]:
        """The `periods` datapoints of `period_s` each that end at `end_s`, oldest first, None where missing."""
        history = self._history.get(key_of(metric))
        if history is None:
            return [None] * periods
        ticks = max(1, period_s // self._tick_s)
        rolled = self._rolled.setdefault((metric, ticks), [])
        for end in range(len(rolled) + 1, len(history) + 1):
            rolled.append(over(history[max(0, end - ticks) : end], metric.statistic))
        newest = (end_s + self._offset_s) // self._tick_s - 1
        if newest < len(rolled):
            return tail(rolled, newest, ticks, periods)
        # what has not been observed yet is missing
        late = [*rolled, *[None] * (newest + 1 - len(rolled))]
        return tail(late, newest, ticks, periods)
