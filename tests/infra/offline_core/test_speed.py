"""What makes the second deployment cheap, and that it changes no answer. Without a clock: counted, not timed."""

import gc
import weakref
from datetime import UTC, datetime

import botocore.loaders
import moto.core.serialize
import pulumi_aws as aws
import pytest
import xmltodict
from moto.ec2.models.vpcs import VPC

from floodgate.offline import environment
from floodgate.offline.deploy import deploy_program
from floodgate.offline.repairs.patching import unrepaired
from floodgate.offline.world import World

NOW = datetime(2027, 8, 8, 20, tzinfo=UTC)


def program():
    vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
    aws.ec2.Subnet("one", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
    aws.kms.Key("key")
    aws.s3.Bucket("files")
    aws.sns.Topic("told")


@pytest.fixture
def read_files(monkeypatch):
    """The service models that are read while the test runs."""
    files = []
    plain = botocore.loaders.JSONFileLoader.load_file

    def load_file(self, path):
        files.append(path)
        return plain(self, path)

    monkeypatch.setattr(botocore.loaders.JSONFileLoader, "load_file", load_file)
    return files


def test_a_second_deployment_reads_no_service_model_again(read_files):
    deploy_program(program, now=NOW)
    read_files.clear()
    deploy_program(program, now=NOW)

    assert read_files == []


def test_without_sharing_every_world_would_read_them_again(read_files, monkeypatch):
    deploy_program(program, now=NOW)
    read_files.clear()
    monkeypatch.setattr(environment, "prepare", lambda: None)
    monkeypatch.delattr(botocore.loaders.Loader, "_cache")
    deploy_program(program, now=NOW)

    assert read_files != []


def test_a_client_is_made_once_for_each_service_and_region():
    session = World(now=NOW, region="eu-west-1").session

    assert session.client("ec2") is session.client("ec2", region_name="eu-west-1")
    assert session.client("ec2") is not session.client("ec2", region_name="us-east-1")


def test_a_world_that_nobody_holds_is_forgotten_with_all_that_is_in_it():
    def networks():
        gc.collect()
        return sum(type(thing) is VPC for thing in gc.get_objects())

    world = weakref.ref(deploy_program(program, now=NOW).world)
    before = networks()
    for _ in range(3):
        deploy_program(program, now=NOW)

    assert networks() == before, "each deployment leaves no more than the one before"
    assert world() is None


def test_garbage_is_collected_again_after_a_deployment():
    assert gc.isenabled()
    deploy_program(program, now=NOW)
    assert gc.isenabled()


DOCUMENTS = [
    {"A": {"@xmlns": "http://x/?a=1&b=2", "Name": "a < b & c", "Empty": None, "None": [], "Flag": True, "Number": 3}},
    {"A": {"items": {"item": [{"k": "1"}, {"k": "2"}]}, "text": {"@id": '"', "#text": "예약"}}},
    {"A": ""},
    {"A": {"list": ["x", "y"], "nested": {"deep": {"deeper": "z"}}}},
]


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("full", [True, False])
def test_answers_are_the_same_xml_as_moto_writes(document, full):
    World(now=NOW)
    options = {"full_document": full, "pretty": False, "short_empty_elements": True}

    ours = moto.core.serialize.xmltodict.unparse(document, **options)
    assert xmltodict.parse(ours) == xmltodict.parse(xmltodict.unparse(document, **options))


def test_a_key_signs_as_before():
    kms = World(now=NOW).session.client("kms")
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    asked = {"KeyId": key, "Message": b"m", "SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256"}
    signature = kms.sign(**asked)["Signature"]

    assert kms.verify(**asked, Signature=signature)["SignatureValid"]
    assert kms.get_public_key(KeyId=key)["PublicKey"]


def test_plain_moto_answers_the_same():
    def described():
        ec2 = World(now=NOW, region="eu-west-1").session.client("ec2")
        ec2.create_vpc(CidrBlock="10.0.0.0/16")
        answer = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.0.0.0/16"]}])
        return [{k: v for k, v in vpc.items() if "Id" not in k and "Set" not in k} for vpc in answer["Vpcs"]]

    repaired = described()
    with unrepaired():
        assert described() == repaired
