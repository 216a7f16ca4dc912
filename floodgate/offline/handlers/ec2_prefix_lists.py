"""Amazon EC2: named lists of address ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Change, Props, resource
from floodgate.offline.handlers.declared import refused
from floodgate.offline.handlers.ec2_network import NetworkPart


@resource("aws:ec2/managedPrefixList:ManagedPrefixList")
class ManagedPrefixList(NetworkPart):
    """A named list of address ranges for rules and routes."""

    create_call, id_path = "create_managed_prefix_list", "PrefixList.PrefixListId"
    read_call, read_by, read_path = "describe_managed_prefix_lists", "PrefixListIds", "PrefixLists[0]"
    update_call, update_by = "modify_managed_prefix_list", "PrefixListId"
    delete_call, delete_by = "delete_managed_prefix_list", "PrefixListId"
    rename: ClassVar = {"name": "PrefixListName"}
    outputs = ("arn", "ownerId", "version", "addressFamily", "maxEntries")
    paths: ClassVar = {"arn": "PrefixListArn"}
    tag_type = "prefix-list"
    refined, changing_outputs = frozenset({"entries", "maxEntries"}), frozenset({"version"})

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Entries and their number, which AWS takes in calls of their own: more room first, less room last."""
        ec2, size = aws.client("ec2"), change.new["maxEntries"]
        grows = size > change.old["maxEntries"]
        if change.touches("maxEntries") and grows:
            ec2.modify_managed_prefix_list(PrefixListId=id_, MaxEntries=size)
        if change.touches("entries"):
            self._enter(aws, id_, change)
        if change.touches("maxEntries") and not grows:
            ec2.modify_managed_prefix_list(PrefixListId=id_, MaxEntries=size)

    def _enter(self, aws: Aws, id_: str, change: Change) -> None:
        """What goes and what comes; a range that is only described otherwise must go before it can come."""
        old, new = (
            {each["cidr"]: each.get("description", "") for each in props.get("entries", [])}
            for props in (change.old, change.new)
        )
        again = {cidr for cidr in old.keys() & new.keys() if old[cidr] != new[cidr]}
        added = [{"Cidr": cidr, "Description": new[cidr]} for cidr in new if cidr in again or cidr not in old]
        gone = [{"Cidr": cidr} for cidr in old if cidr in again or cidr not in new]
        if again:
            self._modify(aws, id_, RemoveEntries=gone)
            gone = []
        self._modify(aws, id_, AddEntries=added, RemoveEntries=gone)

    def _modify(self, aws: Aws, id_: str, **lists: list[dict[str, str]]) -> None:
        """One new version of the list; nothing is sent where it stays as it is."""
        sent = {name: entries for name, entries in lists.items() if entries}
        if sent:
            version = self.describe(aws, id_)["Version"]
            aws.client("ec2").modify_managed_prefix_list(PrefixListId=id_, CurrentVersion=version, **sent)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it, and wait: AWS tells of a list in use only after it has taken the order.

        Raises:
            Refused: a rule or a route names it.
        """
        super().delete(aws, id_, props)
        found = aws.client("ec2").describe_managed_prefix_lists(PrefixListIds=[id_])["PrefixLists"]
        if found and found[0]["State"] == "delete-failed":
            rule = f"AWS cannot delete it: {found[0].get('StateMessage', 'it is in use')}"
            raise refused(self.token, rule, "take it out of the rules and routes that name it", value=id_)

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The entries, which have a call of their own."""
        found = aws.client("ec2").get_managed_prefix_list_entries(PrefixListId=id_)["Entries"]
        return {"entries": [pick_entry(each) for each in found]}


def pick_entry(entry: Mapping[str, str]) -> dict[str, str]:
    """AWS's entry under Pulumi's names."""
    told = {"cidr": entry["Cidr"], "description": entry.get("Description", "")}
    return {name: value for name, value in told.items() if value}
