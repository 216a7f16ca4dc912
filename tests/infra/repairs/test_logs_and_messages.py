"""The repairs of CloudWatch Logs, SNS and SQS, each proved with it and without it."""

import json

from botocore.exceptions import ClientError

from floodgate.offline.transport import NotOffline

POLICY = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}],
})  # fmt: skip


def group(aws, **more):
    aws.logs.create_log_group(logGroupName="app", **more)
    return lambda: aws.logs.describe_log_groups(logGroupNamePrefix="app")["logGroups"][0]


def test_a_group_tells_its_class_and_whether_it_is_protected(proves):
    def proof(aws):
        told = group(aws, logGroupClass="INFREQUENT_ACCESS", deletionProtectionEnabled=True)

        assert (told()["logGroupClass"], told()["deletionProtectionEnabled"]) == ("INFREQUENT_ACCESS", True)

    proves(proof, plain=KeyError)


def test_a_protected_group_is_not_deleted(proves):
    def proof(aws):
        group(aws, deletionProtectionEnabled=True)
        assert aws.refused(aws.logs.delete_log_group, logGroupName="app") == "ValidationException"
        aws.logs.put_log_group_deletion_protection(logGroupIdentifier="app", deletionProtectionEnabled=False)

        assert aws.refused(aws.logs.delete_log_group, logGroupName="app") == ""

    proves(proof)


def test_a_group_is_given_a_key_and_loses_it(proves):
    def proof(aws):
        told = group(aws)
        aws.logs.associate_kms_key(logGroupName="app", kmsKeyId="arn:aws:kms:ap-northeast-2:123456789012:key/1")
        assert told()["kmsKeyId"].endswith("key/1")
        aws.logs.disassociate_kms_key(logGroupName="app")

        assert "kmsKeyId" not in told()

    proves(proof, plain=NotOffline)


def test_logs_are_kept_as_long_as_aws_offers(proves):
    def proof(aws):
        group(aws)
        put = aws.logs.put_retention_policy

        assert aws.refused(put, logGroupName="app", retentionInDays=4) == "InvalidParameterException"
        assert aws.refused(put, logGroupName="app", retentionInDays=5) == ""

    proves(proof)


def metric_filter(aws, pattern):
    metric = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    return {
        "logGroupName": "app",
        "filterName": "errors",
        "filterPattern": pattern,
        "metricTransformations": [metric],
    }


def test_a_filter_of_the_same_name_takes_the_place_of_the_former(proves):
    def proof(aws):
        group(aws)
        for pattern in ("ERROR", "WARN"):
            aws.logs.put_metric_filter(**metric_filter(aws, pattern))
        told = aws.logs.describe_metric_filters(logGroupName="app")["metricFilters"]

        assert [found["filterPattern"] for found in told] == ["WARN"]

    proves(proof)


def test_a_filter_needs_its_group_and_goes_with_it(proves):
    def proof(aws):
        put = aws.logs.put_metric_filter
        assert aws.refused(put, **metric_filter(aws, "ERROR")) == "ResourceNotFoundException"
        group(aws)
        put(**metric_filter(aws, "ERROR"))
        aws.logs.delete_log_group(logGroupName="app")

        assert aws.logs.describe_metric_filters()["metricFilters"] == []

    proves(proof)


def delivery(aws):
    """A source joined to a destination."""
    aws.logs.put_delivery_source(
        name="edge", resourceArn="arn:aws:cloudfront::123456789012:distribution/E1", logType="ACCESS_LOGS"
    )
    there = {"destinationResourceArn": "arn:aws:s3:::records"}
    made = aws.logs.put_delivery_destination(name="edge", deliveryDestinationConfiguration=there)
    arn = made["deliveryDestination"]["arn"]
    return aws.logs.create_delivery(deliverySourceName="edge", deliveryDestinationArn=arn)["delivery"]["id"]


def test_a_delivery_is_changed_in_what_is_said(proves):
    def proof(aws):
        id_ = delivery(aws)
        aws.logs.update_delivery_configuration(id=id_, recordFields=["date"])
        aws.logs.update_delivery_configuration(id=id_, fieldDelimiter=",")
        told = aws.logs.get_delivery(id=id_)["delivery"]

        assert (told["recordFields"], told["fieldDelimiter"]) == (["date"], ",")

    proves(proof, plain=NotOffline)


def test_the_ends_of_a_delivery_are_not_deleted(proves):
    def proof(aws):
        id_ = delivery(aws)
        assert aws.refused(aws.logs.delete_delivery_source, name="edge") == "ConflictException"
        assert aws.refused(aws.logs.delete_delivery_destination, name="edge") == "ConflictException"
        aws.logs.delete_delivery(id=id_)

        assert aws.refused(aws.logs.delete_delivery_destination, name="edge") == ""

    proves(proof)


def test_a_topic_tells_all_that_was_set_on_it(proves):
    def proof(aws):
        arn = aws.sns.create_topic(Name="duty", Attributes={"SignatureVersion": "2"})["TopicArn"]
        aws.sns.set_topic_attributes(TopicArn=arn, AttributeName="TracingConfig", AttributeValue="Active")
        told = aws.sns.get_topic_attributes(TopicArn=arn)["Attributes"]

        assert (told["SignatureVersion"], told["TracingConfig"]) == ("2", "Active")
        assert "DeliveryPolicy" not in told

    proves(proof, plain=KeyError)


def test_a_subscriber_can_be_played_to_again_and_loses_its_filter(proves):
    def proof(aws):
        arn = aws.sns.create_topic(Name="duty")["TopicArn"]
        who = aws.sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="a@b.org", ReturnSubscriptionArn=True)
        for name, value in (("ReplayPolicy", "{}"), ("FilterPolicy", '{"a": ["b"]}'), ("FilterPolicy", "{}")):
            aws.sns.set_subscription_attributes(
                SubscriptionArn=who["SubscriptionArn"], AttributeName=name, AttributeValue=value
            )
        told = aws.sns.get_subscription_attributes(SubscriptionArn=who["SubscriptionArn"])["Attributes"]

        assert "FilterPolicy" not in told

    proves(proof, plain=ClientError)


def test_a_queue_keeps_its_policy_and_tells_who_may_send_here(proves):
    def proof(aws):
        allowed = '{"redrivePermission":"denyAll"}'
        url = aws.sqs.create_queue(QueueName="q", Attributes={"Policy": POLICY, "RedriveAllowPolicy": allowed})[
            "QueueUrl"
        ]
        aws.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60", "KmsMasterKeyId": "alias/a"})
        told = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

        assert json.loads(told["Policy"]) == json.loads(POLICY)
        assert told["RedriveAllowPolicy"] == allowed
        assert told["SqsManagedSseEnabled"] == "false", "a key of the customer's ends SQS's own encryption"

    proves(proof, plain=KeyError)
