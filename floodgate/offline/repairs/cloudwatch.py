"""CloudWatch: states of alarms, alarms on alarms, and metrics that are told apart by namespace and dimensions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.metric_data_expression_parser import parse_expression
from moto.cloudwatch.models import CloudWatchBackend, Dimension, Statistics
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult

from floodgate.offline.repairs.kept import keep
from floodgate.offline.repairs.patching import patch


def apply() -> None:
    """Importing this module has applied its repairs."""


@patch(CloudWatchBackend, "put_metric_alarm")
def state_of_an_alarm(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """A new alarm knows nothing yet, and a changed one keeps its state; moto says OK to both.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    before = self.alarms.get(name)
    if before is not None:
        # tags are taken with a new alarm only; a changed one has calls of its own for them
        kwargs.pop("tags", None)
    alarm = state_of_an_alarm.original(self, name, *args, **kwargs)
    if before is None:
        alarm.state_value = "INSUFFICIENT_DATA"
        return alarm
    for kept in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history"):
        setattr(alarm, kept, getattr(before, kept))
    return alarm


@patch(CloudWatchResponse, "put_metric_alarm")
def put_all_of_an_alarm(self: Any) -> Any:
    """Moto forgets the newer settings of an alarm, and whose account a query looks into."""
    answer = put_all_of_an_alarm.original(self)
    params = self._get_params()
    alarm = self.cloudwatch_backend.alarms[params["AlarmName"]]
    keep(alarm, params, ("EvaluationCriteria", "EvaluationInterval", "EvaluationWindow", "WarmUpConfiguration"))
    for query, asked in zip(alarm.metric_data_queries, params.get("Metrics", []), strict=True):
        keep(query, asked, ("AccountId",))
    return answer


@patch(CloudWatchBackend, "delete_alarms")
def delete_what_no_alarm_is_about(self: Any, alarm_names: list[str]) -> None:
    """An alarm that another one is about stays; and tags go with their alarm. Moto deletes and keeps.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html
    """
    others = [alarm for name, alarm in self.alarms.items() if alarm.rule and name not in alarm_names]
    needed = {name for alarm in others for name in _members(alarm.rule)}
    if used := [name for name in alarm_names if name in needed]:
        whom = "it" if len(used) == 1 else "them"
        raise ValidationError(f"Cannot delete {','.join(used)} as there are composite alarm(s) depending on {whom}.")
    for name in alarm_names:
        if name in self.alarms:
            self.tagger.delete_all_tags_for_resource(self.alarms[name].alarm_arn)
    delete_what_no_alarm_is_about.original(self, alarm_names)


@patch(CloudWatchResponse, "put_composite_alarm")
def put_composite_alarm(self: Any) -> Any:
    """Moto stores alarms with a rule and has no way to put one."""
    backend = self.cloudwatch_backend
    rule, name = self._get_param("AlarmRule"), self._get_param("AlarmName")
    _check_members(backend, rule)
    alarm = backend.put_metric_alarm(
        name=name,
        **dict.fromkeys(("namespace", "metric_name", "comparison_operator", "evaluation_periods", "period")),
        **dict.fromkeys(("threshold", "statistic")),
        dimensions=[],
        description=self._get_param("AlarmDescription"),
        alarm_actions=self._get_param("AlarmActions", []),
        ok_actions=self._get_param("OKActions", []),
        insufficient_data_actions=self._get_param("InsufficientDataActions", []),
        actions_enabled=self._get_bool_param("ActionsEnabled"),
        rule=rule,
        tags=self._get_param("Tags", []),
    )
    alarm.alarm_rule = rule
    for part in ("", "WaitPeriod", "ExtensionPeriod"):
        setattr(alarm, _snake(f"ActionsSuppressor{part}"), self._get_param(f"ActionsSuppressor{part}"))
    return EmptyResult()


def _check_members(backend: Any, rule: str) -> None:
    missing = [name for name in _members(rule) if name not in backend.alarms]
    if missing:
        raise ValidationError(f"Could not save the composite alarm as alarms [{', '.join(missing)}] do not exist")


