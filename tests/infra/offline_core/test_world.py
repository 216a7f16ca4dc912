"""Worlds: alone, on this machine only, strict, the same from run to run.

Proves isolation, ids, checks and the absence of network for calls through boto3; programs are in test_deploy.py.
"""

import socket
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from moto import mock_aws

from floodgate.offline import transport
from floodgate.offline.repairs.patching import unrepaired
from floodgate.offline.transport import NotOffline, OfflineFault
from floodgate.offline.world import World

NOW = datetime(2027, 8, 8, 20, tzinfo=UTC)


def world(**options):
    given: dict[str, Any] = {"now": NOW, "region": "ap-northeast-2", **options}
    return World(**given)


def vpcs(session, region=None):
    found = session.client("ec2", region_name=region).describe_vpcs(
        Filters=[{"Name": "is-default", "Values": ["false"]}]
    )
    return [vpc["VpcId"] for vpc in found["Vpcs"]]


def make_vpc(session, cidr="10.0.0.0/16"):
    return session.client("ec2").create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]


def test_two_worlds_with_the_same_account_do_not_see_each_other():
    one, two = world(), world()
    made = make_vpc(one.session)

    assert vpcs(one.session) == [made]
    assert vpcs(two.session) == []


def test_a_bucket_name_is_taken_in_one_world_only():
    one, two = world(), world()
    place = {"LocationConstraint": "ap-northeast-2"}
    for session in (one.session, two.session):
        session.client("s3").create_bucket(Bucket="releases", CreateBucketConfiguration=place)

    with pytest.raises(ClientError, match="BucketAlreadyOwnedByYou"):
        one.session.client("s3").create_bucket(Bucket="releases", CreateBucketConfiguration=place)


def test_mock_aws_beside_a_world_touches_nothing_of_it_and_keeps_its_own():
    alone = world()
    mine = make_vpc(alone.session)
    with mock_aws():
        theirs = boto3.Session(region_name="ap-northeast-2")
        before = len(theirs.client("ec2").describe_vpcs()["Vpcs"])
        make_vpc(alone.session, "10.1.0.0/16")
        assert len(theirs.client("ec2").describe_vpcs()["Vpcs"]) == before

    assert mine in vpcs(alone.session)
    assert len(vpcs(alone.session)) == 2


def test_every_mock_aws_begins_empty_whatever_the_one_before_held():
    """While moto empties a balancer's service it asks for EC2, which it has emptied already."""
    for _ in range(3):
        with mock_aws():
            theirs = boto3.Session(region_name="ap-northeast-2")
            balancers, ec2 = theirs.client("elbv2"), theirs.client("ec2")
            balancers.create_target_group(Name="public", Protocol="HTTP", Port=80, VpcId=make_vpc(theirs))
            image = ec2.describe_images()["Images"][0]["ImageId"]
            data = {"ImageId": image, "InstanceType": "t3.micro"}
            template = ec2.create_launch_template(LaunchTemplateName="server", LaunchTemplateData=data)
            theirs.client("autoscaling").create_auto_scaling_group(
                AutoScalingGroupName="web",
                LaunchTemplate={"LaunchTemplateId": template["LaunchTemplate"]["LaunchTemplateId"]},
                MinSize=1,
                MaxSize=1,
                AvailabilityZones=["ap-northeast-2a"],
            )


def test_regions_of_one_world_are_apart_and_belong_to_one_account():
    alone = world()
    made = make_vpc(alone.session)

    assert vpcs(alone.session, "us-east-1") == []
    assert vpcs(alone.session) == [made]


def test_eight_threads_in_two_worlds_do_not_disturb_each_other():
    worlds = [world(), world()]
    failures = []

    def fill(session, start):
        try:
            client = session.client("ec2")
            for number in range(start, start + 10):
                client.create_vpc(CidrBlock=f"10.{number}.0.0/16")
        except Exception as error:  # noqa: BLE001 - a thread cannot raise into the test
            failures.append(error)

    threads = [threading.Thread(target=fill, args=(w.session, 10 * n)) for w in worlds for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert [len(vpcs(w.session)) for w in worlds] == [40, 40]


def test_ids_come_from_seed_type_and_name_alone():
    def made(seed, *names):
        alone = world(seed=seed)
        ids = {}
        for name in names:
            with alone.making("aws:ec2/vpc:Vpc", name):
                ids[name] = make_vpc(alone.session)
        return ids

    assert made(0, "a", "b") == made(0, "b", "a"), "the order does not matter"
    assert made(0, "a") != made(1, "a"), "the seed does"
    assert made(0, "a")["a"] != made(0, "b")["b"]


def test_calls_outside_of_a_resource_are_the_same_from_run_to_run_too():
    assert make_vpc(world().session) == make_vpc(world().session)


def test_the_present_is_the_worlds_own_and_can_be_moved():
    alone = world()
    logs = alone.session.client("logs")
    logs.create_log_group(logGroupName="first")
    alone.now += timedelta(days=3)
    logs.create_log_group(logGroupName="second")

    first, second = logs.describe_log_groups()["logGroups"]
    assert first["creationTime"] == NOW.timestamp() * 1000
    assert second["creationTime"] - first["creationTime"] == 3 * 86_400_000


def test_plain_moto_takes_the_machines_clock():
    def made(session):
        return session.client("ec2").create_volume(AvailabilityZone="ap-northeast-2a", Size=8)["CreateTime"]

    assert made(world().session) == NOW
    with unrepaired():
        assert made(world().session) != NOW


def test_a_present_without_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        world(now=datetime(2027, 8, 8))  # noqa: DTZ001 - that is what is refused


def test_the_newest_amazon_linux_is_the_one_that_its_public_parameter_names():
    session = world().session
    for architecture in ("arm64", "x86_64"):
        name = f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"
        image = session.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]

        (found,) = session.client("ec2").describe_images(ImageIds=[image])["Images"]
        assert found["Architecture"] == architecture
        assert found["OwnerId"] == "137112412989"
        assert found["CreationDate"] < NOW.isoformat()


