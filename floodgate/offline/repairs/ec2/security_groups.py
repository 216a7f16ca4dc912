"""Security group rules: which are the same, and what they are described as."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule

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
