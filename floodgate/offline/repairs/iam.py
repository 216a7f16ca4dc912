"""IAM: AWS's own policies are there, and a role's trust policy must be one."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

from floodgate.offline.repairs.patching import patch


def apply() -> None:
    """Importing this module has applied its repairs."""


@cache
def _policy(end: str) -> dict[str, Any] | None:
    """One of AWS's policies by the end of its ARN, without reading the 4.7 MB of all of them."""
    name = end.rsplit("/", 1)[-1]
    for place in re.finditer(rf'"{re.escape(name)}":', aws_managed_policies_data):
        data, _ = json.JSONDecoder().raw_decode(aws_managed_policies_data, place.end())
        if isinstance(data, dict) and f"{data.get('Path')}{name}" == end:
            return data
    return None


def know(backend: Any, arn: str) -> None:
    """Take one of AWS's policies into the account when it is first named.

    Moto leaves them out, or makes all 1,500 for every account, which costs more than a small deployment.
    """
    _, found, end = arn.partition(":iam::aws:policy")
    if found and arn not in backend.managed_policies and (data := _policy(end)):
        name = end.rsplit("/", 1)[-1]
        policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
        backend.managed_policies[arn] = policy


@patch(IAMBackend, "attach_role_policy")
def attach_what_aws_has(self: Any, policy_arn: str, role_name: str) -> None:
    """AWS's policies can be attached."""
    know(self, policy_arn)
    attach_what_aws_has.original(self, policy_arn, role_name)


@patch(IAMBackend, "get_policy")
def show_what_aws_has(self: Any, policy_arn: str) -> Any:
    """AWS's policies can be read."""
    know(self, policy_arn)
    return show_what_aws_has.original(self, policy_arn)


@patch(IAMBackend, "get_policy_version")
def show_the_text_aws_has(self: Any, policy_arn: str, version_id: str) -> Any:
    """So can their text."""
    know(self, policy_arn)
    return show_the_text_aws_has.original(self, policy_arn, version_id)


@patch(IAMBackend, "create_role")
def trusting_somebody(self: Any, role_name: str, assume_role_policy_document: str, *args: Any, **kwargs: Any) -> Any:
    """Moto checks a trust policy when it is changed, and not when the role is made."""
    if not kwargs.get("linked_service"):
        IAMTrustPolicyDocumentValidator(assume_role_policy_document).validate()
    return trusting_somebody.original(self, role_name, assume_role_policy_document, *args, **kwargs)
