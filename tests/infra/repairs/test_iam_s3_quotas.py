"""The repairs of IAM, S3 and Service Quotas, each proved with it and without it."""

import json
import warnings
from typing import Any

from botocore.exceptions import ClientError
from moto.s3.models import FakeKey

TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
SSM_CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


def role(aws):
    trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    aws.iam.create_role(RoleName="server", AssumeRolePolicyDocument=trust)


def test_policies_of_aws_can_be_attached(proves):
    def proof(aws):
        role(aws)

        assert aws.refused(aws.iam.attach_role_policy, RoleName="server", PolicyArn=SSM_CORE) == ""

    proves(proof)


def test_a_policy_that_aws_does_not_have_cannot_be_attached(proves):
    def proof(aws):
        role(aws)
        policy = "arn:aws:iam::aws:policy/AmazonNothing"

        assert aws.refused(aws.iam.attach_role_policy, RoleName="server", PolicyArn=policy) == "NoSuchEntity"
        assert aws.iam.get_policy(PolicyArn=SSM_CORE)["Policy"]["PolicyName"] == "AmazonSSMManagedInstanceCore"

    proves(proof, plain=ClientError)


def test_a_role_must_trust_somebody(proves):
    def proof(aws):
        create = aws.iam.create_role

        assert aws.refused(create, RoleName="it", AssumeRolePolicyDocument="{}") == "MalformedPolicyDocument"

    proves(proof)


def test_the_quota_of_running_vcpus_is_there(proves):
    def proof(aws):
        refused = aws.refused(aws.service_quotas.get_service_quota, ServiceCode="ec2", QuotaCode="L-1216C47A")
        assert refused == ""
        told = aws.service_quotas.list_service_quotas(ServiceCode="ec2")["Quotas"]

        assert [quota["Value"] for quota in told] == [5.0]

    proves(proof)


def test_a_forgotten_object_goes_without_a_word(proves):
    def proof(aws):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            key: Any = FakeKey(
                name="page", value=b"hello", account_id=aws.world.account_id, region_name=aws.world.region
            )
            # what Python does when it forgets the object
            key.dispose(garbage=True)

        assert [str(w.message) for w in said if issubclass(w.category, ResourceWarning)] == []

    proves(proof)
