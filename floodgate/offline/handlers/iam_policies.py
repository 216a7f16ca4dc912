"""AWS IAM: policies of their own, inside a role, and attached to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Gone, Props, Resource, is_gone, resource
from floodgate.offline.handlers.iam import Iam, attached_to
from floodgate.offline.handlers.policy_document import as_given, text_of
from floodgate.offline.handlers.tagging import Calls

# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
MOST_VERSIONS = 5


@resource("aws:iam/policy:Policy", auto_name=AutoName(limit=128))
class Policy(Iam):
    """A policy of its own."""

    create_call, id_path = "create_policy", "Policy.Arn"
    read_call, read_by, read_path = "get_policy", "PolicyArn", "Policy"
    delete_call, delete_by = "delete_policy", "PolicyArn"
    rename: ClassVar = {"name": "PolicyName", "policy": "PolicyDocument"}
    outputs = ("arn", "attachmentCount", "path", "policyId", "name", "description")
    paths: ClassVar = {"name": "PolicyName"}
    kept = ("delayAfterPolicyCreationInMs",)
    refined = frozenset({"policy"})
    tag_calls = Calls("tag_policy", "untag_policy", "PolicyArn")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The policy as text."""
        return super().parameters(client, {**props, "policy": text_of(props["policy"])})

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The version that counts."""
        version = aws.client("iam").get_policy_version(PolicyArn=id_, VersionId=item["DefaultVersionId"])
        return {"policy": as_given(version["PolicyVersion"]["Document"], props.get("policy"))}

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """A new version counts from now on; AWS keeps five, so the oldest that does not count makes room."""
        if not change.touches("policy"):
            return
        iam = aws.client("iam")
        versions = iam.list_policy_versions(PolicyArn=id_)["Versions"]
        if len(versions) >= MOST_VERSIONS:
            rest = [version for version in versions if not version["IsDefaultVersion"]]
            oldest = min(rest, key=lambda version: (version["CreateDate"], int(version["VersionId"][1:])))
            iam.delete_policy_version(PolicyArn=id_, VersionId=oldest["VersionId"])
        made = iam.create_policy_version(PolicyArn=id_, PolicyDocument=text_of(change.new["policy"]))
        iam.set_default_policy_version(PolicyArn=id_, VersionId=made["PolicyVersion"]["VersionId"])

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete the versions that do not count: AWS deletes only the one that does with the policy."""
        iam = aws.client("iam")
        for version in iam.list_policy_versions(PolicyArn=id_)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=id_, VersionId=version["VersionId"])


@resource("aws:iam/rolePolicy:RolePolicy", auto_name=AutoName())
class RolePolicy(Resource):
    """A policy inside a role."""

    def create(self, aws: Aws, props: Props) -> str:
        """Write it."""
        role, name = props["role"], props["name"]
        aws.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=text_of(props["policy"]))
        return f"{role}:{name}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its role and name; the document stays as it was written."""
        role, name = id_.split(":")
        aws.client("iam").get_role_policy(RoleName=role, PolicyName=name)
        return {"role": role, "name": name}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its role, name and document."""
        role, name = id_.split(":")
        seen = aws.client("iam").get_role_policy(RoleName=role, PolicyName=name)
        return {"role": role, "name": name, "policy": as_given(seen["PolicyDocument"], props.get("policy"))}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Write it again."""
        self.create(aws, change.new)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Take it out of the role."""
        role, name = id_.split(":")
        try:
            aws.client("iam").delete_role_policy(RoleName=role, PolicyName=name)
        except ClientError as error:
            if not is_gone(error):
                raise


@resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
class RolePolicyAttachment(Resource):
    """A policy of its own given to a role."""

    def create(self, aws: Aws, props: Props) -> str:
        """Attach it."""
        aws.client("iam").attach_role_policy(RoleName=props["role"], PolicyArn=props["policyArn"])
        return f"{props['role']}/{props['policyArn']}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Both names; Gone where it is not attached."""
        role, policy = id_.split("/", 1)
        if policy not in attached_to(aws, role):
            raise Gone(f"{policy} is not attached to {role}")
        return {"role": role, "policyArn": policy}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Detach it."""
        role, policy = id_.split("/", 1)
        try:
            aws.client("iam").detach_role_policy(RoleName=role, PolicyArn=policy)
        except ClientError as error:
            if not is_gone(error):
                raise
