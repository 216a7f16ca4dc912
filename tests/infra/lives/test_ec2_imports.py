"""Networks, routes and rules that exist already, imported by their ids.

That the real engine writes a program from what is found here is its own part; that it could, is shown.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline import changing
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.networks import ACL, EIP, ENDPOINT, GATEWAY, GROUP, LIST, NAT, SERVICE, TABLE, Net, network

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

ROUTE, SERVES = "aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation"
RULE, OLD_RULE = (
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
)
ENTRY = "aws:ec2/networkAclRule:NetworkAclRule"
ALL, PORTS = "0.0.0.0/0", {"fromPort": 443, "toPort": 443}


@pytest.fixture
def net(life: Life) -> Net:
    return network(life)


def _imported(net: Net, thing: Thing, id_: str = "") -> Thing:
    """The thing as an import by an id finds it."""
    found = changing.refresh(
        net.life.world, thing.who, net.life.provider, id_ or thing.id, inputs={}, state_={}
    )  # fmt: skip
    assert found is not None, f"nothing has the id {id_ or thing.id}"
    return Thing(thing.who, id_ or thing.id, found.inputs, found.state)


def _things(net: Net) -> list[Thing]:
    gateway = net.inside(GATEWAY)
    group = net.inside(GROUP, ingress=[{"protocol": "tcp", **PORTS, "cidrBlocks": ["10.0.0.0/8"]}], tags={"a": "b"})
    given: dict[str, Any] = {"securityGroupId": group.id, "ipProtocol": "tcp", "cidrIpv4": "10.9.0.0/16", **PORTS}
    entry = {"ruleNo": 1, "action": "allow", "protocol": "tcp", **PORTS, "cidrBlock": "10.0.0.0/8"}
    return [
        net.vpc,
        *net.subnets,
        gateway,
        net.inside(TABLE, routes=[{"cidrBlock": ALL, "gatewayId": gateway.id}]),
        net.make(EIP),
        net.make(NAT, subnetId=net.subnets[0].id, connectivityType="private"),
        net.inside(ENDPOINT, serviceName=f"{SERVICE}.s3"),
        net.inside(ENDPOINT, "face", serviceName=f"{SERVICE}.ssm", vpcEndpointType="Interface"),
        net.inside(ACL, ingress=[entry]),
        net.make(LIST, addressFamily="IPv4", maxEntries=1, entries=[{"cidr": "10.0.0.0/8"}]),
        group,
        net.make(RULE, **given),
    ]


def test_what_is_imported_is_settled_and_a_program_may_say_all_that_was_found(net: Net) -> None:
    for thing in _things(net):
        found = _imported(net, thing)
        said = {name: value for name, value in found.inputs.items() if name != changing.DEFAULTS}
        missing = thing.inputs.keys() - found.inputs.keys() - {changing.DEFAULTS}
        assert not missing, f"{thing.who} is found without {missing}"
        checked = changing.check(net.life.world, thing.who, net.life.provider, found.inputs, said)
        assert not changing.differences(thing.who, net.life.provider, found.inputs, found.state, checked)
        net.settled(found)


def test_routes_and_associations_are_imported_by_what_they_are_of(net: Net) -> None:
    gateway, table = net.inside(GATEWAY), net.inside(TABLE)
    for where in ({"destinationCidrBlock": ALL}, {"destinationIpv6CidrBlock": "::/0"}):
        route = net.make(ROUTE, next(iter(where)), routeTableId=table.id, gatewayId=gateway.id, **where)
        found = _imported(net, route, f"{table.id}_{next(iter(where.values()))}")
        assert not net.life.plan(found, **route.inputs)
        net.settled(found)
    for target in ({"subnetId": net.subnets[0].id}, {"gatewayId": gateway.id}):
        serves = net.make(SERVES, next(iter(target)), routeTableId=table.id, **target)
        found = _imported(net, serves, f"{next(iter(target.values()))}/{table.id}")
        assert not net.life.plan(found, **serves.inputs)
        net.ends(found)


def test_rules_are_imported_by_what_they_say(net: Net) -> None:
    group, acl = net.inside(GROUP), net.inside(ACL)
    sources: dict[str, Any] = {"cidrBlocks": ["10.0.0.0/8"], "ipv6CidrBlocks": ["::/0"]}
    inputs = {"type": "ingress", "securityGroupId": group.id, "protocol": "tcp", **PORTS, **sources}
    rule = net.made(OLD_RULE, {**inputs, "description": "why"})
    found = _imported(net, rule, f"{group.id}_ingress_tcp_443_443_10.0.0.0/8_::/0")
    assert found.inputs == {**inputs, "description": "why", changing.DEFAULTS: []}
    net.settled(found)
    entry = net.make(
        ENTRY, networkAclId=acl.id, ruleNumber=7, ruleAction="deny", protocol="-1", cidrBlock=ALL, egress=True
    )
    found = _imported(net, entry, f"{acl.id}:7:-1:true")
    assert found.inputs.items() >= {"ruleAction": "deny", "cidrBlock": ALL, "egress": True, "ruleNumber": 7}.items()
    net.ends(found)


@pytest.mark.parametrize("token", [ROUTE, SERVES, OLD_RULE, ENTRY])
def test_an_id_that_says_nothing_finds_nothing(net: Net, token: str) -> None:
    thing = Thing(net.vpc.who, "", {}, {})
    assert changing.refresh(
        net.life.world, type(thing.who)(token, token, "it"), net.life.provider, "nonsense", inputs={}, state_={}
    ) is None  # fmt: skip
