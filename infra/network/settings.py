"""What a stack may choose about its network."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from infra.network.address_plan import NARROWEST_PREFIX, WIDEST_PREFIX, ServerDemand, plan_addresses
from infra.problems import Problem, Settings, broken

# the periods CloudWatch Logs knows:
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922]

# what a server needs on its way up and while it serves; each costs by the hour and zone
ENDPOINT_SERVICES = ("ssm", "secretsmanager", "logs", "monitoring", "autoscaling")


def _private_range(range_: IPv4Network) -> IPv4Network:
    if not WIDEST_PREFIX <= range_.prefixlen <= NARROWEST_PREFIX:
        broken(range_, "but a VPC is a /16 to a /28", "choose a range such as 10.64.0.0/16")
    if not range_.is_private:
        broken(range_, "but its addresses belong to the public internet", "choose a range inside 10.0.0.0/8")
    return range_


class NetworkSettings(Settings):
    """The VPC, its zones and its ways out."""

    vpc_cidr: Annotated[IPv4Network, AfterValidator(_private_range)] = IPv4Network("10.64.0.0/16")
    """The VPC's addresses; must not overlap with networks you connect to it."""
    zones: Literal[2, 3] = 3
    """Availability Zones to spread over; with three, the loss of one costs a third."""
    zone_names: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d[a-z]$")], ...] = ()
    """The zones by name, where not every zone has the fleet's instance type; empty takes the Region's first."""
    nat_gateways: Literal["per-zone", "one"] = "per-zone"
    """`per-zone` survives the loss of a zone, `one` saves money in development."""
    interface_endpoints: tuple[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")], ...] = ENDPOINT_SERVICES
    """AWS services reached without NAT, by the last part of their endpoint's name; S3's gateway endpoint is always
    there."""
    flow_log_retention_days: RetentionDays = 90
    """How long records of the VPC's traffic are kept."""
    flow_log_traffic: Literal["ALL", "ACCEPT", "REJECT"] = "ALL"
    """Which traffic is recorded. An opening writes much; `REJECT` keeps what matters to security."""

    def problems(self, where: str) -> Iterable[Problem]:
        """Zones that are named are as many as are wanted, and differ."""
        if self.zone_names and len(set(self.zone_names)) != self.zones:
            yield Problem(
                f"{where}.zoneNames",
                ", ".join(self.zone_names),
                f"but {self.zones} zones are wanted",
                f"name {self.zones} different zones, or none",
            )

    def fits(self, where: str, demand: ServerDemand) -> Iterable[Problem]:
        """Whether the servers of the largest fleet have addresses; `where` is this component's key."""
        try:
            plan_addresses(self.vpc_cidr, self.zones, demand, len(self.interface_endpoints))
        except ValueError as error:
            rule, remedy = str(error).split(", ", 1)[1].split("; ", 1)
            yield Problem(f"{where}.vpcCidr", str(self.vpc_cidr), rule, remedy)
