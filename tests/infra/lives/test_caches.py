"""The lives of caches: nodes and settings changed in place, found drifted, deleted as ElastiCache does it.

How long a node takes to come or go on AWS is not shown here.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline.problems import Refused
from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.stores import changes, restore, settled, subnets

GROUP, SUBNETS = "aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/subnetGroup:SubnetGroup"
PARAMETERS, SERVERLESS = (
    "aws:elasticache/parameterGroup:ParameterGroup",
    "aws:elasticache/serverlessCache:ServerlessCache",
)
USER, USERS = "aws:elasticache/user:User", "aws:elasticache/userGroup:UserGroup"
SLOW = {"destination": "slow", "destinationType": "cloudwatch-logs", "logFormat": "json", "logType": "slow-log"}
ENGINE = {"destination": "engine", "destinationType": "kinesis-firehose", "logFormat": "text", "logType": "engine-log"}
TOPIC = "arn:aws:sns:ap-northeast-2:123456789012:{}"
TOKEN, OTHER_TOKEN = "a-token-that-is-long-enough", "b-token-that-is-long-enough"
GROUP_CHANGES: tuple[tuple[dict[str, Any], str, Any], ...] = (
    ({"nodeType": "cache.r7g.xlarge"}, "CacheNodeType", "cache.r7g.xlarge"),
    ({"numCacheClusters": 4}, "length(MemberClusters)", 4),
    ({"numCacheClusters": 2}, "MemberClusters", ["line-001", "line-002"]),
    (
        {"automaticFailoverEnabled": True, "multiAzEnabled": True},
        "[AutomaticFailover, MultiAZ]",
        ["enabled", "enabled"],
    ),
    ({"automaticFailoverEnabled": None, "multiAzEnabled": False}, "AutomaticFailover", "disabled"),
    ({"numCacheClusters": 1}, "MemberClusters", ["line-001"]),
    ({"automaticFailoverEnabled": True, "numCacheClusters": 3}, "AutomaticFailover", "enabled"),
    ({"automaticFailoverEnabled": False, "numCacheClusters": 1}, "AutomaticFailover", "disabled"),
    ({"description": "Another line"}, "Description", "Another line"),
    ({"engineVersion": "8.1"}, "ReplicationGroupId", "line"),
    ({"parameterGroupName": "mine"}, "ReplicationGroupId", "line"),
    ({"maintenanceWindow": "tue:19:00-tue:20:00"}, "ReplicationGroupId", "line"),
    ({"snapshotRetentionLimit": 7, "snapshotWindow": "16:00-17:00"}, "SnapshotRetentionLimit", 7),
    ({"snapshotRetentionLimit": None}, "SnapshotRetentionLimit", 0),
    ({"logDeliveryConfigurations": [SLOW, ENGINE]}, "length(LogDeliveryConfigurations)", 2),
    ({"logDeliveryConfigurations": [{**SLOW, "logFormat": "text"}]}, "LogDeliveryConfigurations[].LogFormat", ["text"]),
    ({"logDeliveryConfigurations": None}, "LogDeliveryConfigurations || `[]`", []),
    ({"securityGroupIds": ["sg-1", "sg-2"]}, "ReplicationGroupId", "line"),
    ({"notificationTopicArn": TOPIC.format("one")}, "ReplicationGroupId", "line"),
    ({"notificationTopicArn": None}, "ReplicationGroupId", "line"),
    ({"autoMinorVersionUpgrade": False}, "AutoMinorVersionUpgrade", False),
    ({"ipDiscovery": "ipv6"}, "IpDiscovery", "ipv6"),
    ({"transitEncryptionEnabled": True, "transitEncryptionMode": "preferred"}, "TransitEncryptionMode", "preferred"),
    ({"transitEncryptionMode": "required"}, "TransitEncryptionMode", "required"),
    ({"authToken": TOKEN, "authTokenUpdateStrategy": "SET"}, "AuthTokenEnabled", True),
    ({"authToken": OTHER_TOKEN}, "AuthTokenEnabled", True),
    ({"finalSnapshotIdentifier": "last"}, "ReplicationGroupId", "line"),
    ({"tags": {"of": "ours"}}, "ReplicationGroupId", "line"),
)


def elasticache(life: Life) -> Any:
    return life.world.session.client("elasticache")


def group(life: Life, **props: Any) -> Thing:
    given = {"description": "The line", "engine": "valkey", "engineVersion": "8.0", "nodeType": "cache.r7g.large"}
    sized = {} if {"numNodeGroups", "numCacheClusters"} & set(props) else {"numCacheClusters": 2}
    return life.make(GROUP, replicationGroupId="line", **{"applyImmediately": True, **given, **sized, **props})


def told(life: Life) -> Any:
    return elasticache(life).describe_replication_groups()["ReplicationGroups"][0]


def test_every_property_of_a_replication_group_changes_in_place(life: Life) -> None:
    life.make(PARAMETERS, "mine", name="mine", family="valkey8")
    thing = group(life)
    settled(life, thing)
    for new, path, expected in GROUP_CHANGES:
        changes(life, thing, lambda: told(life), new, path, expected)


def test_shards_and_their_replicas_come_and_go(life: Life) -> None:
    thing = group(life, numNodeGroups=2, replicasPerNodeGroup=1, automaticFailoverEnabled=True)
    settled(life, thing)
    for new, path, expected in (
        ({"numNodeGroups": 3}, "length(NodeGroups)", 3),
        ({"replicasPerNodeGroup": 2}, "length(MemberClusters)", 9),
        ({"numNodeGroups": 1, "replicasPerNodeGroup": 1}, "length(MemberClusters)", 2),
    ):
        changes(life, thing, lambda: told(life), new, path, expected)

    slots = [shard["Slots"] for shard in told(life)["NodeGroups"]]
    assert slots == ["0-16383"]


def test_new_nodes_are_spread_over_the_zones_and_have_addresses_of_their_own(life: Life) -> None:
    life.make(SUBNETS, name="data", subnetIds=subnets(life))
    thing = group(life, subnetGroupName="data", numCacheClusters=1)
    life.change(thing, numCacheClusters=3)
    nodes = told(life)["NodeGroups"][0]["NodeGroupMembers"]

    assert [node["PreferredAvailabilityZone"] for node in nodes] == [f"ap-northeast-2{zone}" for zone in "abc"]
    assert len({node["ReadEndpoint"]["Address"] for node in nodes}) == 3
    assert [node["CurrentRole"] for node in nodes] == ["primary", "replica", "replica"]
    assert thing.state["memberClusters"] == ["line-001", "line-002", "line-003"]


@pytest.mark.parametrize(
    ("call", "changed", "names"),
    [
        ("modify_replication_group", {"CacheNodeType": "cache.r7g.4xlarge"}, {"nodeType"}),
        ("modify_replication_group", {"AutomaticFailoverEnabled": False, "MultiAZEnabled": False}, {
            "automaticFailoverEnabled", "multiAzEnabled",
        }),
        ("modify_replication_group", {"SecurityGroupIds": ["sg-9"]}, {"securityGroupIds"}),
        ("modify_replication_group", {"SnapshotRetentionLimit": 0}, {"snapshotRetentionLimit"}),
        ("modify_replication_group", {"NotificationTopicArn": TOPIC.format("other")}, {"notificationTopicArn"}),
        ("modify_replication_group", {"LogDeliveryConfigurations": [{"LogType": "slow-log", "Enabled": False}]}, {
            "logDeliveryConfigurations",
        }),
        ("increase_replica_count", {"NewReplicaCount": 3}, {"numCacheClusters"}),
    ],
)  # fmt: skip
def test_what_somebody_changes_of_a_group_is_found_and_put_right(
    life: Life, call: str, changed: dict[str, Any], names: set[str]
) -> None:
    declared = {
        "nodeType": "cache.r7g.large", "automaticFailoverEnabled": True, "multiAzEnabled": True,
        "securityGroupIds": ["sg-1"], "snapshotRetentionLimit": 7, "notificationTopicArn": TOPIC.format("one"),
        "logDeliveryConfigurations": [SLOW], "numCacheClusters": 2,
    }  # fmt: skip
    thing = group(life, **declared)
    settled(life, thing)
    getattr(elasticache(life), call)(ReplicationGroupId="line", ApplyImmediately=True, **changed)

    assert life.refresh(thing) == names
    restore(life, thing, **declared)


def test_a_node_type_waits_for_the_maintenance_window_unless_it_is_asked_for_at_once(life: Life) -> None:
    thing = group(life, applyImmediately=False)
    life.change(thing, nodeType="cache.r7g.xlarge")
    assert told(life)["CacheNodeType"] == "cache.r7g.large"
    assert life.refresh(thing) == {"nodeType"}

    life.change(thing, nodeType="cache.r7g.xlarge", applyImmediately=True)
    settled(life, thing)
    assert told(life)["CacheNodeType"] == "cache.r7g.xlarge"


def test_failover_needs_a_replica(life: Life) -> None:
    thing = group(life, automaticFailoverEnabled=True)
    with pytest.raises(Refused, match="automatic failover needs at least one replica"):
        life.change(thing, numCacheClusters=1)
    assert len(told(life)["MemberClusters"]) == 2


def test_a_deleted_group_leaves_the_last_snapshot_and_nothing_else(life: Life) -> None:
    thing = group(life, finalSnapshotIdentifier="last")
    life.delete(thing)
    client = elasticache(life)

    assert life.gone(thing)
    assert client.describe_cache_clusters()["CacheClusters"] == []
    assert [snapshot["SnapshotName"] for snapshot in client.describe_snapshots()["Snapshots"]] == ["last"]
    life.delete(thing)


def test_plain_moto_would_keep_a_deleted_group_for_ever(life: Life) -> None:
    thing = group(life)
    with unrepaired():
        elasticache(life).delete_replication_group(ReplicationGroupId="line")
    assert not life.gone(thing)


def test_a_subnet_group_changes_and_is_not_deleted_under_a_cache(life: Life) -> None:
    places = subnets(life)
    thing = life.make(SUBNETS, name="data", subnetIds=places[:2])
    settled(life, thing)
    client = elasticache(life)

    def described() -> Any:
        return client.describe_cache_subnet_groups(CacheSubnetGroupName="data")["CacheSubnetGroups"][0]

    changes(life, thing, described, {"subnetIds": places}, "length(Subnets)", 3)
    changes(life, thing, described, {"description": "of data"}, "CacheSubnetGroupDescription", "of data")
    changes(life, thing, described, {"tags": {"of": "ours"}}, "CacheSubnetGroupName", "data")
    client.modify_cache_subnet_group(CacheSubnetGroupName="data", SubnetIds=places[:1])
    client.remove_tags_from_resource(ResourceName=thing.state["arn"], TagKeys=["of"])
    assert life.refresh(thing) == {"subnetIds", "tags"}

    cache = group(life, subnetGroupName="data")
    with pytest.raises(Refused, match="CacheSubnetGroupInUse"):
        life.delete(thing)
    life.delete(cache)
    life.delete(thing)
    assert life.gone(thing)


def test_parameters_are_added_changed_and_reset(life: Life) -> None:
    policy = {"name": "maxmemory-policy", "value": "noeviction"}
    thing = life.make(PARAMETERS, name="mine", family="valkey8", parameters=[policy])
    settled(life, thing)
    client = elasticache(life)

    def described() -> Any:
        found = client.describe_cache_parameters(CacheParameterGroupName="mine")["Parameters"]
        return {one["ParameterName"]: one["ParameterValue"] for one in found}

    many = [{"name": f"setting-{number}", "value": "1"} for number in range(45)]
    changes(life, thing, described, {"parameters": [policy, *many]}, "length(keys(@))", 46)
    changes(life, thing, described, {"parameters": [{**policy, "value": "allkeys-lru"}]}, "@", {
        "maxmemory-policy": "allkeys-lru",
    })  # fmt: skip
    changes(life, thing, described, {"tags": {"of": "ours"}}, "length(keys(@))", 1)
    client.reset_cache_parameter_group(CacheParameterGroupName="mine", ResetAllParameters=True)
    assert life.refresh(thing) == {"parameters"}
    restore(life, thing, parameters=[policy])

    cache = group(life, parameterGroupName="mine")
    with pytest.raises(Refused, match="InvalidCacheParameterGroupState"):
        life.delete(thing)
    life.delete(cache)
    life.delete(thing)
    assert life.gone(thing)


def test_a_token_or_password_is_in_no_error(life: Life) -> None:
    thing = group(life, transitEncryptionEnabled=True, authToken=TOKEN)
    with pytest.raises(Refused) as token:
        life.change(thing, authToken="too short")
    mode = {"type": "password", "passwords": ["too short"]}
    with pytest.raises(Refused) as password:
        life.make(USER, userId="u", userName="u", engine="valkey", accessString="on", authenticationMode=mode)

    assert "too short" not in f"{token.value}{password.value}"
