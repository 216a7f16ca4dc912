"""Security group rules: which are the same, what they are described as, and how they change."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from moto.ec2.exceptions import (
    EC2ClientError,
    InvalidPermissionDuplicateError,
    InvalidPermissionNotFoundError,
    InvalidSecurityGroupNotFoundError,
    InvalidSecurityGroupRuleIdNotFoundError,
)
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups

from floodgate.offline.repairs.patching import patch


@patch(SecurityGroupRule, "__init__")
def keep_the_description(self: Any, *args: Any, **kwargs: Any) -> None:
    """Moto forgets what a prefix list's rule is described as."""
    keep_the_description.original(self, *args, **kwargs)
    described = [arg for arg in (*args, *kwargs.values()) if isinstance(arg, dict) and "PrefixListId" in arg]
    self.prefix_description = described[0].get("Description") if described else None


@patch(SecurityGroupRule, "description")
def description_of_any_source(self: Any) -> str | None:
    """Moto describes only the rules whose source is an address range."""
    found = self.ip_range.get("Description") or self.source_group.get("Description")
    return found or self.__dict__.get("prefix_description")


@patch(SecurityGroupRule, "__eq__")
def same_but_for_the_description(self: Any, other: Any) -> bool:
    """Moto takes two rules for a group as different when only their descriptions differ; AWS refuses the second."""
    return _key(self) == _key(other)


def _key(rule: Any) -> tuple[Any, ...]:
    ports = (None, None) if rule.ip_protocol == "-1" else (rule.from_port, rule.to_port)
    source = (rule.ip_range.get("CidrIp"), rule.ip_range.get("CidrIpv6"), rule.prefix_list_id)
    return (rule.ip_protocol, *ports, *source, rule.source_group.get("GroupId"))


@patch(SecurityGroupBackend, "revoke_security_group_egress")
def of_ipv6_too(self: Any, *args: Any, **kwargs: Any) -> None:
    """Moto does as if it took out an IPv6 rule, and keeps it, where the network has no IPv6 range."""
    group = self.get_security_group_by_name_or_id(kwargs["group_name_or_id"], kwargs.get("vpc_id"))
    ranges = kwargs.get("ip_ranges") or []
    if group is not None:
        for each in [each for each in ranges if "CidrIpv6" in each]:
            wanted = SecurityGroupRule(
                self, kwargs["ip_protocol"], group.id, kwargs["from_port"], kwargs["to_port"], each
            )  # fmt: skip
            if wanted not in group.egress_rules:
                raise InvalidPermissionNotFoundError
            group.egress_rules.remove(wanted)
        kwargs["ip_ranges"] = [each for each in ranges if "CidrIpv6" not in each]
    of_ipv6_too.original(self, *args, **kwargs)


