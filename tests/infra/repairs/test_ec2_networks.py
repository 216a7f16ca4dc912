"""EC2's repairs of networks and of what refuses to be deleted, each proved with it and without it.

The proofs state AWS's documented behaviour; that AWS does it so, only an account can show.
"""

from types import SimpleNamespace

from floodgate.offline.transport import OfflineFault

BROKEN = (AssertionError, OfflineFault, KeyError)


def _net(aws):
    """A network with a subnet, a gateway, a group, an interface in the subnet that wears the group."""
    ec2 = aws.ec2
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone="ap-northeast-2a")["Subnet"][
        "SubnetId"
    ]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    made = ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]
    here = [{"Name": "vpc-id", "Values": [vpc]}]
    return SimpleNamespace(
        vpc=vpc, subnet=subnet, group=group, gateway=gateway, interface=made["NetworkInterfaceId"], here=here
    )  # fmt: skip


def _nat(aws, net):
    address = aws.ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = aws.ec2.create_nat_gateway(SubnetId=net.subnet, AllocationId=address)["NatGateway"]
    return made["NatGatewayId"], address


def test_a_subnet_with_an_interface_stays(proves):
    def proof(aws):
        net = _net(aws)
        assert aws.refused(aws.ec2.delete_subnet, SubnetId=net.subnet) == "DependencyViolation"

    proves(proof)


def test_a_group_that_is_worn_stays(proves):
    def proof(aws):
        net = _net(aws)
        assert aws.refused(aws.ec2.delete_security_group, GroupId=net.group) == "DependencyViolation"

    proves(proof)


def test_a_group_that_another_names_stays_and_one_that_names_itself_does_not(proves):
    def proof(aws):
        net = _net(aws)
        named = aws.ec2.create_security_group(GroupName="named", Description="d", VpcId=net.vpc)["GroupId"]
        rule = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": named}]}
        aws.ec2.authorize_security_group_ingress(GroupId=named, IpPermissions=[rule])
        aws.ec2.authorize_security_group_egress(GroupId=net.group, IpPermissions=[rule])
        assert aws.refused(aws.ec2.delete_security_group, GroupId=named) == "DependencyViolation"

        aws.ec2.revoke_security_group_egress(GroupId=net.group, IpPermissions=[rule])
        assert aws.refused(aws.ec2.delete_security_group, GroupId=named) == ""

    proves(proof)


def test_a_default_group_stays(proves):
    def proof(aws):
        net = _net(aws)
        groups = aws.ec2.describe_security_groups(Filters=net.here)["SecurityGroups"]
        default = next(group["GroupId"] for group in groups if group["GroupName"] == "default")
        assert aws.refused(aws.ec2.delete_security_group, GroupId=default) == "CannotDelete"

    proves(proof)


def test_a_main_table_and_a_default_acl_stay(proves):
    def proof(aws):
        net = _net(aws)
        table = aws.ec2.describe_route_tables(Filters=net.here)["RouteTables"][0]["RouteTableId"]
        acl = aws.ec2.describe_network_acls(Filters=net.here)["NetworkAcls"][0]["NetworkAclId"]
        aws.ec2.delete_network_interface(NetworkInterfaceId=net.interface)
        aws.ec2.delete_subnet(SubnetId=net.subnet)
        assert aws.refused(aws.ec2.delete_route_table, RouteTableId=table) == "DependencyViolation"
        assert aws.refused(aws.ec2.delete_network_acl, NetworkAclId=acl) == "InvalidParameterValue"

    proves(proof)


def test_a_network_with_a_gateway_stays_and_one_with_nothing_goes_whole(proves):
    def proof(aws):
        net = _net(aws)
        aws.ec2.delete_network_interface(NetworkInterfaceId=net.interface)
        aws.ec2.delete_subnet(SubnetId=net.subnet)
        aws.ec2.delete_security_group(GroupId=net.group)
        assert aws.refused(aws.ec2.delete_vpc, VpcId=net.vpc) == "DependencyViolation"

        aws.ec2.detach_internet_gateway(InternetGatewayId=net.gateway, VpcId=net.vpc)
        aws.ec2.delete_vpc(VpcId=net.vpc)
        assert aws.ec2.describe_network_acls(Filters=net.here)["NetworkAcls"] == []

    proves(proof)


