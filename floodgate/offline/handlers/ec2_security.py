"""Amazon EC2: security groups, their rules, network ACLs and prefix lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Props, Resource, resource
from floodgate.offline.handlers.ec2_network import Ec2
from floodgate.offline.handlers.ec2_routes import hashcode
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import all_tags, upper_first

SOURCES: Mapping[str, tuple[str, str]] = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
"""Where a rule's sources stand in AWS's permission: the list and the member of its objects."""


def permission(rule: Props, group_id: str) -> dict[str, Any]:
    """An inline rule (or an old standalone one) as AWS's permission."""
    sources = {name: list(rule.get(name, [])) for name in SOURCES}
    if rule.get("self"):
        sources["securityGroups"].append(group_id)
    if "sourceSecurityGroupId" in rule:
        sources["securityGroups"].append(rule["sourceSecurityGroupId"])
    text = {"Description": rule["description"]} if rule.get("description") else {}
    protocol = str(rule["protocol"])
    out: dict[str, Any] = {"IpProtocol": "-1" if protocol == "all" else protocol}
    if out["IpProtocol"] != "-1":
        out |= {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}
    for name, values in sources.items():
        block, member = SOURCES[name]
        if values:
            out[block] = [{member: value, **text} for value in values]
    return out


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


@resource("aws:ec2/securityGroup:SecurityGroup")
class SecurityGroup(Ec2):
    """A security group. The provider takes away the rule that AWS gives every new one: everything may leave."""

    create_call, id_path = "create_security_group", "GroupId"
    read_call, read_by, read_path = "describe_security_groups", "GroupIds", "SecurityGroups[0]"
    rename: ClassVar = {"name": "GroupName"}
    outputs = ("name", "description", "ownerId", "vpcId")
    paths: ClassVar = {"name": "GroupName"}
    tag_type, arn_format = "security-group", "security-group/{id}"

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


class StandaloneRule(Ec2):
    """One rule with one source, the kind with an id and tags of its own."""

    id_path = "SecurityGroupRules[0].SecurityGroupRuleId"
    read_call, read_by, read_path = "describe_security_group_rules", "SecurityGroupRuleIds", "SecurityGroupRules[0]"
    outputs = ("securityGroupRuleId", "description", "ipProtocol", "cidrIpv4", "cidrIpv6", "prefixListId")
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


@resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
class SecurityGroupIngressRule(StandaloneRule):
    """What may come in."""

    create_call = "authorize_security_group_ingress"


