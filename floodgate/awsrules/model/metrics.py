"""What CloudWatch counts: a metric, or metric math over several.

Sources: "Metric", https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html; "MetricDataQuery",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html.
"""

from __future__ import annotations

from dataclasses import dataclass

Statistic = str  # "Average", "Sum", "Maximum", "Minimum", "SampleCount" or a percentile such as "p99"


@dataclass(frozen=True, slots=True)
class Metric:
    """One CloudWatch metric; dimensions are sorted pairs, so equal metrics compare equal."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    statistic: Statistic = "Average"


@dataclass(frozen=True, slots=True)
class Query:
    """One of the queries of metric math: a metric or an expression over other queries' ids."""

    id: str
    metric: Metric | None = None
    expression: str | None = None


@dataclass(frozen=True, slots=True)
class MetricMath:
    """Metric math: the queries, sorted by id, and the id of the one that returns data."""

    queries: tuple[Query, ...]
    returned: str

    @property
    def name(self) -> str:
        """What a person would call it: the expression that returns data."""
        found = next(query for query in self.queries if query.id == self.returned)
        return found.expression or (found.metric.name if found.metric else found.id)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics it is made of."""
        return tuple(query.metric for query in self.queries if query.metric is not None)


Signal = Metric | MetricMath
"""What an alarm watches and a policy follows."""
