"""Elastic Load Balancing: what it refuses of balancers, target groups and capacity reservations.

Sources: "Application Load Balancers",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html; "Edit target
group attributes",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html; "Capacity unit
reservations", https://docs.aws.amazon.com/elasticloadbalancing/latest/application/capacity-unit-reservation.html.
"""

from __future__ import annotations

import re
from typing import Any

from floodgate.awsrules.balancer.capacity_units import MAX_RESERVATION_LCU, MIN_RESERVATION_LCU
from floodgate.awsrules.legality import elbv2_listeners
from floodgate.awsrules.legality.checking import matching, one_of, required, within
from floodgate.awsrules.legality.facts import Check, Facts, Params
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationError"
CONFIGURATION = "InvalidConfigurationRequest"
FREE_ADDRESSES, SMALLEST_PREFIX = 8, 27
NAME = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?"
NAME_RULE = "it must be at most 32 letters, digits and hyphens, and neither begin nor end with a hyphen"
ALGORITHMS = ("round_robin", "least_outstanding_requests", "weighted_random")
NUMBERS = {
    "deregistration_delay.timeout_seconds": (0, 3_600),
    "stickiness.lb_cookie.duration_seconds": (1, 604_800),
    "stickiness.app_cookie.duration_seconds": (1, 604_800),
}
BALANCER_NUMBERS = {"client_keep_alive.seconds": (60, 604_800), "idle_timeout.timeout_seconds": (1, 4_000)}
BALANCER_WORDS = {
    "routing.http.desync_mitigation_mode": ("defensive", "monitor", "strictest"),
    "routing.http.xff_header_processing.mode": ("append", "preserve", "remove"),
}


def create_load_balancer(params: Params, facts: Facts) -> None:
    """CreateLoadBalancer: an Application Load Balancer needs two zones, and room for its nodes in each."""
    matching(INVALID, "Name", params["Name"], NAME, NAME_RULE)
    if params["Name"].startswith("internal-"):
        rule = "it must not begin with internal-"
        raise Refusal(INVALID, value=f"Name is {params['Name']!r}", rule=rule, remedy="choose another Name")
    if params.get("Type", "application") != "application":
        return
    asked = params.get("Subnets") or [mapping["SubnetId"] for mapping in params.get("SubnetMappings") or ()]
    told = facts.known("ec2.describe_subnets", {})
    known = {subnet["SubnetId"]: subnet for subnet in told or ()}
    unknown = [subnet for subnet in asked if subnet not in known] if told is not None else asked
    for subnet in unknown:
        if told is not None and facts.is_missing(f"subnet {subnet}"):
            rule = f"The subnet ID '{subnet}' does not exist"
            raise Refusal("SubnetNotFound", value="Subnets", rule=rule, remedy="name subnets of this account")
    if not unknown:
        _check_zones([known[subnet] for subnet in asked])


def _check_zones(subnets: list[dict[str, Any]]) -> None:
    zones = [subnet["AvailabilityZone"] for subnet in subnets]
    if len(set(zones)) < 2:
        rule = "At least two subnets in two different Availability Zones must be specified"
        value = f"subnets in {', '.join(sorted(set(zones))) or 'no zone'}"
        raise Refusal(INVALID, value=value, rule=rule, remedy="give a subnet in another zone")
    if len(set(zones)) < len(zones):
        rule = "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
        raise Refusal(CONFIGURATION, value=f"subnets in {', '.join(zones)}", rule=rule, remedy="give one for each zone")
    for subnet in subnets:
        free = subnet.get("AvailableIpAddressCount", FREE_ADDRESSES)
        length = subnet["CidrBlock"].rpartition("/")[2]
        if free < FREE_ADDRESSES or (length.isdecimal() and int(length) > SMALLEST_PREFIX):
            value = f"subnet {subnet['SubnetId']} is {subnet['CidrBlock']} with {free} free addresses"
            rule = f"a subnet needs at least a /27 and {FREE_ADDRESSES} free addresses"
            raise Refusal("InvalidSubnet", value=value, rule=rule, remedy="choose a larger subnet")


def create_target_group(params: Params, _facts: Facts) -> None:
    """CreateTargetGroup."""
    matching(INVALID, "Name", params["Name"], NAME, NAME_RULE)
    if params.get("TargetType", "instance") != "lambda":
        required(INVALID, params, "Protocol", "Port", "VpcId", what=f"target group {params['Name']}")
    _check_health(params)


def modify_target_group(params: Params, facts: Facts) -> None:
    """ModifyTargetGroup: what it leaves out stays as it is."""
    groups = facts.known("elbv2.describe_target_groups", {"TargetGroupArns": [params["TargetGroupArn"]]})
    _check_health({**(groups[0] if groups else {}), **params})