@resource("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
class SecurityGroupEgressRule(StandaloneRule):
    """What may go out."""

    create_call = "authorize_security_group_egress"


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
        filters = [{"Name": "group-id", "Values": [props["securityGroupId"]]}]
        rules = aws.client("ec2").describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
        wanted = permission(props, props["securityGroupId"])
        found = [r for r in rules if r["IsEgress"] == (props["type"] == "egress") and _same(r, wanted)]
        if not found:
            raise KeyError(f"rule {id_} does not exist")
        out = {"sourceSecurityGroupId": found[0].get("ReferencedGroupInfo", {}).get("GroupId")}
        if len(found) == 1:
            out["securityGroupRuleId"] = found[0]["SecurityGroupRuleId"]
        return {name: value for name, value in out.items() if value}


def _same(rule: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    source = {
        "IpRanges": rule.get("CidrIpv4"),
        "Ipv6Ranges": rule.get("CidrIpv6"),
        "PrefixListIds": rule.get("PrefixListId"),
        "UserIdGroupPairs": rule.get("ReferencedGroupInfo", {}).get("GroupId"),
    }
    named = any(source[b] and source[b] in [s[m] for s in wanted.get(b, [])] for b, m in SOURCES.values())
    same_ports = all(rule.get(port) == wanted.get(port, -1) for port in ("FromPort", "ToPort"))
    return named and same_ports and rule["IpProtocol"] == wanted["IpProtocol"]


def acl_entry(rule: Props, *, egress: bool) -> dict[str, Any]:
    """A rule of a network ACL (inline or standalone) as AWS's entry."""
    protocol = {"all": "-1", "icmp": "1", "tcp": "6", "udp": "17"}.get(str(rule["protocol"]), str(rule["protocol"]))
    out: dict[str, Any] = {
        "RuleNumber": rule.get("ruleNo", rule.get("ruleNumber")),
        "RuleAction": rule.get("action", rule.get("ruleAction")),
        "Protocol": protocol,
        "Egress": egress,
    }
    out |= {upper_first(name): rule[name] for name in ("cidrBlock", "ipv6CidrBlock") if rule.get(name)}
    if protocol in ("6", "17"):
        out["PortRange"] = {"From": rule["fromPort"], "To": rule["toPort"]}
    return out


@resource("aws:ec2/networkAcl:NetworkAcl")
class NetworkAcl(Ec2):
    """A list of what may pass a subnet's border, without memory of connections."""

    create_call, id_path = "create_network_acl", "NetworkAcl.NetworkAclId"
    read_call, read_by, read_path = "describe_network_acls", "NetworkAclIds", "NetworkAcls[0]"
    outputs = ("ownerId", "vpcId", "subnetIds")
    paths: ClassVar = {"subnetIds": "Associations[].SubnetId"}
    tag_type, arn_format = "network-acl", "network-acl/{id}"

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Add its entries and give it to its subnets."""
        ec2 = aws.client("ec2")
        for side in ("ingress", "egress"):
            for rule in props.get(side, []):
                ec2.create_network_acl_entry(NetworkAclId=id_, **acl_entry(rule, egress=side == "egress"))
        for subnet in props.get("subnetIds", []):
            give_acl(ec2, id_, subnet)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The account that owns it, which moto leaves out."""
        return {"ownerId": item.get("OwnerId", aws.account_id)}


def give_acl(ec2: Any, acl: str, subnet: str) -> str:
    """Put a network ACL in the place of the one that a subnet has; the association's new id."""
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    present = ec2.describe_network_acls(Filters=filters)["NetworkAcls"][0]["Associations"]
    old = next(a["NetworkAclAssociationId"] for a in present if a["SubnetId"] == subnet)
    return ec2.replace_network_acl_association(AssociationId=old, NetworkAclId=acl)["NewAssociationId"]


@resource("aws:ec2/networkAclAssociation:NetworkAclAssociation")
class NetworkAclAssociation(Resource):
    """A network ACL given to a subnet."""

    def create(self, aws: Aws, props: Props) -> str:
        """Put it in the place of the one that the subnet has."""
        return give_acl(aws.client("ec2"), props["networkAclId"], props["subnetId"])

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Nothing beyond what was asked for."""
        return {"networkAclId": props["networkAclId"], "subnetId": props["subnetId"]}


@resource("aws:ec2/networkAclRule:NetworkAclRule")
class NetworkAclRule(Resource):
    """One entry of a network ACL."""

    def create(self, aws: Aws, props: Props) -> str:
        """Add the entry."""
        egress = bool(props.get("egress"))
        entry = acl_entry(props, egress=egress)
        aws.client("ec2").create_network_acl_entry(NetworkAclId=props["networkAclId"], **entry)
        parts = (props["networkAclId"], str(props["ruleNumber"]), str(egress).lower(), str(props["protocol"]))
        return f"nacl-{hashcode('-'.join(parts) + '-')}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The entry's number and action."""
        acls = aws.client("ec2").describe_network_acls(NetworkAclIds=[props["networkAclId"]])["NetworkAcls"]
        for entry in acls[0]["Entries"]:
            if (entry["RuleNumber"], entry["Egress"]) == (props["ruleNumber"], bool(props.get("egress"))):
                return {"ruleAction": entry["RuleAction"]}
        raise KeyError(f"entry {id_} does not exist")


@resource("aws:ec2/managedPrefixList:ManagedPrefixList")
class ManagedPrefixList(Ec2):
    """A named list of address ranges for rules and routes."""

    create_call, id_path = "create_managed_prefix_list", "PrefixList.PrefixListId"
    read_call, read_by, read_path = "describe_managed_prefix_lists", "PrefixListIds", "PrefixLists[0]"
    rename: ClassVar = {"name": "PrefixListName"}
    outputs = ("arn", "ownerId", "version", "addressFamily", "maxEntries")
    paths: ClassVar = {"arn": "PrefixListArn"}
    tag_type = "prefix-list"