def test_a_value_outside_of_the_service_model_is_refused():
    with pytest.raises(ClientError, match=r"\(ValidationError\).*'Sleeping' at 'PoolState' is not one of"):
        world().session.client("autoscaling").put_warm_pool(AutoScalingGroupName="g", PoolState="Sleeping")


def test_a_type_that_boto3_itself_refuses_is_refused_by_boto3():
    with pytest.raises(ParamValidationError):
        world().session.client("autoscaling").put_warm_pool(AutoScalingGroupName=3)


def test_what_aws_refuses_by_rule_is_refused_with_its_code():
    with pytest.raises(ClientError) as refused:
        world().session.client("autoscaling").put_scaling_policy(
            AutoScalingGroupName="nowhere",
            PolicyName="p",
            PolicyType="SimpleScaling",
            AdjustmentType="ChangeInCapacity",
        )

    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_lookups_of_the_rules_read_the_region_of_the_call():
    alone = world()
    made = make_vpc(alone.session)

    def ids(region):
        found = alone.lookup("ec2.describe_vpcs", {}, region=region)
        return {vpc["VpcId"] for vpc in found}

    assert made in ids("ap-northeast-2")
    assert made not in ids("us-east-1")


def test_an_operation_that_moto_lacks_says_so():
    with pytest.raises(NotOffline, match=r"autoscaling\.LaunchInstances|auto-scaling\.LaunchInstances"):
        world().session.client("autoscaling").launch_instances(
            AutoScalingGroupName="g", RequestedCapacity=1, ClientToken="t"
        )


def test_a_fault_inside_of_moto_is_told_as_one(monkeypatch):
    def broken(*_):
        raise KeyError("inside")

    monkeypatch.setattr(transport, "_method", lambda *_: broken)
    with pytest.raises(OfflineFault, match=r"ec2\.DescribeVpcs failed inside the offline AWS with KeyError"):
        world().session.client("ec2").describe_vpcs()


@pytest.fixture
def no_network(monkeypatch):
    """Opening a connection is an error that names where to."""

    def refuse(self, address):
        raise AssertionError(f"a connection to {address} was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: refuse(None, host))


@pytest.fixture
def real_credentials(monkeypatch, tmp_path):
    """A machine whose user works on a real account."""
    credentials = tmp_path / "credentials"
    credentials.write_text("[live]\naws_access_key_id = AKIALIVE\naws_secret_access_key = s\n")
    config = tmp_path / "config"
    config.write_text(
        "[profile live]\nregion = eu-west-1\nendpoint_url = https://aws.example.com\nuse_fips_endpoint = true\n"
    )
    for name, value in {
        "AWS_PROFILE": "live",
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_CONFIG_FILE": str(config),
        "AWS_ENDPOINT_URL": "https://aws.example.com",
        "AWS_ENDPOINT_URL_EC2": "https://ec2.example.com",
        "AWS_ACCESS_KEY_ID": "AKIALIVE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-west-1",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "HTTPS_PROXY": "http://proxy.example.com:3128",
    }.items():
        monkeypatch.setenv(name, value)


def test_a_world_never_leaves_the_machine_whatever_the_users_configuration_says(no_network, real_credentials):
    session = world().session
    made = make_vpc(session)

    assert vpcs(session) == [made]
    assert session.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert session.client("ec2").meta.endpoint_url == "https://ec2.ap-northeast-2.amazonaws.com"
    assert session.get_credentials().access_key == "AKIAIOSFODNN7EXAMPLE"


def test_the_network_guard_of_these_tests_guards(no_network, real_credentials):
    """The control: the same call through a session of boto3's own is caught."""
    with pytest.raises(Exception, match=r"example\.com|a connection to"):
        boto3.Session().client("ec2", config=Config(retries={"total_max_attempts": 1})).describe_vpcs()


def test_an_address_that_moto_does_not_know_fails_here(no_network):
    with pytest.raises(NotOffline, match="nothing was sent"):
        world().session.client("pricing", region_name="us-east-1").describe_services()


def test_neither_an_endpoint_nor_credentials_lead_a_client_out_of_its_world(no_network):
    alone = world()
    made = make_vpc(alone.session)
    client = alone.session.client("ec2", endpoint_url="https://ec2.example.com", aws_access_key_id="AKIALIVE")
    configured = alone.session.client("ec2", config=Config(user_agent_extra="mine"))

    assert made in {vpc["VpcId"] for vpc in client.describe_vpcs()["Vpcs"]}
    assert made in {vpc["VpcId"] for vpc in configured.describe_vpcs()["Vpcs"]}


def test_resources_of_boto3_live_in_the_world_too():
    alone = world()
    made = make_vpc(alone.session)

    assert made in {vpc.id for vpc in alone.session.resource("ec2").vpcs.all()}
