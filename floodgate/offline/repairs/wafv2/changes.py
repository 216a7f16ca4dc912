"""AWS WAF: updates that put the whole, and nothing deleted that something else refers to.

https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateWebACL.html and API_DeleteWebACL
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from moto.cloudfront.models import cloudfront_backends
from moto.core.exceptions import JsonRESTError
from moto.elbv2.models import elbv2_backends
from moto.moto_api._internal import mock_random
from moto.utilities.utils import get_partition
from moto.wafv2.models import FakeIPSet, FakeRegexPatternSet, FakeRuleGroup, FakeWebACL, WAFV2Backend, wafv2_backends
from moto.wafv2.responses import WAFV2Response

from floodgate.offline.repairs.patching import patch

FORGOTTEN = ("DataProtectionConfig", "OnSourceDDoSProtectionConfig", "ApplicationConfig", "MonetizationConfig")
TEXTS = ("description",)
LISTS = ("rules", "addresses", "regular_expressions")


def _puts_the_whole(owner: type, *names: str) -> None:
    """Moto takes what an update leaves out, and an empty list of rules, for what was there before."""

    @patch(owner, "update")
    def update(self: Any, *args: Any, **kwargs: Any) -> Any:
        answer = update.original(self, *args, **kwargs)
        for name, value in {**dict(zip(names, args, strict=False)), **kwargs}.items():
            if value is None:
                setattr(self, name, [] if name in LISTS else "" if name in TEXTS else None)
        return answer


_puts_the_whole(
    FakeWebACL,
    *("default_action", "rules", "description", "visibility_config", "custom_response_bodies", "captcha_config"),
    *("challenge_config", "token_domains", "association_config"),
)
_puts_the_whole(FakeRuleGroup, "description", "rules", "visibility_config", "custom_response_bodies")
_puts_the_whole(FakeIPSet, "description", "addresses")
_puts_the_whole(FakeRegexPatternSet, "description", "regular_expressions")


@patch(FakeIPSet, "__init__")
def ip_set_with_a_token(self: Any, *args: Any, **kwargs: Any) -> None:
    """Moto's tokens of IP sets are six digits long, which AWS itself would refuse."""
    ip_set_with_a_token.original(self, *args, **kwargs)
    self.lock_token = str(mock_random.uuid4())


@patch(FakeIPSet, "update")
def ip_set_with_a_new_token(self: Any, *args: Any, **kwargs: Any) -> None:
    """The same, after a change."""
    ip_set_with_a_new_token.original(self, *args, **kwargs)
    self.lock_token = str(mock_random.uuid4())


def _keeps_all(owner: type, operation: str, shelf: str) -> None:
    """Moto forgets the newer parts of web ACLs and rule groups."""

    @patch(WAFV2Response, operation)
    def keeping(self: Any) -> Any:
        answer = keeping.original(self)
        body = json.loads(self.body)
        for item in getattr(self.wafv2_backend, shelf).values():
            if item.name == body["Name"]:
                item.floodgate_forgotten = {name: body[name] for name in FORGOTTEN if name in body}
        return answer

    if operation.startswith("create"):

        @patch(owner, "to_dict")
        def to_dict(self: Any) -> dict[str, Any]:
            return {**to_dict.original(self), **getattr(self, "floodgate_forgotten", {})}


for _owner, _name, _shelf in ((FakeWebACL, "web_acl", "wacls"), (FakeRuleGroup, "rule_group", "rule_groups")):
    _keeps_all(_owner, f"create_{_name}", _shelf)
    _keeps_all(_owner, f"update_{_name}", _shelf)


def _backends(backend: Any) -> Iterable[Any]:
    return wafv2_backends[backend.account_id].values()


def _in_use() -> JsonRESTError:
    return JsonRESTError(
        "WAFAssociatedItemException",
        "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s "
        "associated with another resource.",
    )


def protected(backend: Any, acl: Any) -> list[str]:
    """What stands behind a web ACL and still exists; deleting a balancer ends its association."""
    balancers = elbv2_backends[backend.account_id]
    acl.associated_resources = [
        arn
        for arn in acl.associated_resources
        if ":elasticloadbalancing:" not in arn or arn in balancers[arn.split(":")[3]].load_balancers
    ]
    edge: Any = cloudfront_backends[backend.account_id][get_partition(backend.region_name)].distributions.values()
    return [*acl.associated_resources, *(one.arn for one in edge if one.distribution_config.WebACLId == acl.arn)]


@patch(WAFV2Backend, "get_web_acl_for_resource")
def get_web_acl_for_what_exists(self: Any, resource_arn: str) -> Any:
    """Moto answers for balancers that are gone."""
    for acl in self.wacls.values():
        protected(self, acl)
    return get_web_acl_for_what_exists.original(self, resource_arn)


@patch(WAFV2Backend, "delete_web_acl")
def delete_free_web_acl(self: Any, name: str, scope: str, _id: str, lock_token: str) -> None:
    """Moto deletes web ACLs that something stands behind."""
    if any(acl.id == _id and protected(self, acl) for acl in self.wacls.values()):
        raise _in_use()
    delete_free_web_acl.original(self, name, scope, _id, lock_token)


def _only_unreferred(operation: str, shelf: str, id_name: str) -> None:
    @patch(WAFV2Backend, operation)
    def delete(self: Any, name: str, scope: str, id_: str = "", lock_token: str = "", **kwargs: Any) -> None:
        """Moto deletes sets and groups that rules refer to."""
        id_ = kwargs.get("_id") or kwargs.get("id") or id_
        arns = [arn for arn, item in getattr(self, shelf).items() if getattr(item, id_name) == id_]
        rules = [
            json.dumps([rule.to_dict() for rule in owner.rules], default=str)
            for backend in _backends(self)
            for owner in (*backend.wacls.values(), *backend.rule_groups.values())
        ]
        if any(arn in text for arn in arns for text in rules):
            raise _in_use()
        delete.original(self, name, scope, id_, lock_token)


_only_unreferred("delete_ip_set", "ip_sets", "ip_set_id")
_only_unreferred("delete_regex_pattern_set", "regex_pattern_sets", "id")
_only_unreferred("delete_rule_group", "rule_groups", "id")
