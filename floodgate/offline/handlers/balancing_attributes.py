"""Properties of balancers and target groups that AWS keeps as attributes, pairs of text.

Keys: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html and
API_TargetGroupAttribute. Pulumi's defaults are AWS's own, so what is left out need not be sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from floodgate.offline.handlers.base import Props

ANY_BALANCER = {
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
}
BALANCER = {
    "application": ANY_BALANCER
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
    | {
        "dnsRecordClientRoutingPolicy": "dns_record.client_routing_policy",
        "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
        "secondaryIpsAutoAssignedPerSubnet": "secondary_ips.auto_assigned.per_subnet",
    },
    "gateway": {
        "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
        "enableDeletionProtection": "deletion_protection.enabled",
    },
}
LOGS = {"accessLogs": "access_logs", "connectionLogs": "connection_logs", "healthCheckLogs": "health_check_logs"}

ANY_TARGETS = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
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


def balancer_attributes(props: Props) -> list[dict[str, str]]:
    """A load balancer's attributes, of those that its type has."""
    found = _found(props, BALANCER[props.get("loadBalancerType", "application")])
    for ours, theirs in LOGS.items():
        if ours in props:
            logs = {"enabled": False, **props[ours]}
            found |= {
                f"{theirs}.s3.{name}": _text(logs[name]) for name in ("enabled", "bucket", "prefix") if name in logs
            }
    return _pairs(found)


def target_group_attributes(props: Props) -> list[dict[str, str]]:
    """A target group's attributes, of those that its type and protocol have."""
    if props.get("targetType") == "lambda":
        return _pairs(_found(props, LAMBDA_TARGETS))
    sticky = props.get("stickiness", {})
    found = _found(props, HTTP_TARGETS if props.get("protocol") in {"HTTP", "HTTPS"} else NETWORK_TARGETS)
    if sticky:
        # a group that is given stickiness has it, unless it says otherwise
        found.setdefault("stickiness.enabled", "true")
    if "cookieDuration" in sticky:
        kind = sticky.get("type", "lb_cookie")
        found[f"stickiness.{kind}.duration_seconds"] = _text(sticky["cookieDuration"])
    return _pairs(found)


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


def _pairs(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(attributes.items())]