def _members(rule: str) -> list[str]:
    """The names of the alarms that a rule is about."""
    found = re.findall(r"(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*[\"']?([^\"')]+)[\"']?\s*\)", rule)
    return [name.rsplit(":", 1)[-1].strip() for name in found]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


@patch(CloudWatchResponse, "describe_alarms")
def metric_alarms_unless_asked(self: Any) -> Any:
    """AWS lists alarms on alarms only to those who ask for them; moto always."""
    answer = metric_alarms_unless_asked.original(self)
    kinds = self._get_param("AlarmTypes") or ["MetricAlarm"]
    for kind, key in (("MetricAlarm", "MetricAlarms"), ("CompositeAlarm", "CompositeAlarms")):
        if kind not in kinds:
            answer.result[key] = []
    return ActionResult(answer.result)


@patch(Dimension, "__lt__")
def by_name_and_value(self: Any, other: Any) -> bool:
    """Moto compares one dimension's value with the other's name, so two in another order are not found."""
    return (self.name, self.value or "") < (other.name, other.value or "")


@patch(CloudWatchBackend, "get_metric_data")
def of_that_metric_alone(
    self: Any,
    queries: list[dict[str, Any]],
    start_time: datetime,
    end_time: datetime,
    scan_by: str = "TimestampAscending",
) -> list[dict[str, Any]]:
    """Moto mixes in other namespaces where there are dimensions, and all dimensions where none are asked for."""
    window = (start_time, end_time, scan_by)
    known: list[dict[str, Any]] = []
    for query in queries:
        if "MetricStat" in query:
            metric = query["MetricStat"]["Metric"]
            source = _only(self, metric["Namespace"], metric.get("Dimensions", []))
            known += of_that_metric_alone.original(source, [{**query, "ReturnData": True}], *window)
        elif query["Expression"].startswith("SELECT"):
            known += of_that_metric_alone.original(self, [query], *window)
        else:
            known.append({"id": query["Id"], "label": query.get("Label") or query["Id"], "status_code": "Complete"})
    for query, result in zip(queries, known, strict=True):
        if "values" not in result:
            stats = [found for found in known if "values" in found]
            result["values"], result["timestamps"] = parse_expression(query["Expression"], stats)
    return [result for query, result in zip(queries, known, strict=True) if query.get("ReturnData", True)]


@patch(CloudWatchBackend, "get_metric_statistics")
def statistics_of_that_metric_alone(
    self: Any, namespace: str, *args: Any, dimensions: list[dict[str, str]], **kwargs: Any
) -> Any:
    """Moto counts every metric that has the asked dimensions among others."""
    source = _only(self, namespace, dimensions)
    return statistics_of_that_metric_alone.original(source, namespace, *args, dimensions=[], **kwargs)


def _only(backend: Any, namespace: str, dimensions: Iterable[Mapping[str, str]]) -> Any:
    """The backend as if it held nothing but this namespace and exactly these dimensions."""
    wanted = sorted(Dimension(d["Name"], d["Value"]) for d in dimensions)
    held = [m for m in backend.get_all_metrics() if m.namespace == namespace and sorted(m.dimensions) == wanted]
    return SimpleNamespace(get_all_metrics=lambda: held)


@patch(Statistics, "get_statistics_for_type")
def with_percentiles(self: Any, stat: str) -> Any:
    """Moto has no value for p99, and breaks on it; values between two data are interpolated, as AWS's are estimates."""
    percentile = re.fullmatch(r"p(\d+(?:\.\d+)?)", stat)
    if percentile and self.metric_single_values_list:
        return _percentile(sorted(self.metric_single_values_list), float(percentile[1]) / 100)
    return with_percentiles.original(self, stat)


def _percentile(ordered: list[float], share: float) -> float:
    below, between = divmod(share * (len(ordered) - 1), 1)
    here, after = ordered[int(below)], ordered[min(int(below) + 1, len(ordered) - 1)]
    return here + (after - here) * between
