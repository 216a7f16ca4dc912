"""AWS IAM: roles and what hands them on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, Resource, is_gone, resource
from floodgate.offline.handlers.described import Described
from floodgate.offline.handlers.policy_document import as_given, text_of
from floodgate.offline.handlers.shapes import tag_list, tag_map, told
from floodgate.offline.handlers.tagging import Calls, retag_by

ROLE_TAGS = Calls("tag_role", "untag_role", "RoleName")


class Iam(Described):
    """What IAM's resource types have in common."""

    service = "iam"
    tag_calls: ClassVar[Calls]
    """How the type changes tags; the id names it."""

    def retag(self, aws: Aws, id_: str, change: Change) -> None:
        """Change the tags; every type has calls of its own for it."""
        retag_by(aws.client("iam"), self.tag_calls, id_, change)


@resource("aws:iam/role:Role", auto_name=AutoName(limit=64))
class Role(Iam):
    """Who may act, and on whose behalf; with inline and attached policies where they are given inside."""

    create_call, id_prop = "create_role", "name"
    read_call, read_by, read_path = "get_role", "RoleName", "Role"
    update_call, update_by = "update_role", "RoleName"
    delete_call, delete_by = "delete_role", "RoleName"
    rename: ClassVar = {
        "name": "RoleName",
        "assumeRolePolicy": "AssumeRolePolicyDocument",
    }
    outputs = ("arn", "createDate", "maxSessionDuration", "path", "uniqueId", "name", "description")
    paths: ClassVar = {
        "uniqueId": "RoleId",
        "name": "RoleName",
        "permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn",
    }
    kept = ("forceDetachPolicies",)
    refined = frozenset({"assumeRolePolicy", "inlinePolicies", "managedPolicyArns", "permissionsBoundary"})
    tag_calls = ROLE_TAGS

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The trust policy as text."""
        return super().parameters(client, {**props, "assumeRolePolicy": text_of(props["assumeRolePolicy"])})

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Write the inline policies and attach the managed ones."""
        iam = aws.client("iam")
        put_inline(iam, id_, inline(props))
        for policy in props.get("managedPolicyArns", []):
            iam.attach_role_policy(RoleName=id_, PolicyArn=policy)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The managed policies that are attached, also those attached one by one."""
        return {"managedPolicyArns": attached_to(aws, id_)}

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The trust policy and the policies inside and attached."""
        trust = as_given(item["AssumeRolePolicyDocument"], props.get("assumeRolePolicy"))
        seen = {"assumeRolePolicy": trust, "managedPolicyArns": attached_to(aws, id_)}
        seen |= {"description": item.get("Description") or None}
        seen |= {"permissionsBoundary": item.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")}
        return seen | ({"inlinePolicies": observed_inline(aws, id_, props)} if "inlinePolicies" in props else {})

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """A description that was taken away is an empty one."""
        cleared = {"Description": change.new.get("description", "")} if change.touches("description") else {}
        return super().new_parameters(client, id_, change) | cleared

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """What has calls of its own; policies that the program no longer speaks of stay, as with the provider."""
        iam = aws.client("iam")
        if change.touches("assumeRolePolicy"):
            iam.update_assume_role_policy(RoleName=id_, PolicyDocument=text_of(change.new["assumeRolePolicy"]))
        if change.touches("permissionsBoundary"):
            bound(iam, id_, change.new.get("permissionsBoundary"))
        if "inlinePolicies" in change.within(["inlinePolicies"]):
            before, after = inline(change.old), inline(change.new)
            for name in before.keys() - after.keys():
                iam.delete_role_policy(RoleName=id_, PolicyName=name)
            put_inline(iam, id_, {name: text for name, text in after.items() if before.get(name) != text})
        if "managedPolicyArns" in change.within(["managedPolicyArns"]):
            before, after = set(attached_to(aws, id_)), set(change.new["managedPolicyArns"])
            detach(iam, id_, before & set(change.old.get("managedPolicyArns", [])) - after)
            for policy in sorted(after - before):
                iam.attach_role_policy(RoleName=id_, PolicyArn=policy)

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """Take the role out of its profiles; its policies only where the provider knows of them or is told to.

        https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/iam/role.go (DeleteRole)
        """
        iam, force = aws.client("iam"), props.get("forceDetachPolicies", False)
        for profile in iam.list_instance_profiles_for_role(RoleName=id_)["InstanceProfiles"]:
            iam.remove_role_from_instance_profile(InstanceProfileName=profile["InstanceProfileName"], RoleName=id_)
        if force or props.get("managedPolicyArns"):
            detach(iam, id_, attached_to(aws, id_))
        if force or props.get("inlinePolicies"):
            for name in iam.list_role_policies(RoleName=id_)["PolicyNames"]:
                iam.delete_role_policy(RoleName=id_, PolicyName=name)


def attached_to(aws: Aws, role: str) -> list[str]:
    """The managed policies of a role, by ARN."""
    attached = aws.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return [policy["PolicyArn"] for policy in attached]


def detach(iam: Any, role: str, policies: Any) -> None:
    """Take managed policies from a role."""
    for policy in sorted(policies):
        iam.detach_role_policy(RoleName=role, PolicyArn=policy)


def bound(iam: Any, role: str, boundary: str | None) -> None:
    """Set or take away what a role can at most be allowed."""
    if boundary:
        iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)
    else:
        iam.delete_role_permissions_boundary(RoleName=role)


