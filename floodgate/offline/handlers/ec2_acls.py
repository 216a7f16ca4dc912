"""Amazon EC2: network ACLs, their rules, and the subnets that they guard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Change, Gone, Props, Resource, resource
from floodgate.offline.handlers.ec2_imports import acl_rule_of
from floodgate.offline.handlers.ec2_network import NetworkPart, forgiving
from floodgate.offline.handlers.ec2_routes import hashcode
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import all_tags, upper_first

SIDES = ("ingress", "egress")
LAST_RULE = 32766
"""The highest number that a rule can have; those above are AWS's own, which refuse the rest.
https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"""

_NUMBERS = {"all": "-1", "icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58"}
_NAMES = {number: name for name, number in _NUMBERS.items() if name != "all"}
_WITH_PORTS, _WITH_TYPES = ("6", "17"), ("1", "58")


def acl_entry(rule: Props, *, egress: bool) -> dict[str, Any]:
    """A rule of a network ACL (inline or standalone) as AWS's entry."""
    protocol = _NUMBERS.get(str(rule["protocol"]).lower(), str(rule["protocol"]))
    out: dict[str, Any] = {
        "RuleNumber": rule.get("ruleNo", rule.get("ruleNumber")),
        "RuleAction": rule.get("action", rule.get("ruleAction", "")).lower(),
        "Protocol": protocol,
        "Egress": egress,
    }
    out |= {upper_first(name): rule[name] for name in ("cidrBlock", "ipv6CidrBlock") if rule.get(name)}
    if protocol in _WITH_PORTS:
        out["PortRange"] = {"From": rule["fromPort"], "To": rule["toPort"]}
    if protocol in _WITH_TYPES:
        out["IcmpTypeCode"] = {"Type": int(rule.get("icmpType", 0)), "Code": int(rule.get("icmpCode", 0))}
    return out


def entry_rule(entry: Mapping[str, Any]) -> dict[str, Any]:
    """AWS's entry as an inline rule."""
    ports, icmp = entry.get("PortRange", {}), entry.get("IcmpTypeCode", {})
    out = {
        "ruleNo": entry["RuleNumber"],
        "action": entry["RuleAction"],
        "protocol": _NAMES.get(entry["Protocol"], entry["Protocol"]),
        "fromPort": ports.get("From", 0),
        "toPort": ports.get("To", 0),
    }
    out |= {name: entry[upper_first(name)] for name in ("cidrBlock", "ipv6CidrBlock") if entry.get(upper_first(name))}
    return out | ({"icmpType": icmp["Type"], "icmpCode": icmp["Code"]} if icmp else {})


def entries_of(acl: Mapping[str, Any], side: str) -> dict[int, dict[str, Any]]:
    """The entries that somebody made on one side of an ACL, by their number."""
    return {
        entry["RuleNumber"]: entry
        for entry in acl["Entries"]
        if entry["Egress"] == (side == "egress") and entry["RuleNumber"] <= LAST_RULE
    }


def give_acl(ec2: Any, acl: str, subnet: str) -> str:
    """Put a network ACL in the place of the one that a subnet has; the association's new id."""
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    present = ec2.describe_network_acls(Filters=filters)["NetworkAcls"]
    old = [a["NetworkAclAssociationId"] for found in present for a in found["Associations"] if a["SubnetId"] == subnet]
    if not old:
        raise Gone(f"subnet {subnet} does not exist")
    return ec2.replace_network_acl_association(AssociationId=old[0], NetworkAclId=acl)["NewAssociationId"]


