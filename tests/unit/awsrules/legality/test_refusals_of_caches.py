"""What ElastiCache refuses of changes: each refusal beside what differs in one value and is taken.

The texts are those of the API reference; that AWS words each of them so is not proved here.
"""

import pytest

CACHE = "elasticache"
NAME = {"ReplicationGroupId": "line"}
AT_ONCE = {**NAME, "ApplyImmediately": True}
MODIFY, SHARDS = "ModifyReplicationGroup", "ModifyReplicationGroupShardConfiguration"
MORE, FEWER = "IncreaseReplicaCount", "DecreaseReplicaCount"
COMBINATION, INVALID = "InvalidParameterCombination", "InvalidParameterValue"
SINGLE = {"MemberClusters": ["line-001"], "NodeGroups": [{"NodeGroupMembers": [{}]}], "AutomaticFailover": "disabled"}
PAIR = {
    "MemberClusters": ["line-001", "line-002"],
    "NodeGroups": [{"NodeGroupMembers": [{}, {}]}],
    "AutomaticFailover": "enabled",
    "MultiAZ": "enabled",
    "TransitEncryptionEnabled": True,
}
CLUSTER = {**PAIR, "ClusterEnabled": True, "NodeGroups": [{"NodeGroupMembers": [{}, {}]}] * 3}
PLAIN = {**PAIR, "TransitEncryptionEnabled": False}
NO_FAILOVER = {"AutomaticFailoverEnabled": False}
TOKEN = {"AuthToken": "a" * 16}
PREFERRED = {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "preferred"}


def here(*groups):
    return {"describe_replication_groups": list(groups)}


