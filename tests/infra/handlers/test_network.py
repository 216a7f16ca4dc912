"""Networks, routes and security groups, made through the handlers and read back through boto3.

What is compared with AWS here are the shapes of ids, ARNs and defaults; that AWS itself agrees, only an account shows.
"""

import zlib

import pytest

from floodgate.offline.problems import Refused

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
TABLE, ROUTE = "aws:ec2/routeTable:RouteTable", "aws:ec2/route:Route"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.fixture
def network(make):
    """A network with a public subnet, and where they lead."""
    vpc, state = make(VPC, cidrBlock="10.0.0.0/16", enableDnsHostnames=True, tags={"Name": "main"})
    subnet, _ = make(SUBNET, vpcId=vpc, cidrBlock="10.0.0.0/24", availabilityZone="ap-northeast-2a")
    gateway, _ = make("aws:ec2/internetGateway:InternetGateway", vpcId=vpc)
    return {"vpc": vpc, "subnet": subnet, "gateway": gateway, "state": state}


def test_a_network_tells_what_aws_made_with_it(make, network):
    ec2, state, here = make.client("ec2"), network["state"], [{"Name": "vpc-id", "Values": [network["vpc"]]}]

    assert state["arn"] == f"arn:aws:ec2:ap-northeast-2:123456789012:vpc/{network['vpc']}"
    assert state["ownerId"] == "123456789012"
    assert state["enableDnsHostnames"] is True
    assert state["enableDnsSupport"] is True
    assert state["tagsAll"] == {"Name": "main"}
    default = ec2.describe_security_groups(GroupIds=[state["defaultSecurityGroupId"]])["SecurityGroups"][0]
    assert default["GroupName"] == "default"
    tables = ec2.describe_route_tables(Filters=here)["RouteTables"]
    assert [state["mainRouteTableId"]] == [table["RouteTableId"] for table in tables]
    acls = ec2.describe_network_acls(Filters=here)["NetworkAcls"]
    assert [state["defaultNetworkAclId"]] == [acl["NetworkAclId"] for acl in acls]


def test_a_subnet_is_public_only_when_it_says_so(make, network):
    public, _ = make(SUBNET, vpcId=network["vpc"], cidrBlock="10.0.1.0/24", mapPublicIpOnLaunch=True)
    told = make.client("ec2").describe_subnets(SubnetIds=[network["subnet"], public])["Subnets"]

    assert {s["SubnetId"]: s["MapPublicIpOnLaunch"] for s in told} == {network["subnet"]: False, public: True}


def test_a_route_has_the_id_that_the_provider_makes_up(make, network):
    table, _ = make(TABLE, vpcId=network["vpc"])
    route, state = make(ROUTE, routeTableId=table, destinationCidrBlock="0.0.0.0/0", gatewayId=network["gateway"])

    assert route == f"r-{table}1080289494", "the number is the checksum of 0.0.0.0/0"
    assert zlib.crc32(b"0.0.0.0/0") == 1080289494
    assert state["state"] == "active"
    assert state["origin"] == "CreateRoute"


def test_routes_inside_a_table_are_made_with_it(make, network):
    routes = [{"cidrBlock": "0.0.0.0/0", "gatewayId": network["gateway"]}]
    table, state = make(TABLE, vpcId=network["vpc"], routes=routes)
    make("aws:ec2/routeTableAssociation:RouteTableAssociation", routeTableId=table, subnetId=network["subnet"])
    told = make.client("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"][0]

    assert state["routes"] == routes, "the local route of every table is AWS's own and not told"
    assert network["gateway"] in [route.get("GatewayId") for route in told["Routes"]]
    assert [a["SubnetId"] for a in told["Associations"]] == [network["subnet"]]


def test_a_route_to_a_nat_gateway_that_does_not_exist_is_refused(make, network):
    table, _ = make(TABLE, vpcId=network["vpc"])
    with pytest.raises(Refused, match=r"InvalidNatGatewayID.NotFound.*nat-0123456789abcdef0"):
        make(ROUTE, routeTableId=table, destinationCidrBlock="0.0.0.0/0", natGatewayId="nat-0123456789abcdef0")


def test_the_main_table_can_be_replaced_and_the_first_one_is_remembered(make, network):
    table, _ = make(TABLE, vpcId=network["vpc"])
    main = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
    _, state = make(main, vpcId=network["vpc"], routeTableId=table)
    told = make.client("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"][0]

    assert state["originalRouteTableId"] == network["state"]["mainRouteTableId"]
    assert [a["Main"] for a in told["Associations"]] == [True]


def test_a_nat_gateway_stands_in_its_subnet_behind_its_address(make, network):
    address, eip = make("aws:ec2/eip:Eip", domain="vpc")
    _, nat = make("aws:ec2/natGateway:NatGateway", subnetId=network["subnet"], allocationId=address)

    assert nat["publicIp"] == eip["publicIp"]
    assert nat["privateIp"].startswith("10.0.0."), "an address of the subnet"
    assert eip["arn"].endswith(f":elastic-ip/{address}")


