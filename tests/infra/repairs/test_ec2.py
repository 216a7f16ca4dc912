"""EC2's repairs, each proved with it and without it.

The proofs state AWS's documented behaviour; that AWS does it so, only an account can show.
"""

import pytest

from floodgate.offline.transport import OfflineFault


def test_instances_get_the_options_of_their_template(proves):
    def proof(aws):
        template = aws.template(
            MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
            Monitoring={"Enabled": True},
            EbsOptimized=True,
            InstanceMarketOptions={"MarketType": "spot"},
        )
        told = aws.launch(template, SubnetId=aws.subnet())

        assert told["MetadataOptions"]["HttpTokens"] == "required"
        assert told["Monitoring"]["State"] == "enabled"
        assert told["EbsOptimized"] is True
        assert told["InstanceLifecycle"] == "spot"

    proves(proof)


def test_every_instance_of_a_launch_gets_the_profile_of_the_template(proves):
    def proof(aws):
        aws.iam.create_instance_profile(InstanceProfileName="server")
        template = aws.template(IamInstanceProfile={"Name": "server"})
        aws.ec2.run_instances(LaunchTemplate={"LaunchTemplateId": template}, MinCount=2, MaxCount=2)
        told = aws.ec2.describe_instances()["Reservations"][0]["Instances"]

        assert ["server" in i.get("IamInstanceProfile", {}).get("Arn", "") for i in told] == [True, True]

    proves(proof)


def test_a_profile_that_does_not_exist_is_refused_at_launch(proves):
    def proof(aws):
        template = {"LaunchTemplateId": aws.template(IamInstanceProfile={"Name": "nobody"})}
        code = aws.refused(aws.ec2.run_instances, LaunchTemplate=template, MinCount=1, MaxCount=1)

        assert code == "InvalidParameterValue"

    proves(proof)


def test_security_groups_of_an_interface_are_those_of_the_instance(proves):
    def proof(aws):
        subnet = aws.subnet()
        vpc = aws.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]
        group = aws.ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
        told = aws.launch(aws.template(NetworkInterfaces=[{"DeviceIndex": 0, "Groups": [group], "SubnetId": subnet}]))

        assert [g["GroupId"] for g in told["SecurityGroups"]] == [group]
        assert told["SubnetId"] == subnet

    proves(proof)


def test_an_instance_has_the_disks_of_its_template_and_no_other(proves):
    def proof(aws):
        disk = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 20, "VolumeType": "gp3"}}
        told = aws.launch(aws.template(BlockDeviceMappings=[disk]), SubnetId=aws.subnet())

        assert [d["DeviceName"] for d in told["BlockDeviceMappings"]] == ["/dev/xvda"]

    proves(proof)


def test_an_image_may_be_named_by_a_public_parameter(proves):
    def proof(aws):
        name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
        told = aws.launch(aws.template(ImageId=f"resolve:ssm:{name}"), SubnetId=aws.subnet())

        assert told["ImageId"] == aws.ssm.get_parameter(Name=name)["Parameter"]["Value"]

    proves(proof)


def test_a_new_version_begins_with_its_source(proves):
    def proof(aws):
        template = aws.template(Monitoring={"Enabled": True})
        made = aws.ec2.create_launch_template_version(
            LaunchTemplateId=template, SourceVersion="1", LaunchTemplateData={"InstanceType": "c7g.xlarge"}
        )["LaunchTemplateVersion"]["LaunchTemplateData"]

        assert made.get("Monitoring") == {"Enabled": True}
        assert made["InstanceType"] == "c7g.xlarge", "what is given lies over the source"

    proves(proof)


def test_a_subnet_gets_its_addresses_back(proves):
    def proof(aws):
        subnet, template = aws.subnet("10.0.0.0/28"), aws.template()
        addresses = set()
        for _ in range(30):
            told = aws.launch(template, SubnetId=subnet)
            addresses.add(told["PrivateIpAddress"])
            aws.ec2.terminate_instances(InstanceIds=[told["InstanceId"]])
        free = aws.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"]

        assert addresses == {"10.0.0.4"}, "the first that is not AWS's own, each time"
        assert free == 11

    proves(proof, plain=OfflineFault)