CASES = [
    (MODIFY, PAIR, {"SnapshotRetentionLimit": 36}, {"SnapshotRetentionLimit": 35}, INVALID, "0 to 35 days"),
    (MODIFY, PAIR, {**TOKEN, "AuthTokenUpdateStrategy": "TURN"}, {**TOKEN, "AuthTokenUpdateStrategy": "ROTATE"},
     INVALID, "DELETE, ROTATE, SET"),
    (MODIFY, PLAIN, {**PREFERRED, "TransitEncryptionMode": "maybe"}, PREFERRED, INVALID, "preferred, required"),
    (MODIFY, PLAIN, {**PREFERRED, "TransitEncryptionMode": "required"}, PREFERRED, COMBINATION, "preferred first"),
    (MODIFY, PLAIN, {"TransitEncryptionEnabled": True}, {"TransitEncryptionEnabled": False},
     COMBINATION, "preferred first"),
    (MODIFY, SINGLE, {"AutomaticFailoverEnabled": True}, NO_FAILOVER, COMBINATION, "at least one replica"),
    (MODIFY, SINGLE, {"MultiAZEnabled": True}, {"MultiAZEnabled": False}, COMBINATION, "Multi-AZ needs"),
    (MODIFY, PAIR, NO_FAILOVER, {**NO_FAILOVER, "MultiAZEnabled": False}, COMBINATION, "Multi-AZ needs"),
    (MODIFY, CLUSTER, {**NO_FAILOVER, "MultiAZEnabled": False}, {"MultiAZEnabled": False},
     COMBINATION, "several shards"),
    (MODIFY, PAIR, {"AuthToken": "a" * 15}, TOKEN, INVALID, "16 to 128"),
    (MODIFY, PAIR, {"AuthToken": "a" * 15 + "/"}, {"AuthToken": "a" * 15 + "!"}, INVALID, "holds /"),
    (MODIFY, {**PAIR, "TransitEncryptionEnabled": False}, TOKEN, {}, COMBINATION, "TransitEncryptionEnabled is true"),
    (MODIFY, PAIR, {"AuthTokenUpdateStrategy": "SET"}, {"AuthTokenUpdateStrategy": "DELETE"},
     COMBINATION, "along with"),
    (MODIFY, PAIR, {"RemoveUserGroups": True, "UserGroupIdsToAdd": ["g"]}, {"RemoveUserGroups": True},
     COMBINATION, "others are added"),
    (SHARDS, CLUSTER, {"NodeGroupCount": 4, "ApplyImmediately": False}, {"NodeGroupCount": 4}, INVALID, "at once"),
    (SHARDS, CLUSTER, {"NodeGroupCount": 0}, {"NodeGroupCount": 45}, INVALID, "1 to 500"),
    (SHARDS, CLUSTER, {"NodeGroupCount": 46}, {"NodeGroupCount": 45}, "NodeQuotaForClusterExceeded", "90 nodes"),
    (SHARDS, CLUSTER, {"NodeGroupCount": 2}, {"NodeGroupCount": 2, "NodeGroupsToRemove": ["0001"]},
     COMBINATION, "either NodeGroupsToRemove"),
    (SHARDS, CLUSTER, {"NodeGroupCount": 2, "NodeGroupsToRemove": ["0001", "0002"]},
     {"NodeGroupCount": 1, "NodeGroupsToRemove": ["0001", "0002"]}, COMBINATION, "1 must be named for 2 of 3"),
    (SHARDS, CLUSTER, {"NodeGroupCount": 2, "NodeGroupsToRetain": ["0001"]},
     {"NodeGroupCount": 2, "NodeGroupsToRetain": ["0001", "0002"]}, COMBINATION, "2 must be named"),
    (SHARDS, CLUSTER, {"NodeGroupCount": 2, "NodeGroupsToRetain": ["a", "b"], "NodeGroupsToRemove": ["c"]},
     {"NodeGroupCount": 2, "NodeGroupsToRetain": ["a", "b"]}, COMBINATION, "either NodeGroupsToRemove"),
    (MORE, PAIR, {}, {"NewReplicaCount": 2}, COMBINATION, "NewReplicaCount is required"),
    (MORE, PAIR, {"NewReplicaCount": 6}, {"NewReplicaCount": 5}, INVALID, "1 to 5"),
    (MORE, PAIR, {"NewReplicaCount": 1}, {"NewReplicaCount": 2}, INVALID, "more than the 1 there are"),
    (MORE, PAIR, {"NewReplicaCount": 2, "ApplyImmediately": False}, {"NewReplicaCount": 2}, INVALID, "at once"),
    (MORE, {**CLUSTER, "NodeGroups": CLUSTER["NodeGroups"] * 10}, {"NewReplicaCount": 3}, {"NewReplicaCount": 2},
     "NodeQuotaForClusterExceeded", "30 shards with 3 replicas each are 120 nodes"),
    (FEWER, CLUSTER, {"NewReplicaCount": 1}, {"NewReplicaCount": 0}, INVALID, "fewer than the 1 there are"),
    (FEWER, CLUSTER, {"NewReplicaCount": 6}, {"NewReplicaCount": 0}, INVALID, "0 to 5"),
    (FEWER, CLUSTER, {}, {"ReplicasToRemove": ["line-002"]}, COMBINATION, "NewReplicaCount is required"),
    (FEWER, CLUSTER, {"NewReplicaCount": 0, "ApplyImmediately": False}, {"NewReplicaCount": 0}, INVALID, "at once"),
]  # fmt: skip


@pytest.mark.parametrize("row", CASES)
def test_a_change_is_refused_and_the_same_with_one_other_value_is_taken(ask, refused, row):
    operation, group, change, taken, code, words = row
    base = AT_ONCE if operation != MODIFY else NAME

    ask((CACHE, operation), {**base, **taken}, here(group))
    refused((CACHE, operation), {**base, **change}, code, words, here(group))


def test_a_group_with_several_zones_keeps_its_last_replica(ask, refused):
    none = {**AT_ONCE, "NewReplicaCount": 0}

    refused((CACHE, FEWER), none, COMBINATION, "keeps one replica", here(PAIR))
    ask((CACHE, FEWER), none, here({**PAIR, "MultiAZ": "disabled"}))


