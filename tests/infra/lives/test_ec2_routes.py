"""Route tables, routes, what they serve, endpoints and flow logs: made, changed, drifted, refused, deleted.

That AWS itself answers so, only an account can show; the refusals follow its documentation.
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from floodgate.offline.problems import Refused
from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.networks import ENDPOINT, GATEWAY, GROUP, NAT, SERVICE, TABLE, Net, network

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

ROUTE, MAIN_TABLE = "aws:ec2/route:Route", "aws:ec2/defaultRouteTable:DefaultRouteTable"
SERVES = "aws:ec2/routeTableAssociation:RouteTableAssociation"
MAIN = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
ALL, PRIVATE = "0.0.0.0/0", "192.168.0.0/16"


@pytest.fixture
def net(life: Life) -> Net:
    return network(life)


def _targets(net: Net, table: str) -> dict[str, str]:
    """Where the routes of a table lead that somebody made, by their destination."""
    told = net.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    where, targets = (
        ("DestinationCidrBlock", "DestinationIpv6CidrBlock"),
        ("GatewayId", "NatGatewayId", "NetworkInterfaceId"),
    )
    routes = {
        next(r[name] for name in where if r.get(name)): next((r[t] for t in targets if r.get(t)), "")
        for r in told
        if "DestinationPrefixListId" not in r
    }
    return {destination: target for destination, target in routes.items() if target != "local"}


def test_routes_inside_a_table_come_go_and_lead_elsewhere(net: Net) -> None:
    gateway, interface = net.inside(GATEWAY), net.interface()
    out = {"cidrBlock": ALL, "gatewayId": gateway.id}
    table = net.inside(TABLE, routes=[out, {"cidrBlock": PRIVATE, "networkInterfaceId": interface}])
    net.settled(table)
    nat = net.make(NAT, subnetId=net.subnets[0].id, connectivityType="private")
    net.changed(table, routes=[{"cidrBlock": ALL, "natGatewayId": nat.id}, {"ipv6CidrBlock": "::/0", **_to(interface)}])
    assert _targets(net, table.id) == {ALL: nat.id, "::/0": interface}

    net.changed(table, routes=[])
    assert _targets(net, table.id) == {}
    net.changed(table, routes=[out])
    net.life.change(table, routes=None)
    net.settled(table)
    assert _targets(net, table.id) == {ALL: gateway.id}, "what AWS computes stays when it is no longer said"


def _to(interface: str) -> dict[str, str]:
    return {"networkInterfaceId": interface}


@pytest.mark.parametrize("how", ["delete", "replace", "create"])
def test_a_route_changed_by_hand_inside_a_table_is_drift(net: Net, how: str) -> None:
    gateway, interface = net.inside(GATEWAY), net.interface()
    table = net.inside(TABLE, routes=[{"cidrBlock": ALL, "gatewayId": gateway.id}])
    if how == "delete":
        net.ec2.delete_route(RouteTableId=table.id, DestinationCidrBlock=ALL)
    elif how == "replace":
        net.ec2.replace_route(RouteTableId=table.id, DestinationCidrBlock=ALL, NetworkInterfaceId=interface)
    else:
        net.ec2.create_route(RouteTableId=table.id, DestinationCidrBlock=PRIVATE, NetworkInterfaceId=interface)
    assert net.life.refresh(table) == {"routes"}

    net.changed(table, routes=[{"cidrBlock": ALL, "gatewayId": gateway.id}])
    assert _targets(net, table.id) == {ALL: gateway.id}


def test_a_table_with_a_route_to_nowhere_is_not_left_behind(net: Net) -> None:
    with pytest.raises(Refused, match=r"InvalidNatGatewayID\.NotFound"):
        net.inside(TABLE, routes=[{"cidrBlock": ALL, "natGatewayId": "nat-0123456789abcdef0"}])
    here = [{"Name": "vpc-id", "Values": [net.vpc.id]}]
    assert len(net.ec2.describe_route_tables(Filters=here)["RouteTables"]) == 1, "the main table alone"


def test_a_table_is_taken_from_its_subnets_before_it_is_deleted(net: Net) -> None:
    table = net.inside(TABLE)
    serves = net.make(SERVES, routeTableId=table.id, subnetId=net.subnets[0].id)
    with pytest.raises(ClientError, match="DependencyViolation"):
        net.ec2.delete_route_table(RouteTableId=table.id)
    net.ends(table)
    assert net.life.gone(serves)


def test_the_main_table_is_adopted_changed_and_only_forgotten(net: Net) -> None:
    gateway = net.inside(GATEWAY)
    main = net.vpc.state["defaultRouteTableId"]
    net.ec2.create_route(RouteTableId=main, DestinationCidrBlock=PRIVATE, GatewayId=gateway.id)
    table = net.make(MAIN_TABLE, defaultRouteTableId=main)
    assert _targets(net, main) == {}, "routes that it had are taken out"
    net.settled(table)
    net.changed(table, routes=[{"cidrBlock": ALL, "gatewayId": gateway.id}], tags={"use": "main"})
    assert net.tagged(table) == {"use": "main", "owner": "tests"}

    net.life.delete(table)
    assert _targets(net, main) == {ALL: gateway.id}
    with pytest.raises(ClientError, match="DependencyViolation"):
        net.ec2.delete_route_table(RouteTableId=main)
    with unrepaired():  # the control
        net.ec2.delete_route_table(RouteTableId=main)


def _targets_of_a_route(net: Net) -> dict[str, str]:
    nat = net.make(NAT, subnetId=net.subnets[0].id, connectivityType="private")
    other = net.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    peering = net.ec2.create_vpc_peering_connection(VpcId=net.vpc.id, PeerVpcId=other)["VpcPeeringConnection"]
    return {
        "gatewayId": net.inside(GATEWAY).id,
        "natGatewayId": nat.id,
        "networkInterfaceId": net.interface(),
        "vpcPeeringConnectionId": peering["VpcPeeringConnectionId"],
        "transitGatewayId": net.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"],
    }


@pytest.mark.parametrize(
    "destination",
    [{"destinationCidrBlock": ALL}, {"destinationIpv6CidrBlock": "::/0"}, {"destinationPrefixListId": "@"}],
)
def test_a_route_leads_to_one_thing_after_another(net: Net, destination: dict[str, str]) -> None:
    table, targets = net.inside(TABLE), _targets_of_a_route(net)
    if "destinationPrefixListId" in destination:
        made = net.ec2.create_managed_prefix_list(PrefixListName="l", AddressFamily="IPv4", MaxEntries=1)
        destination = {"destinationPrefixListId": made["PrefixList"]["PrefixListId"]}
    names = list(targets)
    route = net.make(ROUTE, routeTableId=table.id, **destination, **{names[0]: targets[names[0]]})
    net.settled(route)
    for old, new in zip(names, [*names[1:], names[0]], strict=True):
        assert new in net.life.change(route, **{old: None, new: targets[new]})
        net.settled(route)

    theirs = {name[:1].upper() + name[1:]: value for name, value in destination.items()}
    net.ec2.replace_route(RouteTableId=table.id, NetworkInterfaceId=targets["networkInterfaceId"], **theirs)
    assert net.life.refresh(route) >= {"gatewayId"}
    net.life.change(route, gatewayId=targets["gatewayId"])
    net.settled(route)
    net.ends(route)
    net.ends(table)


def test_a_route_ends_with_its_table(net: Net) -> None:
    table = net.inside(TABLE)
    route = net.make(ROUTE, routeTableId=table.id, destinationCidrBlock=ALL, networkInterfaceId=net.interface())
    net.ends(table)
    assert net.life.gone(route)
    net.ends(route)


def test_a_subnet_is_served_by_another_table_and_known_under_its_old_id(net: Net) -> None:
    first, second = net.inside(TABLE, "first"), net.inside(TABLE, "second")
    serves = net.make(SERVES, routeTableId=first.id, subnetId=net.subnets[0].id)
    net.settled(serves)
    net.changed(serves, routeTableId=second.id)
    told = net.ec2.describe_route_tables(RouteTableIds=[second.id])["RouteTables"][0]["Associations"]
    assert [each["SubnetId"] for each in told] == [net.subnets[0].id]
    net.ec2.replace_route_table_association(
        AssociationId=told[0]["RouteTableAssociationId"], RouteTableId=first.id
    )  # fmt: skip
    assert net.life.refresh(serves) == {"routeTableId"}

    net.changed(serves, routeTableId=second.id)
    net.ends(serves)
    assert net.ec2.describe_route_tables(RouteTableIds=[second.id])["RouteTables"][0]["Associations"] == []


def test_a_subnet_has_one_table(net: Net) -> None:
    first, second = net.inside(TABLE, "first"), net.inside(TABLE, "second")
    net.make(SERVES, routeTableId=first.id, subnetId=net.subnets[0].id)
    with pytest.raises(Refused, match=r"Resource\.AlreadyAssociated"):
        net.make(SERVES, "again", routeTableId=second.id, subnetId=net.subnets[0].id)


def test_a_table_serves_a_gateway(net: Net) -> None:
    first, second, gateway = net.inside(TABLE, "first"), net.inside(TABLE, "second"), net.inside(GATEWAY)
    serves = net.make(SERVES, routeTableId=first.id, gatewayId=gateway.id)
    net.settled(serves)
    net.changed(serves, routeTableId=second.id)
    net.ends(serves)


def test_the_main_table_is_replaced_again_and_put_back(net: Net) -> None:
    original = net.vpc.state["mainRouteTableId"]
    first, second = net.inside(TABLE, "first"), net.inside(TABLE, "second")
    main = net.inside(MAIN, routeTableId=first.id)
    net.settled(main)
    net.changed(main, routeTableId=second.id)
    assert _main(net) == second.id
    with pytest.raises(ClientError, match="DependencyViolation"):
        net.ec2.delete_route_table(RouteTableId=second.id)

    net.life.delete(main)
    assert _main(net) == original
    assert net.life.gone(main)
    net.ends(main)
    for table in (first, second):
        net.ends(table)


def _main(net: Net) -> str:
    here = [{"Name": "vpc-id", "Values": [net.vpc.id]}, {"Name": "association.main", "Values": ["true"]}]
    return net.ec2.describe_route_tables(Filters=here)["RouteTables"][0]["RouteTableId"]


def _described(net: Net, endpoint: Thing) -> dict[str, Any]:
    return net.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint.id])["VpcEndpoints"][0]


def test_a_gateway_endpoint_enters_and_leaves_route_tables(net: Net) -> None:
    first, second = net.inside(TABLE, "first"), net.inside(TABLE, "second")
    endpoint = net.inside(ENDPOINT, serviceName=f"{SERVICE}.s3", routeTableIds=[first.id])
    net.settled(endpoint)
    net.changed(endpoint, routeTableIds=[second.id])
    assert (_ways(net, first), _ways(net, second)) == ([], [endpoint.id])
    with unrepaired():  # the control: plain moto changes the list and no route
        net.life.change(endpoint, routeTableIds=[first.id])
        assert _ways(net, first) == []
    net.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint.id, RemoveRouteTableIds=[first.id])
    assert net.life.refresh(endpoint) == {"routeTableIds"}

    net.changed(endpoint, routeTableIds=[first.id, second.id])
    net.ends(first)
    net.ends(endpoint)
    assert _ways(net, second) == []


def _ways(net: Net, table: Thing) -> list[str]:
    told = net.ec2.describe_route_tables(RouteTableIds=[table.id])["RouteTables"][0]["Routes"]
    return [route["GatewayId"] for route in told if "DestinationPrefixListId" in route]


def test_an_interface_endpoint_stands_in_its_subnets_and_wears_its_groups(net: Net) -> None:
    one, two = (net.inside(GROUP, name) for name in ("one", "two"))
    endpoint = net.inside(
        ENDPOINT, serviceName=f"{SERVICE}.ssm", vpcEndpointType="Interface", subnetIds=[net.subnets[0].id],
        securityGroupIds=[one.id], privateDnsEnabled=False, dnsOptions={"dnsRecordIpType": "ipv4"},
    )  # fmt: skip
    net.settled(endpoint)
    assert _worn(net) == {net.subnets[0].id: [one.id]}
    net.changed(endpoint, subnetIds=[s.id for s in net.subnets], securityGroupIds=[two.id])
    assert _worn(net) == {subnet.id: [two.id] for subnet in net.subnets}
    assert set(endpoint.state["networkInterfaceIds"]) == set(_described(net, endpoint)["NetworkInterfaceIds"])
    net.ends(one)
    with pytest.raises(Refused, match="DependencyViolation"):
        net.life.delete(two)
    with pytest.raises(Refused, match="DependencyViolation"):
        net.life.delete(net.subnets[1])

    net.ends(endpoint)
    for thing in (two, *net.subnets):
        net.ends(thing)


def _worn(net: Net) -> dict[str, list[str]]:
    told = net.ec2.describe_network_interfaces()["NetworkInterfaces"]
    return {each["SubnetId"]: [group["GroupId"] for group in each["Groups"]] for each in told}


@pytest.mark.parametrize(
    ("change", "by_hand", "drifted"),
    [
        ({"privateDnsEnabled": True}, {"PrivateDnsEnabled": False}, "privateDnsEnabled"),
        ({"ipAddressType": "dualstack"}, {"IpAddressType": "ipv4"}, "ipAddressType"),
        ({"dnsOptions": {"dnsRecordIpType": "dualstack"}}, {"DnsOptions": {"DnsRecordIpType": "ipv4"}}, "dnsOptions"),
        ({"policy": '{"Version": "2012-10-17", "Statement": []}'}, {"ResetPolicy": True}, "policy"),
    ],
)
def test_an_interface_endpoint_changes_and_drifts(
    net: Net, change: dict[str, Any], by_hand: dict[str, Any], drifted: str
) -> None:
    endpoint = net.inside(
        ENDPOINT, serviceName=f"{SERVICE}.ssm", vpcEndpointType="Interface", subnetIds=[net.subnets[0].id],
        privateDnsEnabled=False,
    )  # fmt: skip
    net.changed(endpoint, **change)
    net.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint.id, **by_hand)
    assert net.life.refresh(endpoint) == {drifted}
    net.changed(endpoint, **change)
    net.life.change(endpoint, **dict.fromkeys(change))
    net.settled(endpoint)
    net.ends(endpoint)


def test_an_endpoint_that_cannot_be_made_leaves_no_interface(net: Net) -> None:
    with pytest.raises(Refused, match=r"InvalidGroup\.NotFound|InvalidSubnetID\.NotFound"):
        net.inside(
            ENDPOINT, serviceName=f"{SERVICE}.ssm", vpcEndpointType="Interface",
            subnetIds=[net.subnets[0].id, "subnet-0123456789abcdef0"],
        )  # fmt: skip
    assert _worn(net) == {}


def test_what_only_the_provider_keeps_of_an_endpoint_asks_aws_for_nothing(net: Net) -> None:
    endpoint = net.inside(ENDPOINT, serviceName=f"{SERVICE}.s3")
    net.changed(endpoint, autoAccept=True)


@pytest.mark.parametrize("of", ["vpcId", "subnetId", "eniId"])
def test_a_flow_log_is_of_what_it_was_made_for(net: Net, of: str) -> None:
    target = {"vpcId": net.vpc.id, "subnetId": net.subnets[0].id, "eniId": net.interface()}[of]
    net.life.world.session.client("s3").create_bucket(
        Bucket="records", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"}
    )  # fmt: skip
    log = net.make(
        "aws:ec2/flowLog:FlowLog", **{of: target}, trafficType="REJECT", logDestinationType="s3",
        logDestination="arn:aws:s3:::records", maxAggregationInterval=60,
    )  # fmt: skip
    net.settled(log)
    net.changed(log, tags={"use": "audit"})
    assert net.tagged(log) == {"use": "audit", "owner": "tests"}
    net.ends(log)
