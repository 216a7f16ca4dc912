"""Log deliveries made by a program, read back through the API; nothing is delivered offline."""

from datetime import UTC, datetime

import pulumi
import pulumi_aws as aws
import pytest

from floodgate.offline.deploy import deploy_program
from floodgate.offline.problems import ProgramFailed

NOW = datetime(2027, 8, 8, tzinfo=UTC)
DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/E1"


def deliver(log_type="ACCESS_LOGS"):
    source = aws.cloudwatch.LogDeliverySource("edge", log_type=log_type, resource_arn=DISTRIBUTION)
    target = aws.cloudwatch.LogDeliveryDestination(
        "bucket",
        output_format="json",
        delivery_destination_configuration={"destination_resource_arn": "arn:aws:s3:::records"},
    )
    delivery = aws.cloudwatch.LogDelivery(
        "delivery",
        delivery_source_name=source.name,
        delivery_destination_arn=target.arn,
        s3_delivery_configurations=[{"suffix_path": "{yyyy}", "enable_hive_compatible_path": False}],
    )
    pulumi.export("service", source.service)
    pulumi.export("type", target.delivery_destination_type)
    pulumi.export("arn", delivery.arn)


def test_a_delivery_joins_its_source_to_its_destination():
    deployment = deploy_program(deliver, now=NOW)
    logs = deployment.world.session.client("logs")
    (delivery,) = logs.describe_deliveries()["deliveries"]
    assert delivery["deliverySourceName"].startswith("edge-")
    assert delivery["s3DeliveryConfiguration"]["suffixPath"] == "{yyyy}"
    assert deployment.outputs == {"service": "cloudfront", "type": "S3", "arn": delivery["arn"]}


def test_a_kind_of_log_that_the_service_has_not_is_refused():
    with pytest.raises(ProgramFailed, match="LogDeliverySource 'edge'"):
        deploy_program(lambda: deliver("ERROR_LOGS"), now=NOW)
