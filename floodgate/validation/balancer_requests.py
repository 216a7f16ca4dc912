"""The create calls that would make what a saved plan describes of balancers and target groups."""

from __future__ import annotations

from collections.abc import Iterator

from floodgate.validation.request import Request, request
from floodgate.validation.told import Told

SERVICE = "elbv2"
MOST_ATTRIBUTES = 20


def balancers(told: Told) -> Iterator[Request]:
    """CreateLoadBalancer of every balancer."""
    for balancer in told.items(SERVICE, "describe_load_balancers"):
        name, places = balancer["LoadBalancerName"], balancer.get("AvailabilityZones") or ()
        made = request(
            f"load balancer {name}", SERVICE, "CreateLoadBalancer", balancer, Name=name,
            Subnets=[place["SubnetId"] for place in places if place.get("SubnetId")],
        )  # fmt: skip
        yield Request(
            made.resource, SERVICE, made.operation, made.params,
            ("elbv2.describe_load_balancers", "LoadBalancerName", name),
        )  # fmt: skip


def balancer_attributes(told: Told) -> Iterator[Request]:
    """ModifyLoadBalancerAttributes with the attributes of every balancer."""
    for balancer in told.items(SERVICE, "describe_load_balancers"):
        arn, name = balancer["LoadBalancerArn"], balancer["LoadBalancerName"]
        given = told.items(SERVICE, "describe_load_balancer_attributes", LoadBalancerArn=arn)
        # a balancer has more of them than one call takes
        for first in range(0, len(given), MOST_ATTRIBUTES):
            params = {"LoadBalancerArn": arn, "Attributes": given[first : first + MOST_ATTRIBUTES]}
            yield Request(f"attributes of load balancer {name}", SERVICE, "ModifyLoadBalancerAttributes", params)


def reservations(told: Told) -> Iterator[Request]:
    """ModifyCapacityReservation of every balancer that has capacity reserved."""
    for balancer in told.items(SERVICE, "describe_load_balancers"):
        arn, name = balancer["LoadBalancerArn"], balancer["LoadBalancerName"]
        reserved = told.answer(SERVICE, "describe_capacity_reservation", LoadBalancerArn=arn)
        if reserved.get("MinimumLoadBalancerCapacity"):
            where = f"capacity reservation of load balancer {name}"
            yield request(where, SERVICE, "ModifyCapacityReservation", reserved, LoadBalancerArn=arn)


def listeners(told: Told) -> Iterator[Request]:
    """CreateListener of every listener."""
    for listener in told.items(SERVICE, "describe_listeners"):
        balancer = listener["LoadBalancerArn"].rpartition("/")[0].rpartition("/")[2]
        where = f"listener {listener.get('Protocol', '')} {listener.get('Port', '')} of load balancer {balancer}"
        made = request(where, SERVICE, "CreateListener", listener)
        itself = ("elbv2.describe_listeners", "ListenerArn", listener["ListenerArn"])
        yield Request(made.resource, SERVICE, made.operation, made.params, itself)


def target_groups(told: Told) -> Iterator[Request]:
    """CreateTargetGroup of every target group."""
    for group in told.items(SERVICE, "describe_target_groups"):
        name = group["TargetGroupName"]
        made = request(f"target group {name}", SERVICE, "CreateTargetGroup", group, Name=name)
        itself = ("elbv2.describe_target_groups", "TargetGroupName", name)
        yield Request(made.resource, SERVICE, made.operation, made.params, itself)


def target_group_attributes(told: Told) -> Iterator[Request]:
    """ModifyTargetGroupAttributes with the attributes of every target group."""
    for group in told.items(SERVICE, "describe_target_groups"):
        arn, name = group["TargetGroupArn"], group["TargetGroupName"]
        given = told.items(SERVICE, "describe_target_group_attributes", TargetGroupArn=arn)
        params = {"TargetGroupArn": arn, "Attributes": given}
        if given:
            yield Request(f"attributes of target group {name}", SERVICE, "ModifyTargetGroupAttributes", params)
