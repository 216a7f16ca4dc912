"""Load balancers: unique, in two zones, protected, with capacity reserved.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elbv2.exceptions import DuplicateLoadBalancerName, ELBClientError, LoadBalancerNotFoundError
from moto.elbv2.models import ELBv2Backend
from moto.elbv2.responses import ELBV2Response

from floodgate.offline.repairs.elbv2.hosted_zones import hosted_zone
from floodgate.offline.repairs.kept import keep
from floodgate.offline.repairs.patching import patch

FORGOTTEN = ("CustomerOwnedIpv4Pool", "EnablePrefixForIpv6SourceNat", "IpamPools")
TAGS_AT_MOST = 50


@patch(ELBV2Response, "create_load_balancer")
def create_within_rules(self: Any) -> ActionResult:
    """Moto takes a name twice, an ALB in one zone and security groups that do not exist."""
    params, backend = self._get_params(), self.elbv2_backend
    if any(balancer.name == params["Name"] for balancer in backend.load_balancers.values()):
        raise DuplicateLoadBalancerName
    check_zones(backend, params)
    for group in params.get("SecurityGroups", []):
        if backend.ec2_backend.get_security_group_from_id(group) is None:
            raise ELBClientError("InvalidSecurityGroup", f"Security group {group} does not exist")
    answer = create_within_rules.original(self)
    (balancer,) = answer.result["LoadBalancers"]
    balancer.canonical_hosted_zone_id = hosted_zone(self.region, balancer.type)
    if balancer.type == "application" and not balancer.security_groups:
        balancer.security_groups = [_default_security_group(backend, balancer.vpc_id)]
    keep(balancer, params, FORGOTTEN)
    return answer


def check_zones(backend: Any, params: Any) -> None:
    """Subnets of one balancer are in different zones, and an application balancer's in at least two."""
    subnets = params.get("Subnets") or [mapping["SubnetId"] for mapping in params.get("SubnetMappings", [])]
    zones = [backend.ec2_backend.get_subnet(subnet).availability_zone for subnet in subnets]
    if len(set(zones)) < len(zones):
        raise ELBClientError(
            "InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same zone"
        )
    if params.get("Type", "application") == "application" and len(zones) < 2:
        raise ELBClientError(
            "ValidationError", "At least two subnets in two different Availability Zones must be specified"
        )


def _default_security_group(backend: Any, vpc_id: str) -> str:
    return backend.ec2_backend.get_security_group_from_name("default", vpc_id).id


@patch(ELBv2Backend, "delete_load_balancer")
def delete_unless_protected(self: Any, arn: str) -> None:
    """Moto deletes balancers that are protected from deletion."""
    balancer = self.load_balancers.get(arn)
    if balancer and balancer.attrs["deletion_protection.enabled"] == "true":
        raise ELBClientError(
            "OperationNotPermitted",
            f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
        )
    delete_unless_protected.original(self, arn)


@patch(ELBv2Backend, "add_tags")
def add_tags(self: Any, resource_arns: list[str], tags: list[dict[str, str]]) -> None:
    """Moto allows 10 tags where AWS allows 50."""
    for arn in resource_arns:
        self._get_resource_by_arn(arn)
        keys = {*self.tagging_service.get_tag_dict_for_resource(arn), *(tag["Key"] for tag in tags)}
        if len(keys) > TAGS_AT_MOST:
            raise ELBClientError("TooManyTags", "The maximum number of tags has been reached on the resource")
        self.tagging_service.tag_resource(arn, tags)


@patch(ELBV2Response, "modify_capacity_reservation")
def modify_capacity_reservation(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params = self._get_params()
    balancer = _balancer(self, params)
    reset = params.get("ResetCapacityReservation")
    units = None if reset else params["MinimumLoadBalancerCapacity"]["CapacityUnits"]
    balancer.reserved_capacity_units = units
    return ActionResult(_reservation(balancer))


@patch(ELBV2Response, "describe_capacity_reservation")
def describe_capacity_reservation(self: Any) -> ActionResult:
    """Moto says that capacity is provisioned, of any balancer, and not how much."""
    return ActionResult(_reservation(_balancer(self, self._get_params())))


def _balancer(response: Any, params: Any) -> Any:
    balancer = response.elbv2_backend.load_balancers.get(params["LoadBalancerArn"])
    if balancer is None:
        raise LoadBalancerNotFoundError
    return balancer


def _reservation(balancer: Any) -> dict[str, Any]:
    """A reservation is split evenly over the zones; it may be lowered twice a day.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/capacity-unit-reservation.html
    """
    units = getattr(balancer, "reserved_capacity_units", None)
    if units is None:
        return {"DecreaseRequestsRemaining": 2, "CapacityReservationState": []}
    share = units / len(balancer.subnets)
    return {
        "DecreaseRequestsRemaining": 2,
        "MinimumLoadBalancerCapacity": {"CapacityUnits": units},
        "CapacityReservationState": [
            {
                "State": {"Code": "provisioned"},
                "AvailabilityZone": subnet.availability_zone,
                "EffectiveCapacityUnits": share,
            }
            for subnet in balancer.subnets
        ],
    }