def test_a_gateway_with_public_addresses_behind_it_stays(proves):
    def proof(aws):
        net = _net(aws)
        gateway, _ = _nat(aws, net)
        detach = {"InternetGatewayId": net.gateway, "VpcId": net.vpc}
        assert aws.refused(aws.ec2.detach_internet_gateway, **detach) == "DependencyViolation"
        aws.ec2.delete_nat_gateway(NatGatewayId=gateway)
        assert aws.refused(aws.ec2.detach_internet_gateway, **detach) == ""

    proves(proof)


def test_a_balancer_stands_in_its_subnets(proves):
    def proof(aws):
        net = _net(aws)
        second = {"CidrBlock": "10.0.1.0/24", "AvailabilityZone": "ap-northeast-2b"}
        other = aws.ec2.create_subnet(VpcId=net.vpc, **second)["Subnet"]["SubnetId"]
        aws.ec2.delete_network_interface(NetworkInterfaceId=net.interface)
        aws.elbv2.create_load_balancer(Name="b", Subnets=[net.subnet, other], SecurityGroups=[net.group])
        assert aws.refused(aws.ec2.delete_subnet, SubnetId=other) == "DependencyViolation"
        assert aws.refused(aws.ec2.delete_security_group, GroupId=net.group) == "DependencyViolation"

    proves(proof)


def test_a_cache_stands_in_the_subnets_of_its_group(proves):
    def proof(aws):
        net = _net(aws)
        aws.ec2.delete_network_interface(NetworkInterfaceId=net.interface)
        aws.elasticache.create_cache_subnet_group(
            CacheSubnetGroupName="g", CacheSubnetGroupDescription="g", SubnetIds=[net.subnet]
        )
        aws.elasticache.create_replication_group(
            ReplicationGroupId="r", ReplicationGroupDescription="r", CacheNodeType="cache.t4g.micro", Engine="valkey",
            CacheSubnetGroupName="g", SecurityGroupIds=[net.group],
        )  # fmt: skip
        assert aws.refused(aws.ec2.delete_subnet, SubnetId=net.subnet) == "DependencyViolation"
        assert aws.refused(aws.ec2.delete_security_group, GroupId=net.group) == "DependencyViolation"

    proves(proof)


def test_an_address_in_use_is_not_released_and_a_nat_gateway_s_not_taken_away(proves):
    def proof(aws):
        net = _net(aws)
        gateway, address = _nat(aws, net)
        association = aws.ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]["AssociationId"]
        assert aws.refused(aws.ec2.release_address, AllocationId=address) == "InvalidIPAddress.InUse"
        assert aws.refused(aws.ec2.disassociate_address, AssociationId=association) == "AuthFailure"

        aws.ec2.delete_nat_gateway(NatGatewayId=gateway)
        assert aws.refused(aws.ec2.release_address, AllocationId=address) == ""

    proves(proof)


def test_a_deleted_nat_gateway_keeps_no_interface_and_an_unknown_one_is_refused(proves):
    def proof(aws):
        net = _net(aws)
        gateway, _ = _nat(aws, net)
        aws.ec2.delete_nat_gateway(NatGatewayId=gateway)
        told = aws.ec2.describe_network_interfaces()["NetworkInterfaces"]
        assert [each["NetworkInterfaceId"] for each in told] == [net.interface]
        assert aws.refused(aws.ec2.delete_nat_gateway, NatGatewayId="nat-0123456789abcdef0") == "NatGatewayNotFound"

    proves(proof)


def test_a_nat_gateway_has_the_private_address_asked_for_or_is_not_made(proves):
    def proof(aws):
        net = _net(aws)
        private = {"SubnetId": net.subnet, "ConnectivityType": "private"}
        told = aws.ec2.create_nat_gateway(**private, PrivateIpAddress="10.0.0.44")["NatGateway"]
        assert told["NatGatewayAddresses"][0]["PrivateIp"] == "10.0.0.44"

        assert aws.refused(aws.ec2.create_nat_gateway, **private, PrivateIpAddress="10.0.0.44") != ""
        _, address = _nat(aws, net)
        assert aws.refused(aws.ec2.create_nat_gateway, SubnetId=net.subnet, AllocationId=address) != ""
        assert len(aws.ec2.describe_network_interfaces()["NetworkInterfaces"]) == 3

    proves(proof)