def inline(props: Props) -> dict[str, str]:
    """The inline policies of a role's properties, by name; a block without a name says that there are none."""
    return {each["name"]: text_of(each["policy"]) for each in props.get("inlinePolicies", []) if "name" in each}


def put_inline(iam: Any, role: str, policies: Mapping[str, str]) -> None:
    """Write policies into a role."""
    for name, text in policies.items():
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=text)


def observed_inline(aws: Aws, role: str, props: Props) -> list[dict[str, Any]]:
    """The policies inside a role, as the program writes them."""
    iam, given = aws.client("iam"), {each.get("name"): each for each in props["inlinePolicies"]}
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    if not names and list(given) == [None]:
        return list(given.values())
    seen = {name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names}
    return [
        {"name": name, "policy": as_given(document, given.get(name, {}).get("policy"))}
        for name, document in seen.items()
    ]


@resource("aws:iam/instanceProfile:InstanceProfile", auto_name=AutoName(limit=128))
class InstanceProfile(Iam):
    """What hands a role to instances."""

    create_call, id_prop = "create_instance_profile", "name"
    read_call, read_by, read_path = "get_instance_profile", "InstanceProfileName", "InstanceProfile"
    delete_call, delete_by = "delete_instance_profile", "InstanceProfileName"
    rename: ClassVar = {"name": "InstanceProfileName"}
    outputs = ("arn", "createDate", "path", "role", "uniqueId", "name")
    paths: ClassVar = {
        "uniqueId": "InstanceProfileId",
        "name": "InstanceProfileName",
        "role": "Roles[0].RoleName",
    }
    refined = frozenset({"role"})
    tag_calls = Calls("tag_instance_profile", "untag_instance_profile", "InstanceProfileName")

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Put the role into it."""
        if "role" in props:
            aws.client("iam").add_role_to_instance_profile(InstanceProfileName=id_, RoleName=props["role"])

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The role in it, or that there is none."""
        return {"role": item["Roles"][0]["RoleName"] if item["Roles"] else None}

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Another role: a profile holds one, so the former goes first."""
        if change.touches("role"):
            self.unmake(aws, id_, change.old)
            self.finish(aws, id_, change.new)

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """Take the role out; it may be gone already."""
        if not props.get("role"):
            return
        try:
            aws.client("iam").remove_role_from_instance_profile(InstanceProfileName=id_, RoleName=props["role"])
        except ClientError as error:
            if not is_gone(error):
                raise


@resource("aws:iam/serviceLinkedRole:ServiceLinkedRole")
class ServiceLinkedRole(Resource):
    """The role that an AWS service keeps for itself in the account."""

    def create(self, aws: Aws, props: Props) -> str:
        """Let AWS make it, then tag it: the call takes no tags."""
        iam, given = aws.client("iam"), {"customSuffix": "CustomSuffix", "description": "Description"}
        more = {theirs: props[ours] for ours, theirs in given.items() if ours in props}
        role = iam.create_service_linked_role(AWSServiceName=props["awsServiceName"], **more)["Role"]
        try:
            if tags := tag_list(props):
                iam.tag_role(RoleName=role["RoleName"], Tags=tags)
        except ClientError:
            with suppress(ClientError):
                self.delete(aws, role["Arn"], props)
            raise
        return role["Arn"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The role behind the ARN."""
        role = aws.client("iam").get_role(RoleName=role_name(id_))["Role"]
        names = ("arn", "createDate", "name", "path", "uniqueId")
        out = told(role, names, {"name": "RoleName", "uniqueId": "RoleId"})
        return out | {"tagsAll": tag_map(role.get("Tags", []))}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Whose role it is, by its path, and what is said of it."""
        role = aws.client("iam").get_role(RoleName=role_name(id_))["Role"]
        suffix = role["RoleName"].partition("_")[2] or None
        seen = {"awsServiceName": role["Path"].split("/")[2], "description": role.get("Description") or None}
        return seen | {"customSuffix": suffix if "customSuffix" in props else None, "tags": tag_map(role["Tags"])}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Its description and tags."""
        iam = aws.client("iam")
        if change.touches("description"):
            iam.update_role(RoleName=role_name(id_), Description=change.new.get("description", ""))
        if change.touches("tags"):
            retag_by(iam, ROLE_TAGS, role_name(id_), change)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Ask AWS to delete it; it does so at once where nothing uses the role."""
        try:
            aws.client("iam").delete_service_linked_role(RoleName=role_name(id_))
        except ClientError as error:
            if not is_gone(error):
                raise


def role_name(arn: str) -> str:
    """The name at the end of a role's ARN."""
    return arn.rsplit("/", 1)[-1]
