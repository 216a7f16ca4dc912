"""Properties of balancers, target groups and listeners that AWS keeps as attributes, pairs of text.

Keys and defaults: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html,
API_TargetGroupAttribute and API_ListenerAttribute. Pulumi's defaults are AWS's own, so what is left out need not be
sent; what is taken away is set back to them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from floodgate.offline.handlers.base import Props

ANY_BALANCER = {
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
}
CROSS_ZONE = "load_balancing.cross_zone.enabled"
LOGS = {"accessLogs": "access_logs", "connectionLogs": "connection_logs", "healthCheckLogs": "health_check_logs"}
LOG_FIELDS = ("enabled", "bucket", "prefix")


def _logs(*names: str) -> dict[str, str]:
    return {f"{name}.{field}": f"{LOGS[name]}.s3.{field}" for name in names for field in LOG_FIELDS}


BALANCER = {
    "application": ANY_BALANCER
    | _logs(*LOGS)
    | {
        "clientKeepAlive": "client_keep_alive.seconds",
        "desyncMitigationMode": "routing.http.desync_mitigation_mode",
        "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
        "enableHttp2": "routing.http2.enabled",
        "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
        "enableWafFailOpen": "waf.fail_open.enabled",
        "enableXffClientPort": "routing.http.xff_client_port.enabled",
        "idleTimeout": "idle_timeout.timeout_seconds",
        "preserveHostHeader": "routing.http.preserve_host_header.enabled",
        "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
    },
    "network": ANY_BALANCER
    | _logs("accessLogs")
    | {
        "dnsRecordClientRoutingPolicy": "dns_record.client_routing_policy",
        "enableCrossZoneLoadBalancing": CROSS_ZONE,
        "secondaryIpsAutoAssignedPerSubnet": "secondary_ips.auto_assigned.per_subnet",
    },
    "gateway": {"enableCrossZoneLoadBalancing": CROSS_ZONE, "enableDeletionProtection": "deletion_protection.enabled"},
}
BALANCER_NAMES = frozenset(path.partition(".")[0] for names in BALANCER.values() for path in names)

ANY_TARGETS = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "loadBalancingCrossZoneEnabled": CROSS_ZONE,
    "stickiness.enabled": "stickiness.enabled",
    "stickiness.type": "stickiness.type",
    "targetFailovers.onDeregistration": "target_failover.on_deregistration",
    "targetFailovers.onUnhealthy": "target_failover.on_unhealthy",
    "targetGroupHealth.dnsFailover.minimumHealthyTargetsCount": (
        "target_group_health.dns_failover.minimum_healthy_targets.count"
    ),
    "targetGroupHealth.dnsFailover.minimumHealthyTargetsPercentage": (
        "target_group_health.dns_failover.minimum_healthy_targets.percentage"
    ),
    "targetGroupHealth.unhealthyStateRouting.minimumHealthyTargetsCount": (
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"
    ),
    "targetGroupHealth.unhealthyStateRouting.minimumHealthyTargetsPercentage": (
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage"
    ),
}
HTTP_TARGETS = ANY_TARGETS | {
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "slowStart": "slow_start.duration_seconds",
    "stickiness.cookieName": "stickiness.app_cookie.cookie_name",
}
NETWORK_TARGETS = ANY_TARGETS | {
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "targetHealthStates.enableUnhealthyConnectionTermination": (
        "target_health_state.unhealthy.connection_termination.enabled"
    ),
    "targetHealthStates.unhealthyDrainingInterval": "target_health_state.unhealthy.draining_interval_seconds",
}
LAMBDA_TARGETS = {"lambdaMultiValueHeadersEnabled": "lambda.multi_value_headers.enabled"}
TARGET_NAMES = frozenset(path.partition(".")[0] for path in (*HTTP_TARGETS, *NETWORK_TARGETS, *LAMBDA_TARGETS))
HTTP = frozenset({"HTTP", "HTTPS"})

USUAL = {
    "client_keep_alive.seconds": "3600",
    "deletion_protection.enabled": "false",
    "deregistration_delay.connection_termination.enabled": "false",
    "deregistration_delay.timeout_seconds": "300",
    "dns_record.client_routing_policy": "any_availability_zone",
    "idle_timeout.timeout_seconds": "60",
    "lambda.multi_value_headers.enabled": "false",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.algorithm.type": "round_robin",
    "preserve_client_ip.enabled": "true",
    "proxy_protocol_v2.enabled": "false",
    "routing.http.response.server.enabled": "true",
    "secondary_ips.auto_assigned.per_subnet": "0",
    "slow_start.duration_seconds": "0",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "stickiness.enabled": "false",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "target_failover.on_deregistration": "no_rebalance",
    "target_failover.on_unhealthy": "no_rebalance",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
    "tcp.idle_timeout.seconds": "350",
    "zonal_shift.config.enabled": "false",
} | {f"{theirs}.s3.{field}": "false" if field == "enabled" else "" for theirs in LOGS.values() for field in LOG_FIELDS}

REQUEST_HEADERS = (
    *("MtlsClientcertSerialNumber", "MtlsClientcertIssuer", "MtlsClientcertSubject", "MtlsClientcertValidity"),
    *("MtlsClientcertLeaf", "MtlsClientcert", "TlsVersion", "TlsCipherSuite"),
)
RESPONSE_HEADERS = (
    *("StrictTransportSecurity", "AccessControlAllowOrigin", "AccessControlAllowMethods", "AccessControlAllowHeaders"),
    *("AccessControlAllowCredentials", "AccessControlExposeHeaders", "AccessControlMaxAge", "ContentSecurityPolicy"),
    *("XContentTypeOptions", "XFrameOptions"),
)


def _words(name: str, by: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", rf"{by}\1", name)


LISTENER = (
    {
        f"routingHttpRequestXAmzn{header}HeaderName": (
            f"routing.http.request.x_amzn_{_words(header, '_').lower()}.header_name"
        )
        for header in REQUEST_HEADERS
    }
    | {
        f"routingHttpResponse{header}HeaderValue": f"routing.http.response.{_words(header, '_').lower()}.header_value"
        for header in RESPONSE_HEADERS
    }
    | {
        "routingHttpResponseServerEnabled": "routing.http.response.server.enabled",
        "tcpIdleTimeoutSeconds": "tcp.idle_timeout.seconds",
    }
)
LISTENER_USUAL = (
    USUAL
    | {LISTENER[f"routingHttpResponse{header}HeaderValue"]: "" for header in RESPONSE_HEADERS}
    | {
        LISTENER[f"routingHttpRequestXAmzn{header}HeaderName"]: f"X-Amzn-{_words(header, '-')}"
        for header in REQUEST_HEADERS
    }
)


def balancer_attributes(props: Props) -> dict[str, str]:
    """A load balancer's attributes, of those that its type has, as AWS names them."""
    logs = {name: {"enabled": False, **props[name]} for name in LOGS if props.get(name)}
    return _found({**props, **logs}, BALANCER[props.get("loadBalancerType", "application")])


