"""Managed prefix lists: a size that holds, a version that counts, and no end while somebody names them.

https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.managed_prefixes import ManagedPrefixListBackend
from moto.ec2.responses.vpcs import VPCs

from floodgate.offline.repairs.patching import patch


def _existing(ec2: Any, id_: str) -> Any:
    found = ec2.managed_prefix_lists.get(id_)
    if found is None:
        raise EC2ClientError("InvalidPrefixListID.NotFound", f"The prefix list ID '{id_}' does not exist")
    return found


@patch(VPCs, "modify_managed_prefix_list")
def with_its_size(self: Any) -> Any:
    """Moto has no other size for a list than its first."""
    size = self._get_param("MaxEntries")
    if size is not None:
        prefix_list = _existing(self.ec2_backend, self._get_param("PrefixListId"))
        _refuse_too_many(prefix_list, len(_entries(prefix_list)), int(size))
        prefix_list.max_entries = int(size)
    return with_its_size.original(self)


def _entries(prefix_list: Any) -> list[dict[str, str]]:
    return prefix_list.entries.get(prefix_list.version) or []


def _refuse_too_many(prefix_list: Any, number: int, size: int) -> None:
    if number > size:
        text = f"The prefix list {prefix_list.id} would have {number} entries, and its maximum is {size}."
        raise EC2ClientError("PrefixListMaxEntriesExceeded", text)


@patch(ManagedPrefixListBackend, "modify_managed_prefix_list")
def by_its_version(
    self: Any, add_entry: Any, remove_entry: Any, prefix_list_id: Any = None, current_version: Any = None,
    prefix_list_name: Any = None,
) -> Any:  # fmt: skip
    """Moto takes away the name of a list whose entries change, and knows no outdated version."""
    prefix_list = _existing(self, prefix_list_id)
    if (add_entry or remove_entry) and current_version is not None and current_version != prefix_list.version:
        text = f"The prefix list version {current_version} is not the current version {prefix_list.version}."
        raise EC2ClientError("PrefixListVersionMismatch", text)
    gone = {entry["Cidr"] for entry in remove_entry or []}
    if both := sorted(gone & {entry["Cidr"] for entry in add_entry or []}):
        text = f"Request cannot contain Cidr {both[0]} in both AddPrefixListEntries and RemovePrefixListEntries"
        raise EC2ClientError("InvalidParameterValue", text)
    stay = {entry["Cidr"] for entry in _entries(prefix_list)} - gone
    after = stay | {entry["Cidr"] for entry in add_entry or []}
    _refuse_too_many(prefix_list, len(after), int(prefix_list.max_entries))
    if prefix_list.version not in prefix_list.entries:
        prefix_list.entries[prefix_list.version] = []
    name = prefix_list_name or prefix_list.prefix_list_name
    return by_its_version.original(self, add_entry or [], remove_entry or [], prefix_list_id, current_version, name)


@patch(ManagedPrefixListBackend, "delete_managed_prefix_list")
def that_nobody_names(self: Any, prefix_list_id: str) -> Any:
    """Moto deletes a list in use; AWS takes the order and then says that it failed."""
    prefix_list = _existing(self, prefix_list_id)
    rules = (rule for groups in self.groups.values() for group in groups.values() for rule in _rules(group))
    routes = (route for table in self.route_tables.values() for route in table.routes)
    if any(rule.prefix_list_id == prefix_list_id for rule in rules) or any(
        route.destination_prefix_list_id == prefix_list_id for route in routes
    ):
        prefix_list.state, prefix_list.state_message = "delete-failed", "The prefix list is in use."
        return prefix_list
    prefix_list.state = "delete-complete"
    del self.managed_prefix_lists[prefix_list_id]
    self.tags.pop(prefix_list_id, None)
    return prefix_list


def _rules(group: Any) -> tuple[Any, ...]:
    return (*group.ingress_rules, *group.egress_rules)
