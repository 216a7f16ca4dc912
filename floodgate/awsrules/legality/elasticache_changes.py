"""ElastiCache: what it refuses of changes to replication groups, to their shards and to their replicas.

Sources: the API reference,
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroup.html,
API_ModifyReplicationGroupShardConfiguration.html, API_IncreaseReplicaCount.html, API_DecreaseReplicaCount.html there;
"Quotas for ElastiCache", https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/quota-limits.html.
"""

from __future__ import annotations

from typing import Any

from floodgate.awsrules.legality.checking import one_of, required, within
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

STRATEGIES = ("SET", "ROTATE", "DELETE")
MODES = ("preferred", "required")


def modify_replication_group(params: Params, facts: Facts) -> None:
    """ModifyReplicationGroup: what it leaves out stays as it is."""
    within(INVALID, "SnapshotRetentionLimit", params.get("SnapshotRetentionLimit"), 0, 35, " days")
    one_of(INVALID, "AuthTokenUpdateStrategy", params.get("AuthTokenUpdateStrategy"), STRATEGIES)
    one_of(INVALID, "TransitEncryptionMode", params.get("TransitEncryptionMode"), MODES)
    held = _held(params, facts)
    _check_failover(params, held)
    _check_access(params, held)
    _check_encryption(params, held)


def _held(params: Params, facts: Facts) -> dict[str, Any]:
    """The group as it is; empty where there is none, which the change itself finds."""
    asked = {"ReplicationGroupId": params["ReplicationGroupId"]}
    found = facts.known("elasticache.describe_replication_groups", asked)
    return found[0] if found else {}


def _check_failover(params: Params, held: Params) -> None:
    if not held:
        return
    now = held.get("AutomaticFailover") in ("enabled", "enabling")
    failover = params.get("AutomaticFailoverEnabled", now)
    if params.get("AutomaticFailoverEnabled") and not _replicas(held):
        rule = "automatic failover needs at least one replica"
        raise Refusal(COMBINATION, value="0 replicas", rule=rule, remedy="add one first with IncreaseReplicaCount")
    if held.get("ClusterEnabled") and now and not failover:
        rule = "a cluster of several shards cannot be without automatic failover"
        raise Refusal(COMBINATION, value="AutomaticFailoverEnabled false", rule=rule, remedy="leave it enabled")
    several_zones = params.get("MultiAZEnabled", held.get("MultiAZ") == "enabled")
    if several_zones and not failover:
        rule = "Multi-AZ needs automatic failover"
        remedy = "enable automatic failover, or disable Multi-AZ with it"
        raise Refusal(COMBINATION, value="MultiAZEnabled alone", rule=rule, remedy=remedy)


def _check_access(params: Params, held: Params) -> None:
    strategy, token = params.get("AuthTokenUpdateStrategy"), params.get("AuthToken")
    if token is not None:
        check_token({"AuthToken": token, "TransitEncryptionEnabled": held.get("TransitEncryptionEnabled", True)})
    if strategy in ("SET", "ROTATE") and token is None:
        rule = "AuthTokenUpdateStrategy must be specified along with the AuthToken parameter"
        raise Refusal(
            COMBINATION, value=f"AuthTokenUpdateStrategy {strategy} alone", rule=rule, remedy="give AuthToken"
        )
    if params.get("RemoveUserGroups") and params.get("UserGroupIdsToAdd"):
        rule = "all user groups cannot be removed while others are added"
        raise Refusal(
            COMBINATION, value="RemoveUserGroups with UserGroupIdsToAdd", rule=rule, remedy="leave one of them out"
        )


def _check_encryption(params: Params, held: Params) -> None:
    """Encryption in transit is enabled in two steps, so that clients can follow."""
    if held.get("TransitEncryptionEnabled", True) or not params.get("TransitEncryptionEnabled"):
        return
    if params.get("TransitEncryptionMode") != "preferred":
        rule = "enabling it on an existing group takes the mode preferred first, and required afterwards"
        value = f"TransitEncryptionMode {params.get('TransitEncryptionMode')}"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="set TransitEncryptionMode to preferred")