def target_names(props: Props) -> Mapping[str, str]:
    """Which attributes a target group of this type and protocol has: Pulumi's name, as a path, to AWS's key."""
    if props.get("targetType") == "lambda":
        return LAMBDA_TARGETS
    return HTTP_TARGETS if props.get("protocol") in HTTP else NETWORK_TARGETS


def target_group_attributes(props: Props) -> dict[str, str]:
    """A target group's attributes, of those that its type and protocol have, as AWS names them."""
    found, sticky = _found(props, target_names(props)), props.get("stickiness") or {}
    if sticky and "stickiness.enabled" in target_names(props):
        # a group that is given stickiness has it, unless it says otherwise
        found.setdefault("stickiness.enabled", "true")
        if "cookieDuration" in sticky:
            kind = sticky.get("type", "lb_cookie")
            found[f"stickiness.{kind}.duration_seconds"] = _text(sticky["cookieDuration"])
    return found


def listener_attributes(props: Props) -> dict[str, str]:
    """A listener's attributes, as AWS names them."""
    return _found(props, LISTENER)


def pairs(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    """Attributes as requests have them."""
    return [{"Key": key, "Value": value} for key, value in sorted(attributes.items())]


def changed(old: Mapping[str, str], new: Mapping[str, str], usual: Mapping[str, str] = USUAL) -> list[dict[str, str]]:
    """What must be sent to get from `old` to `new`: what differs, and the usual value of what was taken away."""
    away = {key: usual[key] for key in old if key not in new and key in usual}
    return pairs({key: value for key, value in (away | dict(new)).items() if old.get(key) != value})


def told_attributes(answer: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The properties, nested as Pulumi has them, that an answer with attributes tells; all values are text.

    Args:
        answer: what a describe call for attributes answered.
        names: Pulumi's name, as a path, to AWS's key.
    """
    attributes = {one["Key"]: one["Value"] for one in answer["Attributes"]}
    out: dict[str, Any] = {}
    for path, key in names.items():
        if key in attributes:
            *outer, name = path.split(".")
            block = out
            for part in outer:
                block = block.setdefault(part, {})
            block[name] = attributes[key]
    kind = attributes.get("stickiness.type")
    if "stickiness" in out and f"stickiness.{kind}.duration_seconds" in attributes:
        out["stickiness"]["cookieDuration"] = attributes[f"stickiness.{kind}.duration_seconds"]
    return out


def _found(props: Props, names: Mapping[str, str]) -> dict[str, str]:
    values = {theirs: _at(props, ours) for ours, theirs in names.items()}
    return {key: _text(value) for key, value in values.items() if value is not None}


def _at(props: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(props, list):
            props = props[0] if props else None
        props = props.get(part) if isinstance(props, Mapping) else None
    return props


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
