"""The provider's functions: what a program is told when it asks."""

import json

import pytest

from floodgate.offline.problems import Refused

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

DOCUMENT = "aws:iam/getPolicyDocument:getPolicyDocument"


def test_zones_come_in_order_and_can_be_left_out(make):
    zones = make.ask("aws:index/getAvailabilityZones:getAvailabilityZones", excludeNames=["ap-northeast-2b"])

    assert zones["names"] == ["ap-northeast-2a", "ap-northeast-2c", "ap-northeast-2d"]
    assert len(zones["zoneIds"]) == 3


def test_the_most_recent_image_is_the_one_the_public_parameter_names(make):
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    named = make.ask("aws:ssm/getParameter:getParameter", name=name)["value"]
    filters = [{"name": "name", "values": ["al2023-ami-2023.*-kernel-6.*-arm64"]}]
    found = make.ask("aws:ec2/getAmi:getAmi", mostRecent=True, owners=["amazon"], filters=filters)

    assert found["id"] == named
    assert found["architecture"] == "arm64"


def test_asking_for_one_network_where_there_are_several_is_refused(make):
    for name in ("one", "two"):
        make("aws:ec2/vpc:Vpc", name, cidrBlock="10.0.0.0/16", tags={"kind": "twin"})
    with pytest.raises(Refused, match="2 match, where exactly one is needed"):
        make.ask("aws:ec2/getVpc:getVpc", tags={"kind": "twin"})


def test_where_cloudfront_calls_from_is_a_prefix_list(make):
    name = "com.amazonaws.global.cloudfront.origin-facing"
    found = make.ask("aws:ec2/getManagedPrefixList:getManagedPrefixList", name=name)

    assert found["id"].startswith("pl-")
    assert all("/" in entry["cidr"] for entry in found["entries"])


def test_a_random_password_is_as_long_as_asked_and_another_for_another_secret(make):
    function = "aws:secretsmanager/getRandomPassword:getRandomPassword"
    one = make.ask(function, passwordLength=40, excludePunctuation=True)["randomPassword"]
    two = make.ask(function, passwordLength=41, excludePunctuation=True)["randomPassword"]

    assert len(one) == 40
    assert one.isalnum()
    assert one != two[:40]


def test_a_policy_document_is_printed_as_the_provider_prints_it(make):
    told = make.ask(
        DOCUMENT,
        statements=[
            {
                "sid": "Read",
                "actions": ["s3:GetObject", "s3:ListBucket"],
                "resources": ["arn:aws:s3:::files/&{aws:username}"],
                "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
                "conditions": [{"test": "StringLike", "variable": "s3:prefix", "values": ["a", "b"]}],
            }
        ],
    )

    assert told["json"] == (
        "{\n"
        '  "Version": "2012-10-17",\n'
        '  "Statement": [\n'
        "    {\n"
        '      "Sid": "Read",\n'
        '      "Effect": "Allow",\n'
        '      "Action": [\n'
        '        "s3:ListBucket",\n'
        '        "s3:GetObject"\n'
        "      ],\n"
        '      "Resource": "arn:aws:s3:::files/${aws:username}",\n'
        '      "Principal": {\n'
        '        "Service": "ec2.amazonaws.com"\n'
        "      },\n"
        '      "Condition": {\n'
        '        "StringLike": {\n'
        '          "s3:prefix": [\n'
        '            "a",\n'
        '            "b"\n'
        "          ]\n"
        "        }\n"
        "      }\n"
        "    }\n"
        "  ]\n"
        "}"
    )
    assert json.loads(told["minifiedJson"]) == json.loads(told["json"])
    assert told["id"].isdigit()


def test_everybody_is_a_star_without_braces(make):
    told = make.ask(DOCUMENT, statements=[{"actions": ["*"], "principals": [{"type": "*", "identifiers": ["*"]}]}])

    assert json.loads(told["json"])["Statement"][0]["Principal"] == "*"


def test_documents_are_put_together_and_overridden_by_the_ids_of_their_statements(make):
    def one(sid, effect):
        return json.dumps({"Statement": {"Sid": sid, "Effect": effect, "Action": "*", "Resource": "*"}})

    told = make.ask(
        DOCUMENT,
        sourcePolicyDocuments=[one("First", "Allow")],
        statements=[{"sid": "Second", "actions": ["*"], "resources": ["*"]}],
        overridePolicyDocuments=[one("First", "Deny"), one("Third", "Allow")],
    )
    found = json.loads(told["json"])["Statement"]

    assert [(s["Sid"], s["Effect"]) for s in found] == [("First", "Deny"), ("Second", "Allow"), ("Third", "Allow")]


def test_two_statements_of_one_id_are_refused(make):
    twice = [{"sid": "Same", "actions": ["*"], "resources": ["*"]}] * 2
    with pytest.raises(Refused, match=r"Same.*rename one"):
        make.ask(DOCUMENT, statements=twice)


def test_the_quota_of_vcpus_is_that_of_a_new_account(make):
    quota = make.ask("aws:servicequotas/getServiceQuota:getServiceQuota", serviceCode="ec2", quotaCode="L-1216C47A")

    assert quota["value"] == 5
