"""Replication groups with as many nodes as declared, in their own zones, each of them a cluster of its own.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
"""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any

import moto.elasticache.models
from moto.core.responses import ActionResult
from moto.elasticache.models import CacheCluster, CacheSubnetGroup, ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse
from moto.moto_api._internal import mock_random

from floodgate.offline.repairs.elasticache.parameter_groups import check_parameter_group, default_group
from floodgate.offline.repairs.patching import patch, replace

# endpoints' names were random in every run
replace(moto.elasticache.models, "random", mock_random)

# the full version of a major or minor one:
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html
FULL_VERSIONS = {
    ("redis", ""): "7.1.0",
    ("redis", "7.1"): "7.1.0",
    ("redis", "7.0"): "7.0.7",
    ("redis", "6.2"): "6.2.6",
    ("valkey", ""): "8.1.0",
    ("valkey", "8.1"): "8.1.0",
    ("valkey", "8.0"): "8.0.1",
    ("valkey", "7.2"): "7.2.6",
}
# as they stand in endpoints
SHORT_REGIONS = {
    "ap-northeast-1": "apne1",
    "ap-northeast-2": "apn2",
    "ap-southeast-1": "apse1",
    "ap-southeast-2": "apse2",
    "eu-central-1": "euc1",
    "eu-west-1": "euw1",
    "us-east-1": "use1",
    "us-east-2": "use2",
    "us-west-2": "usw2",
}


def full_version(engine: str, version: str | None) -> str:
    """The version that AWS installs when it is asked for this one."""
    return FULL_VERSIONS.get((engine, version or ""), version or "")


def notification_configuration(cluster: Any) -> dict[str, str] | None:
    """The topic that hears of a cluster's events, which moto does not tell."""
    topic = getattr(cluster, "notification_topic_arn", None)
    return {"TopicArn": topic, "TopicStatus": "active"} if topic else None


replace(CacheCluster, "notification_configuration", property(notification_configuration))


@patch(CacheSubnetGroup, "__init__")
def subnet_group_with_zones(self: Any, *args: Any, **kwargs: Any) -> None:
    """Moto's zones are text where the API has an object, so they never arrive."""
    subnet_group_with_zones.original(self, *args, **kwargs)
    for subnet in self.subnets:
        zone = subnet.get("subnet_availability_zone")
        if isinstance(zone, str):
            subnet["subnet_availability_zone"] = {"Name": zone}


@patch(ReplicationGroup, "__init__")
def group_as_declared(self: Any, **declared: Any) -> None:
    """Moto makes one node however many cache clusters are asked for, and sees no cluster mode in shards."""
    nodes, replicas = declared.get("num_cache_clusters"), declared.get("replicas_per_node_group")
    if nodes and not replicas:
        declared["replicas_per_node_group"] = nodes - 1
    sharded = (declared.get("num_node_groups") or 1) > 1 or "cluster.on" in str(
        declared.get("cache_parameter_group_name")
    )
    if sharded:
        declared["cluster_mode"] = declared.get("cluster_mode") or "enabled"
    group_as_declared.original(self, **declared)
    region = declared["region_name"]
    short = SHORT_REGIONS.get(region, region.replace("-", ""))
    _rename(self.node_groups, ".use1.", f".{short}.")
    _rename(getattr(self, "configuration_endpoint", {}), ".use1.", f".{short}.")


def _rename(part: Any, old: str, new: str) -> None:
    """Replace a piece of every text inside lists and dictionaries."""
    pairs = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in list(pairs):
        if isinstance(value, str):
            part[key] = value.replace(old, new)
        elif isinstance(value, dict | list):
            _rename(value, old, new)


@patch(ElastiCacheResponse, "create_replication_group")
def create_with_members(self: Any) -> ActionResult:
    """Moto makes no cluster for a member, and its nodes are in North Virginia wherever the group is."""
    params, backend = self._get_params(), self.elasticache_backend
    check_parameter_group(backend, params.get("CacheParameterGroupName"))
    answer = create_with_members.original(self)
    group = backend.replication_groups[params["ReplicationGroupId"]]
    group.engine_version = full_version(group.engine, group.engine_version)
    group.cache_parameter_group_name = group.cache_parameter_group_name or default_group(group)
    place(backend, group, params)
    for shard in group.node_groups:
        for node in shard["node_group_members"]:
            add_member(backend, group, node)
    return answer


def place(backend: Any, group: Any, params: Any) -> None:
    """One zone after another, as the group's subnets have them, unless zones were asked for."""
    subnets = backend.cache_subnet_groups.get(group.cache_subnet_group_name)
    if subnets is None or params.get("PreferredCacheClusterAZs") or params.get("NodeGroupConfiguration"):
        return
    zones = sorted({subnet["subnet_availability_zone"]["Name"] for subnet in subnets.subnets})
    for shard in group.node_groups:
        members = shard["node_group_members"]
        for node, zone in zip(members, islice(cycle(zones), len(members)), strict=True):
            node["preferred_availability_zone"] = zone


def add_member(backend: Any, group: Any, node: Any) -> None:
    """Make the cache cluster that a node is."""
    name = node["cache_cluster_id"]
    fields = dict.fromkeys(_cluster_fields(), None)
    fields |= {field: getattr(group, field) for field in fields if hasattr(group, field)}
    cluster: Any = CacheCluster(
        **fields
        | {
            "account_id": backend.account_id,
            "region_name": backend.region_name,
            "cache_cluster_id": name,
            "preferred_availability_zone": node["preferred_availability_zone"],
        }
    )
    cluster.num_cache_nodes = 1
    cluster.replication_group_id = group.replication_group_id
    cluster.at_rest_encryption_enabled = group.at_rest_encryption_enabled
    cluster.auth_token_enabled = group.auth_token_enabled
    cluster.snapshot_window = group.snapshot_window
    cluster.cache_parameter_group = {
        "CacheParameterGroupName": group.cache_parameter_group_name,
        "ParameterApplyStatus": "in-sync",
    }
    cluster.security_groups = [{"SecurityGroupId": id_, "Status": "active"} for id_ in group.security_group_ids or []]
    backend.cache_clusters[name] = cluster


def _cluster_fields() -> tuple[str, ...]:
    made = getattr(CacheCluster.__init__, "original", None) or CacheCluster.__init__
    return tuple(name for name in made.__annotations__ if name != "return")


@patch(ElastiCacheBackend, "delete_replication_group")
def delete_with_members(self: Any, *args: Any, **kwargs: Any) -> Any:
    """The members end with their group."""
    group = delete_with_members.original(self, *args, **kwargs)
    for member in group.member_clusters:
        self.cache_clusters.pop(member, None)
    return group