@patch(SecurityGroupBackend, "modify_security_group_rules")
def whatever_its_source(self: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    """Moto changes only rules with an IPv4 range, and asks for ports where every protocol is meant."""
    group = self.get_security_group_by_name_or_id(group_id)
    if group is None:
        raise InvalidSecurityGroupNotFoundError(group_id)
    for rule_id, new in rules.items():
        rule = group.get_rule(rule_id)
        if rule is None:
            raise InvalidSecurityGroupRuleIdNotFoundError(rule_id)
        side = group.egress_rules if rule.is_egress else group.ingress_rules
        _put(self, rule, new, [other for other in side if other is not rule])


def _put(ec2: Any, rule: Any, new: dict[str, Any], others: list[Any]) -> None:
    """A rule as `new` says, if its kind of source stays and no other rule is the same."""
    member = next((name for name in _SOURCES if new.get(name)), "")
    _refuse_another_kind(ec2, rule, member, new.get(member))
    theirs = {"CidrIpv4": "CidrIp", "CidrIpv6": "CidrIpv6", "ReferencedGroupId": "GroupId"}.get(member, member)
    block = {theirs: new[member]} | ({"Description": new["Description"]} if new.get("Description") else {})
    group = {name: value for name, value in rule.source_group.items() if name != "Description"}
    wanted: Any = SecurityGroupRule(
        ec2, new["IpProtocol"], rule.group_id, new.get("FromPort"), new.get("ToPort"),
        block if theirs.startswith("Cidr") else None,
        {**group, **block} if theirs == "GroupId" else None,
        block if theirs == "PrefixListId" else None,
        is_egress=rule.is_egress,
    )  # fmt: skip
    if wanted in others:
        raise InvalidPermissionDuplicateError
    for name in ("ip_protocol", "from_port", "to_port", "ip_range", "source_group", "prefix_list_id"):
        setattr(rule, name, getattr(wanted, name))
    rule.prefix_description = wanted.prefix_description


def _refuse_another_kind(ec2: Any, rule: Any, member: str, value: Any) -> None:
    """AWS changes a rule's source, and not what kind of source it is."""
    has = next((name for name, of in _SOURCES.items() if of(rule)), "")
    if member != has:
        text = f"Invalid rule type for security group rule '{rule.id}'. You may not specify {member or 'no source'} "
        raise EC2ClientError("InvalidParameterValue", f"{text}for an existing {has} rule.")
    if member == "ReferencedGroupId" and ec2.get_security_group_from_id(value) is None:
        raise InvalidSecurityGroupNotFoundError(value)


_SOURCES: dict[str, Callable[[Any], Any]] = {
    "CidrIpv4": lambda rule: rule.ip_range.get("CidrIp"),
    "CidrIpv6": lambda rule: rule.ip_range.get("CidrIpv6"),
    "PrefixListId": lambda rule: rule.prefix_list_id,
    "ReferencedGroupId": lambda rule: rule.source_group.get("GroupId"),
}


@patch(SecurityGroupBackend, "_sg_update_description")
def also_of_prefix_lists_and_to_none(_self: Any, security_rule: Any, rule: Any) -> None:
    """Moto changes no description of a prefix list's rule and takes none away."""
    for block in (rule.ip_range, rule.source_group):
        block.pop("Description", None)
    for theirs, ours in ((security_rule.ip_range, rule.ip_range), (security_rule.source_group, rule.source_group)):
        if theirs.get("Description"):
            ours["Description"] = theirs["Description"]
    rule.prefix_description = security_rule.prefix_description


@contextmanager
def _all_or_none(response: Any) -> Generator[None]:
    """Moto takes the permissions of a request one after another, and those before a refused one stay done."""
    asked = response._get_params()  # noqa: SLF001 - moto's own
    group = response.ec2_backend.get_security_group_by_name_or_id(asked.get("GroupId") or asked.get("GroupName"))
    before = (list(group.ingress_rules), list(group.egress_rules)) if group else ([], [])
    try:
        yield
    except Exception:
        if group:
            group.ingress_rules, group.egress_rules = before
        raise


@patch(SecurityGroups, "authorize_security_group_ingress")
def let_in_all_or_none(self: Any) -> Any:
    """All of them or none, as AWS does it."""
    with _all_or_none(self):
        return let_in_all_or_none.original(self)


@patch(SecurityGroups, "authorize_security_group_egress")
def let_out_all_or_none(self: Any) -> Any:
    """The same for the way out."""
    with _all_or_none(self):
        return let_out_all_or_none.original(self)


@patch(SecurityGroups, "revoke_security_group_ingress")
def no_longer_let_in_all_or_none(self: Any) -> Any:
    """The same for what is taken back."""
    with _all_or_none(self):
        return no_longer_let_in_all_or_none.original(self)


@patch(SecurityGroups, "revoke_security_group_egress")
def no_longer_let_out_all_or_none(self: Any) -> Any:
    """The same for the way out."""
    with _all_or_none(self):
        return no_longer_let_out_all_or_none.original(self)
