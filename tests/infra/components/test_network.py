"""The network as AWS holds it, read back through its API: paths, routes, addresses, records.

It shows what is declared; that packets take these ways is AWS's promise.
"""

from ipaddress import IPv4Network

import pytest

EVERYWHERE = "0.0.0.0/0"


def groups(client):
    """Security groups by the last part of their name tag."""
    found = client("ec2").describe_security_groups()["SecurityGroups"]
    tags = {group["GroupId"]: {tag["Key"]: tag["Value"] for tag in group.get("Tags", [])} for group in found}
    return {tags[id_].get("Name", id_).rsplit("-", 1)[-1]: id_ for id_ in tags}


def doors(client, group_id):
    """Who may call a group: ids of groups, ranges and prefix lists, with the port."""
    rules = client("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group_id]}])
    return {
        (
            rule.get("CidrIpv4")
            or rule.get("CidrIpv6")
            or rule.get("PrefixListId")
            or rule["ReferencedGroupInfo"]["GroupId"],
            rule["FromPort"],
        )
        for rule in rules["SecurityGroupRules"]
        if not rule["IsEgress"]
    }


def open_paths(client, tiers=("data", "cache", "proxy")):
    """Rules by which anybody but a group of this stack could call a tier that keeps things."""
    known = groups(client)
    return {
        (tier, source) for tier in tiers for source, _ in doors(client, known[tier]) if source not in known.values()
    }


def routes(client, tier):
    """Routes of the subnets of a tier, by subnet."""
    ec2 = client("ec2")
    subnets = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": [f"network-{tier}-*"]}])["Subnets"]
    found = {}
    for subnet in subnets:
        condition = [{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}]
        (table,) = ec2.describe_route_tables(Filters=condition)["RouteTables"]
        found[subnet["SubnetId"]] = (subnet, table["Routes"])
    assert found, f"no subnet of tier {tier}"
    return found


def test_nobody_from_outside_can_call_database_cache_or_proxy(any_stack):
    assert not open_paths(any_stack.world.session.client)


def test_an_open_path_to_the_data_would_be_seen(floodgate_stack):
    client = floodgate_stack("dev", seed=1).world.session.client
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": EVERYWHERE}]}
    client("ec2").authorize_security_group_ingress(GroupId=groups(client)["data"], IpPermissions=[rule])
    assert open_paths(client) == {("data", EVERYWHERE)}


def test_the_database_is_called_by_servers_and_proxy_and_the_cache_by_servers(any_stack):
    client = any_stack.world.session.client
    known = groups(client)
    assert doors(client, known["data"]) == {(known["app"], 5432), (known["proxy"], 5432)}
    assert doors(client, known["proxy"]) == {(known["app"], 5432)}
    assert doors(client, known["cache"]) == {(known["app"], 6379)}


def test_servers_are_called_by_the_balancer_alone(any_stack):
    client = any_stack.world.session.client
    known = groups(client)
    assert {source for source, _ in doors(client, known["app"])} == {known["balancer"]}


def test_behind_the_edge_the_balancer_is_open_to_cloudfront_alone(aws):
    ((source, port),) = doors(aws, groups(aws)["balancer"])
    lists = aws("ec2").describe_managed_prefix_lists(PrefixListIds=[source])["PrefixLists"]
    assert [item["PrefixListName"] for item in lists] == ["com.amazonaws.global.cloudfront.origin-facing"]
    assert port == 443


def test_without_the_edge_the_balancer_is_open_to_everybody(july, dev):
    for stack, ports in ((july, {80, 443}), (dev, {80})):
        client = stack.world.session.client
        assert doors(client, groups(client)["balancer"]) == {(EVERYWHERE, port) for port in ports}


def test_database_cache_and_endpoints_may_call_nobody(any_stack):
    client = any_stack.world.session.client
    known = groups(client)
    for tier in ("data", "cache", "endpoints"):
        rules = client("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [known[tier]]}])
        assert not [rule for rule in rules["SecurityGroupRules"] if rule["IsEgress"]]


def test_the_default_security_group_of_the_vpc_is_closed(any_stack):
    client = any_stack.world.session.client
    condition = [
        {"Name": "group-name", "Values": ["default"]},
        {"Name": "vpc-id", "Values": [vpc(client)["VpcId"]]},
    ]
    (group,) = client("ec2").describe_security_groups(Filters=condition)["SecurityGroups"]
    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])


