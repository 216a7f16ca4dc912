"""Amazon CloudWatch Logs as the one who delivers: sources, destinations and what joins them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, resource
from floodgate.offline.handlers.described import Described
from floodgate.offline.handlers.tagging import tags_of

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
LONGEST_NAME = 60


class Delivering(Described):
    """What the parts of a delivery have in common."""

    service = "logs"

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The tags as they are now: the description tells those of the creation."""
        return {"tags": tags_of(aws, "logs", item["arn"])}


@resource("aws:cloudwatch/logDeliverySource:LogDeliverySource", auto_name=AutoName(limit=LONGEST_NAME))
class LogDeliverySource(Delivering):
    """Whose logs of which kind."""

    create_call, id_prop = "put_delivery_source", "name"
    read_call, read_by, read_path = "get_delivery_source", "name", "deliverySource"
    delete_call, delete_by = "delete_delivery_source", "name"
    outputs = ("arn", "service")
    paths: ClassVar = {"arn": "arn", "service": "service", "resourceArn": "resourceArns[0]"}


@resource("aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination", auto_name=AutoName(limit=LONGEST_NAME))
class LogDeliveryDestination(Delivering):
    """Where logs go."""

    create_call, id_prop = "put_delivery_destination", "name"
    read_call, read_by, read_path = "get_delivery_destination", "name", "deliveryDestination"
    update_call, update_by, update_with = create_call, "name", ("deliveryDestinationConfiguration", "outputFormat")
    delete_call, delete_by = "delete_delivery_destination", "name"
    outputs = ("arn", "deliveryDestinationType")
    paths: ClassVar = {"arn": "arn", "deliveryDestinationType": "deliveryDestinationType"}
    silent = ("outputFormat",)

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """All but the tags, which AWS takes only with a new one."""
        return self.parameters(client, {n: v for n, v in change.new.items() if n not in ("tags", "tagsAll")})


@resource("aws:cloudwatch/logDelivery:LogDelivery")
class LogDelivery(Delivering):
    """One source joined to one destination."""

    create_call, id_path = "create_delivery", "delivery.id"
    read_call, read_by, read_path = "get_delivery", "id", "delivery"
    update_call, update_by = "update_delivery_configuration", "id"
    delete_call, delete_by = "delete_delivery", "id"
    rename: ClassVar = {"s3DeliveryConfigurations": "s3DeliveryConfiguration"}
    outputs = ("arn", "recordFields", "fieldDelimiter")
    paths: ClassVar = {name: name for name in outputs}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The provider's list of at most one block as AWS's one block."""
        return super().parameters(client, {name: value for name, value in props.items() if value != []})

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The tags, and the end of the path that the program chose: AWS puts its own beginning before it."""
        seen, given = super().observed(aws, id_, item, props), props.get("s3DeliveryConfigurations")
        if not given:
            return seen
        told = dict(item.get("s3DeliveryConfiguration", {}))
        suffix = given[0].get("suffixPath")
        if suffix and str(told.get("suffixPath", "")).endswith(suffix):
            told["suffixPath"] = suffix
        return seen | {"s3DeliveryConfigurations": [told]}
