"""The balancer before the group: target group, health check, listeners, reserved capacity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from floodgate.rehearsal.plan import Balancer, TargetGroup
from floodgate.rehearsal.reading.calls import Calls, Unanswered


def read_balancer(calls: Calls, group: Mapping[str, Any]) -> tuple[Balancer, str] | None:
    """The Application Load Balancer that the group's targets stand behind, with its DNS name; None without one."""
    arns = list(group.get("TargetGroupARNs", []))
    arns += [s["Identifier"] for s in group.get("TrafficSources", []) if s.get("Type", "elbv2") == "elbv2"]
    for arn in dict.fromkeys(arns):
        described = calls.all("elbv2", "describe_target_groups", "TargetGroups", TargetGroupArns=[arn])[0]
        if described.get("LoadBalancerArns"):
            balancer = calls.all(
                "elbv2", "describe_load_balancers", "LoadBalancers", LoadBalancerArns=described["LoadBalancerArns"][:1]
            )[0]
            return _balancer(calls, balancer, described), balancer["DNSName"]
    return None


def _balancer(calls: Calls, balancer: Mapping[str, Any], target_group: Mapping[str, Any]) -> Balancer:
    arn = balancer["LoadBalancerArn"]
    listeners = calls.all("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
    return Balancer(
        name=balancer["LoadBalancerName"],
        arn=arn,
        zones=len(balancer["AvailabilityZones"]),
        reserved_lcu=_reserved_lcu(calls, arn),
        target_group=_target_group(calls, target_group),
        tls=any(listener.get("Protocol") == "HTTPS" for listener in listeners),
    )


def _target_group(calls: Calls, described: Mapping[str, Any]) -> TargetGroup:
    answer = calls.all(
        "elbv2", "describe_target_group_attributes", "Attributes", TargetGroupArn=described["TargetGroupArn"]
    )
    attributes = {a["Key"]: a["Value"] for a in answer}
    return TargetGroup(
        name=described["TargetGroupName"],
        health_interval_s=described.get("HealthCheckIntervalSeconds", 30),
        health_timeout_s=described.get("HealthCheckTimeoutSeconds", 5),
        healthy_threshold=described.get("HealthyThresholdCount", 5),
        unhealthy_threshold=described.get("UnhealthyThresholdCount", 2),
        slow_start_s=int(attributes.get("slow_start.duration_seconds", 0)),
        deregistration_delay_s=int(attributes.get("deregistration_delay.timeout_seconds", 300)),
    )


def _reserved_lcu(calls: Calls, arn: str) -> int:
    """The capacity units reserved for the balancer; a reservation that failed counts as none."""
    try:
        answer = calls.one("elbv2", "describe_capacity_reservation", LoadBalancerArn=arn)
    except Unanswered as error:
        # not every region and partition knows reservations
        calls.notes.append(f"no capacity reservation could be read: {error}")
        return 0
    states = {s.get("State", {}).get("Code") for s in answer.get("CapacityReservationState", [])}
    if "failed" in states:
        calls.notes.append("the balancer's capacity reservation failed: it is counted as none")
        return 0
    return int(answer.get("MinimumLoadBalancerCapacity", {}).get("CapacityUnits", 0))