def vpc(client):
    (found,) = client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["network"]}])["Vpcs"]
    return found


def ways_out_of_data(client):
    """Routes of data subnets that lead out of the VPC."""
    return [way for _, ways in routes(client, "data").values() for way in ways if way.get("GatewayId") != "local"]


def test_data_subnets_have_no_way_out(any_stack):
    assert not ways_out_of_data(any_stack.world.session.client)


def test_a_way_out_of_the_data_would_be_seen(floodgate_stack):
    client = floodgate_stack("dev", seed=2).world.session.client
    ec2 = client("ec2")
    condition = [{"Name": "association.subnet-id", "Values": list(routes(client, "data"))}]
    table = ec2.describe_route_tables(Filters=condition)["RouteTables"][0]["RouteTableId"]
    (gateway,) = ec2.describe_internet_gateways()["InternetGateways"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=EVERYWHERE, GatewayId=gateway["InternetGatewayId"])
    assert ways_out_of_data(client)


def test_servers_leave_by_the_gateway_of_their_own_zone(aws):
    gateways = {item["NatGatewayId"]: item for item in aws("ec2").describe_nat_gateways()["NatGateways"]}
    zone_of = {s["SubnetId"]: s["AvailabilityZone"] for s in aws("ec2").describe_subnets()["Subnets"]}
    for subnet, ways in routes(aws, "app").values():
        (out,) = [way["NatGatewayId"] for way in ways if way.get("DestinationCidrBlock") == EVERYWHERE]
        assert zone_of[gateways[out]["SubnetId"]] == subnet["AvailabilityZone"]


def test_one_gateway_serves_all_zones_in_development(dev):
    client = dev.world.session.client
    assert len(client("ec2").describe_nat_gateways()["NatGateways"]) == 1
    assert len(routes(client, "app")) == 2


@pytest.mark.parametrize("tier", ["public", "app", "data"])
def test_each_tier_stands_in_three_zones(aws, tier):
    assert len({subnet["AvailabilityZone"] for subnet, _ in routes(aws, tier).values()}) == 3


def test_nothing_gets_a_public_address_by_accident(any_stack):
    client = any_stack.world.session.client
    condition = [{"Name": "vpc-id", "Values": [vpc(client)["VpcId"]]}]
    subnets = client("ec2").describe_subnets(Filters=condition)["Subnets"]
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in subnets)


def test_the_largest_fleet_and_its_warm_pool_fit_into_two_zones(aws):
    (group,) = aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    pool = aws("autoscaling").describe_warm_pool(AutoScalingGroupName=group["AutoScalingGroupName"])
    servers = group["MaxSize"] + pool["WarmPoolConfiguration"]["MinSize"]
    sizes = sorted(IPv4Network(subnet["CidrBlock"]).num_addresses - 5 for subnet, _ in routes(aws, "app").values())
    assert sum(sizes[:2]) > servers


def test_traffic_is_recorded_for_a_limited_time(any_stack):
    client = any_stack.world.session.client
    (log,) = client("ec2").describe_flow_logs()["FlowLogs"]
    assert log["ResourceId"] == vpc(client)["VpcId"]
    name = log.get("LogGroupName") or log["LogDestination"].rsplit(":", 1)[-1]
    (group,) = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert group["retentionInDays"] in (7, 90)


def test_s3_is_reached_without_nat_from_servers_and_not_from_data(aws):
    endpoints = aws("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    (s3,) = [item for item in endpoints if item["VpcEndpointType"] == "Gateway"]
    condition = [{"Name": "association.subnet-id", "Values": list(routes(aws, "app"))}]
    tables = {table["RouteTableId"] for table in aws("ec2").describe_route_tables(Filters=condition)["RouteTables"]}
    assert set(s3["RouteTableIds"]) == tables


def test_services_are_reached_by_private_names_from_every_zone(aws):
    endpoints = aws("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    interfaces = [item for item in endpoints if item["VpcEndpointType"] == "Interface"]
    assert {item["ServiceName"].rsplit(".", 1)[-1] for item in interfaces} == {
        "ssm",
        "secretsmanager",
        "logs",
        "monitoring",
        "autoscaling",
    }
    for item in interfaces:
        assert item["PrivateDnsEnabled"]
        assert set(item["SubnetIds"]) == set(routes(aws, "app"))
