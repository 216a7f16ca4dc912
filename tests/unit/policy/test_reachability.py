"""Paths from outside to a store, through groups, prefix lists, routes and one thing between.

The network's meaning is AWS's; that these rules are all there are (network ACLs, firewalls) is not claimed.
"""

import pytest

from policy.reachability import Reach, port_of
from policy.rule import example

VPC = (
    ("ec2/vpc", "vpc", {"cidrBlock": "10.0.0.0/16"}),
    ("ec2/internetGateway", "internet", {"vpcId": "@vpc"}),
    ("ec2/routeTable", "public", {"vpcId": "@vpc"}),
    ("ec2/route", "out", {"routeTableId": "@public", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "@internet"}),
    ("ec2/routeTable", "private", {"vpcId": "@vpc"}),
    ("ec2/natGateway", "nat", {"subnetId": "@open"}),
    ("ec2/route", "by-nat", {"routeTableId": "@private", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "@nat"}),
    ("ec2/subnet", "open", {"vpcId": "@vpc", "cidrBlock": "10.0.0.0/24"}),
    ("ec2/subnet", "closed", {"vpcId": "@vpc", "cidrBlock": "10.0.1.0/24"}),
    ("ec2/routeTableAssociation", "open-in", {"subnetId": "@open", "routeTableId": "@public"}),
    ("ec2/routeTableAssociation", "closed-in", {"subnetId": "@closed", "routeTableId": "@private"}),
    ("ec2/securityGroup", "data", {"vpcId": "@vpc"}),
)


def rule(group="data", port=6379, **peer):
    given = {"securityGroupId": f"@{group}", "ipProtocol": "tcp", "fromPort": port, "toPort": port, **peer}
    return ("vpc/securityGroupIngressRule", f"{group}-{len(peer)}-{port}-{next(iter(peer))}", given)


def cache(subnet="open", **more):
    return (
        ("elasticache/subnetGroup", "subnets", {"subnetIds": [f"@{subnet}"]}),
        (
            "elasticache/replicationGroup",
            "cache",
            {"engine": "valkey", "subnetGroupName": "@subnets", "securityGroupIds": ["@data"], **more},
        ),
    )


def paths(stack_of, *resources):
    stack = stack_of(example(*VPC, *resources))
    (store,) = stack.of("elasticache/replicationGroup")
    return list(Reach(stack).paths_to(store))


def test_a_group_open_to_everybody_in_a_subnet_with_a_gateway_is_a_path(stack_of):
    found = paths(stack_of, *cache(), rule(cidrIpv4="0.0.0.0/0"))

    assert found == ["0.0.0.0/0 by data, along an internet or VPN gateway in route table public"]


