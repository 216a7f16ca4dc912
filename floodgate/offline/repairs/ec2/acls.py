"""Network ACLs: entries for ICMP keep its type and code."""

from __future__ import annotations

from typing import Any

from moto.ec2.responses.network_acls import NetworkACLs

from floodgate.offline.repairs.patching import patch


def _keep_type_and_code(response: Any) -> None:
    """Moto looks for them under another name than the one that requests have."""
    asked = response._get_params()  # noqa: SLF001 - moto's own
    icmp = asked.get("IcmpTypeCode")
    if icmp is None:
        return
    for entry in response.ec2_backend.get_network_acl(asked["NetworkAclId"]).network_acl_entries:
        if (entry.rule_number, entry.egress) == (asked["RuleNumber"], asked["Egress"]):
            entry.icmp_type, entry.icmp_code = icmp.get("Type"), icmp.get("Code")


@patch(NetworkACLs, "create_network_acl_entry")
def with_type_and_code(self: Any) -> Any:
    """A new entry."""
    result = with_type_and_code.original(self)
    _keep_type_and_code(self)
    return result


@patch(NetworkACLs, "replace_network_acl_entry")
def replaced_with_type_and_code(self: Any) -> Any:
    """One in the place of another."""
    result = replaced_with_type_and_code.original(self)
    _keep_type_and_code(self)
    return result
