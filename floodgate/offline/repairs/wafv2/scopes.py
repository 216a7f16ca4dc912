"""AWS WAF: scopes in their own region, and associations with what exists.

https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html and API_AssociateWebACL
"""

from __future__ import annotations

import json
from typing import Any

import moto.wafv2.models
from moto.core.exceptions import JsonRESTError
from moto.elbv2.models import elbv2_backends
from moto.wafv2.models import WAFV2Backend
from moto.wafv2.responses import WAFV2Response

from floodgate.offline.repairs.patching import patch

CLOUDFRONT_REGION = "us-east-1"
SCOPED = ("create_web_acl", "create_ip_set", "create_regex_pattern_set", "create_rule_group")


def _in_its_region(operation: str) -> None:
    @patch(WAFV2Response, operation)
    def create(self: Any) -> Any:
        """Moto makes things for CloudFront in any region."""
        if self._get_param("Scope") == "CLOUDFRONT" and self.region != CLOUDFRONT_REGION:
            raise JsonRESTError(
                "WAFInvalidParameterException",
                f"Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT in {self.region}; "
                f"CloudFront's are made in {CLOUDFRONT_REGION}",
            )
        return create.original(self)


for _operation in SCOPED:
    _in_its_region(_operation)


@patch(WAFV2Backend, "associate_web_acl")
def associate_with_what_exists(self: Any, web_acl_arn: str, resource_arn: str) -> None:
    """Moto puts a web ACL before balancers that do not exist, and a second one beside the first."""
    balancers = elbv2_backends[self.account_id][self.region_name].load_balancers
    if ":elasticloadbalancing:" in resource_arn and resource_arn not in balancers:
        raise JsonRESTError(
            "WAFNonexistentItemException",
            "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
        )
    self.disassociate_web_acl(resource_arn)
    associate_with_what_exists.original(self, web_acl_arn, resource_arn)


@patch(WAFV2Response, "list_resources_for_web_acl")
def list_resources_for_web_acl(self: Any) -> Any:
    """Moto has no such operation."""
    acl = self.wafv2_backend.get_web_acl(self._get_param("WebACLArn"), None, None)
    kind = self._get_param("ResourceType", "APPLICATION_LOAD_BALANCER")
    service = "elasticloadbalancing" if kind == "APPLICATION_LOAD_BALANCER" else kind.lower().replace("_", "")
    found = [arn for arn in acl.associated_resources if f":{service}:" in arn]
    return 200, {"Content-Type": "application/json"}, json.dumps({"ResourceArns": found})


@patch(moto.wafv2.models, "make_arn_for_regex_pattern_set")
def arn_of_a_pattern_set(name: str, account_id: str, region_name: str, _id: str, scope: str) -> str:
    """Moto calls CloudFront's pattern sets regional."""
    regional = arn_of_a_pattern_set.original(name, account_id, region_name, _id, scope)
    return regional.replace(":regional/", ":global/") if scope == "CLOUDFRONT" else regional
