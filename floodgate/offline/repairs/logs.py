"""CloudWatch Logs: keys, classes and protection of groups, filters that change, deliveries that hold their ends."""

from __future__ import annotations

import json
from typing import Any

from moto.logs.exceptions import (
    ConflictException,
    InvalidParameterException,
    ResourceNotFoundException,
    ValidationException,
)
from moto.logs.metric_filters import MetricFilters
from moto.logs.models import LogGroup, LogsBackend
from moto.logs.responses import LogsResponse

from floodgate.offline.repairs.patching import patch

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)
RETENTION_DAYS += (1096, 1827, 2192, 2557, 2922, 3288, 3653)
KEPT = ("logGroupClass", "deletionProtectionEnabled")


def apply() -> None:
    """Importing this module has applied its repairs."""


@patch(LogsResponse, "create_log_group")
def create_with_class(self: Any) -> str:
    """Moto forgets a group's class and its protection."""
    answer = create_with_class.original(self)
    group = self.logs_backend.groups[self._get_param("logGroupName")]
    group.kept = {name: self._get_param(name) for name in KEPT if self._get_param(name) is not None}
    return answer


@patch(LogGroup, "to_describe_dict")
def describe_with_class(self: Any) -> dict[str, Any]:
    """They are told again."""
    return describe_with_class.original(self) | {"logGroupClass": "STANDARD"} | getattr(self, "kept", {})


@patch(LogsResponse, "associate_kms_key")
def associate_kms_key(self: Any) -> str:
    """Moto takes a key only with a new group."""
    _group(self, self._get_param("logGroupName")).kms_key_id = self._get_param("kmsKeyId")
    return ""


@patch(LogsResponse, "disassociate_kms_key")
def disassociate_kms_key(self: Any) -> str:
    """Moto cannot take it away."""
    _group(self, self._get_param("logGroupName")).kms_key_id = None
    return ""


@patch(LogsResponse, "put_log_group_deletion_protection")
def put_log_group_deletion_protection(self: Any) -> str:
    """Moto has no protection of groups."""
    name = self._get_param("logGroupIdentifier").rpartition("log-group:")[2].removesuffix(":*")
    group = _group(self, name)
    group.kept = getattr(group, "kept", {}) | {
        "deletionProtectionEnabled": self._get_param("deletionProtectionEnabled")
    }
    return ""


def _group(response: Any, name: str) -> Any:
    groups = response.logs_backend.groups
    if name not in groups:
        raise ResourceNotFoundException
    return groups[name]


@patch(LogsBackend, "put_retention_policy")
def keep_as_long_as_aws_offers(self: Any, log_group_name: str, retention_in_days: int) -> None:
    """AWS offers some spans; moto takes any."""
    if retention_in_days not in RETENTION_DAYS:
        offered = ", ".join(map(str, RETENTION_DAYS))
        raise InvalidParameterException(
            constraint=f"Member must satisfy enum value set: [{offered}]",
            parameter="retentionInDays",
            value=retention_in_days,
        )
    keep_as_long_as_aws_offers.original(self, log_group_name, retention_in_days)


@patch(LogsBackend, "delete_log_group")
def delete_with_all(self: Any, log_group_name: str) -> None:
    """A protected group stays; and filters and tags go with their group. Moto deletes and keeps.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogGroupDeletionProtection.html
    """
    group = self.groups.get(log_group_name)
    if group and getattr(group, "kept", {}).get("deletionProtectionEnabled"):
        raise ValidationException(f"Deletion protection is enabled for the log group {log_group_name}")
    delete_with_all.original(self, log_group_name)
    held = self.filters.metric_filters
    held[:] = [each for each in held if each["logGroupName"] != log_group_name]
    self.tagger.delete_all_tags_for_resource(group.arn)


@patch(LogsResponse, "put_metric_filter")
def put_filter_of_a_group(self: Any) -> str:
    """A filter needs its group; and moto forgets on which form of the logs it works."""
    _group(self, self._get_param("logGroupName"))
    answer = put_filter_of_a_group.original(self)
    if self._get_param("applyOnTransformedLogs") is not None:
        self.logs_backend.filters.metric_filters[-1]["applyOnTransformedLogs"] = self._get_param(
            "applyOnTransformedLogs"
        )
    return answer


@patch(MetricFilters, "add_filter")
def put_one_of_a_name(self: Any, filter_name: str, filter_pattern: str, log_group_name: str, metrics: Any) -> None:
    """A filter of the same name takes the place of the former one; moto keeps both."""
    self.delete_filter(filter_name, log_group_name)
    put_one_of_a_name.original(self, filter_name, filter_pattern, log_group_name, metrics)


@patch(LogsResponse, "update_delivery_configuration")
def update_delivery_configuration(self: Any) -> str:
    """Moto cannot change a delivery; what the call leaves out stays."""
    delivery = self.logs_backend.get_delivery(self._get_param("id"))
    names = {"recordFields": "record_fields", "fieldDelimiter": "field_delimiter"}
    names["s3DeliveryConfiguration"] = "s3_delivery_configuration"
    for theirs, attribute in names.items():
        if self._get_param(theirs) is not None:
            setattr(delivery, attribute, self._get_param(theirs))
    return json.dumps({})


@patch(LogsBackend, "delete_delivery_source")
def delete_source_of_nothing(self: Any, name: str) -> None:
    """A source that a delivery stands on stays.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliverySource.html
    """
    if any(delivery.delivery_source_name == name for delivery in self.deliveries.values()):
        raise ConflictException(msg="The Delivery Source is associated with a Delivery. Delete the Delivery first.")
    delete_source_of_nothing.original(self, name)


@patch(LogsBackend, "delete_delivery_destination")
def delete_destination_of_nothing(self: Any, name: str) -> None:
    """So does a destination.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliveryDestination.html
    """
    held = self.delivery_destinations.get(name)
    if held and any(delivery.delivery_destination_arn == held.arn for delivery in self.deliveries.values()):
        raise ConflictException(
            msg="The Delivery Destination is associated with a Delivery. Delete the Delivery first."
        )
    delete_destination_of_nothing.original(self, name)
