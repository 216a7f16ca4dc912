"""ElastiCache: what it refuses of replication groups.

Source: "CreateReplicationGroup",
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html.
"""

from __future__ import annotations

from floodgate.awsrules.legality import elasticache_changes
from floodgate.awsrules.legality.checking import matching, within
from floodgate.awsrules.legality.elasticache_settings import (
    COMBINATION,
    INVALID,
    MAX_REPLICAS,
    MAX_SHARDS,
    check_token,
    check_whole_size,
)
from floodgate.awsrules.legality.facts import Check, Facts, Params
from floodgate.awsrules.refusal import Refusal

NAME = r"(?=.{1,40}$)[A-Za-z](?:-?[A-Za-z0-9])*"
MAX_NODES = 6


def create_replication_group(params: Params, _facts: Facts) -> None:
    """CreateReplicationGroup."""
    rule = "it must be at most 40 letters, digits and single hyphens, begin with a letter and not end with a hyphen"
    matching(INVALID, "ReplicationGroupId", params["ReplicationGroupId"], NAME, rule)
    _check_nodes(params)
    check_token(params)
    within(INVALID, "SnapshotRetentionLimit", params.get("SnapshotRetentionLimit"), 0, 35, " days")


def _check_nodes(params: Params) -> None:
    shards, nodes = params.get("NumNodeGroups") or 1, params.get("NumCacheClusters")
    replicas = params.get("ReplicasPerNodeGroup")
    within(INVALID, "NumNodeGroups", shards, 1, MAX_SHARDS)
    within(INVALID, "ReplicasPerNodeGroup", replicas, 0, MAX_REPLICAS)
    within(INVALID, "NumCacheClusters", nodes, 1, MAX_NODES)
    if nodes is not None and shards > 1:
        rule = "NumCacheClusters is not used with more than one shard"
        value = f"NumCacheClusters {nodes}, NumNodeGroups {shards}"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="use ReplicasPerNodeGroup")
    check_whole_size(shards, replicas or 0)
    spare = replicas if replicas is not None else (nodes or 1) - 1
    if params.get("AutomaticFailoverEnabled") and spare < 1:
        rule = "automatic failover needs at least one replica"
        raise Refusal(COMBINATION, value=f"{spare} replicas", rule=rule, remedy="ask for two nodes or more")
    if shards > 1 and not params.get("AutomaticFailoverEnabled"):
        rule = "AutomaticFailoverEnabled must be enabled for cluster mode"
        raise Refusal(COMBINATION, value=f"NumNodeGroups {shards}", rule=rule, remedy="enable automatic failover")
    if params.get("MultiAZEnabled") and not params.get("AutomaticFailoverEnabled"):
        rule = "MultiAZEnabled needs AutomaticFailoverEnabled"
        raise Refusal(COMBINATION, value="MultiAZEnabled alone", rule=rule, remedy="enable automatic failover")


CHECKS: dict[str, Check] = {"CreateReplicationGroup": create_replication_group, **elasticache_changes.CHECKS}
