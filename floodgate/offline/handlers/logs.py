"""Amazon CloudWatch Logs: groups, their streams, metrics made of them, and who may write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Gone, NotYet, Props, Resource, is_gone, resource
from floodgate.offline.handlers.described import NO_PROPS, Described, arn
from floodgate.offline.handlers.policy_document import as_given, text_of
from floodgate.offline.handlers.tagging import tags_of


@resource("aws:cloudwatch/logGroup:LogGroup", auto_name=AutoName(limit=512))
class LogGroup(Described):
    """A place for logs."""

    service = "logs"
    create_call, id_prop = "create_log_group", "name"
    delete_call, delete_by = "delete_log_group", "logGroupName"
    rename: ClassVar = {"name": "logGroupName"}
    arn_format = "log-group:{id}"
    kept = ("skipDestroy",)
    refined = frozenset({"retentionInDays", "kmsKeyId", "deletionProtectionEnabled"})

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Say how long logs are kept; zero days means for ever."""
        if props.get("retentionInDays"):
            aws.client("logs").put_retention_policy(logGroupName=id_, retentionInDays=props["retentionInDays"])

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """The group of exactly this name; AWS lists by the beginning of names."""
        found = aws.client("logs").describe_log_groups(logGroupNamePrefix=id_)["logGroups"]
        return named(found, "logGroupName", id_)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Its class and how long it keeps."""
        kept = item.get("retentionInDays", 0)
        return {"name": id_, "logGroupClass": item.get("logGroupClass", "STANDARD"), "retentionInDays": kept}

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The same, its key, whether it is protected, and its tags."""
        seen = self.more(aws, id_, item, props) | {"kmsKeyId": item.get("kmsKeyId")}
        seen |= {"deletionProtectionEnabled": item.get("deletionProtectionEnabled", False)}
        return seen | {"tags": tags_of(aws, "logs", arn(aws, "logs", f"log-group:{id_}"))}

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Each of its settings has a pair of calls."""
        logs = aws.client("logs")
        if change.touches("retentionInDays"):
            if change.new.get("retentionInDays"):
                self.finish(aws, id_, change.new)
            else:
                logs.delete_retention_policy(logGroupName=id_)
        if change.touches("kmsKeyId"):
            if change.new.get("kmsKeyId"):
                logs.associate_kms_key(logGroupName=id_, kmsKeyId=change.new["kmsKeyId"])
            else:
                logs.disassociate_kms_key(logGroupName=id_)
        if change.touches("deletionProtectionEnabled"):
            protected = change.new.get("deletionProtectionEnabled", False)
            logs.put_log_group_deletion_protection(logGroupIdentifier=id_, deletionProtectionEnabled=protected)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it with all that is in it, unless the program wants to keep it."""
        if not props.get("skipDestroy"):
            super().delete(aws, id_, props)


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
        return {"arn": named(found, "logStreamName", id_)["arn"], "name": id_}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it with what is in it."""
        unless_gone(aws.client("logs").delete_log_stream, logGroupName=props["logGroupName"], logStreamName=id_)


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
        transformed = {name: props[name] for name in ("applyOnTransformedLogs",) if name in props}
        aws.client("logs").put_metric_filter(
            logGroupName=props["logGroupName"],
            filterName=props["name"],
            filterPattern=props["pattern"],
            metricTransformations=[metric],
            **transformed,
        )
        return props["name"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its pattern."""
        return {"pattern": self.find(aws, id_, props)["filterPattern"], "name": id_}

    def find(self, aws: Aws, id_: str, props: Props) -> Mapping[str, Any]:
        """The filter as the API describes it."""
        group = props["logGroupName"]
        found = aws.client("logs").describe_metric_filters(logGroupName=group, filterNamePrefix=id_)["metricFilters"]
        return named(found, "filterName", id_)

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its pattern and what it makes."""
        found = self.find(aws, id_, props)
        ours = {theirs: ours for ours, theirs in self.names.items()}
        metric = {ours.get(name, name): value for name, value in found["metricTransformations"][0].items()}
        if "defaultValue" in metric:
            metric["defaultValue"] = in_same_number(metric["defaultValue"], props)
        transformed = found.get("applyOnTransformedLogs", False)
        seen = {"logGroupName": found["logGroupName"], "name": id_, "pattern": found["filterPattern"]}
        return seen | {"metricTransformation": metric, "applyOnTransformedLogs": transformed}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Write it again."""
        self.create(aws, change.new)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it."""
        unless_gone(aws.client("logs").delete_metric_filter, logGroupName=props["logGroupName"], filterName=id_)


def in_same_number(seen: float, props: Props) -> str:
    """A filter's default value as the program writes it: as text, which may spell the number in several ways."""
    given = props.get("metricTransformation", {}).get("defaultValue")
    if given is not None and float(given) == seen:
        return given
    return str(int(seen)) if float(seen).is_integer() else str(seen)


@resource("aws:cloudwatch/logResourcePolicy:LogResourcePolicy")
class LogResourcePolicy(Resource):
    """Which AWS services may write logs."""

    def create(self, aws: Aws, props: Props) -> str:
        """Write the policy."""
        if props.get("resourceArn"):
            raise NotYet("a policy of one log group (resourceArn) is not in the offline AWS yet")
        document = text_of(props["policyDocument"])
        aws.client("logs").put_resource_policy(policyName=props["policyName"], policyDocument=document)
        return props["policyName"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The policy of this name."""
        return {"policyName": self.find(aws, id_)["policyName"]}

    def find(self, aws: Aws, id_: str) -> Mapping[str, Any]:
        """The policy as the API describes it."""
        return named(aws.client("logs").describe_resource_policies()["resourcePolicies"], "policyName", id_)

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its name and document."""
        found = self.find(aws, id_)
        return {"policyName": id_, "policyDocument": as_given(found["policyDocument"], props.get("policyDocument"))}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Write it again."""
        self.create(aws, change.new)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it."""
        unless_gone(aws.client("logs").delete_resource_policy, policyName=id_)


def named(found: list[dict[str, Any]], key: str, name: str) -> dict[str, Any]:
    """The one of exactly this name among those that begin so; Gone where there is none."""
    for each in found:
        if each[key] == name:
            return each
    raise Gone(f"{name} does not exist")


def unless_gone(call: Any, **params: Any) -> None:
    """Delete something; that it is gone already is no error."""
    try:
        call(**params)
    except ClientError as error:
        if not is_gone(error):
            raise
