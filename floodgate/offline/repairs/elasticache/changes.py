"""Replication groups changed: nodes, shards, settings; and deleted with a last snapshot.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroup.html,
API_IncreaseReplicaCount, API_DecreaseReplicaCount, API_ModifyReplicationGroupShardConfiguration
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.exceptions import (
    ElastiCacheException,
    InvalidParameterCombinationException,
    InvalidParameterValueException,
    ReplicationGroupNotFound,
)
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from floodgate.offline.repairs.elasticache.parameter_groups import check_parameter_group
from floodgate.offline.repairs.elasticache.replication_groups import full_version
from floodgate.offline.repairs.elasticache.shards import resize, scale_out
from floodgate.offline.repairs.patching import patch

# AWS's parameter, the attribute of moto's group, and of its members where they have it too
PLAIN = {
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "CacheNodeType": "cache_node_type",
    "ClusterMode": "cluster_mode",
    "Durability": "durability",
    "Engine": "engine",
    "IpDiscovery": "ip_discovery",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
    "ReplicationGroupDescription": "description",
    "SecurityGroupIds": "security_group_ids",
    "SnapshotRetentionLimit": "snapshot_retention_limit",
    "SnapshotWindow": "snapshot_window",
    "TransitEncryptionEnabled": "transit_encryption_enabled",
    "TransitEncryptionMode": "transit_encryption_mode",
}
# what waits for the maintenance window unless it is asked for at once
DEFERRED = ("CacheNodeType", "CacheParameterGroupName", "Engine", "EngineVersion")


def _group(response: Any) -> Any:
    id_ = response._get_params()["ReplicationGroupId"]  # noqa: SLF001 - moto's own
    groups = response.elasticache_backend.replication_groups
    if id_ not in groups:
        raise ReplicationGroupNotFound(id_)
    return groups[id_]


@patch(ElastiCacheResponse, "modify_replication_group")
def modify_replication_group(self: Any) -> ActionResult:
    """Moto changes five settings of two dozen, and none of the members."""
    group, backend, params = _group(self), self.elasticache_backend, dict(self._get_params())
    check_parameter_group(backend, params.get("CacheParameterGroupName"))
    params = _now(group, params, at_once=self._get_bool_param("ApplyImmediately"))
    _check_failover(group, params)
    for theirs, ours in PLAIN.items():
        if theirs in params:
            setattr(group, ours, params[theirs])
    for theirs, ours in (("AutomaticFailoverEnabled", "automatic_failover"), ("MultiAZEnabled", "multi_az")):
        if theirs in params:
            setattr(group, ours, "enabled" if params[theirs] else "disabled")
    _change_version(group, params)
    _change_access(group, params)
    _change_logs(group, params)
    for name in group.member_clusters:
        _tell_member(backend.cache_clusters[name], group)
    return ActionResult({"ReplicationGroup": group})


def _now(group: Any, params: dict[str, Any], *, at_once: bool | None) -> dict[str, Any]:
    """What is changed now; the rest waits, and is applied with the next change that is."""
    waiting = getattr(group, "waiting", {})
    if at_once:
        group.waiting = {}
        return waiting | params
    group.waiting = waiting | {name: params.pop(name) for name in DEFERRED if name in params}
    return params


def _check_failover(group: Any, params: dict[str, Any]) -> None:
    several = len(group.member_clusters) > len(group.node_groups)
    failover = params.get("AutomaticFailoverEnabled", group.automatic_failover == "enabled")
    multi_az = params.get("MultiAZEnabled", group.multi_az == "enabled")
    if params.get("AutomaticFailoverEnabled") and not several:
        raise InvalidParameterCombinationException(
            "Replication group must have at least one read replica to enable autofailover."
        )
    if multi_az and not failover:
        raise InvalidParameterCombinationException("Must have automatic failover enabled to enable Multi-AZ.")


def _change_version(group: Any, params: dict[str, Any]) -> None:
    if "EngineVersion" in params:
        group.engine_version = full_version(group.engine, params["EngineVersion"])
    group.cache_parameter_group_name = params.get("CacheParameterGroupName", group.cache_parameter_group_name)


def _change_access(group: Any, params: dict[str, Any]) -> None:
    if params.get("AuthToken"):
        group.auth_token_enabled = True
    if params.get("AuthTokenUpdateStrategy") == "DELETE":
        group.auth_token_enabled = False
    if params.get("NotificationTopicArn"):
        group.notification_topic_arn = params["NotificationTopicArn"]
    if params.get("NotificationTopicStatus") == "inactive":
        group.notification_topic_arn = None
    gone = group.user_group_ids if params.get("RemoveUserGroups") else params.get("UserGroupIdsToRemove", [])
    kept = [id_ for id_ in group.user_group_ids if id_ not in gone]
    group.user_group_ids = [*kept, *params.get("UserGroupIdsToAdd", [])]


def _change_logs(group: Any, params: dict[str, Any]) -> None:
    for log in params.get("LogDeliveryConfigurations", []):
        kind = log["LogType"]
        others = [one for one in group.log_delivery_configurations if one["LogType"] != kind]
        off = log.get("Enabled") in (False, "false")
        told = [] if off else group._get_log_delivery_configurations([log])  # noqa: SLF001 - moto's own
        group.log_delivery_configurations = [*others, *told]


def _tell_member(member: Any, group: Any) -> None:
    for name in (*PLAIN.values(), "engine_version", "auth_token_enabled", "notification_topic_arn"):
        if hasattr(group, name) and hasattr(member, name):
            setattr(member, name, getattr(group, name))
    member.security_groups = [{"SecurityGroupId": id_, "Status": "active"} for id_ in group.security_group_ids or []]
    member.cache_parameter_group = {
        "CacheParameterGroupName": group.cache_parameter_group_name,
        "ParameterApplyStatus": "in-sync",
    }


@patch(ElastiCacheResponse, "increase_replica_count")
def increase_replica_count(self: Any) -> ActionResult:
    """Moto has no such operation."""
    return _replicas(self, up=True)


@patch(ElastiCacheResponse, "decrease_replica_count")
def decrease_replica_count(self: Any) -> ActionResult:
    """Moto has no such operation."""
    return _replicas(self, up=False)


def _replicas(response: Any, *, up: bool) -> ActionResult:
    group, params = _group(response), response._get_params()  # noqa: SLF001 - moto's own
    count = int(params["NewReplicaCount"])
    _check_at_once(response)
    now = max(len(shard["node_group_members"]) for shard in group.node_groups) - 1
    if count == now or (count > now) != up:
        raise InvalidParameterValueException(f"NewReplicaCount {count} must be {'more' if up else 'less'} than {now}")
    if count < 1 and group.automatic_failover == "enabled":
        raise InvalidParameterCombinationException(
            "Must have at least 1 replica per node group when automatic failover is enabled."
        )
    resize(response.elasticache_backend, group, count)
    return ActionResult({"ReplicationGroup": group})


@patch(ElastiCacheResponse, "modify_replication_group_shard_configuration")
def modify_replication_group_shard_configuration(self: Any) -> ActionResult:
    """Moto has no such operation."""
    group = _group(self)
    _check_at_once(self)
    if not group.cluster_enabled:
        raise InvalidParameterValueException("Resharding is only supported in cluster mode.")
    scale_out(self.elasticache_backend, group, int(self._get_params()["NodeGroupCount"]))
    return ActionResult({"ReplicationGroup": group})


def _check_at_once(response: Any) -> None:
    if not response._get_bool_param("ApplyImmediately"):  # noqa: SLF001 - moto's own
        raise InvalidParameterValueException("ApplyImmediately must be true: nodes are not changed at another time.")


@patch(ElastiCacheBackend, "delete_replication_group")
def delete_for_good(self: Any, replication_group_id: str, *args: Any, **kwargs: Any) -> Any:
    """Moto keeps a deleted group for ever."""
    group = delete_for_good.original(self, replication_group_id, *args, **kwargs)
    del self.replication_groups[replication_group_id]
    return group


@patch(ElastiCacheResponse, "delete_replication_group")
def delete_with_a_snapshot(self: Any) -> ActionResult:
    """Moto takes no last snapshot."""
    last = self._get_params().get("FinalSnapshotIdentifier")
    if last:
        group = _group(self)
        if last in self.elasticache_backend.snapshots:
            raise ElastiCacheException("SnapshotAlreadyExistsFault", f"Snapshot {last} already exists.")
        self.elasticache_backend.create_snapshot(last, group.replication_group_id, None, None, [])
    return delete_with_a_snapshot.original(self)
