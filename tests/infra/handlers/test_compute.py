"""Launch templates and instances, made through the handlers and read back through boto3."""

import base64

import pytest

from floodgate.offline.problems import Refused

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

TEMPLATE, INSTANCE = "aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance"
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"


@pytest.fixture
def image(make):
    return make.ask("aws:ssm/getParameter:getParameter", name=IMAGE)["value"]


@pytest.fixture
def subnet(make):
    vpc, _ = make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    return make("aws:ec2/subnet:Subnet", vpcId=vpc, cidrBlock="10.0.0.0/24")[0]


def data_of(make, template):
    versions = make.client("ec2").describe_launch_template_versions(LaunchTemplateId=template)
    return versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]


def test_everything_a_template_says_reaches_aws_under_its_own_names(make, image):
    template, state = make(
        TEMPLATE,
        imageId=image,
        instanceType="c7g.xlarge",
        ebsOptimized="true",
        userData=base64.b64encode(b"#!/bin/sh").decode(),
        metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 1, "httpProtocolIpv6": "disabled"},
        monitoring={"enabled": True},
        blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 20, "encrypted": "true"}}],
        networkInterfaces=[{"associatePublicIpAddress": "false", "ipv4Addresses": ["10.0.0.9"], "deviceIndex": 0}],
        tagSpecifications=[{"resourceType": "instance", "tags": {"role": "web"}}],
        privateDnsNameOptions={"enableResourceNameDnsAaaaRecord": True},
        instanceMarketOptions={"marketType": "spot", "spotOptions": {"maxPrice": "0.1"}},
        tags={"of": "the template"},
    )
    data = data_of(make, template)

    assert (state["defaultVersion"], state["latestVersion"]) == (1, 1)
    assert state["arn"].endswith(f":launch-template/{template}")
    assert data["EbsOptimized"] is True, "text in Pulumi, a truth value in AWS"
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert data["BlockDeviceMappings"][0]["Ebs"] == {"Encrypted": True, "VolumeSize": 20}
    assert data["NetworkInterfaces"][0]["PrivateIpAddresses"] == [{"PrivateIpAddress": "10.0.0.9"}]
    assert data["TagSpecifications"][0] == {"ResourceType": "instance", "Tags": [{"Key": "role", "Value": "web"}]}
    assert data["PrivateDnsNameOptions"]["EnableResourceNameDnsAAAARecord"] is True
    assert data["InstanceMarketOptions"]["SpotOptions"]["MaxPrice"] == "0.1"
    assert base64.b64decode(data["UserData"]) == b"#!/bin/sh"


def test_requirements_of_an_instance_are_spelled_as_aws_spells_them(make, image):
    needs = {"vcpuCount": {"min": 2}, "memoryMib": {"min": 4096}, "totalLocalStorageGb": {"min": 1.5}}
    template, _ = make(TEMPLATE, imageId=image, instanceRequirements=needs)

    assert data_of(make, template)["InstanceRequirements"] == {
        "VCpuCount": {"Min": 2},
        "MemoryMiB": {"Min": 4096},
        "TotalLocalStorageGB": {"Min": 1.5},
    }


def test_a_template_with_a_type_and_requirements_is_refused(make, image):
    needs = {"vcpuCount": {"min": 2}, "memoryMib": {"min": 4096}}
    with pytest.raises(Refused, match=r"instanceType|InstanceType"):
        make(TEMPLATE, imageId=image, instanceType="c7g.xlarge", instanceRequirements=needs)


def test_an_instance_is_what_its_properties_say(make, image, subnet):
    instance, state = make(
        INSTANCE, ami=image, instanceType="t4g.small", subnetId=subnet, monitoring=True, sourceDestCheck=False,
        rootBlockDevice={"volumeSize": 12}, metadataOptions={"httpTokens": "required"}, userData="#!/bin/sh",
        tags={"Name": "one"},
    )  # fmt: skip
    ec2 = make.client("ec2")
    told = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    disk = ec2.describe_volumes(VolumeIds=[told["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]])["Volumes"][0]
    script = ec2.describe_instance_attribute(InstanceId=instance, Attribute="userData")["UserData"]["Value"]

    assert state["privateIp"].startswith("10.0.0.")
    assert state["instanceState"] == "running"
    assert state["monitoring"] is True
    assert told["MetadataOptions"]["HttpTokens"] == "required"
    assert told["SourceDestCheck"] is False
    assert disk["Size"] == 12
    assert base64.b64decode(script) == b"#!/bin/sh"
    assert told["Tags"] == [{"Key": "Name", "Value": "one"}]


def test_an_instance_follows_its_template(make, image, subnet):
    template, _ = make(TEMPLATE, imageId=image, instanceType="c7g.large", metadataOptions={"httpTokens": "required"})
    instance, state = make(INSTANCE, launchTemplate={"id": template, "version": "$Latest"}, subnetId=subnet)
    told = make.client("ec2").describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]

    assert state["instanceType"] == "c7g.large"
    assert told["MetadataOptions"]["HttpTokens"] == "required"


def test_an_image_that_does_not_exist_is_refused(make, subnet):
    with pytest.raises(Refused, match=r"InvalidAMIID\.NotFound"):
        make(INSTANCE, ami="ami-0123456789abcdef0", instanceType="t4g.small", subnetId=subnet)
