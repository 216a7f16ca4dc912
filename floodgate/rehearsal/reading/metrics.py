"""What an alarm watches or a policy follows: one metric, or metric math over several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from floodgate.awsrules.model import Metric, MetricMath, Query, Signal
from floodgate.rehearsal.reading.values import Described, need

DEFAULT_PERIOD_S = 60
# ids begin with a small letter and functions with a capital; what stands in quotes is neither
_ID = re.compile(r"(?<![\w.])[a-z]\w*")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
# these find metrics that the plan does not name
_FINDING = re.compile(r"\b(SEARCH|SELECT|INSIGHT_RULE_METRIC|SLO|LAMBDA)\b")


def plain(described: Described, statistic: str, what: str) -> Metric:
    """The metric of a description with Namespace, MetricName and Dimensions.

    Raises:
        PlanError: a part is missing.
    """
    pairs = sorted((need(d, "Name", what), need(d, "Value", what)) for d in described.get("Dimensions") or [])
    return Metric(need(described, "Namespace", what), need(described, "MetricName", what), tuple(pairs), statistic)


def computed(queries: Sequence[Described], what: str) -> Signal | None:
    """The metric or metric math of a list of metric queries; None where that cannot be followed.

    That is: where it is not clear which query returns data, or an expression names another metric than theirs.

    A query without ReturnData returns data, and exactly one may.
    Source: MetricDataQuery, https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
    """
    returning = [q for q in queries if q.get("ReturnData")] or [q for q in queries if q.get("ReturnData") is None]
    if len(returning) != 1:
        return None
    found = tuple(sorted((_query(q, what) for q in queries), key=lambda q: q.id))
    known = {q.id for q in found}
    if len(known) < len(found) or not all(q.metric or _follows(q.expression, known) for q in found):
        return None
    if len(found) == 1 and found[0].metric:
        return found[0].metric
    return MetricMath(found, returning[0]["Id"])


def period_s(queries: Sequence[Described], default: int = DEFAULT_PERIOD_S) -> int:
    """The period of metric queries in seconds: their metrics' own, else their expressions'."""
    of_metrics = [(q.get("MetricStat") or {}).get("Period") for q in queries]
    given = [period for period in (*of_metrics, *(q.get("Period") for q in queries)) if period]
    return max(given) if given else default


def _follows(expression: str | None, known: set[str]) -> bool:
    bare = _QUOTED.sub("", expression or "")
    return bool(bare) and not _FINDING.search(bare) and set(_ID.findall(bare)) <= known


def _query(described: Described, what: str) -> Query:
    name: Any = need(described, "Id", what)
    stat = described.get("MetricStat")
    if not stat:
        return Query(name, expression=described.get("Expression"))
    return Query(name, metric=plain(need(stat, "Metric", what), need(stat, "Stat", what), what))
