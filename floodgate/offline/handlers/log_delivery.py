"""Amazon CloudWatch Logs as the one who delivers: sources, destinations and what joins them."""

from __future__ import annotations

from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Props, resource
from floodgate.offline.handlers.described import Described

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
LONGEST_NAME = 60


@resource("aws:cloudwatch/logDeliverySource:LogDeliverySource", auto_name=AutoName(limit=LONGEST_NAME))
class LogDeliverySource(Described):
    """Whose logs of which kind."""

    service = "logs"
    create_call, id_prop = "put_delivery_source", "name"
    read_call, read_by, read_path = "get_delivery_source", "name", "deliverySource"
    outputs = ("arn", "service")
    paths: ClassVar = {"arn": "arn", "service": "service"}


@resource("aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination", auto_name=AutoName(limit=LONGEST_NAME))
class LogDeliveryDestination(Described):
    """Where logs go."""

    service = "logs"
    create_call, id_prop = "put_delivery_destination", "name"
    read_call, read_by, read_path = "get_delivery_destination", "name", "deliveryDestination"
    outputs = ("arn", "deliveryDestinationType")
    paths: ClassVar = {"arn": "arn", "deliveryDestinationType": "deliveryDestinationType"}


@resource("aws:cloudwatch/logDelivery:LogDelivery")
class LogDelivery(Described):
    """One source joined to one destination."""

    service = "logs"
    create_call, id_path = "create_delivery", "delivery.id"
    read_call, read_by, read_path = "get_delivery", "id", "delivery"
    outputs = ("arn", "recordFields", "fieldDelimiter")
    paths: ClassVar = {name: name for name in outputs}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The provider's list of at most one block as AWS's one block."""
        given = dict(props)
        blocks = given.pop("s3DeliveryConfigurations", [])
        return super().parameters(client, {**given, **({"s3DeliveryConfiguration": blocks[0]} if blocks else {})})
