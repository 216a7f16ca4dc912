"""Amazon EC2: rules of security groups that are resources of their own, of both kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Change, Gone, Props, Resource, resource
from floodgate.offline.handlers.ec2_imports import group_rule_of
from floodgate.offline.handlers.ec2_network import NetworkPart, forgiving
from floodgate.offline.handlers.ec2_permissions import Permission, permission, permissions_of, protocol_of
from floodgate.offline.handlers.ec2_routes import hashcode
from floodgate.offline.handlers.ec2_security import present_rules, revoke
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import all_tags, upper_first


class StandaloneRule(NetworkPart):
    """One rule with one source, the kind with an id and tags of its own."""

    id_path = "SecurityGroupRules[0].SecurityGroupRuleId"
    read_call, read_by, read_path = "describe_security_group_rules", "SecurityGroupRuleIds", "SecurityGroupRules[0]"
    update_call = "modify_security_group_rules"
    delete_by, delete_within = "SecurityGroupRuleIds", {"GroupId": "securityGroupId"}
    outputs = ("securityGroupRuleId", "description", "ipProtocol", "cidrIpv4", "cidrIpv6", "prefixListId")
    paths: ClassVar = {"securityGroupId": "GroupId", "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId"}
    silent = ("description", "cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
    tag_type, arn_format = "security-group-rule", "security-group-rule/{id}"

    sources: ClassVar = {
        "cidrIpv4": ("IpRanges", "CidrIp"),
        "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        "prefixListId": ("PrefixListIds", "PrefixListId"),
        "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    }

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """A permission of one source."""
        text = {"Description": props["description"]} if props.get("description") else {}
        rule: dict[str, Any] = {"IpProtocol": str(props["ipProtocol"])}
        rule |= {upper_first(name): props[name] for name in ("fromPort", "toPort") if name in props}
        for name, (block, member) in self.sources.items():
            if name in props:
                rule[block] = [{member: props[name], **text}]
        tags = request(client, self.create_call, {"tags": all_tags(props)}, tag_type=self.tag_type)
        return {"GroupId": props["securityGroupId"], "IpPermissions": [rule], **tags}

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """The whole rule: AWS puts it in the place of the old one."""
        new = change.new
        rule: dict[str, Any] = {"IpProtocol": str(new["ipProtocol"]), "Description": new.get("description", "")}
        rule |= {upper_first(name): new[name] for name in ("fromPort", "toPort") if name in new}
        rule |= {upper_first(name): new[name] for name in ("cidrIpv4", "cidrIpv6", "prefixListId") if name in new}
        if "referencedSecurityGroupId" in new:
            rule["ReferencedGroupId"] = new["referencedSecurityGroupId"]
        changed = {"SecurityGroupRuleId": id_, "SecurityGroupRule": rule}
        return {"GroupId": new["securityGroupId"], "SecurityGroupRules": [changed]}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The rule; its protocol as the program writes it, and no ports where it is for every protocol."""
        told = super().observe(aws, id_, props)
        given = props.get("ipProtocol", "")
        if protocol_of(given) == told["ipProtocol"]:
            told["ipProtocol"] = given
        if protocol_of(told["ipProtocol"]) == "-1":
            told = {name: value for name, value in told.items() if name not in ("fromPort", "toPort")}
        return told


@resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
class SecurityGroupIngressRule(StandaloneRule):
    """What may come in."""

    create_call, delete_call = "authorize_security_group_ingress", "revoke_security_group_ingress"


@resource("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
class SecurityGroupEgressRule(StandaloneRule):
    """What may go out."""

    create_call, delete_call = "authorize_security_group_egress", "revoke_security_group_egress"


@resource("aws:ec2/securityGroupRule:SecurityGroupRule")
class SecurityGroupRule(Resource):
    """The older kind of rule: several sources in one, and an id that the provider makes up from them."""

    def create(self, aws: Aws, props: Props) -> str:
        """Add the rule to its group."""
        group, rule = props["securityGroupId"], permission(props, props["securityGroupId"])
        call = getattr(aws.client("ec2"), f"authorize_security_group_{props['type']}")
        call(GroupId=group, IpPermissions=[rule])
        ports = [str(rule[port]) for port in ("FromPort", "ToPort") if rule.get(port, 0) > 0]
        sources = [v for name in ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds") for v in sorted(props.get(name, []))]
        # a group stands with its id and its empty name
        sources += [f"{pair['GroupId']}-" for pair in rule.get("UserIdGroupPairs", [])]
        return f"sgrule-{hashcode('-'.join([group, *ports, rule['IpProtocol'], props['type'], *sources]) + '-')}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """AWS's id of the rule, where it is a single one."""
        found = self._found(aws, id_, props)
        groups = [each.source for each in found.values() if each.kind == "securityGroups"]
        out: dict[str, Any] = {"sourceSecurityGroupId": groups[0]} if groups else {}
        if len(found) == 1:
            out["securityGroupRuleId"] = next(iter(found))
        return out

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Those of its sources that are still there, and what they are described as."""
        imported, props = not props.get("securityGroupId"), group_rule_of(id_, props)
        found, group = list(self._found(aws, id_, props).values()), props["securityGroupId"]
        out: dict[str, Any] = {
            name: [value for value in props[name] if (name, value) in {(each.kind, each.source) for each in found}]
            for name in ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds")
            if props.get(name)
        }
        if props.get("self"):
            out["self"] = ("securityGroups", group) in {(each.kind, each.source) for each in found}
        descriptions = {each.description for each in found}
        out = {**props, **out} if imported else out
        return out | {"description": next(iter(descriptions)) or None} if len(descriptions) == 1 else out

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Describe it otherwise; nothing else of such a rule changes."""
        call = getattr(aws.client("ec2"), f"update_security_group_rule_descriptions_{change.new['type']}")
        group = change.new["securityGroupId"]
        call(GroupId=group, IpPermissions=[permission(change.new, group)])

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Take it out of its group, or what is left of it."""
        with forgiving():
            revoke(aws.client("ec2"), props["securityGroupId"], props["type"], self._found(aws, id_, props))

    def _found(self, aws: Aws, id_: str, props: Props) -> Mapping[str, Permission]:
        """The ids of the rules that AWS made of it, whatever they are described as by now."""
        props = group_rule_of(id_, props)
        group = props["securityGroupId"]
        wanted = {_bare(each) for each in permissions_of(props, group)}
        present = present_rules(aws.client("ec2"), group, props["type"])
        found = {rule_id: each for rule_id, each in present.items() if _bare(each) in wanted}
        if not found:
            raise Gone(f"rule {id_} does not exist")
        return found


def _bare(each: Permission) -> tuple[Any, ...]:
    return each.protocol, each.ports, each.kind, each.source
