"""The balancer before the group: target group, health check, listeners, attributes, reserved capacity."""

from __future__ import annotations

from typing import Any

from floodgate.awsrules.balancer.fail_open import Threshold
from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.plan import Balancer, TargetGroup
from floodgate.rehearsal.reading.calls import Calls, NotTold, Unanswered
from floodgate.rehearsal.reading.values import Described, need, whole

_NO_BALANCER = "the group is read without its balancer"


def read_balancer(calls: Calls, group: Described) -> tuple[Balancer, Described] | None:
    """The Application Load Balancer that the group's targets stand behind, with its description; None without one."""
    arns = list(group.get("TargetGroupARNs") or [])
    sources = group.get("TrafficSources") or []
    arns += [s.get("Identifier") for s in sources if s.get("Type", "elbv2") == "elbv2"]
    for arn in dict.fromkeys(arns):
        found = calls.told(_NO_BALANCER, "elbv2", "describe_target_groups", "TargetGroups", TargetGroupArns=[arn])
        for described in found:
            balancer = _before(calls, described)
            if balancer:
                return _balancer(calls, balancer, described), balancer
    return None


def _before(calls: Calls, target_group: Described) -> Described | None:
    """The balancer that the target group belongs to."""
    arns = target_group.get("LoadBalancerArns") or []
    if not arns:
        return None
    found = calls.told(_NO_BALANCER, "elbv2", "describe_load_balancers", "LoadBalancers", LoadBalancerArns=arns[:1])
    return found[0] if found else None


def _balancer(calls: Calls, balancer: Described, target_group: Described) -> Balancer:
    what = "the load balancer"
    arn = need(balancer, "LoadBalancerArn", what)
    attributes = _attributes(calls, "describe_load_balancer_attributes", LoadBalancerArn=arn)
    return Balancer(
        name=need(balancer, "LoadBalancerName", what),
        arn=arn,
        zones=len(balancer.get("AvailabilityZones") or ()) or 1,
        reserved_lcu=_reserved_lcu(calls, arn),
        target_group=_target_group(calls, target_group),
        tls=_tls(calls, arn),
        idle_timeout_s=_number(attributes, "idle_timeout.timeout_seconds", 60),
    )


def _tls(calls: Calls, arn: str) -> bool:
    """Whether a listener speaks HTTPS; where listeners are not told it is assumed, which is the dearer."""
    try:
        listeners = calls.all("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
    except NotTold as gap:
        calls.note(f"{gap.file} is not there: HTTPS is assumed at the balancer")
        return True
    return any(listener.get("Protocol") == "HTTPS" for listener in listeners)


def _target_group(calls: Calls, described: Described) -> TargetGroup:
    what = "the target group"
    arn = need(described, "TargetGroupArn", what)
    attributes = _attributes(calls, "describe_target_group_attributes", TargetGroupArn=arn)
    return TargetGroup(
        name=need(described, "TargetGroupName", what),
        health_interval_s=whole(described, "HealthCheckIntervalSeconds", what, 30, least=1),
        health_timeout_s=whole(described, "HealthCheckTimeoutSeconds", what, 5, least=1),
        healthy_threshold=whole(described, "HealthyThresholdCount", what, 5, least=1),
        unhealthy_threshold=whole(described, "UnhealthyThresholdCount", what, 2, least=1),
        slow_start_s=_number(attributes, "slow_start.duration_seconds", 0),
        deregistration_delay_s=_number(attributes, "deregistration_delay.timeout_seconds", 300),
        algorithm=attributes.get("load_balancing.algorithm.type") or "round_robin",
        routing=Threshold(_healthy(attributes, "count", 1), _healthy(attributes, "percentage", None)),
    )


def _attributes(calls: Calls, operation: str, **of: str) -> dict[str, str]:
    found = calls.told("AWS's defaults are taken for these attributes", "elbv2", operation, "Attributes", **of)
    return {a["Key"]: a.get("Value") or "" for a in found if a.get("Key")}


def _healthy(attributes: dict[str, str], unit: str, default: int | None) -> int | None:
    """The healthy targets below which requests go to all, None where that is off."""
    key = f"target_group_health.unhealthy_state_routing.minimum_healthy_targets.{unit}"
    text = attributes.get(key)
    if text is None:
        return default
    return None if text == "off" else _number(attributes, key, 0)


def _number(attributes: dict[str, str], key: str, default: int) -> int:
    text = attributes.get(key, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise PlanError(f"attribute {key} is {text!r}, which is no whole number; correct it")
    return int(text)


def _reserved_lcu(calls: Calls, arn: str) -> int:
    """The capacity units reserved for the balancer; a reservation that failed counts as none."""
    try:
        answer: Any = calls.one("elbv2", "describe_capacity_reservation", LoadBalancerArn=arn)
    except NotTold as gap:
        calls.note(f"{gap.file} is not there: no capacity is counted as reserved")
        return 0
    except Unanswered as error:
        # not every region and partition knows reservations
        calls.notes.append(f"no capacity reservation could be read: {error}")
        return 0
    states = {(s.get("State") or {}).get("Code") for s in answer.get("CapacityReservationState") or []}
    if "failed" in states:
        calls.notes.append("the balancer's capacity reservation failed: it is counted as none")
        return 0
    return whole(answer.get("MinimumLoadBalancerCapacity") or {}, "CapacityUnits", "the reserved capacity", 0)
