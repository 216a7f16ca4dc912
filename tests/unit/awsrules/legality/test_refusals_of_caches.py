"""What ElastiCache refuses of changes: each refusal beside what differs in one value and is taken.

The texts are those of the API reference; that AWS words each of them so is not proved here.
"""

from datetime import UTC, datetime

import pytest

from floodgate.awsrules.legality import CHECKS, Facts
from floodgate.awsrules.refusal import Refusal

NOW = datetime(2027, 8, 9, tzinfo=UTC)
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


def facts(group):
    return Facts(NOW, lambda _call, _asked: [] if group is None else [group])


def ask(operation, params, group):
    CHECKS["elasticache", operation](params, facts(group))


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


@pytest.mark.parametrize(("operation", "group", "refused", "taken", "code", "words"), CASES)
def test_a_change_is_refused_and_the_same_with_one_other_value_is_taken(operation, group, refused, taken, code, words):
    base = AT_ONCE if operation != MODIFY else NAME

    ask(operation, {**base, **taken}, group)
    with pytest.raises(Refusal) as told:
        ask(operation, {**base, **refused}, group)

    assert told.value.code == code
    assert words in str(told.value)


def test_a_group_with_several_zones_keeps_its_last_replica():
    with pytest.raises(Refusal, match="keeps one replica"):
        ask(FEWER, {**AT_ONCE, "NewReplicaCount": 0}, PAIR)
    ask(FEWER, {**AT_ONCE, "NewReplicaCount": 0}, {**PAIR, "MultiAZ": "disabled"})


def test_shards_of_a_group_without_cluster_mode_cannot_be_changed():
    with pytest.raises(Refusal, match="cluster mode enabled can have their shards changed"):
        ask(SHARDS, {**AT_ONCE, "NodeGroupCount": 2}, PAIR)


@pytest.mark.parametrize("operation", [MODIFY, SHARDS, MORE, FEWER])
def test_a_group_that_nobody_knows_is_not_refused_here(operation):
    ask(operation, {**AT_ONCE, "NodeGroupCount": 2, "NewReplicaCount": 2, "MultiAZEnabled": True}, None)


def test_a_new_cluster_has_ninety_nodes_at_the_most():
    new = {"ReplicationGroupId": "line", "AutomaticFailoverEnabled": True, "NumNodeGroups": 45}

    ask("CreateReplicationGroup", {**new, "ReplicasPerNodeGroup": 1}, None)
    with pytest.raises(Refusal, match="45 shards with 2 replicas each are 135 nodes"):
        ask("CreateReplicationGroup", {**new, "ReplicasPerNodeGroup": 2}, None)
