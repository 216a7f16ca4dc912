"""IAM: AWS's own policies are there, a role's trust policy must be one, and what is in use is not deleted."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from moto.core.responses import EmptyResult
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import DeleteConflictException, NotFoundException
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator
from moto.iam.responses import IamResponse

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


@patch(IamResponse, "update_role")
def only_what_is_given(self: Any) -> Any:
    """What a change does not mention stays; moto empties a description and resets a duration."""
    role = self.backend.get_role(self._get_param("RoleName"))
    described, lasts = self._get_param("Description"), self._get_param("MaxSessionDuration")
    role.description = role.description if described is None else described
    role.max_session_duration = lasts or role.max_session_duration
    return EmptyResult()


@patch(IAMBackend, "delete_policy")
def delete_what_nobody_holds(self: Any, policy_arn: str) -> None:
    """A policy in use stays, and one with several versions; moto deletes both.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
    """
    policy = self.get_policy(policy_arn)
    holders = (*self.roles.values(), *self.users.values(), *self.groups.values())
    if any(policy_arn in holder.managed_policies for holder in holders):
        raise DeleteConflictException("Cannot delete a policy attached to entities.")
    if any(policy_arn == getattr(holder, "permissions_boundary_arn", None) for holder in holders):
        raise DeleteConflictException("Cannot delete a policy that is used as a permissions boundary.")
    if len(policy.versions) > 1:
        raise DeleteConflictException(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy."
        )
    delete_what_nobody_holds.original(self, policy_arn)


@patch(IAMBackend, "remove_role_from_instance_profile")
def remove_what_is_in_it(self: Any, profile_name: str, role_name: str) -> None:
    """A role that is not in the profile is named; moto breaks."""
    profile, role = self.get_instance_profile(profile_name), self.get_role(role_name)
    if role not in profile.roles:
        raise NotFoundException(f"Role {role_name} cannot be found in Instance Profile {profile_name}.")
    remove_what_is_in_it.original(self, profile_name, role_name)
