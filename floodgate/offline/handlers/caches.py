"""Amazon ElastiCache: replication groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, resource
from floodgate.offline.handlers.cache_shared import ElastiCache
from floodgate.offline.handlers.declared import without
from floodgate.offline.handlers.modified import given_key, worth_saying

LOG_DESTINATIONS = {
    "cloudwatch-logs": ("CloudWatchLogsDetails", "LogGroup"),
    "kinesis-firehose": ("KinesisFirehoseDetails", "DeliveryStream"),
}


@resource(
    "aws:elasticache/replicationGroup:ReplicationGroup", auto_name=AutoName("replicationGroupId", limit=40, lower=True)
)
class ReplicationGroup(ElastiCache):
    """A primary and its replicas, in one shard or several."""

    create_call, id_prop = "create_replication_group", "replicationGroupId"
    read_call, read_by, read_path = "describe_replication_groups", "ReplicationGroupId", "ReplicationGroups[0]"
    rename: ClassVar = {
        "authTokenWo": "AuthToken",
        "description": "ReplicationGroupDescription",
        "maintenanceWindow": "PreferredMaintenanceWindow",
        "nodeType": "CacheNodeType",
        "parameterGroupName": "CacheParameterGroupName",
        "securityGroupNames": "CacheSecurityGroupNames",
        "subnetGroupName": "CacheSubnetGroupName",
    }
    update_call, update_by, update_with = "modify_replication_group", "ReplicationGroupId", ("applyImmediately",)
    delete_call, delete_by = "delete_replication_group", "ReplicationGroupId"
    kept = ("applyImmediately", "authTokenUpdateStrategy", "finalSnapshotIdentifier", "preferredCacheClusterAzs")
    refined = frozenset({"numCacheClusters", "numNodeGroups", "replicasPerNodeGroup"})
    following: ClassVar = {
        "engineVersion": ("engineVersionActual",),
        "numCacheClusters": ("memberClusters", "replicasPerNodeGroup"),
        "numNodeGroups": ("memberClusters", "numCacheClusters"),
        "replicasPerNodeGroup": ("memberClusters", "numCacheClusters"),
    }
    cleared: ClassVar = {
        "automaticFailoverEnabled": False,
        "logDeliveryConfigurations": [],
        "notificationTopicArn": "",
        "snapshotRetentionLimit": 0,
        "userGroupIds": [],
    }
    apart = (
        *("applyImmediately", "authTokenUpdateStrategy", "authTokenWoVersion", "finalSnapshotIdentifier"),
        "logDeliveryConfigurations",
    )
    outputs = (
        *("arn", "atRestEncryptionEnabled", "autoMinorVersionUpgrade", "clusterEnabled", "clusterMode"),
        *("configurationEndpointAddress", "globalReplicationGroupId", "ipDiscovery", "memberClusters", "networkType"),
        *("nodeType", "primaryEndpointAddress", "readerEndpointAddress", "snapshotWindow"),
        *("transitEncryptionEnabled", "transitEncryptionMode", "dataTieringEnabled"),
    )
    paths: ClassVar = {
        "arn": "ARN",
        "automaticFailoverEnabled": "AutomaticFailover == 'enabled'",
        "configurationEndpointAddress": "ConfigurationEndpoint.Address",
        "dataTieringEnabled": "DataTiering == 'enabled'",
        "description": "Description",
        "globalReplicationGroupId": "GlobalReplicationGroupInfo.GlobalReplicationGroupId",
        "multiAzEnabled": "MultiAZ == 'enabled'",
        "nodeType": "CacheNodeType",
        "port": "ConfigurationEndpoint.Port || NodeGroups[0].PrimaryEndpoint.Port",
        "primaryEndpointAddress": "NodeGroups[0].PrimaryEndpoint.Address",
        "readerEndpointAddress": "NodeGroups[0].ReaderEndpoint.Address",
    }

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The group, with its logs as AWS describes a destination."""
        out = super().parameters(client, props)
        logs = [log_delivery(log) for log in props.get("logDeliveryConfigurations", [])]
        return out | ({"LogDeliveryConfigurations": logs} if logs else {})

    def delete_options(self, props: Props) -> dict[str, Any]:
        """The last snapshot, where there is to be one."""
        last = props.get("finalSnapshotIdentifier")
        return {"FinalSnapshotIdentifier": last} if last else {}

    def changed(self, change: Change) -> dict[str, Any]:
        """A token that is only written is sent with its version."""
        sent = super().changed(change)
        if change.touches("authTokenWo", "authTokenWoVersion") and "authTokenWo" in change.new:
            sent["authTokenWo"] = change.new["authTokenWo"]
        sent.pop("authTokenWoVersion", None)
        if change.touches("authToken") and not change.new.get("authToken"):
            sent["authTokenUpdateStrategy"] = "DELETE"
        return sent

    def modification(self, client: Any, id_: str, sent: Props, change: Change) -> dict[str, Any]:
        """Logs, tokens and groups of users have ways of their own to change."""
        given = without(sent, ("logDeliveryConfigurations", "notificationTopicArn", "userGroupIds"))
        if "authToken" in given or "authTokenWo" in given:
            given["authTokenUpdateStrategy"] = change.new.get("authTokenUpdateStrategy", "ROTATE")
        params = super().modification(client, id_, given, change)
        if "logDeliveryConfigurations" in sent:
            params["LogDeliveryConfigurations"] = log_changes(change)
        if "notificationTopicArn" in sent:
            topic = sent["notificationTopicArn"]
            params |= {"NotificationTopicArn": topic} if topic else {"NotificationTopicStatus": "inactive"}
        if "userGroupIds" in sent:
            old, new = (set(props.get("userGroupIds", [])) for props in (change.old, change.new))
            added, removed = sorted(new - old), sorted(old - new)
            params |= {"UserGroupIdsToAdd": added} if added else {}
            params |= {"UserGroupIdsToRemove": removed} if removed else {}
        return params

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """More nodes come before the settings that need them, fewer go after."""
        nodes = _replicas(change.new)
        more = nodes is not None and nodes > (_replicas(change.old) or 0)
        if more:
            self._resize(aws, id_, change)
        super().update(aws, id_, change)
        if not more:
            self._resize(aws, id_, change)

    def _resize(self, aws: Aws, id_: str, change: Change) -> None:
        """Shards and replicas as declared; nodes come and go at once, whatever `applyImmediately` says."""
        client = aws.client(self.service)
        shards = self.describe(aws, id_)["NodeGroups"]
        if change.touches("numNodeGroups") and (count := change.new.get("numNodeGroups")) not in (None, len(shards)):
            gone = (
                {"NodeGroupsToRemove": [shard["NodeGroupId"] for shard in shards[count:]]}
                if count < len(shards)
                else {}
            )
            client.modify_replication_group_shard_configuration(
                ReplicationGroupId=id_, NodeGroupCount=count, ApplyImmediately=True, **gone
            )
        wanted, now = _replicas(change.new), len(shards[0]["NodeGroupMembers"]) - 1
        if change.touches("numCacheClusters", "replicasPerNodeGroup") and wanted not in (None, now):
            resize = client.increase_replica_count if wanted > now else client.decrease_replica_count
            resize(ReplicationGroupId=id_, NewReplicaCount=wanted, ApplyImmediately=True)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """What only a member tells, and the counts."""
        shards = item["NodeGroups"]
        member = self._member(aws, item)
        version = member.get("EngineVersion", "")
        asked = props.get("engineVersion", "")
        told = {
            "engineVersion": asked if asked and version.startswith(asked) else version,
            "engineVersionActual": version,
            "maintenanceWindow": member.get("PreferredMaintenanceWindow"),
            "numCacheClusters": len(item["MemberClusters"]),
            "numNodeGroups": len(shards),
            "parameterGroupName": member.get("CacheParameterGroup", {}).get("CacheParameterGroupName"),
            "replicasPerNodeGroup": len(shards[0]["NodeGroupMembers"]) - 1,
            "securityGroupIds": [group["SecurityGroupId"] for group in member.get("SecurityGroups", [])],
            "subnetGroupName": member.get("CacheSubnetGroupName"),
        }
        return {name: value for name, value in told.items() if value is not None}

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Logs and the topic as the program writes them; zones are only wishes for the creation."""
        told = super().observed(aws, id_, item, props)
        told_of = self._member(aws, item).get("NotificationConfiguration", {})
        topic = told_of.get("TopicArn", "") if told_of.get("TopicStatus") == "active" else ""
        logs = [logged(log) for log in item.get("LogDeliveryConfigurations", [])]
        told |= {"logDeliveryConfigurations": logs, "notificationTopicArn": topic}
        if "KmsKeyId" in item:
            told["kmsKeyId"] = given_key(props.get("kmsKeyId"), item["KmsKeyId"])
        # shards and nodes are two ways to say how many; where the program said neither, one is enough
        unsaid = ("numCacheClusters",) if item.get("ClusterEnabled") else ("numNodeGroups", "replicasPerNodeGroup")
        return {n: v for n, v in worth_saying(told, props).items() if n in props or n not in unsaid}

    def _member(self, aws: Aws, item: Mapping[str, Any]) -> dict[str, Any]:
        client = aws.client(self.service)
        return client.describe_cache_clusters(CacheClusterId=item["MemberClusters"][0])["CacheClusters"][0]


def _replicas(props: Props) -> int | None:
    """How many replicas each shard is to have; None where the program does not say."""
    if "replicasPerNodeGroup" in props:
        return props["replicasPerNodeGroup"]
    return props["numCacheClusters"] - 1 if "numCacheClusters" in props else None


def log_delivery(log: Props) -> dict[str, Any]:
    """Where a log goes: AWS has a block for each kind of destination."""
    block, name = LOG_DESTINATIONS[log["destinationType"]]
    return {
        "DestinationDetails": {block: {name: log["destination"]}},
        "DestinationType": log["destinationType"],
        "LogFormat": log["logFormat"],
        "LogType": log["logType"],
    }


def log_changes(change: Change) -> list[dict[str, Any]]:
    """The logs that start or change, and those that stop."""
    old, new = (
        {log["logType"]: log for log in p.get("logDeliveryConfigurations", [])} for p in (change.old, change.new)
    )
    given = [log_delivery(log) for kind, log in new.items() if old.get(kind) != log]
    return given + [{"LogType": kind, "Enabled": False} for kind in old if kind not in new]


def logged(log: Mapping[str, Any]) -> dict[str, Any]:
    """Where AWS says that a log goes, as the program writes it."""
    block, name = LOG_DESTINATIONS[log["DestinationType"]]
    return {
        "destination": log["DestinationDetails"][block][name],
        "destinationType": log["DestinationType"],
        "logFormat": log["LogFormat"],
        "logType": log["LogType"],
    }
