"""SNS: a topic tells all that was set on it."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.sns.models import SNSBackend
from moto.sns.responses import SNSResponse

from floodgate.offline.repairs.patching import patch


def apply() -> None:
    """Importing this module has applied its repairs."""


@patch(SNSBackend, "create_topic")
def create_with_attributes(self: Any, name: str, attributes: Any = None, tags: Any = None) -> Any:
    """Moto keeps every attribute of a new topic and tells few of them."""
    topic = create_with_attributes.original(self, name, attributes, tags)
    if not hasattr(topic, "kept"):
        topic.kept = dict(attributes or {})
    return topic


@patch(SNSResponse, "set_topic_attributes")
def set_and_keep(self: Any) -> Any:
    """The same when one is changed; an empty value takes it away."""
    topic = self.backend.get_topic(self._get_param("TopicArn"))
    topic.kept[self._get_param("AttributeName")] = self._get_param("AttributeValue")
    return set_and_keep.original(self)


@patch(SNSResponse, "get_topic_attributes")
def tell_all_attributes(self: Any) -> ActionResult:
    """Every attribute that has a value is told; a policy of delivery only where there is one."""
    told = tell_all_attributes.original(self).result["Attributes"]
    kept = self.backend.get_topic(self._get_param("TopicArn")).kept
    return ActionResult({"Attributes": {name: value for name, value in {**kept, **told}.items() if value != ""}})


@patch(SNSBackend, "set_subscription_attributes")
def replay_too(self: Any, arn: str, name: str, value: Any) -> None:
    """Moto does not know what is played again to a subscriber; and nothing is an empty filter."""
    if name == "ReplayPolicy" and arn in self.subscriptions:
        self.subscriptions[arn].attributes[name] = value
        return
    replay_too.original(self, arn, name, value)
    if value in (None, "", "{}") and name != "RawMessageDelivery":
        self.subscriptions[arn].attributes.pop(name, None)
