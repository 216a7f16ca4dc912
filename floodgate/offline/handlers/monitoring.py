"""Amazon CloudWatch: alarms and dashboards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Gone, Props, resource
from floodgate.offline.handlers.described import NO_PROPS, Described
from floodgate.offline.handlers.shapes import lower_first
from floodgate.offline.handlers.tagging import tags_of


def metric_query(query: Props) -> dict[str, Any]:
    """Pulumi's query, which holds a metric with its statistic, in AWS's nesting.

    What the program does not say of `returnData` is false with the provider and true with AWS.
    """
    out = {"returnData": False} | {name: value for name, value in query.items() if name != "metric"}
    if "metric" in query:
        metric = dict(query["metric"])
        stat = {name: metric.pop(name) for name in ("period", "stat", "unit") if name in metric}
        out["metricStat"] = {"metric": metric, **stat}
    return out


def told_query(query: Mapping[str, Any]) -> dict[str, Any]:
    """AWS's query in Pulumi's nesting."""
    out = {lower_first(name): value for name, value in query.items() if name != "MetricStat"}
    if stat := query.get("MetricStat"):
        told = {lower_first(name): value for name, value in {**stat["Metric"], **stat}.items() if name != "Metric"}
        told["dimensions"] = {each["Name"]: each["Value"] for each in told.get("dimensions", [])}
        out["metric"] = told
    return out


class Alarm(Described):
    """What both kinds of alarms have in common."""

    service = "cloudwatch"
    outputs = ("arn", "actionsEnabled")
    paths: ClassVar = {"arn": "AlarmArn"}
    delete_call, delete_by = "delete_alarms", "AlarmNames"

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The tags, which the description does not tell."""
        return {"tags": tags_of(aws, "cloudwatch", item["AlarmArn"])}


@resource("aws:cloudwatch/metricAlarm:MetricAlarm", auto_name=AutoName())
class MetricAlarm(Alarm):
    """An alarm on one metric, or on several by an expression."""

    create_call, id_prop = "put_metric_alarm", "name"
    update_call = create_call
    read_call, read_by, read_path = "describe_alarms", "AlarmNames", "MetricAlarms[0]"
    rename: ClassVar = {
        "name": "AlarmName",
        "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
        "metricQueries": "Metrics",
        "promqlCriteria": "PromQLCriteria",
    }
    outputs = ("arn", "actionsEnabled", "treatMissingData")
    silent = ("alarmDescription", "datapointsToAlarm", "evaluateLowSampleCountPercentiles", "evaluationCriteria")
    silent += ("evaluationInterval", "evaluationWindow", "extendedStatistic", "metricName", "namespace", "period")
    silent += ("statistic", "threshold", "thresholdMetricId", "treatMissingData", "unit", "warmUpConfiguration")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The queries in AWS's nesting."""
        queries = (
            {"metricQueries": [metric_query(q) for q in props["metricQueries"]]} if "metricQueries" in props else {}
        )
        return super().parameters(client, {**props, **queries})

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """What the provider tells as an empty text where AWS has nothing."""
        return {"evaluateLowSampleCountPercentiles": item.get("EvaluateLowSampleCountPercentile", "")}

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The queries in Pulumi's nesting, and the tags."""
        queries = [told_query(query) for query in item.get("Metrics", [])]
        return super().observed(aws, id_, item, props) | {"metricQueries": queries or None}


@resource("aws:cloudwatch/compositeAlarm:CompositeAlarm")
class CompositeAlarm(Alarm):
    """An alarm on other alarms."""

    create_call, id_prop = "put_composite_alarm", "alarmName"
    update_call = create_call
    silent = ("alarmDescription",)
    suppressor: ClassVar = {
        "alarm": "actionsSuppressor",
        "extensionPeriod": "actionsSuppressorExtensionPeriod",
        "waitPeriod": "actionsSuppressorWaitPeriod",
    }

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The suppressor laid out flat."""
        flat = {self.suppressor[name]: value for name, value in props.get("actionsSuppressor", {}).items()}
        plain = {name: value for name, value in props.items() if name != "actionsSuppressor"}
        return super().parameters(client, plain | flat)

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """The alarm; AWS lists this kind only to those who ask for it."""
        answer = aws.client("cloudwatch").describe_alarms(AlarmNames=[id_], AlarmTypes=["CompositeAlarm"])
        if not answer["CompositeAlarms"]:
            raise Gone(f"composite alarm {id_} does not exist")
        return answer["CompositeAlarms"][0]

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The suppressor as a block, and the tags."""
        flat = {lower_first(name): value for name, value in item.items()}
        block = {ours: flat[theirs] for ours, theirs in self.suppressor.items() if flat.get(theirs) is not None}
        return super().observed(aws, id_, item, props) | {"actionsSuppressor": block or None}


@resource("aws:cloudwatch/dashboard:Dashboard")
class Dashboard(Described):
    """A page of graphs."""

    service, tagged = "cloudwatch", False
    create_call, id_prop = "put_dashboard", "dashboardName"
    update_call = create_call
    read_call, read_by, read_path = "get_dashboard", "DashboardName", "@"
    delete_call, delete_by = "delete_dashboards", "DashboardNames"
    outputs = ("dashboardArn",)
