"""Metric math over metrics that are given as lists."""

from datetime import UTC, datetime

from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.model import Metric, MetricMath, Query

MONDAY_NOON = int(datetime(2027, 8, 2, 12, tzinfo=UTC).timestamp())


def math(expression, ids, **others):
    """Metric math that returns an expression over metrics with these ids, and over other expressions."""
    queries = [Query(name, metric=Metric("test", name)) for name in ids]
    queries += [Query(name, expression=text) for name, text in {"returned": expression, **others}.items()]
    return MetricMath(tuple(sorted(queries, key=lambda query: query.id)), "returned")


def values(expression, metrics, period_s=60, end_s=MONDAY_NOON, **others):
    """The points that an expression gives."""
    periods = len(next(iter(metrics.values())))
    signal = math(expression, metrics, **others)
    return signals.values(signal, lambda metric: metrics[metric.name], period_s, periods, end_s)
