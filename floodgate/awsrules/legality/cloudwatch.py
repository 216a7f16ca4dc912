"""CloudWatch: what PutMetricAlarm refuses; what it watches and composite alarms have their own modules.

Source: "PutMetricAlarm",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html.
"""

from __future__ import annotations

from collections.abc import Iterator

from floodgate.awsrules.legality.checking import excluded, one_of, required
from floodgate.awsrules.legality.cloudwatch_composite import put_composite_alarm
from floodgate.awsrules.legality.cloudwatch_signals import (
    check_low_samples,
    check_math,
    check_scaling_actions,
    check_statistic,
)
from floodgate.awsrules.legality.facts import Check, Facts, Params
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationError"
COMBINATION = "InvalidParameterCombination"
HIGH_RESOLUTION_S = (10, 20, 30)
HOUR_S, DAY_S, WEEK_S = 3_600, 86_400, 604_800
MAX_MATH_METRICS = 10
MISSING = ("breaching", "notBreaching", "ignore", "missing")
COMPARISONS = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
)
BAND_COMPARISONS = (
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
)


def put_metric_alarm(params: Params, _facts: Facts) -> None:
    """PutMetricAlarm."""
    if params.get("EvaluationCriteria"):
        return
    what = f"alarm {params['AlarmName']}"
    required(INVALID, params, "EvaluationPeriods", "ComparisonOperator", what=what)
    _check_metric(params, what)
    _check_threshold(params, what)
    check_scaling_actions(params, what)
    one_of(INVALID, "TreatMissingData", params.get("TreatMissingData"), MISSING)
    periods, to_alarm = params["EvaluationPeriods"], params.get("DatapointsToAlarm")
    if to_alarm is not None and to_alarm > periods:
        value = f"DatapointsToAlarm is {to_alarm}"
        rule = f"it must not be more than EvaluationPeriods, {periods}"
        raise Refusal(INVALID, value=value, rule=rule, remedy="lower it or look at more periods")
    for period in _periods(params):
        _check_period(period, periods)


def _check_metric(params: Params, what: str) -> None:
    queries = params.get("Metrics")
    if bool(queries) == bool(params.get("MetricName")):
        rule = "it needs either MetricName or Metrics"
        value = f"{what} has {'both' if queries else 'neither'}"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="give one of them")
    single = ("Namespace", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")
    if queries:
        excluded(COMBINATION, params, *single, what=f"{what}, which combines metrics,")
        _check_queries(queries, params.get("ThresholdMetricId"))
        return
    required(INVALID, params, "Namespace", "Period", what=what)
    if bool(params.get("Statistic")) == bool(params.get("ExtendedStatistic")):
        rule = "You must specify either Statistic or ExtendedStatistic, but not both"
        raise Refusal(COMBINATION, value=what, rule=rule, remedy="give one of them")
    check_statistic("ExtendedStatistic", params.get("ExtendedStatistic"))
    check_low_samples(params)


def _check_queries(queries: list[Params], band: str | None) -> None:
    stats = [query for query in queries if query.get("MetricStat")]
    if len(stats) > MAX_MATH_METRICS:
        rule = f"an alarm combines at most {MAX_MATH_METRICS}"
        raise Refusal(INVALID, value=f"{len(stats)} metrics", rule=rule, remedy="combine fewer")
    returned = [query for query in queries if query.get("ReturnData", True)]
    # an anomaly detection alarm returns the metric and its band
    if not 1 <= len(returned) <= 1 + (band is not None):
        value = f"{len(returned)} items of Metrics return data"
        raise Refusal(INVALID, value=value, rule="one of them is what the alarm watches", remedy="set ReturnData on it")
    check_math(queries)
    if band is not None and band not in {query["Id"] for query in queries}:
        rule = "it must be the Id of the band in Metrics"
        raise Refusal(INVALID, value=f"ThresholdMetricId is {band!r}", rule=rule, remedy="name the band")


def _check_threshold(params: Params, what: str) -> None:
    banded = params.get("ThresholdMetricId") is not None
    one_of(INVALID, "ComparisonOperator", params["ComparisonOperator"], BAND_COMPARISONS if banded else COMPARISONS)
    if banded == (params.get("Threshold") is not None):
        rule = "it needs either Threshold or ThresholdMetricId"
        value = f"{what} has {'both' if banded else 'neither'}"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="give one of them")


def _periods(params: Params) -> Iterator[int]:
    if params.get("Period"):
        yield params["Period"]
    for query in params.get("Metrics") or ():
        period = query.get("Period") or (query.get("MetricStat") or {}).get("Period")
        if period:
            yield period


def _check_period(period: int, periods: int) -> None:
    if period not in HIGH_RESOLUTION_S and (period < 60 or period % 60):
        rule = "Valid values are 10, 20, 30, and any multiple of 60"
        raise Refusal(INVALID, value=f"Period is {period}", rule=rule, remedy="use one of these")
    most = DAY_S if period < HOUR_S else WEEK_S
    if period * periods > most:
        value = f"Period {period} s times EvaluationPeriods {periods}"
        rule = f"together they must not be more than {most:,} s"
        raise Refusal(INVALID, value=value, rule=rule, remedy="look at fewer periods, or at longer ones within a week")


CHECKS: dict[str, Check] = {"PutMetricAlarm": put_metric_alarm, "PutCompositeAlarm": put_composite_alarm}
