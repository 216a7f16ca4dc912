"""Amazon CloudWatch and CloudWatch Logs: alarms, dashboards and log groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, Resource, resource
from floodgate.offline.handlers.described import NO_PROPS, Described


def metric_query(query: Props) -> dict[str, Any]:
    """Pulumi's query, which holds a metric with its statistic, in AWS's nesting."""
    out = {name: value for name, value in query.items() if name != "metric"}
    if "metric" in query:
        metric = dict(query["metric"])
        stat = {name: metric.pop(name) for name in ("period", "stat", "unit") if name in metric}
        out["metricStat"] = {"metric": metric, **stat}
    return out


@resource("aws:cloudwatch/metricAlarm:MetricAlarm", auto_name=AutoName())
class MetricAlarm(Described):
    """An alarm on one metric, or on several by an expression."""

    service = "cloudwatch"
    create_call, id_prop = "put_metric_alarm", "name"
    read_call, read_by, read_path = "describe_alarms", "AlarmNames", "MetricAlarms[0]"
    rename: ClassVar = {
        "name": "AlarmName",
        "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
        "metricQueries": "Metrics",
    }
    outputs = ("arn", "actionsEnabled", "treatMissingData")
    paths: ClassVar = {"arn": "AlarmArn"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The queries in AWS's nesting."""
        queries = (
            {"metricQueries": [metric_query(q) for q in props["metricQueries"]]} if "metricQueries" in props else {}
        )
        return super().parameters(client, {**props, **queries})

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """What the provider tells as an empty text where AWS has nothing."""
        return {"evaluateLowSampleCountPercentiles": item.get("EvaluateLowSampleCountPercentile", "")}


@resource("aws:cloudwatch/compositeAlarm:CompositeAlarm")
class CompositeAlarm(Described):
    """An alarm on other alarms."""

    service = "cloudwatch"
    create_call, id_prop = "put_composite_alarm", "alarmName"
    read_call, read_by, read_path = "describe_alarms", "AlarmNames", "CompositeAlarms[0]"
    outputs = ("arn", "actionsEnabled")
    paths: ClassVar = {"arn": "AlarmArn"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The suppressor laid out flat."""
        quiet = props.get("actionsSuppressor", {})
        names = {"alarm": "actionsSuppressor", "extensionPeriod": "actionsSuppressorExtensionPeriod"}
        names["waitPeriod"] = "actionsSuppressorWaitPeriod"
        flat = {names[name]: value for name, value in quiet.items()}
        plain = {name: value for name, value in props.items() if name != "actionsSuppressor"}
        return super().parameters(client, plain | flat)

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """The alarm; AWS lists this kind only to those who ask for it."""
        answer = aws.client("cloudwatch").describe_alarms(AlarmNames=[id_], AlarmTypes=["CompositeAlarm"])
        if not answer["CompositeAlarms"]:
            raise KeyError(f"composite alarm {id_} does not exist")
        return answer["CompositeAlarms"][0]


@resource("aws:cloudwatch/dashboard:Dashboard")
class Dashboard(Described):
    """A page of graphs."""

    service, tagged = "cloudwatch", False
    create_call, id_prop = "put_dashboard", "dashboardName"
    read_call, read_by, read_path = "get_dashboard", "DashboardName", "@"
    outputs = ("dashboardArn",)


@resource("aws:cloudwatch/logGroup:LogGroup", auto_name=AutoName(limit=512))
class LogGroup(Described):
    """A place for logs."""

    service = "logs"
    create_call, id_prop = "create_log_group", "name"
    read_call, read_by, read_path = "describe_log_groups", "logGroupNamePrefix", "logGroups"
    rename: ClassVar = {"name": "logGroupName"}
    arn_format = "log-group:{id}"

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Say how long logs are kept; zero days means for ever."""
        if props.get("retentionInDays"):
            aws.client("logs").put_retention_policy(logGroupName=id_, retentionInDays=props["retentionInDays"])

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """The group of exactly this name; AWS lists by the beginning of names."""
        found = aws.client("logs").describe_log_groups(logGroupNamePrefix=id_)["logGroups"]
        return {group["logGroupName"]: group for group in found}[id_]

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Its class and how long it keeps."""
        kept = item.get("retentionInDays", 0)
        return {"name": id_, "logGroupClass": item.get("logGroupClass", "STANDARD"), "retentionInDays": kept}


@resource("aws:cloudwatch/logStream:LogStream", auto_name=AutoName(limit=512))
class LogStream(Resource):
    """One sequence of logs in a group."""

    def create(self, aws: Aws, props: Props) -> str:
        """Make it."""
        aws.client("logs").create_log_stream(logGroupName=props["logGroupName"], logStreamName=props["name"])
        return props["name"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its ARN."""
        group = props["logGroupName"]
        found = aws.client("logs").describe_log_streams(logGroupName=group, logStreamNamePrefix=id_)["logStreams"]
        return {"arn": {stream["logStreamName"]: stream for stream in found}[id_]["arn"], "name": id_}


@resource("aws:cloudwatch/logMetricFilter:LogMetricFilter", auto_name=AutoName(limit=512))
class LogMetricFilter(Resource):
    """A metric made of what is logged."""

    names: ClassVar = {"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"}

    def create(self, aws: Aws, props: Props) -> str:
        """Write the filter."""
        given = props["metricTransformation"]
        metric = {self.names.get(name, name): value for name, value in given.items()}
        if "defaultValue" in metric:
            metric["defaultValue"] = float(metric["defaultValue"])
        aws.client("logs").put_metric_filter(
            logGroupName=props["logGroupName"],
            filterName=props["name"],
            filterPattern=props["pattern"],
            metricTransformations=[metric],
        )
        return props["name"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its pattern."""
        group = props["logGroupName"]
        found = aws.client("logs").describe_metric_filters(logGroupName=group, filterNamePrefix=id_)["metricFilters"]
        return {"pattern": {f["filterName"]: f for f in found}[id_]["filterPattern"], "name": id_}


@resource("aws:cloudwatch/logResourcePolicy:LogResourcePolicy")
class LogResourcePolicy(Resource):
    """Which AWS services may write logs."""

    def create(self, aws: Aws, props: Props) -> str:
        """Write the policy."""
        document = props["policyDocument"]
        aws.client("logs").put_resource_policy(policyName=props["policyName"], policyDocument=document)
        return props["policyName"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The policy of this name."""
        found = aws.client("logs").describe_resource_policies()["resourcePolicies"]
        return {"policyName": {policy["policyName"]: policy for policy in found}[id_]["policyName"]}
