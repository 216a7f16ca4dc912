"""The attributes that balancers, target groups and listeners have before anybody sets one.

Lists and defaults: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html,
API_TargetGroupAttribute and API_ListenerAttribute.
"""

from __future__ import annotations

from typing import Any

from moto.elbv2.models import FakeListener, FakeLoadBalancer, FakeTargetGroup

from floodgate.offline.repairs.patching import patch, replace


def _s3(kind: str) -> dict[str, str]:
    return {f"{kind}.s3.enabled": "false", f"{kind}.s3.bucket": "", f"{kind}.s3.prefix": ""}


BALANCER = {"deletion_protection.enabled": "false", "zonal_shift.config.enabled": "false"} | _s3("access_logs")
APPLICATION = (
    BALANCER
    | _s3("connection_logs")
    | _s3("health_check_logs")
    | {
        "client_keep_alive.seconds": "3600",
        "idle_timeout.timeout_seconds": "60",
        "load_balancing.cross_zone.enabled": "true",
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "false",
        "routing.http.preserve_host_header.enabled": "false",
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
        "routing.http.xff_client_port.enabled": "false",
        "routing.http.xff_header_processing.mode": "append",
        "routing.http2.enabled": "true",
        "waf.fail_open.enabled": "false",
    }
)
NETWORK = BALANCER | {
    "dns_record.client_routing_policy": "any_availability_zone",
    "ipv6.deny_all_igw_traffic": "false",
    "load_balancing.cross_zone.enabled": "false",
    "secondary_ips.auto_assigned.per_subnet": "0",
}
GATEWAY = {"deletion_protection.enabled": "false", "load_balancing.cross_zone.enabled": "false"}
BALANCERS = {"application": APPLICATION, "network": NETWORK, "gateway": GATEWAY}

TARGETS = {
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "stickiness.enabled": "false",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
HTTP_TARGETS = TARGETS | {
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.algorithm.type": "round_robin",
    "slow_start.duration_seconds": "0",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.type": "lb_cookie",
}
NETWORK_TARGETS = TARGETS | {
    "deregistration_delay.connection_termination.enabled": "false",
    "preserve_client_ip.enabled": "true",
    "proxy_protocol_v2.enabled": "false",
    "stickiness.type": "source_ip",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
}
LAMBDA_TARGETS = {"lambda.multi_value_headers.enabled": "false"}
HTTP = ("HTTP", "HTTPS")

replace(FakeLoadBalancer, "VALID_ATTRS", FakeLoadBalancer.VALID_ATTRS | set(APPLICATION) | set(NETWORK))


@patch(FakeLoadBalancer, "__init__")
def balancer_with_attributes(self: Any, *args: Any, **kwargs: Any) -> None:
    """Moto knows 4 of some 20 attributes until they are set."""
    balancer_with_attributes.original(self, *args, **kwargs)
    self.attrs = dict(BALANCERS[self.type])


@patch(FakeTargetGroup, "__init__")
def target_group_with_attributes(self: Any, *args: Any, **kwargs: Any) -> None:
    """Moto knows 6 attributes, one of them a balancer's."""
    target_group_with_attributes.original(self, *args, **kwargs)
    if self.target_type == "lambda":
        self.attributes = dict(LAMBDA_TARGETS)
    else:
        self.attributes = dict(HTTP_TARGETS if self.protocol in HTTP else NETWORK_TARGETS)


@patch(FakeListener, "__init__")
def listener_with_attributes(self: Any, *args: Any, **kwargs: Any) -> None:
    """Moto gives web listeners the idle timeout of TCP, and plain ones a TLS policy."""
    listener_with_attributes.original(self, *args, **kwargs)
    if self.protocol in HTTP:
        self.attributes = {"routing.http.response.server.enabled": "true"}
    if self.protocol not in {"HTTPS", "TLS"}:
        self.ssl_policy = None