def modify_shards(params: Params, facts: Facts) -> None:
    """ModifyReplicationGroupShardConfiguration: at once, for clusters alone; what goes is named."""
    _check_at_once(params)
    wanted = params["NodeGroupCount"]
    within(INVALID, "NodeGroupCount", wanted, 1, MAX_SHARDS)
    held = _held(params, facts)
    if not held:
        return
    if not held.get("ClusterEnabled"):
        rule = "only groups with cluster mode enabled can have their shards changed"
        value = f"group {params['ReplicationGroupId']}"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="enable cluster mode first")
    check_whole_size(wanted, _replicas(held))
    now = len(held.get("NodeGroups") or ())
    _check_named(params, now)


def _check_named(params: Params, now: int) -> None:
    """Which shards go or stay is named where there are to be fewer, and nowhere else."""
    wanted, gone, kept = params["NodeGroupCount"], params.get("NodeGroupsToRemove"), params.get("NodeGroupsToRetain")
    if wanted >= now:
        return
    if bool(gone) == bool(kept):
        rule = "with fewer shards than there are, either NodeGroupsToRemove or NodeGroupsToRetain is required"
        raise Refusal(COMBINATION, value=f"NodeGroupCount {wanted} of {now}", rule=rule, remedy="name one of them")
    named, must = (len(gone), now - wanted) if gone else (len(kept or ()), wanted)
    if named != must:
        rule = f"{must} must be named for {wanted} of {now} shards"
        raise Refusal(COMBINATION, value=f"{named} shards are named", rule=rule, remedy="name as many")


def increase_replicas(params: Params, facts: Facts) -> None:
    """IncreaseReplicaCount: more than there are, five at the most."""
    _check_at_once(params)
    _check_counted(params)
    wanted = params.get("NewReplicaCount")
    if wanted is None:
        return
    within(INVALID, "NewReplicaCount", wanted, 1, MAX_REPLICAS)
    held = _held(params, facts)
    if held and wanted <= _replicas(held):
        rule = f"it must be more than the {_replicas(held)} there are"
        raise Refusal(INVALID, value=f"NewReplicaCount is {wanted}", rule=rule, remedy="ask for more")
    if held:
        check_whole_size(len(held.get("NodeGroups") or (1,)), wanted)


def decrease_replicas(params: Params, facts: Facts) -> None:
    """DecreaseReplicaCount: fewer than there are; one stays where it may have to take over."""
    _check_at_once(params)
    if params.get("ReplicasToRemove") is None:
        _check_counted(params)
    wanted = params.get("NewReplicaCount")
    if wanted is None:
        return
    within(INVALID, "NewReplicaCount", wanted, 0, MAX_REPLICAS)
    held = _held(params, facts)
    if held and wanted >= _replicas(held):
        rule = f"it must be fewer than the {_replicas(held)} there are"
        raise Refusal(INVALID, value=f"NewReplicaCount is {wanted}", rule=rule, remedy="ask for fewer")
    if not wanted and held.get("MultiAZ") == "enabled" and not held.get("ClusterEnabled"):
        rule = "a group with Multi-AZ and without cluster mode keeps one replica"
        raise Refusal(COMBINATION, value="NewReplicaCount is 0", rule=rule, remedy="disable Multi-AZ first")


def _check_counted(params: Params) -> None:
    if params.get("NewReplicaCount") is None and not params.get("ReplicaConfiguration"):
        required(COMBINATION, params, "NewReplicaCount", what=f"group {params['ReplicationGroupId']}")


def _check_at_once(params: Params) -> None:
    if not params.get("ApplyImmediately"):
        rule = "it can only be applied at once"
        raise Refusal(INVALID, value="ApplyImmediately is false", rule=rule, remedy="set ApplyImmediately")


def _replicas(held: Params) -> int:
    """Replicas of each shard; members of a group without cluster mode are its primary and replicas."""
    shards = held.get("NodeGroups") or ()
    if shards and shards[0].get("NodeGroupMembers"):
        return len(shards[0]["NodeGroupMembers"]) - 1
    return max(0, len(held.get("MemberClusters") or ()) // max(1, len(shards)) - 1)


CHECKS: dict[str, Check] = {
    "ModifyReplicationGroup": modify_replication_group,
    "ModifyReplicationGroupShardConfiguration": modify_shards,
    "IncreaseReplicaCount": increase_replicas,
    "DecreaseReplicaCount": decrease_replicas,
}