@pytest.mark.parametrize(
    "peer",
    [
        {"cidrIpv4": "203.0.113.0/24"},
        {"cidrIpv6": "::/0"},
        {"cidrIpv4": "10.1.0.0/16"},
        {"prefixListId": "pl-22a6434b"},
        {"cidrIpv4": "0.0.0.0/0", "fromPort": 0, "toPort": 65535},
        {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1", "fromPort": None, "toPort": None},
    ],
    ids=lambda peer: " ".join(map(str, peer.values())),
)
def test_any_range_beyond_the_vpc_is_outside(stack_of, peer):
    assert paths(stack_of, *cache(), rule(**peer))


@pytest.mark.parametrize(
    "peer",
    [
        {"cidrIpv4": "10.0.0.0/16"},
        {"cidrIpv4": "10.0.7.0/24"},
        {"cidrIpv4": "0.0.0.0/0", "fromPort": 443, "toPort": 443},
        {"referencedSecurityGroupId": "@data"},
    ],
    ids=["the VPC", "a part of it", "another port", "its own group"],
)
def test_what_is_inside_or_on_another_port_is_not(stack_of, peer):
    assert paths(stack_of, *cache(), rule(**peer)) == []


def test_without_a_route_from_outside_an_open_group_is_no_path(stack_of):
    assert paths(stack_of, *cache("closed"), rule(cidrIpv4="0.0.0.0/0")) == [], "NAT lets nobody in"


@pytest.mark.parametrize(
    ("route", "leads"),
    [
        ({"gatewayId": "@internet"}, True),
        ({"gatewayId": "igw-0123456789abcdef0"}, True),
        ({"gatewayId": "vgw-0123456789abcdef0"}, True),
        ({"transitGatewayId": "tgw-0123456789abcdef0"}, True),
        ({"vpcPeeringConnectionId": "pcx-0123456789abcdef0"}, True),
        ({"gatewayId": "local"}, False),
        ({"gatewayId": "vpce-0123456789abcdef0"}, False),
        ({"natGatewayId": "nat-0123456789abcdef0"}, False),
        ({"egressOnlyGatewayId": "eigw-0123456789abcdef0"}, False),
    ],
    ids=str,
)
@pytest.mark.parametrize("inline", [False, True], ids=["a resource", "in the table"])
def test_a_subnet_is_open_by_the_gateways_that_let_packets_in(stack_of, route, leads, inline):
    given = {"destinationCidrBlock": "0.0.0.0/0", **route}
    table = {"vpcId": "@vpc", "routes": [{"cidrBlock": "0.0.0.0/0", **route}]} if inline else {"vpcId": "@vpc"}
    found = paths(
        stack_of,
        ("ec2/routeTable", "third", table),
        *(() if inline else (("ec2/route", "third-out", {"routeTableId": "@third", **given}),)),
        ("ec2/subnet", "asked", {"vpcId": "@vpc", "cidrBlock": "10.0.2.0/24"}),
        ("ec2/routeTableAssociation", "asked-in", {"subnetId": "@asked", "routeTableId": "@third"}),
        *cache("asked"),
        rule(cidrIpv4="0.0.0.0/0"),
    )

    assert bool(found) == leads


def test_a_subnet_without_a_table_of_its_own_has_the_main_one(stack_of):
    found = paths(
        stack_of,
        ("ec2/mainRouteTableAssociation", "main", {"vpcId": "@vpc", "routeTableId": "@public"}),
        ("ec2/subnet", "asked", {"vpcId": "@vpc", "cidrBlock": "10.0.2.0/24"}),
        *cache("asked"),
        rule(cidrIpv4="0.0.0.0/0"),
    )

    assert found


def test_the_entries_of_a_prefix_list_of_the_stack_are_looked_into(stack_of):
    ours = ("ec2/managedPrefixList", "ours", {"entries": [{"cidr": "10.0.9.0/24"}]})
    office = ("ec2/managedPrefixListEntry", "office", {"prefixListId": "@ours", "cidr": "198.51.100.0/24"})

    assert paths(stack_of, *cache(), ours, rule(prefixListId="@ours")) == []
    (path,) = paths(stack_of, *cache(), ours, office, rule(prefixListId="@ours"))
    assert path.startswith("198.51.100.0/24 in ours by data")


def balancer(**more):
    given = {"securityGroups": ["@door"], "subnets": ["@open"], "internal": False, **more}
    return (("ec2/securityGroup", "door", {"vpcId": "@vpc"}), ("lb/loadBalancer", "balancer", given))


def test_a_group_with_a_member_that_is_called_from_outside_is_a_path(stack_of):
    found = paths(
        stack_of,
        *balancer(),
        rule("door", 443, cidrIpv4="0.0.0.0/0"),
        *cache("closed"),
        rule(referencedSecurityGroupId="@door"),
    )

    assert found == ["0.0.0.0/0 by door to balancer, which data admits"]


@pytest.mark.parametrize(
    "change",
    [{"internal": True}, {"subnets": ["@closed"]}],
    ids=["an internal balancer", "a balancer in closed subnets"],
)
def test_a_member_that_nobody_outside_can_call_is_not(stack_of, change):
    found = paths(
        stack_of,
        *balancer(**change),
        rule("door", 443, cidrIpv4="0.0.0.0/0"),
        *cache("closed"),
        rule(referencedSecurityGroupId="@door"),
    )

    assert found == []


@pytest.mark.parametrize(
    "member",
    [
        (("ec2/instance", "bastion", {"subnetId": "@open", "vpcSecurityGroupIds": ["@door"]}),),
        (
            ("ec2/launchTemplate", "template", {"vpcSecurityGroupIds": ["@door"]}),
            ("autoscaling/group", "web", {"launchTemplate": {"id": "@template"}, "vpcZoneIdentifiers": ["@open"]}),
        ),
        (
            ("ec2/launchTemplate", "template", {"networkInterfaces": [{"securityGroups": ["@door"]}]}),
            ("autoscaling/group", "web", {"launchTemplate": {"id": "@template"}, "vpcZoneIdentifiers": ["@open"]}),
        ),
    ],
    ids=["an instance", "a group of servers", "a group by its interfaces"],
)
def test_servers_that_are_called_from_outside_may_not_call_the_store(stack_of, member):
    found = paths(
        stack_of,
        ("ec2/securityGroup", "door", {"vpcId": "@vpc"}),
        *member,
        rule("door", 22, cidrIpv4="203.0.113.0/24"),
        *cache("closed"),
        rule(referencedSecurityGroupId="@door"),
    )

    assert len(found) == 1


def test_servers_behind_the_balancer_may(stack_of):
    found = paths(
        stack_of,
        *balancer(),
        rule("door", 443, cidrIpv4="0.0.0.0/0"),
        ("ec2/securityGroup", "servers", {"vpcId": "@vpc"}),
        rule("servers", 8080, referencedSecurityGroupId="@door"),
        ("ec2/instance", "server", {"subnetId": "@closed", "vpcSecurityGroupIds": ["@servers"]}),
        *cache("closed"),
        rule(referencedSecurityGroupId="@servers"),
    )

    assert found == []


@pytest.mark.parametrize(
    ("older", "path"),
    [
        ({"cidrBlocks": ["0.0.0.0/0"]}, True),
        ({"ipv6CidrBlocks": ["::/0"]}, True),
        ({"prefixListIds": ["pl-22a6434b"]}, True),
        ({"sourceSecurityGroupId": "@door"}, True),
        ({"self": True}, False),
        ({"cidrBlocks": ["0.0.0.0/0"], "type": "egress"}, False),
    ],
    ids=str,
)
def test_the_older_rule_resource_is_read_too(stack_of, older, path):
    given = {
        "type": "ingress",
        "protocol": "tcp",
        "fromPort": 6379,
        "toPort": 6379,
        "securityGroupId": "@data",
        **older,
    }
    found = paths(
        stack_of, *balancer(), rule("door", 443, cidrIpv4="0.0.0.0/0"), *cache(), ("ec2/securityGroupRule", "in", given)
    )

    assert bool(found) == path


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        ({"cidrBlocks": ["0.0.0.0/0"]}, True),
        ({"prefixListIds": ["pl-22a6434b"]}, True),
        ({"securityGroups": ["@door"]}, True),
        ({"self": True}, False),
        ({"cidrBlocks": ["10.0.0.0/16"]}, False),
    ],
    ids=str,
)
def test_rules_inside_the_group_are_read_too(stack_of, entry, path):
    ingress = [{"protocol": "tcp", "fromPort": 6379, "toPort": 6379, **entry}]
    found = paths(
        stack_of,
        *balancer(),
        rule("door", 443, cidrIpv4="0.0.0.0/0"),
        ("ec2/securityGroup", "own", {"vpcId": "@vpc", "ingress": ingress}),
        *cache(securityGroupIds=["@own"]),
    )

    assert bool(found) == path


@pytest.mark.parametrize(
    ("properties", "port"),
    [
        ({"engine": "aurora-postgresql"}, 5432),
        ({"engineFamily": "POSTGRESQL"}, 5432),
        ({"engine": "mysql", "port": 3307}, 3307),
        ({"engine": "valkey"}, 6379),
        ({"engine": "oracle-se2"}, None),
    ],
    ids=str,
)
def test_a_store_listens_on_its_engines_port_unless_it_says_another(stack_of, properties, port):
    (store,) = stack_of(example(("rds/instance", "database", properties))).resources

    assert port_of(store) == port
