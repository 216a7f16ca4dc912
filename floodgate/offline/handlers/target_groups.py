"""Elastic Load Balancing: target groups and the targets that are registered by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.balancing import Balancing, found, twin
from floodgate.offline.handlers.balancing_attributes import (
    HTTP,
    TARGET_NAMES,
    changed,
    pairs,
    target_group_attributes,
    target_names,
    told_attributes,
)
from floodgate.offline.handlers.base import AutoName, Aws, Change, Gone, Props, Resource, function, is_gone, resource
from floodgate.offline.handlers.declared import unique
from floodgate.offline.handlers.reflection import reflect
from floodgate.offline.handlers.requests import request

HEALTH = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
PROVIDERS = {"enabled": True, "healthyThreshold": 3, "interval": 30, "port": "traffic-port", "unhealthyThreshold": 3}
"""What the provider makes of a health check that leaves these out; without any, AWS has defaults of its own."""


def usual_check(props: Props) -> dict[str, Any]:
    """AWS's own health check for a target group that declares none.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
    """
    usual = {"enabled": True, "healthyThreshold": 5, "interval": 30, "port": "traffic-port", "unhealthyThreshold": 2}
    if props.get("protocol") in HTTP:
        return usual | {"matcher": "200", "path": "/", "protocol": "HTTP", "timeout": 5}
    if props.get("targetType") == "lambda":
        lambdas = {"enabled": False, "interval": 35, "matcher": "200", "path": "/", "timeout": 30}
        return {name: value for name, value in (usual | lambdas).items() if name != "port"}
    return usual | {"protocol": "TCP", "timeout": 10}


@twin
@resource("aws:lb/targetGroup:TargetGroup", auto_name=AutoName(limit=32))
class TargetGroup(Balancing):
    """Where a balancer sends requests."""

    create_call, id_path = "create_target_group", "TargetGroups[0].TargetGroupArn"
    read_call, read_by, read_path = "describe_target_groups", "TargetGroupArns", "TargetGroups[0]"
    delete_call, delete_by = "delete_target_group", "TargetGroupArn"
    apart = ("namePrefix", "healthCheck", *sorted(TARGET_NAMES))
    refined = TARGET_NAMES | {"healthCheck"}
    outputs = ("arn", "ipAddressType", "loadBalancerArns", "name", "protocolVersion")
    paths: ClassVar = {"arn": "TargetGroupArn", "name": "TargetGroupName"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The group with its health check, for which the provider has thresholds of its own."""
        out = super().parameters(client, props)
        if "healthCheck" not in props:
            return out
        check = {"healthyThreshold": 3, "unhealthyThreshold": 3} | dict(props["healthCheck"])
        return out | self._check(client, self.create_call, check, props)

    def _check(self, client: Any, call: str, check: Props, props: Props) -> dict[str, Any]:
        """A health check, or parts of one, as `call` has it."""
        sent = {name: value for name, value in check.items() if name != "matcher"}
        out = request(client, call, sent, HEALTH)
        if "matcher" in check:
            grpc = props.get("protocolVersion") == "GRPC"
            out["Matcher"] = {"GrpcCode" if grpc else "HttpCode": check["matcher"]}
        return out

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Attributes."""
        attributes = pairs(target_group_attributes(props))
        if attributes:
            aws.client(self.service).modify_target_group_attributes(TargetGroupArn=id_, Attributes=attributes)

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """What changed of the health check, then of the attributes."""
        client, usual = aws.client(self.service), usual_check(change.new)
        if change.touches("healthCheck"):
            old, new = (
                usual | (PROVIDERS | dict(props["healthCheck"]) if props.get("healthCheck") else {})
                for props in (change.old, change.new)
            )
            differs = {name: value for name, value in new.items() if old.get(name) != value}
            if differs:
                sent = self._check(client, "modify_target_group", differs, change.new)
                client.modify_target_group(TargetGroupArn=id_, **sent)
        attributes = changed(target_group_attributes(change.old), target_group_attributes(change.new))
        if attributes:
            client.modify_target_group_attributes(TargetGroupArn=id_, Attributes=attributes)

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The health check and the attributes."""
        answer = aws.client(self.service).describe_target_group_attributes(TargetGroupArn=id_)
        told = told_attributes(answer, target_names({"targetType": item["TargetType"], **_protocol(item)}))
        check = {name: item[theirs] for name, theirs in HEALTH.items() if theirs in item}
        matcher = item.get("Matcher", {})
        if matcher:
            check["matcher"] = matcher.get("GrpcCode") or matcher.get("HttpCode")
        return reflect({**told, "healthCheck": check}, self.known) | super().observed(aws, id_, item, props)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The suffix that CloudWatch and scaling policies know the group by."""
        return {"arnSuffix": id_.rpartition(":")[2]}


def _protocol(item: Mapping[str, Any]) -> dict[str, str]:
    return {"protocol": item["Protocol"]} if "Protocol" in item else {}


@twin
@resource("aws:lb/targetGroupAttachment:TargetGroupAttachment")
class TargetGroupAttachment(Resource):
    """A single target that is registered by hand."""

    def create(self, aws: Aws, props: Props) -> str:
        """The id is one that the provider makes up."""
        target = self._target(props)
        aws.client("elbv2").register_targets(TargetGroupArn=props["targetGroupArn"], Targets=[target])
        return f"{props['targetGroupArn']}-{unique()}"

    def _target(self, props: Props) -> dict[str, Any]:
        names = {
            "targetId": "Id",
            "port": "Port",
            "availabilityZone": "AvailabilityZone",
            "quicServerId": "QuicServerId",
        }
        return {theirs: props[ours] for ours, theirs in names.items() if ours in props}

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Nothing beyond the inputs, as long as it is registered and not on its way out."""
        target = {name: value for name, value in self._target(props).items() if name in ("Id", "Port")}
        (found_,) = aws.client("elbv2").describe_target_health(
            TargetGroupArn=props["targetGroupArn"], Targets=[target]
        )["TargetHealthDescriptions"]
        if found_["TargetHealth"].get("Reason") in ("Target.NotRegistered", "Target.DeregistrationInProgress"):
            raise Gone(f"{self.token} {id_} does not exist")
        return {}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Deregister it."""
        target = {name: value for name, value in self._target(props).items() if name != "QuicServerId"}
        try:
            aws.client("elbv2").deregister_targets(TargetGroupArn=props["targetGroupArn"], Targets=[target])
        except ClientError as error:
            if not is_gone(error, ("InvalidTarget",)):
                raise


@function("aws:lb/getTargetGroup:getTargetGroup")
@function("aws:alb/getTargetGroup:getTargetGroup")
def get_target_group(aws: Aws, props: Props) -> dict[str, Any]:
    """A target group that is made elsewhere."""
    return found(TargetGroup, aws, props, "describe_target_groups")
