"""Amazon EC2: security groups, with the rules that are written inside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Change, Props, resource
from floodgate.offline.handlers.ec2_network import NetworkPart
from floodgate.offline.handlers.ec2_permissions import (
    SOURCES,
    Permission,
    api_permissions,
    described_permission,
    permission,
    permissions_of,
    told_rules,
)
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import all_tags

SIDES = ("ingress", "egress")


def rule_of(found: Mapping[str, Any], group_id: str) -> dict[str, Any]:
    """AWS's permission as an inline rule."""
    out: dict[str, Any] = {
        "protocol": found["IpProtocol"],
        "fromPort": found.get("FromPort", 0),
        "toPort": found.get("ToPort", 0),
        "self": False,
    }
    for name, (block, member) in SOURCES.items():
        values = [source[member] for source in found.get(block, []) if member in source]
        if name == "securityGroups" and group_id in values:
            out["self"] = True
            values.remove(group_id)
        if values:
            out[name] = values
    return out


def present_rules(ec2: Any, group_id: str, side: str) -> dict[str, Permission]:
    """The ids of a group's rules, and what each lets through.

    Args:
        ec2: the client.
        group_id: the group.
        side: ``ingress`` or ``egress``.
    """
    filters = [{"Name": "group-id", "Values": [group_id]}]
    rules = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    return {
        rule["SecurityGroupRuleId"]: described_permission(rule)
        for rule in rules
        if rule["IsEgress"] == (side == "egress")
    }


def revoke(ec2: Any, group_id: str, side: str, rule_ids: Iterable[str]) -> None:
    """Take rules out of a group; nothing is sent where there are none."""
    if ids := sorted(rule_ids):
        getattr(ec2, f"revoke_security_group_{side}")(GroupId=group_id, SecurityGroupRuleIds=ids)


@resource("aws:ec2/securityGroup:SecurityGroup")
class SecurityGroup(NetworkPart):
    """A security group. The provider takes away the rule that AWS gives every new one: everything may leave."""

    create_call, id_path = "create_security_group", "GroupId"
    read_call, read_by, read_path = "describe_security_groups", "GroupIds", "SecurityGroups[0]"
    delete_call, delete_by = "delete_security_group", "GroupId"
    rename: ClassVar = {"name": "GroupName"}
    outputs = ("name", "description", "ownerId", "vpcId")
    paths: ClassVar = {"name": "GroupName"}
    tag_type, arn_format = "security-group", "security-group/{id}"
    kept, refined = ("revokeRulesOnDelete",), frozenset(SIDES)

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """AWS wants a description; the provider has one for all."""
        return {"Description": "Managed by Pulumi"} | super().parameters(client, props)

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Only the rules that were asked for."""
        ec2 = aws.client("ec2")
        given = self.describe(aws, id_)
        for call, rules in (
            ("revoke_security_group_egress", given["IpPermissionsEgress"]),
            ("revoke_security_group_ingress", given["IpPermissions"]),
            ("authorize_security_group_egress", [permission(r, id_) for r in props.get("egress", [])]),
            ("authorize_security_group_ingress", [permission(r, id_) for r in props.get("ingress", [])]),
        ):
            if rules:
                getattr(ec2, call)(GroupId=id_, IpPermissions=rules)

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Of the rules, take out what goes and add what comes; what both have is never interrupted."""
        ec2 = aws.client("ec2")
        for side in (side for side in SIDES if change.touches(side)):
            present = present_rules(ec2, id_, side)
            old, new = (self._wanted(id_, props, side) for props in (change.old, change.new))
            gone = (old if side in change.old else set(present.values())) - new
            revoke(ec2, id_, side, (rule_id for rule_id, found in present.items() if found in gone))
            if added := new - (set(present.values()) - gone):
                authorize = getattr(ec2, f"authorize_security_group_{side}")
                authorize(GroupId=id_, IpPermissions=api_permissions(added))

    def _wanted(self, id_: str, props: Props, side: str) -> set[Permission]:
        return {each for rule in props.get(side, []) for each in permissions_of(rule, id_)}

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """Take its rules away first, and those of others that name it, where the program asks for that."""
        if not props.get("revokeRulesOnDelete"):
            return
        ec2 = aws.client("ec2")
        for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]:
            if id_ in (rule["GroupId"], rule.get("ReferencedGroupInfo", {}).get("GroupId")):
                side = "egress" if rule["IsEgress"] else "ingress"
                revoke(ec2, rule["GroupId"], side, [rule["SecurityGroupRuleId"]])

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The rules, in the program's words where these still hold."""
        ec2 = aws.client("ec2")
        return {
            side: told_rules(props.get(side, []), set(present_rules(ec2, id_, side).values()), id_) for side in SIDES
        }

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Its rules as AWS has them, also those that were made one by one."""
        sides = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
        return {name: [rule_of(found, id_) for found in item[key]] for name, key in sides.items()}


@resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
class DefaultSecurityGroup(SecurityGroup):
    """The group that AWS made with the network, taken over: its rules are replaced by the given ones."""

    def create(self, aws: Aws, props: Props) -> str:
        """Adopt the group of the named network, or of the account's default network."""
        ec2 = aws.client("ec2")
        condition = {"Name": "vpc-id", "Values": [props["vpcId"]]} if "vpcId" in props else None
        filters = [{"Name": "group-name", "Values": ["default"]}, *([condition] if condition else [])]
        id_ = ec2.describe_security_groups(Filters=filters)["SecurityGroups"][0]["GroupId"]
        if all_tags(props):
            ec2.create_tags(Resources=[id_], **request(ec2, "create_tags", {"tags": all_tags(props)}))
        self.finish(aws, id_, props)
        return id_

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Forget it: it lives as long as its network, and keeps the rules that it has."""