def test_shards_of_a_group_without_cluster_mode_cannot_be_changed(refused):
    two = {**AT_ONCE, "NodeGroupCount": 2}

    refused((CACHE, SHARDS), two, COMBINATION, "cluster mode enabled can have their shards changed", here(PAIR))


@pytest.mark.parametrize("operation", [MODIFY, SHARDS, MORE, FEWER])
def test_a_group_that_nobody_knows_is_not_refused_here(ask, operation):
    ask((CACHE, operation), {**AT_ONCE, "NodeGroupCount": 2, "NewReplicaCount": 2, "MultiAZEnabled": True}, here())


NEW = {"ReplicationGroupId": "line", "AutomaticFailoverEnabled": True, "NumNodeGroups": 45, "ReplicasPerNodeGroup": 1}
SINGLE_SHARD = {"NumNodeGroups": None, "ReplicasPerNodeGroup": None, "NumCacheClusters": 2}
ENCRYPTED = {"TransitEncryptionEnabled": True, **TOKEN}
CREATED = [
    ({}, {"ReplicasPerNodeGroup": 2}, "NodeQuotaForClusterExceeded", "45 shards with 2 replicas each are 135 nodes"),
    ({}, {"NumNodeGroups": 501}, INVALID, "1 to 500"),
    ({"NumNodeGroups": 1, "ReplicasPerNodeGroup": 5}, {"NumNodeGroups": 1, "ReplicasPerNodeGroup": 6},
     INVALID, "0 to 5"),
    ({**SINGLE_SHARD, "NumCacheClusters": 6}, {**SINGLE_SHARD, "NumCacheClusters": 7}, INVALID, "1 to 6"),
    (SINGLE_SHARD, {**SINGLE_SHARD, "NumCacheClusters": 1}, COMBINATION, "at least one replica"),
    (SINGLE_SHARD, {**SINGLE_SHARD, "NumCacheClusters": None}, COMBINATION, "at least one replica"),
    ({}, {"NumCacheClusters": 2}, COMBINATION, "not used with more than one shard"),
    ({}, {"AutomaticFailoverEnabled": None}, COMBINATION, "must be enabled for cluster mode"),
    ({**SINGLE_SHARD, "MultiAZEnabled": True},
     {**SINGLE_SHARD, "MultiAZEnabled": True, "AutomaticFailoverEnabled": None},
     COMBINATION, "MultiAZEnabled needs"),
    ({"SnapshotRetentionLimit": 0}, {"SnapshotRetentionLimit": -1}, INVALID, "0 to 35 days"),
    ({"SnapshotRetentionLimit": 35}, {"SnapshotRetentionLimit": 36}, INVALID, "0 to 35 days"),
    ({"ReplicationGroupId": "l" * 40}, {"ReplicationGroupId": "l" * 41}, INVALID, "at most 40"),
    ({"ReplicationGroupId": "l-1"}, {"ReplicationGroupId": "l--1"}, INVALID, "single hyphens"),
    (ENCRYPTED, TOKEN, COMBINATION, "TransitEncryptionEnabled is true"),
    ({**ENCRYPTED, "AuthToken": "a" * 128}, {**ENCRYPTED, "AuthToken": "a" * 129}, INVALID, "has 129 characters"),
    (ENCRYPTED, {**ENCRYPTED, "UserGroupIds": ["g"]}, COMBINATION, "exclude each other"),
]  # fmt: skip


@pytest.mark.parametrize(("taken", "change", "code", "words"), CREATED)
def test_a_new_group_is_refused_and_the_same_with_one_other_value_is_taken(ask, refused, taken, change, code, words):
    create = (CACHE, "CreateReplicationGroup")

    ask(create, {**NEW, **taken})
    refused(create, {**NEW, **change}, code, words)