def test_endpoints_are_routes_or_interfaces(make, network):
    table, _ = make(TABLE, vpcId=network["vpc"])
    group, _ = make(GROUP, vpcId=network["vpc"])
    endpoint, service = "aws:ec2/vpcEndpoint:VpcEndpoint", "com.amazonaws.ap-northeast-2"
    _, s3 = make(endpoint, "s3", vpcId=network["vpc"], serviceName=f"{service}.s3", routeTableIds=[table])
    _, ssm = make(
        endpoint, "ssm", vpcId=network["vpc"], serviceName=f"{service}.ssm", vpcEndpointType="Interface",
        subnetIds=[network["subnet"]], securityGroupIds=[group], privateDnsEnabled=True,
    )  # fmt: skip

    assert s3["prefixListId"].startswith("pl-")
    assert s3["networkInterfaceIds"] == []
    assert len(ssm["networkInterfaceIds"]) == 1
    assert ssm["securityGroupIds"] == [group]
    assert ssm["privateDnsEnabled"] is True


def test_a_new_security_group_lets_nothing_out_that_was_not_asked_for(make, network):
    group, state = make(GROUP, vpcId=network["vpc"])
    told = make.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]

    assert told["IpPermissionsEgress"] == [], "AWS's own rule that lets everything out is taken away"
    assert told["Description"] == "Managed by Pulumi"
    assert state["name"].startswith("it-")


def test_rules_inside_a_group_and_rules_of_their_own_both_reach_aws(make, network):
    inline = {"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["10.0.0.0/8"], "self": True}
    group, state = make(GROUP, vpcId=network["vpc"], ingress=[inline])
    rule, told = make(
        INGRESS, securityGroupId=group, ipProtocol="tcp", fromPort=443, toPort=443,
        referencedSecurityGroupId=group, description="from its own kind", tags={"who": "me"},
    )  # fmt: skip
    rules = make.client("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    found = {r["SecurityGroupRuleId"]: r for r in rules["SecurityGroupRules"]}

    assert state["ingress"] == [{**inline}]
    assert len(found) == 3
    assert found[rule]["FromPort"] == 443
    assert found[rule]["Description"] == "from its own kind"
    assert told["arn"].endswith(f":security-group-rule/{rule}")
    assert told["tagsAll"] == {"who": "me"}


def test_two_rules_that_differ_only_in_their_description_are_refused(make, network):
    group, _ = make(GROUP, vpcId=network["vpc"])
    same = {"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    make(INGRESS, "one", **same, referencedSecurityGroupId=group, description="one")
    with pytest.raises(Refused, match=r"InvalidPermission\.Duplicate"):
        make(INGRESS, "two", **same, referencedSecurityGroupId=group, description="two")


def test_the_older_kind_of_rule_has_a_checksum_for_an_id(make, network):
    group, _ = make(GROUP, vpcId=network["vpc"])
    rule, state = make(
        "aws:ec2/securityGroupRule:SecurityGroupRule", type="ingress", securityGroupId=group, protocol="tcp",
        fromPort=443, toPort=443, cidrBlocks=["10.1.0.0/16"],
    )  # fmt: skip

    assert rule == f"sgrule-{zlib.crc32(f'{group}-443-443-tcp-ingress-10.1.0.0/16-'.encode())}"
    assert state["securityGroupRuleId"].startswith("sgr-")


def test_the_default_group_is_taken_over_and_emptied(make, network):
    group, _ = make("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", vpcId=network["vpc"], tags={"use": "none"})
    told = make.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]

    assert group == network["state"]["defaultSecurityGroupId"]
    assert told["IpPermissions"] == told["IpPermissionsEgress"] == []
    assert told["Tags"] == [{"Key": "use", "Value": "none"}]


def test_a_network_acl_replaces_the_one_its_subnet_had(make, network):
    rule = {"ruleNo": 100, "action": "allow", "protocol": "tcp", "fromPort": 443, "toPort": 443}
    acl, _ = make(
        "aws:ec2/networkAcl:NetworkAcl", vpcId=network["vpc"], subnetIds=[network["subnet"]],
        ingress=[rule | {"cidrBlock": "0.0.0.0/0"}],
    )  # fmt: skip
    told = make.client("ec2").describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]

    assert [a["SubnetId"] for a in told["Associations"]] == [network["subnet"]]
    assert 100 in [entry["RuleNumber"] for entry in told["Entries"] if not entry["Egress"]]


def test_a_flow_log_that_aws_refuses_is_an_error_though_the_call_succeeds(make, network):
    flow = {"vpcId": network["vpc"], "trafficType": "ALL", "iamRoleArn": "arn:aws:iam::123456789012:role/none"}
    with pytest.raises(Refused):
        make("aws:ec2/flowLog:FlowLog", **flow, logDestination="arn:aws:s3:::nowhere", logDestinationType="s3")


def test_a_flow_log_tells_where_it_writes(make, network):
    _, group = make("aws:cloudwatch/logGroup:LogGroup")
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}'
    )
    _, role = make("aws:iam/role:Role", assumeRolePolicy=trust)
    flow, state = make(
        "aws:ec2/flowLog:FlowLog", vpcId=network["vpc"], trafficType="ALL", iamRoleArn=role["arn"],
        logDestination=group["arn"],
    )  # fmt: skip
    told = make.client("ec2").describe_flow_logs(FlowLogIds=[flow])["FlowLogs"][0]

    assert told["LogDestination"] == state["logDestination"] == group["arn"]
    assert state["arn"].endswith(f":vpc-flow-log/{flow}")