def give_back(ec2: Any, vpc: str, subnets: Iterable[str]) -> None:
    """Give subnets the ACL that AWS made with their network."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "default", "Values": ["true"]}]
    for default in ec2.describe_network_acls(Filters=filters)["NetworkAcls"]:
        for subnet in subnets:
            with forgiving():
                give_acl(ec2, default["NetworkAclId"], subnet)


@resource("aws:ec2/networkAcl:NetworkAcl")
class NetworkAcl(NetworkPart):
    """A list of what may pass a subnet's border, without memory of connections."""

    create_call, id_path = "create_network_acl", "NetworkAcl.NetworkAclId"
    read_call, read_by, read_path = "describe_network_acls", "NetworkAclIds", "NetworkAcls[0]"
    delete_call, delete_by = "delete_network_acl", "NetworkAclId"
    outputs = ("ownerId", "vpcId", "subnetIds")
    paths: ClassVar = {"subnetIds": "Associations[].SubnetId"}
    tag_type, arn_format = "network-acl", "network-acl/{id}"
    refined = frozenset({*SIDES, "subnetIds"})

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Add its entries and give it to its subnets."""
        ec2 = aws.client("ec2")
        for side in SIDES:
            for rule in props.get(side, []):
                ec2.create_network_acl_entry(NetworkAclId=id_, **acl_entry(rule, egress=side == "egress"))
        for subnet in props.get("subnetIds", []):
            give_acl(ec2, id_, subnet)

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """The entries that differ, and the subnets that come and go."""
        ec2, item = aws.client("ec2"), self.describe(aws, id_)
        for side in (side for side in SIDES if change.touches(side)):
            self._enter(ec2, id_, side, change, entries_of(item, side))
        if change.touches("subnetIds"):
            present = [a["SubnetId"] for a in item["Associations"]]
            wanted = change.new["subnetIds"]
            gone = set(change.old.get("subnetIds", present)) - set(wanted)
            give_back(ec2, item["VpcId"], sorted(gone & set(present)))
            for subnet in sorted(set(wanted) - set(present)):
                give_acl(ec2, id_, subnet)

    def _enter(self, ec2: Any, id_: str, side: str, change: Change, present: Mapping[int, Any]) -> None:
        new = {each["RuleNumber"]: each for each in _entries(change.new, side)}
        old = {each["RuleNumber"]: each for each in _entries(change.old, side)} if side in change.old else present
        for number in sorted(old.keys() & present.keys() - new.keys()):
            ec2.delete_network_acl_entry(NetworkAclId=id_, RuleNumber=number, Egress=side == "egress")
        for number, entry in sorted(new.items()):
            if present.get(number) != entry:
                verb = "replace" if number in present else "create"
                getattr(ec2, f"{verb}_network_acl_entry")(NetworkAclId=id_, **entry)

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """Give its subnets the network's default ACL, as the provider does."""
        item = self.describe(aws, id_)
        give_back(aws.client("ec2"), item["VpcId"], [a["SubnetId"] for a in item["Associations"]])

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The entries, in the program's words where these still hold."""
        return {side: [*_told(props.get(side, []), entries_of(item, side), side)] for side in SIDES}

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The account that owns it, which moto leaves out."""
        return {"ownerId": item.get("OwnerId", aws.account_id)}


def _entries(props: Props, side: str) -> list[dict[str, Any]]:
    return [acl_entry(rule, egress=side == "egress") for rule in props.get(side, [])]


def _told(given: Iterable[Props], present: Mapping[int, Any], side: str) -> Iterable[dict[str, Any]]:
    """The inline rules that say what is present."""
    by_number = {rule["ruleNo"]: rule for rule in given}
    for number, entry in present.items():
        rule = by_number.get(number)
        holds = rule is not None and acl_entry(rule, egress=side == "egress") == entry
        yield dict(rule) if rule is not None and holds else entry_rule(entry)


@resource("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl")
class DefaultNetworkAcl(NetworkAcl):
    """The ACL that AWS made with the network, taken over: its entries are replaced by the given ones."""

    paths: ClassVar = {**NetworkAcl.paths, "defaultNetworkAclId": "NetworkAclId"}

    def create(self, aws: Aws, props: Props) -> str:
        """Adopt the ACL: without a rule it lets nothing through."""
        ec2, id_ = aws.client("ec2"), props["defaultNetworkAclId"]
        item = self.describe(aws, id_)
        for side in SIDES:
            for number in entries_of(item, side):
                ec2.delete_network_acl_entry(NetworkAclId=id_, RuleNumber=number, Egress=side == "egress")
        if all_tags(props):
            ec2.create_tags(Resources=[id_], **request(ec2, "create_tags", {"tags": all_tags(props)}))
        self.finish(aws, id_, props)
        return id_

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Forget it: it lives as long as its network, and keeps the entries that it has."""


@resource("aws:ec2/networkAclAssociation:NetworkAclAssociation")
class NetworkAclAssociation(Resource):
    """A network ACL given to a subnet."""

    def create(self, aws: Aws, props: Props) -> str:
        """Put it in the place of the one that the subnet has."""
        return give_acl(aws.client("ec2"), props["networkAclId"], props["subnetId"])

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Nothing beyond what was asked for."""
        return {"networkAclId": props["networkAclId"], "subnetId": props["subnetId"]}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The same, where the subnet still has this ACL."""
        acls = aws.client("ec2").describe_network_acls(NetworkAclIds=[props["networkAclId"]])["NetworkAcls"]
        if props["subnetId"] not in [a["SubnetId"] for a in acls[0]["Associations"]]:
            raise Gone(f"{props['subnetId']} has another network ACL by now")
        return self.read(aws, id_, props)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Give the subnet the network's default ACL."""
        with forgiving():
            self.observe(aws, id_, props)
            ec2 = aws.client("ec2")
            found = ec2.describe_network_acls(NetworkAclIds=[props["networkAclId"]])["NetworkAcls"]
            give_back(ec2, found[0]["VpcId"], [props["subnetId"]])


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
        """The entry's action."""
        return {"ruleAction": self._found(aws, id_, props)["RuleAction"]}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The entry, in the program's words where these still hold."""
        entry, known = self._found(aws, id_, props), acl_rule_of(id_, props)
        if "ruleAction" in props and acl_entry(props, egress=entry["Egress"]) == entry:
            return dict(props)
        rule = entry_rule(entry)
        names = ("protocol", "fromPort", "toPort", "cidrBlock", "ipv6CidrBlock", "icmpType", "icmpCode")
        where = {name: known[name] for name in ("networkAclId", "ruleNumber", "egress") if name in known}
        return where | {"ruleAction": rule["action"], **{name: rule[name] for name in names if name in rule}}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Take the entry out of its ACL."""
        with forgiving():
            entry = self._found(aws, id_, props)
            aws.client("ec2").delete_network_acl_entry(
                NetworkAclId=props["networkAclId"], RuleNumber=entry["RuleNumber"], Egress=entry["Egress"]
            )

    def _found(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        props = acl_rule_of(id_, props)
        acls = aws.client("ec2").describe_network_acls(NetworkAclIds=[props["networkAclId"]])["NetworkAcls"]
        for entry in acls[0]["Entries"]:
            if (entry["RuleNumber"], entry["Egress"]) == (props["ruleNumber"], bool(props.get("egress"))):
                return entry
        raise Gone(f"entry {id_} does not exist")