def test_a_full_subnet_is_refused_and_keeps_nothing_of_the_launch(proves):
    def proof(aws):
        subnet, template = aws.subnet("10.0.0.0/28"), {"LaunchTemplateId": aws.template()}
        many = {"LaunchTemplate": template, "SubnetId": subnet, "MinCount": 12, "MaxCount": 12}

        assert aws.refused(aws.ec2.run_instances, **many) == "InsufficientFreeAddressesInSubnet"
        assert aws.ec2.describe_instances()["Reservations"] == []
        assert aws.refused(aws.ec2.run_instances, **{**many, "MinCount": 11, "MaxCount": 11}) == ""

    proves(proof, plain=(OfflineFault, AssertionError))


def test_an_address_in_use_is_refused(proves):
    def proof(aws):
        subnet, template = aws.subnet(), aws.template()
        aws.launch(template, SubnetId=subnet, PrivateIpAddress="10.0.0.9")
        again = {"LaunchTemplate": {"LaunchTemplateId": template}, "SubnetId": subnet, "MinCount": 1, "MaxCount": 1}

        assert aws.refused(aws.ec2.run_instances, **again, PrivateIpAddress="10.0.0.9") == "InvalidIPAddress.InUse"

    proves(proof, plain=OfflineFault)


def test_a_nat_gateway_has_an_address_of_its_subnet(proves):
    def proof(aws):
        made = aws.ec2.create_nat_gateway(SubnetId=aws.subnet(), ConnectivityType="private")["NatGateway"]

        assert made["NatGatewayAddresses"][0]["PrivateIp"] == "10.0.0.4"

    proves(proof)


def test_an_interface_with_an_unknown_security_group_is_refused(proves):
    def proof(aws):
        create = aws.ec2.create_network_interface
        code = aws.refused(create, SubnetId=aws.subnet(), Groups=["sg-0123456789abcdef0"])

        assert code == "InvalidGroup.NotFound"

    proves(proof)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ({"NatGatewayId": "nat-0123456789abcdef0"}, "InvalidNatGatewayID.NotFound"),
        ({"TransitGatewayId": "tgw-0123456789abcdef0"}, "InvalidTransitGatewayID.NotFound"),
    ],
    ids=["nat gateway", "transit gateway"],
)
def test_a_route_leads_to_something_that_exists(proves, target, code):
    def proof(aws):
        vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        table = aws.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        create = aws.ec2.create_route

        assert aws.refused(create, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target) == code

    proves(proof)


def _group(aws):
    vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return aws.ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]


def _allow(aws, group, **source):
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **source}
    return aws.refused(aws.ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[rule])


def test_a_rule_is_the_same_under_another_description(proves):
    def proof(aws):
        group = _group(aws)

        assert _allow(aws, group, UserIdGroupPairs=[{"GroupId": group, "Description": "one"}]) == ""
        again = [{"GroupId": group, "Description": "two"}]
        assert _allow(aws, group, UserIdGroupPairs=again) == "InvalidPermission.Duplicate"

    proves(proof)


def test_a_rule_from_a_group_or_prefix_list_keeps_its_description(proves):
    def proof(aws):
        group = _group(aws)
        lists = aws.ec2.describe_managed_prefix_lists()["PrefixLists"]
        _allow(aws, group, UserIdGroupPairs=[{"GroupId": group, "Description": "from its own kind"}])
        _allow(aws, group, PrefixListIds=[{"PrefixListId": lists[0]["PrefixListId"], "Description": "from AWS"}])
        filters = [{"Name": "group-id", "Values": [group]}]
        rules = aws.ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]

        assert {r.get("Description") for r in rules if not r["IsEgress"]} == {"from its own kind", "from AWS"}

    proves(proof)