def _check_health(params: Params) -> None:
    interval = params.get("HealthCheckIntervalSeconds", 30)
    timeout = params.get("HealthCheckTimeoutSeconds", 5)
    if timeout >= interval:
        value = f"HealthCheckTimeoutSeconds {timeout}, HealthCheckIntervalSeconds {interval}"
        rule = "Health check interval must be greater than the timeout"
        raise Refusal(INVALID, value=value, rule=rule, remedy="shorten the timeout")


def modify_target_group_attributes(params: Params, facts: Facts) -> None:
    """ModifyTargetGroupAttributes: ranges, and slow start only with round robin."""
    given = {item["Key"]: item["Value"] for item in params["Attributes"]}
    held = facts.known("elbv2.describe_target_group_attributes", {"TargetGroupArn": params["TargetGroupArn"]}) or ()
    after = {**{item["Key"]: item["Value"] for item in held}, **given}
    for key, (low, high) in NUMBERS.items():
        if key in given:
            within(CONFIGURATION, key, _number(key, given[key]), low, high, " s")
    slow_start_s = _number("slow_start.duration_seconds", after.get("slow_start.duration_seconds", "0"))
    if slow_start_s:
        within(CONFIGURATION, "slow_start.duration_seconds", slow_start_s, 30, 900, " s, or 0 for none")
    algorithm = after.get("load_balancing.algorithm.type", "round_robin")
    one_of(CONFIGURATION, "load_balancing.algorithm.type", algorithm, ALGORITHMS)
    if slow_start_s and algorithm != "round_robin":
        value = f"slow_start.duration_seconds {slow_start_s} with {algorithm}"
        rule = "slow start works with the round_robin algorithm only"
        raise Refusal(CONFIGURATION, value=value, rule=rule, remedy="turn one of the two off")


def _number(key: str, text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", str(text)):
        raise Refusal(CONFIGURATION, value=f"{key} is {text!r}", rule="it must be a number", remedy="give seconds")
    return int(text)


def modify_capacity_reservation(params: Params, _facts: Facts) -> None:
    """ModifyCapacityReservation: 100 to 15,000 capacity units, or none."""
    units = (params.get("MinimumLoadBalancerCapacity") or {}).get("CapacityUnits")
    if bool(params.get("ResetCapacityReservation")) == (units is not None):
        rule = "it needs either MinimumLoadBalancerCapacity or ResetCapacityReservation"
        raise Refusal(CONFIGURATION, value="the reservation", rule=rule, remedy="give one of them")
    if units is None:
        return
    code = "CapacityUnitsLimitExceeded" if units > MAX_RESERVATION_LCU else CONFIGURATION
    within(code, "CapacityUnits", units, MIN_RESERVATION_LCU, MAX_RESERVATION_LCU)


def modify_load_balancer_attributes(params: Params, _facts: Facts) -> None:
    """ModifyLoadBalancerAttributes: "LoadBalancerAttribute",
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html.
    """
    given = {item.get("Key", ""): item.get("Value", "") for item in params["Attributes"]}
    for key, (low, high) in BALANCER_NUMBERS.items():
        if key in given:
            within(CONFIGURATION, key, _number(key, given[key]), low, high, " s")
    for key, allowed in BALANCER_WORDS.items():
        one_of(CONFIGURATION, key, given.get(key), allowed)
    for key, value in given.items():
        if key.endswith(".enabled"):
            one_of(CONFIGURATION, key, value, ("false", "true"))
    for kind in ("access_logs", "connection_logs", "health_check_logs"):
        bucket = given.get(f"{kind}.s3.bucket")
        if given.get(f"{kind}.s3.enabled") == "true" and bucket is not None and not bucket:
            rule = "a bucket is required where logs are enabled"
            raise Refusal(CONFIGURATION, value=f"{kind}.s3.bucket is empty", rule=rule, remedy="name a bucket")
    if ":loadbalancer/app/" in params["LoadBalancerArn"] and given.get("load_balancing.cross_zone.enabled") == "false":
        rule = "it is always on for Application Load Balancers"
        value = "load_balancing.cross_zone.enabled is 'false'"
        raise Refusal(CONFIGURATION, value=value, rule=rule, remedy="turn it off for a target group")


CHECKS: dict[str, Check] = {
    **elbv2_listeners.CHECKS,
    "ModifyLoadBalancerAttributes": modify_load_balancer_attributes,
    "CreateLoadBalancer": create_load_balancer,
    "CreateTargetGroup": create_target_group,
    "ModifyTargetGroup": modify_target_group,
    "ModifyTargetGroupAttributes": modify_target_group_attributes,
    "ModifyCapacityReservation": modify_capacity_reservation,
}
