"""The metrics that Auto Scaling publishes of a group itself, such as GroupInServiceInstances, kept by the minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from floodgate.awsrules.model import Metric
from floodgate.fleet.context import Context

NAMESPACE = "AWS/AutoScaling"
MINUTE_S = 60
Reader = Callable[[Context], int]

READERS: Mapping[str, Reader] = {
    "GroupMinSize": lambda context: context.bounds.minimum,
    "GroupMaxSize": lambda context: context.bounds.maximum,
    "GroupDesiredCapacity": lambda context: context.bounds.desired,
    "GroupInServiceInstances": lambda context: context.roster.count("in service"),
    "GroupInServiceCapacity": lambda context: context.roster.units_in_service,
    "GroupPendingInstances": lambda context: context.roster.count("launching"),
    "GroupStandbyInstances": lambda context: context.roster.count("standby"),
    "GroupTerminatingInstances": lambda context: context.roster.count("terminating"),
    "GroupTotalInstances": lambda context: sum(
        context.roster.count(place) for place in ("in service", "launching", "standby", "terminating")
    ),
    "WarmPoolWarmedCapacity": lambda context: context.roster.count("pool"),
    "WarmPoolPendingCapacity": lambda context: context.roster.count("preparing"),
    "WarmPoolTotalCapacity": lambda context: context.roster.count("pool") + context.roster.count("preparing"),
}
"""By the names that CloudWatch gives them.

Source: "Amazon CloudWatch metrics for Amazon EC2 Auto Scaling",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html
"""


class Sizes:
    """One value a minute of each of the group's metrics that somebody watches; before the beginning none changes."""

    def __init__(self, context: Context, watched: set[str]) -> None:
        self._context = context
        self._kept: dict[str, list[float | None]] = {name: [] for name in sorted(watched & READERS.keys())}
        self._first_s = 0

    def note(self, second: int) -> None:
        """Keep what the group is at the end of a minute."""
        for name, values in self._kept.items():
            self._first_s = self._first_s or second
            values.append(float(READERS[name](self._context)))

    def values(self, metric: Metric, end_s: int, period_s: int, periods: int) -> list[float | None]:
        """Datapoints as of `floodgate.fleet.seeing.MetricSource`; between minutes there are none."""
        kept = self._kept.get(metric.name)
        if not kept:
            return [None] * periods
        points: list[float | None] = []
        for end in range(end_s - (periods - 1) * period_s, end_s + 1, period_s):
            place, rest = divmod(end - self._first_s, MINUTE_S)
            points.append(None if rest or place >= len(kept) else kept[max(0, place)])
        return points
