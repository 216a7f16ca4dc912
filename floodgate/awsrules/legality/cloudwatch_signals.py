"""CloudWatch: what it refuses of the statistics and of the metric math that an alarm watches, and of its actions.

Sources: "MetricDataQuery", https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html;
"Using math expressions with CloudWatch metrics",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html; "Using Amazon CloudWatch
alarms", https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from floodgate.awsrules.cloudwatch import alarm_kinds, statistics
from floodgate.awsrules.cloudwatch.metric_math import evaluation, parser
from floodgate.awsrules.cloudwatch.signal_error import SignalError
from floodgate.awsrules.legality.checking import one_of
from floodgate.awsrules.legality.facts import Params
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationError"
ID = re.compile(r"[a-z][a-zA-Z0-9_]{0,254}")
_INSIGHTS = re.compile(r"\s*SELECT\b", re.IGNORECASE)
_SEARCH = re.compile(r"\bSEARCH\s*\(", re.IGNORECASE)
_SCALING_ACTION = re.compile(r"arn:[^:]*:autoscaling:[^:]*:[^:]*:scalingPolicy:")
_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def check_statistic(name: str, statistic: str | None) -> None:
    """Refuse a statistic that CloudWatch does not have."""
    if statistic is None or statistic in statistics.BASIC:
        return
    try:
        statistics.parse(statistic)
    except SignalError as error:
        raise Refusal(INVALID, value=f"{name} {error.value}", rule=error.rule, remedy=error.remedy) from error


def check_low_samples(params: Params) -> None:
    """EvaluateLowSampleCountPercentile: "Percentile-based alarms and low data samples", on the page of alarms above."""
    given = params.get("EvaluateLowSampleCountPercentile")
    one_of(INVALID, "EvaluateLowSampleCountPercentile", given, ("evaluate", "ignore"))
    if given is not None and not params.get("ExtendedStatistic"):
        rule = "it is for alarms on percentiles"
        raise Refusal(INVALID, value="EvaluateLowSampleCountPercentile", rule=rule, remedy="leave it out")


def check_math(queries: Sequence[Params]) -> None:
    """Refuse queries that nobody could evaluate: ids, expressions and what they name."""
    ids = [query["Id"] for query in queries]
    for name in ids:
        if not ID.fullmatch(name):
            rule = "it must begin with a lowercase letter and hold letters, digits and underscores"
            raise Refusal(INVALID, value=f"Id is {name!r}", rule=rule, remedy="choose another Id")
        if ids.count(name) > 1:
            rule = "each Id must be its own"
            raise Refusal(INVALID, value=f"Id {name} twice", rule=rule, remedy="rename one of them")
    for query in queries:
        if bool(query.get("Expression")) == bool(query.get("MetricStat")):
            rule = "it needs either Expression or MetricStat"
            raise Refusal(INVALID, value=f"query {query['Id']}", rule=rule, remedy="give one of them")
        check_statistic(f"query {query['Id']}:", (query.get("MetricStat") or {}).get("Stat"))
        if query.get("Expression"):
            _check_expression(query["Id"], query["Expression"], ids)


def _check_expression(name: str, expression: str, ids: Sequence[str]) -> None:
    if _INSIGHTS.match(expression):
        return  # a query of Metrics Insights is no metric math
    if _SEARCH.search(expression):
        rule = "SEARCH is not supported in alarms, as what it finds may change"
        raise Refusal(INVALID, value=f"query {name}", rule=rule, remedy="name the metrics")
    try:
        named = set(evaluation.names(parser.parse(expression)))
    except SignalError as error:
        value = f"query {name}: {error.value}"
        raise Refusal(INVALID, value=value, rule=error.rule, remedy=error.remedy) from error
    for other in sorted(named - set(ids)):
        rule = "there is no query with this Id"
        raise Refusal(INVALID, value=f"query {name} names {other}", rule=rule, remedy="add it or correct the name")


def check_scaling_actions(params: Params, what: str) -> None:
    """Refuse a scaling policy as the action of an alarm that cannot scale anything."""
    for action in (action for state in _ACTIONS for action in params.get(state) or ()):
        if _SCALING_ACTION.match(action) and not alarm_kinds.drives_auto_scaling(params):
            rule = f"a {alarm_kinds.kind(params)} alarm cannot perform Auto Scaling actions"
            raise Refusal(
                INVALID, value=f"{what} names a scaling policy", rule=rule, remedy="use an alarm on one metric"
            )
