"""Elastic Load Balancing: balancers, target groups, listeners and rules.

Every type has two tokens: Pulumi's ``lb`` and its older twin ``alb``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.balancing_attributes import balancer_attributes, target_group_attributes
from floodgate.offline.handlers.base import RESOURCES, AutoName, Aws, Props, Resource, function, resource
from floodgate.offline.handlers.declared import Declared, unique
from floodgate.offline.handlers.requests import request

ACTION_NAMES = {
    "arn": "TargetGroupArn",
    "authenticateCognito": "AuthenticateCognitoConfig",
    "authenticateOidc": "AuthenticateOidcConfig",
    "duration": "DurationSeconds",
    "fixedResponse": "FixedResponseConfig",
    "forward": "ForwardConfig",
    "jwtValidation": "JwtValidationConfig",
    "redirect": "RedirectConfig",
    "stickiness": "TargetGroupStickinessConfig",
}
CONDITIONS = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "queryStrings": ("query-string", "QueryStringConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}
# what the provider sends for the parts of a redirect that are left out
REDIRECT = {
    "host": "#{host}",
    "path": "/#{path}",
    "port": "#{port}",
    "protocol": "#{protocol}",
    "query": "#{query}",
}
LISTENER_ATTRIBUTE = re.compile(r"^routing_http_(request|response)_(.+)_(header_name|header_value|enabled)$")


class Balancing(Declared):
    """What all types of this service have in common: the id is the ARN."""

    service = "elbv2"


@resource("aws:lb/loadBalancer:LoadBalancer", auto_name=AutoName(limit=32))
class LoadBalancer(Balancing):
    """An application, network or gateway load balancer, with its attributes and reserved capacity."""

    create_call, id_path = "create_load_balancer", "LoadBalancers[0].LoadBalancerArn"
    read_call, read_by, read_path = "describe_load_balancers", "LoadBalancerArns", "LoadBalancers[0]"
    rename: ClassVar = {"loadBalancerType": "Type", "privateIpv4Address": "PrivateIPv4Address"}
    apart = (
        *("namePrefix", "internal", "accessLogs", "connectionLogs", "healthCheckLogs", "minimumLoadBalancerCapacity"),
        *("clientKeepAlive", "desyncMitigationMode", "dnsRecordClientRoutingPolicy", "dropInvalidHeaderFields"),
        *("enableCrossZoneLoadBalancing", "enableDeletionProtection", "enableHttp2"),
        *("enableTlsVersionAndCipherSuiteHeaders", "enableWafFailOpen", "enableXffClientPort", "enableZonalShift"),
        *("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "idleTimeout", "preserveHostHeader"),
        *("secondaryIpsAutoAssignedPerSubnet", "xffHeaderProcessingMode"),
    )
    outputs = ("arn", "dnsName", "ipAddressType", "name", "securityGroups", "subnets", "vpcId", "zoneId", "internal")
    paths: ClassVar = {
        "arn": "LoadBalancerArn",
        "dnsName": "DNSName",
        "internal": "Scheme == 'internal'",
        "name": "LoadBalancerName",
        "subnets": "AvailabilityZones[].SubnetId",
        "zoneId": "CanonicalHostedZoneId",
    }

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """A balancer is public unless it is internal."""
        scheme = {"Scheme": "internal"} if props.get("internal") else {}
        return scheme | super().parameters(client, props)

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Attributes and the capacity reservation."""
        client = aws.client(self.service)
        attributes = balancer_attributes(props)
        if attributes:
            client.modify_load_balancer_attributes(LoadBalancerArn=id_, Attributes=attributes)
        capacity = props.get("minimumLoadBalancerCapacity")
        if capacity:
            units = {"CapacityUnits": capacity["capacityUnits"]}
            client.modify_capacity_reservation(LoadBalancerArn=id_, MinimumLoadBalancerCapacity=units)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The suffix that CloudWatch knows the balancer by."""
        return {"arnSuffix": id_.partition(":loadbalancer/")[2]}


@resource("aws:lb/targetGroup:TargetGroup", auto_name=AutoName(limit=32))
class TargetGroup(Balancing):
    """Where a balancer sends requests."""

    create_call, id_path = "create_target_group", "TargetGroups[0].TargetGroupArn"
    read_call, read_by, read_path = "describe_target_groups", "TargetGroupArns", "TargetGroups[0]"
    apart = (
        *("namePrefix", "healthCheck", "stickiness", "targetFailovers", "targetGroupHealth", "targetHealthStates"),
        *("connectionTermination", "deregistrationDelay", "lambdaMultiValueHeadersEnabled", "preserveClientIp"),
        *("loadBalancingAlgorithmType", "loadBalancingAnomalyMitigation", "loadBalancingCrossZoneEnabled"),
        *("proxyProtocolV2", "slowStart"),
    )
    outputs = ("arn", "ipAddressType", "loadBalancerArns", "name", "protocolVersion")
    paths: ClassVar = {"arn": "TargetGroupArn", "name": "TargetGroupName"}
    health: ClassVar = {
        "enabled": "HealthCheckEnabled",
        "healthyThreshold": "HealthyThresholdCount",
        "interval": "HealthCheckIntervalSeconds",
        "path": "HealthCheckPath",
        "port": "HealthCheckPort",
        "protocol": "HealthCheckProtocol",
        "timeout": "HealthCheckTimeoutSeconds",
        "unhealthyThreshold": "UnhealthyThresholdCount",
    }

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The group with its health check, for which the provider has thresholds of its own."""
        out = super().parameters(client, props)
        if "healthCheck" not in props:
            return out
        check = {"healthyThreshold": 3, "unhealthyThreshold": 3} | dict(props["healthCheck"])
        if "matcher" in check:
            grpc = props.get("protocolVersion") == "GRPC"
            out["Matcher"] = {"GrpcCode" if grpc else "HttpCode": check.pop("matcher")}
        return out | request(client, self.create_call, check, self.health)

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Attributes."""
        attributes = target_group_attributes(props)
        if attributes:
            aws.client(self.service).modify_target_group_attributes(TargetGroupArn=id_, Attributes=attributes)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The suffix that CloudWatch and scaling policies know the group by."""
        return {"arnSuffix": id_.rpartition(":")[2]}


