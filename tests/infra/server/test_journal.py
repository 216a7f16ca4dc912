"""What happened in a world, written down and made to happen again in a new one: the same ids, the same contents.

The stack of this repository stands for what people do; calls that draw from other sources than moto's generator, the
system's and Python's (OpenSSL's keys) cannot be repeated, and are noticed.
"""

import os
import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from floodgate.offline.deploy import deploy
from floodgate.offline.server import sources
from floodgate.offline.server.journal import Differs, Journal, entries, repeat
from floodgate.offline.world import World

NOW = datetime(2027, 7, 1, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _sources(monkeypatch):
    """As in a server's process; put back after each test."""
    monkeypatch.setattr(time, "time", time.time)
    monkeypatch.setattr(os, "urandom", os.urandom)
    monkeypatch.setattr(sources, "_installed", [])
    sources.install()


def recorded(file, region="eu-west-3"):
    world = World(now=NOW, region=region)
    world.recorder = Journal(world, file)
    return world


def again(file, region="eu-west-3"):
    world = World(now=NOW + timedelta(days=400), region=region)
    repeat(world, file, world.answer)
    return world


LOOKS = [
    ("ec2", "describe_vpcs"), ("ec2", "describe_subnets"), ("ec2", "describe_route_tables"),
    ("ec2", "describe_security_group_rules"), ("ec2", "describe_launch_templates"), ("ec2", "describe_addresses"),
    ("ec2", "describe_nat_gateways"), ("ec2", "describe_vpc_endpoints"), ("ec2", "describe_flow_logs"),
    ("ec2", "describe_instances"), ("ec2", "describe_volumes"), ("ec2", "describe_network_interfaces"),
    ("autoscaling", "describe_auto_scaling_groups"), ("autoscaling", "describe_policies"),
    ("autoscaling", "describe_scheduled_actions"), ("elbv2", "describe_load_balancers"),
    ("elbv2", "describe_target_groups"), ("rds", "describe_db_clusters"), ("rds", "describe_db_instances"),
    ("rds", "describe_db_proxies"), ("elasticache", "describe_replication_groups"),
    ("elasticache", "describe_users"), ("cloudwatch", "describe_alarms"), ("cloudwatch", "list_dashboards"),
    ("logs", "describe_log_groups"), ("s3", "list_buckets"), ("iam", "list_roles"), ("iam", "list_instance_profiles"),
    ("kms", "list_keys"), ("kms", "list_aliases"), ("secretsmanager", "list_secrets"), ("ssm", "describe_parameters"),
    ("sns", "list_topics"), ("sns", "list_subscriptions"), ("sqs", "list_queues"), ("events", "list_rules"),
    ("route53", "list_hosted_zones"), ("acm", "list_certificates"), ("cloudfront", "list_distributions"),
]  # fmt: skip


def seen(world, region=None):
    """All that boto3 sees of an account, besides the numbers of requests."""
    found = {}
    for service, operation in LOOKS:
        for where in {region or world.region, "us-east-1"}:
            answer = getattr(world.session.client(service, region_name=where), operation)()
            answer.pop("ResponseMetadata")
            found[service, operation, where] = answer
    return found


@pytest.fixture(scope="module")
def deployed(floodgate_project, tmp_path_factory):
    """The largest stack's deployment, written down."""
    file = tmp_path_factory.mktemp("journal") / "journal"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(time, "time", time.time)
        patched.setattr(os, "urandom", os.urandom)
        patched.setattr(sources, "_installed", [])
        sources.install()
        make = World.__init__

        def make_recorded(self, **options):
            make(self, **options)
            self.recorder = Journal(self, file)

        patched.setattr(World, "__init__", make_recorded)
        world = deploy(floodgate_project, "opening", now=NOW).world
    return world, file


def test_a_whole_stack_is_there_again_with_all_its_ids_and_contents(deployed):
    world, file = deployed
    world.recorder = None

    copy = again(file, world.region)

    assert seen(copy) == seen(world)


def test_life_goes_on_alike_after_it(tmp_path):
    world = recorded(tmp_path / "j")
    world.session.client("ec2").create_vpc(CidrBlock="10.8.0.0/16")
    with world.making("t", "n"):
        world.session.client("ec2").create_vpc(CidrBlock="10.7.0.0/16")
    world.recorder = None
    copy = again(tmp_path / "j")

    first = [w.session.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"] for w in (world, copy)]

    assert first[0] == first[1]


def test_a_second_resource_of_a_name_is_still_a_second_one(tmp_path):
    world = recorded(tmp_path / "j")
    with world.making("t", "n"):
        world.session.client("sqs").create_queue(QueueName="a")
        world.made("t", "n")

    assert again(tmp_path / "j").generation("t", "n") == 1


def test_times_and_keys_of_the_machine_are_the_same_again(tmp_path):
    world = recorded(tmp_path / "j")
    world.session.client("secretsmanager").create_secret(Name="s", SecretString="x")
    key = world.session.client("kms").create_key()["KeyMetadata"]["KeyId"]
    sealed = world.session.client("kms").encrypt(KeyId=key, Plaintext=b"doors")["CiphertextBlob"]
    world.session.client("s3").create_bucket(
        Bucket="fg-b", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
    )
    upload = world.session.client("s3").create_multipart_upload(Bucket="fg-b", Key="k")["UploadId"]

    copy = again(tmp_path / "j").session

    created = copy.client("secretsmanager").describe_secret(SecretId="s")["CreatedDate"]
    assert created.year == NOW.year
    assert copy.client("kms").decrypt(CiphertextBlob=sealed)["Plaintext"] == b"doors"
    assert copy.client("s3").list_multipart_uploads(Bucket="fg-b")["Uploads"][0]["UploadId"] == upload
    assert copy.client("s3").list_buckets()["Buckets"][0]["CreationDate"].year == NOW.year


def test_without_the_calls_own_chance_a_key_is_another_one(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "of_call", lambda *_: nullcontext())
    world = recorded(tmp_path / "j")
    world.session.client("s3").create_bucket(
        Bucket="b-1", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
    )
    world.session.client("s3").create_multipart_upload(Bucket="b-1", Key="k")

    with pytest.raises(Differs, match=r"s3\.CreateMultipartUpload"):
        again(tmp_path / "j")


def test_what_openssl_draws_is_noticed_and_not_used(tmp_path):
    recorded(tmp_path / "j").session.client("ec2").create_key_pair(KeyName="k")

    with pytest.raises(Differs, match=r"ec2\.CreateKeyPair at 2027"):
        again(tmp_path / "j")


def test_a_making_that_a_crash_interrupted_leaves_nothing(tmp_path):
    file = tmp_path / "j"
    world = recorded(file)
    with world.making("t", "first"):
        world.session.client("sqs").create_queue(QueueName="first")
    whole = file.stat().st_size
    with world.making("t", "second"):
        world.session.client("sqs").create_queue(QueueName="second")
        assert file.stat().st_size == whole, "nothing of it is written before it ends"
        world.session.client("sqs").tag_queue(QueueUrl="second", Tags={"a": "b"})
    for cut in (3, 200, 2000):
        torn = tmp_path / f"torn-{cut}"
        torn.write_bytes(file.read_bytes()[:-cut])
        assert len(again(torn).session.client("sqs").list_queues()["QueueUrls"]) == 1
        assert torn.stat().st_size == whole, "what is written next follows on the last whole entry"


def test_a_look_is_told_once_until_something_changes(tmp_path):
    world = recorded(tmp_path / "j")
    sqs = world.session.client("sqs")
    for _ in range(3):
        sqs.list_queues()
    sqs.create_queue(QueueName="a")
    for _ in range(3):
        sqs.list_queues()

    assert [entry["call"].partition(".")[2] for entry in entries(tmp_path / "j")[0]] == [
        "ListQueues",
        "CreateQueue",
        "ListQueues",
    ]
    assert world.recorder.calls == 7


def test_what_was_refused_is_refused_again(tmp_path):
    world = recorded(tmp_path / "j")
    sqs = world.session.client("sqs")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.delete_queue(QueueUrl="https://sqs.eu-west-3.amazonaws.com/123456789012/none")

    assert again(tmp_path / "j")


def test_an_empty_journal_is_a_new_world(tmp_path):
    assert entries(tmp_path / "none") == ([], 0)
    assert again(tmp_path / "none").session.client("sqs").list_queues().get("QueueUrls") is None
