"""ElastiCache: what CreateReplicationGroup refuses.

Source: "CreateReplicationGroup",
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html.
"""

from __future__ import annotations

import string

from floodgate.awsrules.legality.checking import matching, within
from floodgate.awsrules.legality.facts import Check, Facts, Params
from floodgate.awsrules.refusal import Refusal

INVALID = "InvalidParameterValue"
COMBINATION = "InvalidParameterCombination"
NAME = r"(?=.{1,40}$)[A-Za-z](?:-?[A-Za-z0-9])*"
TOKEN_CHARACTERS = set(string.ascii_letters + string.digits + "!&#$^<>-")
MAX_NODES, MAX_REPLICAS, MAX_SHARDS = 6, 5, 500


def create_replication_group(params: Params, _facts: Facts) -> None:
    """CreateReplicationGroup."""
    rule = "it must be at most 40 letters, digits and single hyphens, begin with a letter and not end with a hyphen"
    matching(INVALID, "ReplicationGroupId", params["ReplicationGroupId"], NAME, rule)
    _check_nodes(params)
    _check_token(params)
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


def _check_token(params: Params) -> None:
    token = params.get("AuthToken")
    if token is None:
        return
    if not params.get("TransitEncryptionEnabled"):
        rule = "AuthToken can be specified only where TransitEncryptionEnabled is true"
        raise Refusal(COMBINATION, value="AuthToken", rule=rule, remedy="enable encryption in transit")
    if not 16 <= len(token) <= 128:
        rule = "it must be 16 to 128 characters"
        raise Refusal(INVALID, value=f"AuthToken has {len(token)} characters", rule=rule, remedy="choose another token")
    wrong = sorted(set(token) - TOKEN_CHARACTERS)
    if wrong:
        rule = "besides letters and digits it may hold ! & # $ ^ < > -"
        raise Refusal(INVALID, value=f"AuthToken holds {' '.join(wrong)}", rule=rule, remedy="choose another token")
    if params.get("UserGroupIds"):
        rule = "users and a token exclude each other"
        raise Refusal(COMBINATION, value="AuthToken with UserGroupIds", rule=rule, remedy="leave one out")


CHECKS: dict[str, Check] = {"CreateReplicationGroup": create_replication_group}