def actions(client: Any, call: str, name: str, given: list[dict[str, Any]]) -> dict[str, Any]:
    """The actions of a listener or rule; the provider numbers them and completes redirects."""
    whole = []
    for action in given:
        complete = dict(action)
        if "redirect" in action:
            complete["redirect"] = REDIRECT | dict(action["redirect"])
        if "stickiness" in action.get("forward", {}):
            sticky = {"enabled": False} | dict(action["forward"]["stickiness"])
            complete["forward"] = {**action["forward"], "stickiness": sticky}
        whole.append(complete)
    return request(client, call, {name: whole}, ACTION_NAMES)


@resource("aws:lb/listener:Listener")
class Listener(Balancing):
    """A port that a balancer listens on."""

    create_call, id_path = "create_listener", "Listeners[0].ListenerArn"
    read_call, read_by, read_path = "describe_listeners", "ListenerArns", "Listeners[0]"
    apart = ("certificateArn", "defaultActions", "tcpIdleTimeoutSeconds", "mutualAuthentication")
    outputs = ("arn", "protocol", "sslPolicy")
    paths: ClassVar = {"arn": "ListenerArn"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """An application balancer's listener speaks HTTP unless it is told otherwise."""
        out: dict[str, Any] = {"Protocol": "HTTP"} if ":loadbalancer/app/" in props["loadBalancerArn"] else {}
        if "certificateArn" in props:
            out["Certificates"] = [{"CertificateArn": props["certificateArn"]}]
        if "mutualAuthentication" in props:
            mutual = {k: v for k, v in props["mutualAuthentication"].items() if v != ""}
            names = {"ignoreClientCertificateExpiry": "IgnoreClientCertificateExpiry"}
            out |= request(client, self.create_call, {"mutualAuthentication": mutual}, names)
        return (
            out
            | actions(client, self.create_call, "defaultActions", props["defaultActions"])
            | super().parameters(client, props)
        )

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Attributes."""
        attributes = [{"Key": listener_attribute(name), "Value": _text(value)} for name, value in props.items()]
        attributes = [attribute for attribute in attributes if attribute["Key"]]
        if attributes:
            aws.client(self.service).modify_listener_attributes(ListenerArn=id_, Attributes=attributes)


def listener_attribute(name: str) -> str:
    """AWS's key for a property such as ``routingHttpResponseServerEnabled``; empty for other properties."""
    if name == "tcpIdleTimeoutSeconds":
        return "tcp.idle_timeout.seconds"
    found = LISTENER_ATTRIBUTE.match(re.sub(r"([A-Z])", r"_\1", name).lower())
    return "routing.http." + ".".join(found.groups()) if found else ""


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@resource("aws:lb/listenerRule:ListenerRule")
class ListenerRule(Balancing):
    """A rule of a listener; without a priority it comes after those there are."""

    create_call, id_path = "create_rule", "Rules[0].RuleArn"
    read_call, read_by, read_path = "describe_rules", "RuleArns", "Rules[0]"
    rename: ClassVar = {"rewrite": "Rewrites"}
    apart = ("actions", "conditions", "priority")
    outputs = ("arn", "priority")
    paths: ClassVar = {"arn": "RuleArn", "priority": "to_number(Priority)"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """Actions, conditions and a place among the other rules."""
        return {
            "Priority": props.get("priority") or self._last(client, props["listenerArn"]) + 1,
            "Conditions": [condition(client, given) for given in props["conditions"]],
            **actions(client, self.create_call, "actions", props["actions"]),
            **super().parameters(client, props),
        }

    def _last(self, client: Any, listener: str) -> int:
        rules = client.describe_rules(ListenerArn=listener)["Rules"]
        return max((int(rule["Priority"]) for rule in rules if rule["Priority"] != "default"), default=0)


def condition(client: Any, given: Props) -> dict[str, Any]:
    """One condition: Pulumi names its kind, AWS its field and its block."""
    ((kind, block),) = given.items()
    field, name = CONDITIONS[kind]
    values = {"values": block} if kind == "queryStrings" else block
    shaped = request(client, "create_rule", {"conditions": [{name: values}]})
    return {"Field": field} | shaped["Conditions"][0]


@resource("aws:lb/listenerCertificate:ListenerCertificate")
class ListenerCertificate(Resource):
    """A further certificate of a listener."""

    def create(self, aws: Aws, props: Props) -> str:
        """The id names listener and certificate."""
        certificate = [{"CertificateArn": props["certificateArn"]}]
        aws.client("elbv2").add_listener_certificates(ListenerArn=props["listenerArn"], Certificates=certificate)
        return f"{props['listenerArn']}_{props['certificateArn']}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Nothing beyond the inputs."""
        return {}


@resource("aws:lb/targetGroupAttachment:TargetGroupAttachment")
class TargetGroupAttachment(Resource):
    """A single target that is registered by hand."""

    def create(self, aws: Aws, props: Props) -> str:
        """The id is one that the provider makes up."""
        names = {
            "targetId": "Id",
            "port": "Port",
            "availabilityZone": "AvailabilityZone",
            "quicServerId": "QuicServerId",
        }
        target = {theirs: props[ours] for ours, theirs in names.items() if ours in props}
        aws.client("elbv2").register_targets(TargetGroupArn=props["targetGroupArn"], Targets=[target])
        return f"{props['targetGroupArn']}-{unique(self.token, props)}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Nothing beyond the inputs."""
        return {}


for _kind in (LoadBalancer, TargetGroup, Listener, ListenerRule, ListenerCertificate, TargetGroupAttachment):
    RESOURCES[_kind.token.replace("aws:lb/", "aws:alb/")] = RESOURCES[_kind.token]


def _found(kind: type[Balancing], aws: Aws, props: Props, describe: str, by_name: str) -> dict[str, Any]:
    """A balancer or target group by its ARN or its name."""
    handler, arn = kind(), props.get("arn")
    if arn is None:
        answer = getattr(aws.client("elbv2"), describe)(**{by_name: [props["name"]]})
        (items,) = (value for key, value in answer.items() if isinstance(value, list))
        arn = items[0][kind.paths["arn"]]
    return {**handler.read(aws, arn, {}), "id": arn}


@function("aws:lb/getLoadBalancer:getLoadBalancer")
@function("aws:alb/getLoadBalancer:getLoadBalancer")
def get_load_balancer(aws: Aws, props: Props) -> dict[str, Any]:
    """A balancer that is made elsewhere."""
    return _found(LoadBalancer, aws, props, "describe_load_balancers", "Names")


@function("aws:lb/getTargetGroup:getTargetGroup")
@function("aws:alb/getTargetGroup:getTargetGroup")
def get_target_group(aws: Aws, props: Props) -> dict[str, Any]:
    """A target group that is made elsewhere."""
    return _found(TargetGroup, aws, props, "describe_target_groups", "Names")
