"""What CloudWatch has seen of a group: one statistic set a tick, a minute or ten seconds long."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice

from floodgate.awsrules.balancer.targets import requests_per_target
from floodgate.awsrules.cloudwatch.alarms import Datapoint, merge, sliding
from floodgate.awsrules.model import Metric, Signal

REQUESTS = ("AWS/ApplicationELB", "RequestCountPerTarget")
CPU = ("AWS/EC2", "CPUUtilization")
BASIC_S = 300


def plain(signal: Signal) -> Metric:
    """The metric of an alarm on one metric; plans with metric math are not read yet."""
    assert isinstance(signal, Metric), "metric math"
    return signal


class Gauge:
    """Values of one tick on the way to a datapoint."""

    __slots__ = ("count", "maximum", "minimum", "total")

    def __init__(self) -> None:
        self.count, self.total, self.minimum, self.maximum = 0, 0.0, float("inf"), float("-inf")

    def add(self, value: float) -> None:
        """One more value."""
        self.count += 1
        self.total += value
        self.minimum = min(self.minimum, value)
        self.maximum = max(self.maximum, value)

    def take(self) -> Datapoint | None:
        """The datapoint so far, and begin anew; None without values."""
        if not self.count:
            return None
        point = Datapoint(self.total, self.count, self.minimum, self.maximum)
        self.__init__()
        return point


def key_of(metric: Metric) -> str:
    """The name under which a metric is observed; a metric nobody observes stays missing."""
    return {REQUESTS: "requests", CPU: "cpu"}.get((metric.namespace, metric.name), metric.name)


class Metrics:
    """Datapoints of the metrics that a group's alarms watch.

    Args:
        watched: the metrics.
        tick_s: length of one datapoint, 60 s or, for high-resolution alarms, 10 s.
        keep: how many ticks the longest alarm looks back.
        detailed: whether EC2 publishes each minute; with basic monitoring it publishes each fifth.
    """

    def __init__(self, watched: Iterable[Metric], tick_s: int, keep: int, *, detailed: bool) -> None:
        keys = {key_of(metric) for metric in watched}
        self._requests = 0.0
        self._cpu = Gauge() if "cpu" in keys else None
        self._custom = {key: Gauge() for key in sorted(keys - {"requests", "cpu"})}
        self._history: dict[str, deque[Datapoint | None]] = {key: deque(maxlen=keep) for key in keys}
        self._tick_s = tick_s
        self._basic_ticks = 1 if detailed else BASIC_S // tick_s
        self._basic: list[Datapoint | None] = []
        self._waiting: deque[tuple[int, dict[str, Datapoint | None]]] = deque()

    def observe(self, requests: float, in_service: int, cpu_percent: float, custom: Mapping[str, float]) -> None:
        """The values of one second; without a server in service there is no CPU to measure."""
        self._requests += requests
        if self._cpu is not None and in_service:
            self._cpu.add(cpu_percent)
        for name, gauge in self._custom.items():
            value = custom.get(name)
            if value is not None:
                gauge.add(value)

    def close(self, publish_s: int, healthy: int, registered: int) -> None:
        """End a tick; its datapoints can be seen from `publish_s` on.

        The requests of the whole tick are divided by the targets at its end, so that the metric times the targets is
        the load, whoever joined meanwhile.
        """
        points = {name: gauge.take() for name, gauge in self._custom.items()}
        if "requests" in self._history:
            share = requests_per_target(self._requests, healthy, registered)
            points["requests"] = Datapoint(share, 1, share, share)
        self._requests = 0.0
        if self._cpu is not None:
            points["cpu"] = self._published_cpu(self._cpu.take())
        self._waiting.append((publish_s, points))

    def _published_cpu(self, point: Datapoint | None) -> Datapoint | None:
        self._basic.append(point)
        if len(self._basic) < self._basic_ticks:
            return None
        whole = merge(self._basic)
        self._basic.clear()
        return whole

    def publish(self, second: int) -> bool:
        """Show what is due; whether there was anything."""
        shown = False
        while self._waiting and self._waiting[0][0] <= second:
            for key, point in self._waiting.popleft()[1].items():
                self._history[key].append(point)
            shown = True
        return shown

    def next_s(self) -> int | None:
        """When the next datapoints can be seen, if a tick has ended."""
        return self._waiting[0][0] if self._waiting else None

    def values(self, metric: Metric, period_s: int, periods: int) -> list[float | None]:
        """The newest `periods` datapoints of an alarm's metric, oldest first, None where missing."""
        ticks = max(1, period_s // self._tick_s)
        history = self._history[key_of(metric)]
        recent = list(islice(history, max(0, len(history) - ticks * periods), None))
        return sliding(recent, ticks, periods, metric.statistic)
