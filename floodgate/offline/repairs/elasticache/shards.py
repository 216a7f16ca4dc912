"""The nodes of a replication group, more of them and fewer."""

from __future__ import annotations

from typing import Any

from floodgate.offline.repairs.elasticache.replication_groups import add_member, place

SLOTS = 16384


def resize(backend: Any, group: Any, replicas: int) -> None:
    """Give every shard this many replicas; the newest go first."""
    for shard in group.node_groups:
        members = shard["node_group_members"]
        while len(members) > replicas + 1:
            backend.cache_clusters.pop(members.pop()["cache_cluster_id"], None)
        while len(members) < replicas + 1:
            members.append(_next(shard))
    _settle(backend, group)


def scale_out(backend: Any, group: Any, shards: int) -> None:
    """Give the group this many shards with as many nodes each as the first has; the newest go first."""
    nodes = len(group.node_groups[0]["node_group_members"])
    while len(group.node_groups) > shards:
        for node in group.node_groups.pop()["node_group_members"]:
            backend.cache_clusters.pop(node["cache_cluster_id"], None)
    while len(group.node_groups) < shards:
        number = f"{len(group.node_groups) + 1:0>4}"
        shard = {"node_group_id": number, "status": "available", "node_group_members": []}
        first = {
            **group.node_groups[0]["node_group_members"][0],
            "cache_cluster_id": f"{group.replication_group_id}-{number}-001",
            "cache_node_id": number,
        }
        shard["node_group_members"].append(first)
        while len(shard["node_group_members"]) < nodes:
            shard["node_group_members"].append(_next(shard))
        group.node_groups.append(shard)
    for place_, shard in enumerate(group.node_groups):
        shard["slots"] = f"{SLOTS * place_ // shards}-{SLOTS * (place_ + 1) // shards - 1}"
    _settle(backend, group)


def _next(shard: dict[str, Any]) -> dict[str, Any]:
    """A replica after the last node of a shard."""
    last = shard["node_group_members"][-1]
    before, after = last["cache_cluster_id"], _after(last["cache_cluster_id"])
    node = {**last, "cache_cluster_id": after}
    if "current_role" in node:
        node["current_role"] = "replica"
    if "read_endpoint" in node:
        end = node["read_endpoint"]
        node["read_endpoint"] = {**end, "address": end["address"].replace(before, after, 1)}
    return node


def _after(name: str) -> str:
    stem, _, number = name.rpartition("-")
    return f"{stem}-{int(number) + 1:0>3}"


def _settle(backend: Any, group: Any) -> None:
    """Zones in turn, members by name, and a cluster for each."""
    place(backend, group, {})
    nodes = [node for shard in group.node_groups for node in shard["node_group_members"]]
    group.member_clusters = [node["cache_cluster_id"] for node in nodes]
    for node in nodes:
        if node["cache_cluster_id"] not in backend.cache_clusters:
            add_member(backend, group, node)
