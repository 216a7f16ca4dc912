"""AWS IAM: roles, policies and instance profiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, Resource, resource
from floodgate.offline.handlers.described import Described
from floodgate.offline.handlers.shapes import told


class Iam(Described):
    """What IAM's resource types have in common."""

    service = "iam"


@resource("aws:iam/role:Role", auto_name=AutoName(limit=64))
class Role(Iam):
    """Who may act, and on whose behalf; with inline and attached policies where they are given inside."""

    create_call, id_prop = "create_role", "name"
    read_call, read_by, read_path = "get_role", "RoleName", "Role"
    rename: ClassVar = {
        "name": "RoleName",
        "assumeRolePolicy": "AssumeRolePolicyDocument",
    }
    outputs = ("arn", "createDate", "maxSessionDuration", "path", "uniqueId", "name", "description")
    paths: ClassVar = {"uniqueId": "RoleId", "name": "RoleName"}

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Write the inline policies and attach the managed ones."""
        iam = aws.client("iam")
        for inline in props.get("inlinePolicies", []):
            if "name" in inline:
                iam.put_role_policy(RoleName=id_, PolicyName=inline["name"], PolicyDocument=inline["policy"])
        for policy in props.get("managedPolicyArns", []):
            iam.attach_role_policy(RoleName=id_, PolicyArn=policy)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The managed policies that are attached, also those attached one by one."""
        attached = aws.client("iam").list_attached_role_policies(RoleName=id_)["AttachedPolicies"]
        return {"managedPolicyArns": [policy["PolicyArn"] for policy in attached]}


@resource("aws:iam/policy:Policy", auto_name=AutoName(limit=128))
class Policy(Iam):
    """A policy of its own."""

    create_call, id_path = "create_policy", "Policy.Arn"
    read_call, read_by, read_path = "get_policy", "PolicyArn", "Policy"
    rename: ClassVar = {"name": "PolicyName", "policy": "PolicyDocument"}
    outputs = ("arn", "attachmentCount", "path", "policyId", "name", "description")
    paths: ClassVar = {"name": "PolicyName"}


@resource("aws:iam/rolePolicy:RolePolicy", auto_name=AutoName())
class RolePolicy(Resource):
    """A policy inside a role."""

    def create(self, aws: Aws, props: Props) -> str:
        """Write it."""
        role, name = props["role"], props["name"]
        aws.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=props["policy"])
        return f"{role}:{name}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its role and name; the document stays as it was written."""
        role, name = id_.split(":")
        aws.client("iam").get_role_policy(RoleName=role, PolicyName=name)
        return {"role": role, "name": name}


@resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
class RolePolicyAttachment(Resource):
    """A policy of its own given to a role."""

    def create(self, aws: Aws, props: Props) -> str:
        """Attach it."""
        aws.client("iam").attach_role_policy(RoleName=props["role"], PolicyArn=props["policyArn"])
        return f"{props['role']}/{props['policyArn']}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Both names; KeyError where it is not attached."""
        role, policy = id_.split("/", 1)
        attached = aws.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        if policy not in [found["PolicyArn"] for found in attached]:
            raise KeyError(f"{policy} is not attached to {role}")
        return {"role": role, "policyArn": policy}


@resource("aws:iam/instanceProfile:InstanceProfile", auto_name=AutoName(limit=128))
class InstanceProfile(Iam):
    """What hands a role to instances."""

    create_call, id_prop = "create_instance_profile", "name"
    read_call, read_by, read_path = "get_instance_profile", "InstanceProfileName", "InstanceProfile"
    rename: ClassVar = {"name": "InstanceProfileName"}
    outputs = ("arn", "createDate", "path", "role", "uniqueId", "name")
    paths: ClassVar = {
        "uniqueId": "InstanceProfileId",
        "name": "InstanceProfileName",
        "role": "Roles[0].RoleName",
    }

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Put the role into it."""
        if "role" in props:
            aws.client("iam").add_role_to_instance_profile(InstanceProfileName=id_, RoleName=props["role"])


@resource("aws:iam/serviceLinkedRole:ServiceLinkedRole")
class ServiceLinkedRole(Resource):
    """The role that an AWS service keeps for itself in the account."""

    def create(self, aws: Aws, props: Props) -> str:
        """Let AWS make it."""
        given = {"customSuffix": "CustomSuffix", "description": "Description"}
        more = {theirs: props[ours] for ours, theirs in given.items() if ours in props}
        answer = aws.client("iam").create_service_linked_role(AWSServiceName=props["awsServiceName"], **more)
        return answer["Role"]["Arn"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The role behind the ARN."""
        role = aws.client("iam").get_role(RoleName=id_.rsplit("/", 1)[-1])["Role"]
        names = ("arn", "createDate", "name", "path", "uniqueId")
        return told(role, names, {"name": "RoleName", "uniqueId": "RoleId"}) | {"tagsAll": props.get("tags", {})}
