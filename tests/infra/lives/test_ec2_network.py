"""Networks, subnets, gateways and addresses: made, changed, drifted, refused, deleted.

That AWS itself answers so, only an account can show; the refusals follow its documentation.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline.problems import Refused
from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life
from tests.infra.lives.networks import (
    ACL,
    EIP,
    ENDPOINT,
    GATEWAY,
    GROUP,
    NAT,
    SERVICE,
    SUBNET,
    TABLE,
    VPC,
    Net,
    network,
)

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

ATTACHMENT = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"


@pytest.fixture
def net(life: Life) -> Net:
    return network(life)


@pytest.mark.parametrize("name", ["enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"])
def test_each_attribute_of_a_network_changes_and_drifts(net: Net, name: str) -> None:
    theirs = name[:1].upper() + name[1:]
    vpc = net.make(VPC, "other", cidrBlock="10.1.0.0/16", **{name: False})
    net.settled(vpc)
    net.changed(vpc, **{name: True})
    told = net.ec2.describe_vpc_attribute(VpcId=vpc.id, Attribute=name)
    assert told[theirs]["Value"] is True

    net.ec2.modify_vpc_attribute(VpcId=vpc.id, **{theirs: {"Value": False}})
    assert net.life.refresh(vpc) == {name}
    net.ends(vpc)


def test_what_a_program_no_longer_says_stays_where_aws_chooses_it(net: Net) -> None:
    vpc = net.make(VPC, "other", cidrBlock="10.1.0.0/16", enableDnsHostnames=True)
    net.life.change(vpc, enableDnsHostnames=None)
    net.settled(vpc)

    told = net.ec2.describe_vpc_attribute(VpcId=vpc.id, Attribute="enableDnsHostnames")
    assert told["EnableDnsHostnames"]["Value"] is True, "the real provider leaves it, too"


def test_a_network_gains_and_loses_addresses_of_ipv6(net: Net) -> None:
    net.changed(net.vpc, assignGeneratedIpv6CidrBlock=True)
    assert "::" in net.vpc.state["ipv6CidrBlock"]
    told = net.ec2.describe_vpcs(VpcIds=[net.vpc.id])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
    net.ec2.disassociate_vpc_cidr_block(AssociationId=told[0]["AssociationId"])
    assert net.life.refresh(net.vpc) == {"assignGeneratedIpv6CidrBlock"}
    net.changed(net.vpc, assignGeneratedIpv6CidrBlock=True)

    net.changed(net.vpc, assignGeneratedIpv6CidrBlock=False)
    assert not net.vpc.state.get("ipv6CidrBlock")


SWITCHES = {
    "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
    "assignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
    "enableDns64": "EnableDns64",
    "enableResourceNameDnsARecordOnLaunch": "EnableResourceNameDnsARecordOnLaunch",
    "enableResourceNameDnsAaaaRecordOnLaunch": "EnableResourceNameDnsAAAARecordOnLaunch",
}


@pytest.mark.parametrize(("ours", "theirs"), SWITCHES.items())
def test_each_switch_of_a_subnet_changes_drifts_and_is_taken_away(net: Net, ours: str, theirs: str) -> None:
    subnet = net.subnets[0]
    net.settled(subnet)
    net.changed(subnet, **{ours: True})
    net.ec2.modify_subnet_attribute(SubnetId=subnet.id, **{theirs: {"Value": False}})
    assert net.life.refresh(subnet) == {ours}

    net.changed(subnet, **{ours: True})
    net.changed(subnet, **{ours: None})
    net.ec2.modify_subnet_attribute(SubnetId=subnet.id, **{theirs: {"Value": True}})
    assert net.life.refresh(subnet) == {ours}, "the provider's default drifts like a given value"


def test_a_subnet_changes_its_names_and_its_ipv6_range(net: Net) -> None:
    net.changed(net.vpc, assignGeneratedIpv6CidrBlock=True)
    whole = net.vpc.state["ipv6CidrBlock"].removesuffix("::/56")
    subnet, first, second = net.subnets[0], f"{whole}::/64", f"{whole[:-2]}01::/64"
    net.changed(subnet, privateDnsHostnameTypeOnLaunch="resource-name")
    net.changed(subnet, ipv6CidrBlock=first, assignIpv6AddressOnCreation=True)
    net.changed(subnet, ipv6CidrBlock=second)
    told = net.ec2.describe_subnets(SubnetIds=[subnet.id])["Subnets"][0]
    assert [each["Ipv6CidrBlock"] for each in told["Ipv6CidrBlockAssociationSet"]] == [second]
    assert told["PrivateDnsNameOptionsOnLaunch"]["HostnameType"] == "resource-name"

    association = told["Ipv6CidrBlockAssociationSet"][0]["AssociationId"]
    net.ec2.disassociate_subnet_cidr_block(AssociationId=association)
    assert net.life.refresh(subnet) == {"ipv6CidrBlock"}
    net.changed(subnet, ipv6CidrBlock=first)
    net.changed(subnet, ipv6CidrBlock=None, assignIpv6AddressOnCreation=None)


def test_a_subnet_is_made_with_all_that_it_says(net: Net) -> None:
    said: dict[str, Any] = {**dict.fromkeys(SWITCHES, True), "privateDnsHostnameTypeOnLaunch": "resource-name"}
    subnet = net.inside(SUBNET, cidrBlock="10.0.9.0/24", **said)
    net.settled(subnet)
    net.ends(subnet)


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (VPC, {"cidrBlock": "10.2.0.0/16"}),
        (SUBNET, {"cidrBlock": "10.0.7.0/24"}),
        (GATEWAY, {}),
        (EIP, {}),
        (NAT, {"connectivityType": "private"}),
        (ENDPOINT, {"serviceName": f"{SERVICE}.s3"}),
        (TABLE, {}),
        (GROUP, {}),
        (ACL, {}),
    ],
)
def test_tags_come_change_drift_and_go(net: Net, token: str, inputs: dict[str, Any]) -> None:
    given = {"subnetId": net.subnets[0].id} if token == NAT else {} if token in (VPC, EIP) else {"vpcId": net.vpc.id}
    thing = net.make(token, **inputs, **given, tags={"use": "one"})
    net.settled(thing)
    assert net.tagged(thing) == {"use": "one", "owner": "tests"}

    net.changed(thing, tags={"use": "two", "more": "yes"})
    assert net.tagged(thing) == {"use": "two", "more": "yes", "owner": "tests"}
    net.ec2.create_tags(Resources=[thing.id], Tags=[{"Key": "use", "Value": "people's"}])
    assert net.life.refresh(thing) == {"tags"}

    net.changed(thing, tags=None)
    assert net.tagged(thing) == {"owner": "tests"}
    net.ends(thing)
    if token != NAT:  # AWS describes a deleted one for about an hour
        assert net.tagged(thing) == {}, "tags end with what they are on"


def test_a_gateway_goes_from_one_network_to_another(net: Net) -> None:
    other = net.make(VPC, "other", cidrBlock="10.1.0.0/16")
    gateway = net.inside(GATEWAY)
    net.settled(gateway)
    net.changed(gateway, vpcId=other.id)
    net.ec2.detach_internet_gateway(InternetGatewayId=gateway.id, VpcId=other.id)
    assert net.life.refresh(gateway) == {"vpcId"}

    net.changed(gateway, vpcId=net.vpc.id)
    net.ends(gateway)
    net.ends(other)


def test_an_attachment_is_gone_when_its_gateway_is_elsewhere(net: Net) -> None:
    gateway = net.make(GATEWAY)
    attachment = net.inside(ATTACHMENT, internetGatewayId=gateway.id)
    net.settled(attachment)
    net.ends(attachment)
    assert (
        net.ec2.describe_internet_gateways(InternetGatewayIds=[gateway.id])["InternetGateways"][0]["Attachments"] == []
    )
    net.ends(gateway)


def test_a_gateway_whose_network_does_not_exist_is_not_left_behind(net: Net) -> None:
    with pytest.raises(Refused, match=r"InvalidVpcID\.NotFound"):
        net.make(GATEWAY, vpcId="vpc-0123456789abcdef0")
    assert net.ec2.describe_internet_gateways()["InternetGateways"] == []


INHABITANTS = {
    "subnet": (SUBNET, {"cidrBlock": "10.1.0.0/24"}),
    "gateway": (GATEWAY, {}),
    "gateway endpoint": (ENDPOINT, {"serviceName": f"{SERVICE}.s3"}),
    "security group": (GROUP, {}),
    "route table": (TABLE, {}),
    "network ACL": (ACL, {}),
}


@pytest.mark.parametrize("name", INHABITANTS)
def test_a_network_stays_while_something_is_in_it(net: Net, name: str) -> None:
    token, inputs = INHABITANTS[name]
    vpc = net.make(VPC, "other", cidrBlock="10.1.0.0/16")
    inhabitant = net.make(token, vpcId=vpc.id, **inputs)
    with pytest.raises(Refused, match=r"DependencyViolation: The vpc 'vpc-\w+' has dependencies"):
        net.life.delete(vpc)
    net.ends(inhabitant)
    net.ends(vpc)


def test_a_network_takes_with_it_what_aws_made_with_it_and_nothing_else(net: Net) -> None:
    def all_of(vpc: str) -> list[int]:
        here = [{"Name": "vpc-id", "Values": [vpc]}]
        calls = (net.ec2.describe_route_tables, net.ec2.describe_network_acls, net.ec2.describe_security_groups)
        return [len(next(v for v in call(Filters=here).values() if isinstance(v, list))) for call in calls]

    other = net.make(VPC, "other", cidrBlock="10.1.0.0/16")
    assert all_of(other.id) == [1, 1, 1]
    net.ends(other)
    assert all_of(other.id) == [0, 0, 0]
    assert all_of(net.vpc.id) == [1, 1, 1]


def test_a_subnet_stays_while_an_interface_is_in_it(net: Net) -> None:
    subnet, interface = net.subnets[0], net.interface()
    with pytest.raises(Refused, match="DependencyViolation"):
        net.life.delete(subnet)
    net.ec2.delete_network_interface(NetworkInterfaceId=interface)
    net.ends(subnet)


def test_services_stand_in_subnets_and_wear_groups(net: Net) -> None:
    group = net.inside(GROUP)
    elbv2 = net.life.world.session.client("elbv2")
    balancer = elbv2.create_load_balancer(
        Name="public", Subnets=[s.id for s in net.subnets], SecurityGroups=[group.id]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    gateway = net.inside(GATEWAY)
    for thing in (net.subnets[0], group, gateway):
        with pytest.raises(Refused, match="DependencyViolation"):
            net.life.delete(thing)
    elbv2.delete_load_balancer(LoadBalancerArn=balancer)
    for thing in (net.subnets[0], group, gateway):
        net.ends(thing)


def test_databases_stand_in_the_subnets_of_their_group(net: Net) -> None:
    group = net.inside(GROUP)
    rds = net.life.world.session.client("rds")
    rds.create_db_subnet_group(
        DBSubnetGroupName="data", DBSubnetGroupDescription="data", SubnetIds=[s.id for s in net.subnets]
    )  # fmt: skip
    rds.create_db_instance(
        DBInstanceIdentifier="one", Engine="postgres", DBInstanceClass="db.t4g.micro", MasterUsername="root",
        MasterUserPassword="not-secret", AllocatedStorage=20, DBSubnetGroupName="data", VpcSecurityGroupIds=[group.id],
    )  # fmt: skip
    for thing in (*net.subnets, group):
        with pytest.raises(Refused, match="DependencyViolation"):
            net.life.delete(thing)
    rds.delete_db_instance(DBInstanceIdentifier="one", SkipFinalSnapshot=True)
    for thing in (*net.subnets, group):
        net.ends(thing)


def test_plain_moto_would_delete_all_of_it(net: Net) -> None:
    """The control: without the repairs no order of deletions is ever refused."""
    group = net.inside(GROUP)
    net.interface(Groups=[group.id])
    with unrepaired():
        net.life.delete(group)
        net.life.delete(net.subnets[0])


def test_a_gateway_is_not_taken_from_under_public_addresses(net: Net) -> None:
    gateway, address = net.inside(GATEWAY), net.make(EIP)
    nat = net.make(NAT, subnetId=net.subnets[0].id, allocationId=address.id)
    with pytest.raises(Refused, match=r"DependencyViolation: Network vpc-\w+ has some mapped public address"):
        net.life.delete(gateway)
    net.ends(nat)
    net.ends(gateway)


def test_a_nat_gateway_ends_with_its_interface_and_frees_its_address(net: Net) -> None:
    address = net.make(EIP)
    nat = net.make(NAT, subnetId=net.subnets[0].id, allocationId=address.id, privateIp="10.0.0.77")
    net.settled(nat)
    assert nat.state["privateIp"] == "10.0.0.77"
    assert net.life.refresh(address) == set(), "whose use AWS sets is not the program's drift"
    with pytest.raises(Refused, match="AuthFailure"):
        net.life.delete(address)

    net.ends(nat)
    assert net.ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    assert net.ec2.describe_nat_gateways(NatGatewayIds=[nat.id])["NatGateways"][0]["State"] == "deleted"
    net.ends(address)
    assert net.interface(PrivateIpAddress="10.0.0.77"), "the private address is free again"


def test_an_address_in_use_is_not_released(net: Net) -> None:
    address, nowhere = net.make(EIP), net.make(EIP, "nowhere")
    net.ec2.associate_address(AllocationId=address.id, NetworkInterfaceId=net.interface())
    with pytest.raises(Refused, match=r"InvalidIPAddress\.InUse"):
        net.life.delete(address)
    net.ends(nowhere)


def test_a_nat_gateway_that_cannot_be_made_leaves_nothing(net: Net) -> None:
    address, interface = net.make(EIP), net.interface()
    net.ec2.associate_address(AllocationId=address.id, NetworkInterfaceId=interface)
    for given in ({"allocationId": address.id}, {"connectivityType": "private", "privateIp": "10.9.9.9"}):
        with pytest.raises(Refused):
            net.make(NAT, subnetId=net.subnets[0].id, **given)
        told = net.ec2.describe_network_interfaces()["NetworkInterfaces"]
        assert [each["NetworkInterfaceId"] for each in told] == [interface]


def test_an_address_moves_from_one_interface_to_another(net: Net) -> None:
    first, second = net.interface(), net.interface()
    address = net.make(EIP, networkInterface=first)
    net.settled(address)
    net.changed(address, networkInterface=second)
    told = net.ec2.describe_addresses(AllocationIds=[address.id])["Addresses"][0]
    assert told["NetworkInterfaceId"] == second
    net.ec2.disassociate_address(AssociationId=told["AssociationId"])
    assert net.life.refresh(address) == {"networkInterface"}

    net.changed(address, networkInterface=first)
    server = net.ec2.run_instances(ImageId=_image(net), MinCount=1, MaxCount=1, SubnetId=net.subnets[0].id)
    instance = server["Instances"][0]["InstanceId"]
    net.life.change(address, networkInterface=None, instance=instance)
    net.settled(address)
    assert net.ec2.describe_addresses(AllocationIds=[address.id])["Addresses"][0]["InstanceId"] == instance
    net.ends(address)


def _image(net: Net) -> str:
    found = net.ec2.describe_images(Filters=[{"Name": "name", "Values": ["al2023-ami-2023*arm64"]}])["Images"]
    return found[0]["ImageId"]


def test_the_network_of_a_whole_life_ends_empty(net: Net) -> None:
    net.ends(net.inside(SUBNET, "third", cidrBlock="10.0.2.0/24"))
    for thing in (*net.subnets, net.vpc):
        net.ends(thing)
    assert net.ec2.describe_tags()["Tags"] == []
