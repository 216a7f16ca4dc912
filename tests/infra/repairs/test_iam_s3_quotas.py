"""The repairs of IAM, S3 and Service Quotas, each proved with it and without it."""

import json
import warnings
from typing import Any

from botocore.exceptions import ClientError
from moto.s3.models import FakeKey

from floodgate.offline.transport import OfflineFault

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


def test_a_change_of_a_role_leaves_what_it_does_not_mention(proves):
    def proof(aws):
        trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
        aws.iam.create_role(RoleName="server", AssumeRolePolicyDocument=trust, Description="ours")
        aws.iam.update_role(RoleName="server", MaxSessionDuration=7200)
        assert aws.iam.get_role(RoleName="server")["Role"]["Description"] == "ours"
        aws.iam.update_role(RoleName="server", Description="")
        told = aws.iam.get_role(RoleName="server")["Role"]

        assert (told.get("Description", ""), told["MaxSessionDuration"]) == ("", 7200)

    proves(proof, plain=(AssertionError, KeyError))


def policy(aws):
    allowed = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    arn = aws.iam.create_policy(PolicyName="ours", PolicyDocument=document)["Policy"]["Arn"]
    return arn, document


def test_a_policy_that_is_attached_is_not_deleted(proves):
    def proof(aws):
        role(aws)
        arn, _ = policy(aws)
        aws.iam.attach_role_policy(RoleName="server", PolicyArn=arn)

        assert aws.refused(aws.iam.delete_policy, PolicyArn=arn) == "DeleteConflict"

    proves(proof)


def test_a_policy_with_several_versions_is_not_deleted(proves):
    def proof(aws):
        arn, document = policy(aws)
        aws.iam.create_policy_version(PolicyArn=arn, PolicyDocument=document)

        assert aws.refused(aws.iam.delete_policy, PolicyArn=arn) == "DeleteConflict"

    proves(proof)


def test_a_role_that_is_not_in_a_profile_is_named(proves):
    def proof(aws):
        role(aws)
        aws.iam.create_instance_profile(InstanceProfileName="it")
        remove = aws.iam.remove_role_from_instance_profile

        assert aws.refused(remove, InstanceProfileName="it", RoleName="server") == "NoSuchEntity"

    proves(proof, plain=OfflineFault)


def bucket(aws):
    aws.s3.create_bucket(Bucket="shelf", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})


def test_a_lifecycle_is_told_as_it_was_put(proves):
    def proof(aws):
        bucket(aws)
        rule = {"ID": "old", "Status": "Enabled", "Filter": {"ObjectSizeGreaterThan": 10}, "Expiration": {"Days": 3}}
        aws.s3.put_bucket_lifecycle_configuration(
            Bucket="shelf",
            LifecycleConfiguration={"Rules": [rule]},
            TransitionDefaultMinimumObjectSize="varies_by_storage_class",
        )
        told = aws.s3.get_bucket_lifecycle_configuration(Bucket="shelf")
        assert told["Rules"] == [rule]
        assert told["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"
        aws.s3.delete_bucket_lifecycle(Bucket="shelf")
        gone = aws.refused(aws.s3.get_bucket_lifecycle_configuration, Bucket="shelf")
        assert gone == "NoSuchLifecycleConfiguration"

    proves(proof, plain=(AssertionError, KeyError))


def test_who_asks_can_be_made_to_pay(proves):
    def proof(aws):
        bucket(aws)
        assert aws.s3.get_bucket_request_payment(Bucket="shelf")["Payer"] == "BucketOwner"
        aws.s3.put_bucket_request_payment(Bucket="shelf", RequestPaymentConfiguration={"Payer": "Requester"})

        assert aws.s3.get_bucket_request_payment(Bucket="shelf")["Payer"] == "Requester"

    proves(proof, plain=(AssertionError, KeyError, ClientError))
