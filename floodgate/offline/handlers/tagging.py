"""Tags changed in place: every service has its own pair of calls for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jmespath

from floodgate.offline.handlers.base import Aws, Change
from floodgate.offline.handlers.requests import input_shape, to_shape
from floodgate.offline.handlers.shapes import all_tags, tag_map


@dataclass(frozen=True, slots=True)
class Calls:
    """How a service changes tags.

    Args:
        tag, untag: the two calls.
        resource: the parameter that names the resource.
        keys: the parameter of `untag` that takes the keys.
        by: whether the resource is named by its ``arn`` or its ``id``.
        tags: the parameter of `tag` that takes the tags.
    """

    tag: str
    untag: str
    resource: str
    keys: str = "TagKeys"
    by: str = "arn"
    tags: str = "Tags"


CALLS: Mapping[str, Calls] = {
    "acm": Calls("add_tags_to_certificate", "remove_tags_from_certificate", "CertificateArn", "Tags"),
    "application-autoscaling": Calls("tag_resource", "untag_resource", "ResourceARN"),
    "cloudfront": Calls("tag_resource", "untag_resource", "Resource"),
    "cloudwatch": Calls("tag_resource", "untag_resource", "ResourceARN"),
    "ec2": Calls("create_tags", "delete_tags", "Resources", "Tags", by="id"),
    "elasticache": Calls("add_tags_to_resource", "remove_tags_from_resource", "ResourceName"),
    "elbv2": Calls("add_tags", "remove_tags", "ResourceArns"),
    "kms": Calls("tag_resource", "untag_resource", "KeyId", by="id"),
    "logs": Calls("tag_resource", "untag_resource", "resourceArn", "tagKeys", tags="tags"),
    "rds": Calls("add_tags_to_resource", "remove_tags_from_resource", "ResourceName"),
    "secretsmanager": Calls("tag_resource", "untag_resource", "SecretId", by="id"),
    "sns": Calls("tag_resource", "untag_resource", "ResourceArn"),
    "sqs": Calls("tag_queue", "untag_queue", "QueueUrl", by="id"),
    "wafv2": Calls("tag_resource", "untag_resource", "ResourceARN"),
}

LISTS: Mapping[str, tuple[str, str]] = {
    "acm": ("list_tags_for_certificate", "CertificateArn"),
    "cloudfront": ("list_tags_for_resource", "Resource"),
    "cloudwatch": ("list_tags_for_resource", "ResourceARN"),
    "elasticache": ("list_tags_for_resource", "ResourceName"),
    "kms": ("list_resource_tags", "KeyId"),
    "elbv2": ("describe_tags", "ResourceArns"),
    "logs": ("list_tags_for_resource", "resourceArn"),
    "rds": ("list_tags_for_resource", "ResourceName"),
    "sns": ("list_tags_for_resource", "ResourceArn"),
    "sqs": ("list_queue_tags", "QueueUrl"),
    "wafv2": ("list_tags_for_resource", "ResourceARN"),
}
"""A service's call that lists the tags of one resource, and the parameter that names it."""
WITHIN: Mapping[str, str] = {
    "cloudfront": "Tags.Items",
    "elbv2": "TagDescriptions[0].Tags",
    "wafv2": "TagInfoForResource.TagList",
}
"""Where the answer of that call holds them (JMESPath), where it is not simply `Tags`."""


def retag(aws: Aws, service: str, id_: str, arn: str, change: Change) -> None:
    """Make a resource's tags what the change says; nothing is sent where they are so already.

    Args:
        aws: the account.
        service: botocore's name of it.
        id_: the resource's id.
        arn: its ARN, for services that ask for it.
        change: the old and the new properties.
    """
    calls = CALLS[service]
    retag_by(aws.client(service), calls, arn if calls.by == "arn" else id_, change)


def retag_by(client: Any, calls: Calls, who: str, change: Change) -> None:
    """The same with calls of a resource type's own, as IAM has them.

    Args:
        client: a boto3 client.
        calls: how the type changes tags.
        who: what the type is named by in these calls.
        change: the old and the new properties.
    """
    old, new = all_tags(change.old), all_tags(change.new)
    gone = sorted(set(old) - set(new))
    if gone:
        _send(client, calls.untag, calls.resource, who, {calls.keys: gone})
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    if changed:
        _send(client, calls.tag, calls.resource, who, {calls.tags: changed})


def tags_of(aws: Aws, service: str, who: str) -> dict[str, str]:
    """The tags of a resource whose description does not tell them.

    Args:
        aws: the account.
        service: botocore's name of it; one of `LISTS`.
        who: the resource's ARN, or its address where the service asks for that.
    """
    (call, by), client = LISTS[service], aws.client(service)
    answer = getattr(client, call)(**{by: to_shape(who, input_shape(client, call).members[by])})
    tags = jmespath.search(WITHIN.get(service, "Tags || tags || TagList"), answer) or {}
    if isinstance(tags, Mapping):
        return dict(tags)
    return tag_map(tag if "Key" in tag else {"Key": tag["TagKey"], "Value": tag["TagValue"]} for tag in tags)


def _send(client: Any, call: str, resource: str, who: str, what: Mapping[str, Any]) -> None:
    shape = input_shape(client, call)
    params = {resource: to_shape(who, shape.members[resource])}
    for name, value in what.items():
        params[name] = _tags(value, shape.members[name])
    getattr(client, call)(**params)


def _tags(value: Any, shape: Any) -> Any:
    """Tags or their keys as this call has them."""
    if shape.type_name == "structure":  # CloudFront wraps them once more
        inner = next(iter(shape.members.values()))
        return {next(iter(shape.members)): _tags(value, inner)}
    if shape.type_name == "map":
        return dict(value)
    if shape.member.type_name == "structure":
        name, content = list(shape.member.members)[:2]  # KMS calls them TagKey and TagValue
        pairs = value.items() if isinstance(value, Mapping) else ((key, None) for key in value)
        return [{name: key} if tag is None else {name: key, content: tag} for key, tag in sorted(pairs)]
    return list(value)