def test_every_attribute_of_a_subnet_is_kept(proves):
    def proof(aws):
        subnet = _net(aws).subnet
        for change in (
            {"EnableDns64": {"Value": True}},
            {"EnableResourceNameDnsAAAARecordOnLaunch": {"Value": True}},
            {"PrivateDnsHostnameTypeOnLaunch": "resource-name"},
        ):
            aws.ec2.modify_subnet_attribute(SubnetId=subnet, **change)
        told = aws.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]
        assert told["EnableDns64"] is True
        options = told["PrivateDnsNameOptionsOnLaunch"]
        assert (options["EnableResourceNameDnsAAAARecord"], options["HostnameType"]) == (True, "resource-name")

    proves(proof, plain=BROKEN)


def test_a_subnet_takes_its_place_in_tables_and_acls_with_it(proves):
    def proof(aws):
        net = _net(aws)
        table = aws.ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
        aws.ec2.associate_route_table(RouteTableId=table, SubnetId=net.subnet)
        aws.ec2.delete_network_interface(NetworkInterfaceId=net.interface)
        aws.ec2.delete_subnet(SubnetId=net.subnet)
        told = aws.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
        assert told["Associations"] == []
        assert aws.ec2.describe_network_acls(Filters=net.here)["NetworkAcls"][0]["Associations"] == []

    proves(proof)


def test_a_subnet_has_one_table_and_a_gateway_s_is_found(proves):
    def proof(aws):
        net = _net(aws)
        one, two = (aws.ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"] for _ in "ab")
        aws.ec2.associate_route_table(RouteTableId=one, SubnetId=net.subnet)
        again = {"RouteTableId": two, "SubnetId": net.subnet}
        assert aws.refused(aws.ec2.associate_route_table, **again) == "Resource.AlreadyAssociated"

        aws.ec2.associate_route_table(RouteTableId=two, GatewayId=net.gateway)
        by_gateway = [{"Name": "association.gateway-id", "Values": [net.gateway]}]
        told = aws.ec2.describe_route_tables(Filters=by_gateway)["RouteTables"]
        assert [table["RouteTableId"] for table in told] == [two]

    proves(proof)


def test_an_endpoint_is_interfaces_that_wear_its_groups_and_end_with_it(proves):
    def proof(aws):
        net = _net(aws)
        aws.ec2.delete_network_interface(NetworkInterfaceId=net.interface)
        endpoint = aws.ec2.create_vpc_endpoint(
            VpcId=net.vpc, ServiceName="com.amazonaws.ap-northeast-2.ssm", VpcEndpointType="Interface",
            SubnetIds=[net.subnet], SecurityGroupIds=[net.group], IpAddressType="dualstack",
        )["VpcEndpoint"]  # fmt: skip
        assert endpoint["IpAddressType"] == "dualstack"
        told = aws.ec2.describe_network_interfaces()["NetworkInterfaces"]
        assert [[group["GroupId"] for group in each["Groups"]] for each in told] == [[net.group]]

        aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
        gone = {"VpcEndpointIds": [endpoint["VpcEndpointId"]]}
        assert aws.refused(aws.ec2.describe_vpc_endpoints, **gone) == "InvalidVpcEndpointId.NotFound"
        assert aws.refused(aws.ec2.create_network_interface, SubnetId=net.subnet, PrivateIpAddress="10.0.0.4") == ""

    proves(proof, plain=BROKEN)


def test_a_flow_log_keeps_how_its_files_are_written(proves):
    def proof(aws):
        aws.s3.create_bucket(Bucket="records", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})
        aws.ec2.create_flow_logs(
            ResourceIds=[_net(aws).vpc], ResourceType="VPC", TrafficType="ALL", LogDestinationType="s3",
            LogDestination="arn:aws:s3:::records", DestinationOptions={"FileFormat": "parquet"},
        )  # fmt: skip
        told = aws.ec2.describe_flow_logs()["FlowLogs"][0]
        assert told["DestinationOptions"]["FileFormat"] == "parquet"

    proves(proof, plain=BROKEN)
