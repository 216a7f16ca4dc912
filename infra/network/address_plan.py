"""Which addresses each tier gets in each zone, so that the largest fleet fits and no subnet ever has to move.

The VPC is cut into four quarters. The first holds the public and the data subnets of all zones, each of the
others the servers of one zone. A subnet is its whole share: addresses of a VPC cost nothing, and a subnet that
grew with the fleet would be replaced with every server in it when somebody raises the maximum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from ipaddress import IPv4Network

# the first four addresses of a subnet and its last one:
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
RESERVED_ADDRESSES = 5
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
NARROWEST_PREFIX = 28
WIDEST_PREFIX = 16
# a load balancer wants a /27 and eight addresses free in each subnet, and may use a hundred in all; any zone may be
# the one that is left: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
BALANCER_PREFIX = 27
BALANCER_ADDRESSES = 100 + 8
NAT_ADDRESSES = 1
# sixteen cluster members, and what a proxy for the largest class may use in a subnet:
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-network-prereqs.html
DATA_ADDRESSES = 16 + 110
CACHE_NODES = 6
# rebalancing over zones may exceed the maximum by a tenth or one server, whichever is more:
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-availability-zone-balanced.html
REBALANCING_SHARE = 0.10


@dataclass(frozen=True, slots=True)
class ServerDemand:
    """How many servers may hold an address at one moment.

    Attributes:
        max_size: The Auto Scaling group's maximum.
        warm_pool: Servers prepared beside it; a stopped server keeps its address.
        rolling_percent: The maintenance policy's maximum healthy percentage, 100 to 200: what a refresh may
            run in parallel.
    """

    max_size: int
    warm_pool: int = 0
    rolling_percent: int = 100

    @property
    def addresses(self) -> int:
        """Servers in service at the worst moment, and the warm pool."""
        rolling = math.ceil(self.max_size * self.rolling_percent / 100)
        rebalancing = self.max_size + max(1, math.ceil(self.max_size * REBALANCING_SHARE))
        return max(rolling, rebalancing) + self.warm_pool


@dataclass(frozen=True, slots=True)
class AddressPlan:
    """One subnet per zone in each tier; index `i` of every tuple is zone `i`."""

    vpc: IPv4Network
    public: tuple[IPv4Network, ...]
    app: tuple[IPv4Network, ...]
    data: tuple[IPv4Network, ...]


def usable_addresses(subnet: IPv4Network) -> int:
    """How many addresses AWS leaves in a subnet."""
    return subnet.num_addresses - RESERVED_ADDRESSES


def narrowest_prefix(addresses: int) -> int:
    """The prefix length of the smallest subnet that leaves this many addresses."""
    return min(NARROWEST_PREFIX, 32 - (addresses + RESERVED_ADDRESSES - 1).bit_length())


def servers_per_zone(demand: ServerDemand, zones: int) -> int:
    """Addresses one zone needs when another is lost and the rest carry all servers."""
    return math.ceil(demand.addresses / max(1, zones - 1))


def plan_addresses(vpc: IPv4Network, zones: int, demand: ServerDemand, endpoints: int = 0) -> AddressPlan:
    """Lay out the subnets of a VPC. The demand decides whether they suffice, never where they are.

    Args:
        vpc: The whole range, a /16 to a /28.
        zones: How many Availability Zones, at most three.
        demand: The servers that may exist at once.
        endpoints: Interface endpoints; each takes one address in every zone's application subnet.

    Raises:
        ValueError: The range is too narrow; the text has value, rule and remedy.
    """
    needed = min(
        narrowest_prefix(servers_per_zone(demand, zones) + endpoints) - 2,
        min(BALANCER_PREFIX, narrowest_prefix(BALANCER_ADDRESSES + NAT_ADDRESSES)) - 5,
        narrowest_prefix(DATA_ADDRESSES + CACHE_NODES) - 5,
    )
    if vpc.prefixlen > needed:
        raise ValueError(
            f"vpcCidr is {vpc}, but {demand.addresses} servers over {zones} zones need a /{needed} or wider; "
            f"widen the range or lower the fleet's maximum"
        )
    shared, *quarters = vpc.subnets(prefixlen_diff=2)
    eighths = tuple(shared.subnets(prefixlen_diff=3))
    return AddressPlan(vpc=vpc, public=eighths[:zones], app=tuple(quarters[:zones]), data=eighths[4 : 4 + zones])
