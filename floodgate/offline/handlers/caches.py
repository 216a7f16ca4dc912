"""Amazon ElastiCache: replication groups, serverless caches, their groups and users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, resource
from floodgate.offline.handlers.declared import MANAGED, Declared, without
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import lower_first

# AWS takes so many parameters in one call
PARAMETERS_AT_ONCE = 20
LOG_DESTINATIONS = {
    "cloudwatch-logs": ("CloudWatchLogsDetails", "LogGroup"),
    "kinesis-firehose": ("KinesisFirehoseDetails", "DeliveryStream"),
}


class ElastiCache(Declared):
    """What all types of this service have in common."""

    service = "elasticache"
    outputs = ("arn",)
    paths: ClassVar = {"arn": "ARN"}


@resource("aws:elasticache/subnetGroup:SubnetGroup", auto_name=AutoName(lower=True))
class SubnetGroup(ElastiCache):
    """The subnets that caches may be in."""

    create_call, id_prop = "create_cache_subnet_group", "name"
    read_call, read_by, read_path = "describe_cache_subnet_groups", "CacheSubnetGroupName", "CacheSubnetGroups[0]"
    rename: ClassVar = {"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription"}
    outputs = ("arn", "vpcId")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """AWS insists on a description."""
        return super().parameters(client, {"description": MANAGED, **props})


@resource("aws:elasticache/parameterGroup:ParameterGroup", auto_name=AutoName(lower=True))
class ParameterGroup(ElastiCache):
    """A group of parameters: made empty, then set."""

    create_call, id_prop = "create_cache_parameter_group", "name"
    read_call, read_by = "describe_cache_parameter_groups", "CacheParameterGroupName"
    read_path = "CacheParameterGroups[0]"
    rename: ClassVar = {"name": "CacheParameterGroupName", "family": "CacheParameterGroupFamily"}
    apart = ("parameters",)

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """AWS insists on a description."""
        return super().parameters(client, {"description": MANAGED, **props})

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Set the parameters, as many at once as AWS takes."""
        given = [{"ParameterName": p["name"], "ParameterValue": p["value"]} for p in props.get("parameters", [])]
        for start in range(0, len(given), PARAMETERS_AT_ONCE):
            some = given[start : start + PARAMETERS_AT_ONCE]
            aws.client(self.service).modify_cache_parameter_group(CacheParameterGroupName=id_, ParameterNameValues=some)


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
        "configurationEndpointAddress": "ConfigurationEndpoint.Address",
        "dataTieringEnabled": "DataTiering == 'enabled'",
        "globalReplicationGroupId": "GlobalReplicationGroupInfo.GlobalReplicationGroupId",
        "nodeType": "CacheNodeType",
        "primaryEndpointAddress": "NodeGroups[0].PrimaryEndpoint.Address",
        "readerEndpointAddress": "NodeGroups[0].ReaderEndpoint.Address",
    }

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The group, with its logs as AWS describes a destination."""
        out = super().parameters(client, props)
        logs = [log_delivery(log) for log in props.get("logDeliveryConfigurations", [])]
        return out | ({"LogDeliveryConfigurations": logs} if logs else {})

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """What only a member tells, and the counts."""
        client, shards = aws.client(self.service), item["NodeGroups"]
        member = client.describe_cache_clusters(CacheClusterId=item["MemberClusters"][0])["CacheClusters"][0]
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


def log_delivery(log: Props) -> dict[str, Any]:
    """Where a log goes: AWS has a block for each kind of destination."""
    block, name = LOG_DESTINATIONS[log["destinationType"]]
    return {
        "DestinationDetails": {block: {name: log["destination"]}},
        "DestinationType": log["destinationType"],
        "LogFormat": log["logFormat"],
        "LogType": log["logType"],
    }


@resource("aws:elasticache/user:User")
class User(ElastiCache):
    """Somebody who may use a cache, and for what."""

    create_call, id_prop = "create_user", "userId"
    read_call, read_by, read_path = "describe_users", "UserId", "Users[0]"
    rename: ClassVar = {"passwordsWo": "Passwords"}
    apart = ("authenticationMode", "passwordsWoVersion")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The number of passwords is told, not sent."""
        out = super().parameters(client, props)
        if "authenticationMode" in props:
            mode = {"authenticationMode": without(props["authenticationMode"], ("passwordCount",))}
            out |= request(client, self.create_call, mode)
        return out


@resource("aws:elasticache/userGroup:UserGroup")
class UserGroup(ElastiCache):
    """Users that a cache admits."""

    create_call, id_prop = "create_user_group", "userGroupId"
    read_call, read_by, read_path = "describe_user_groups", "UserGroupId", "UserGroups[0]"


@resource("aws:elasticache/serverlessCache:ServerlessCache", auto_name=AutoName(limit=40, lower=True))
class ServerlessCache(ElastiCache):
    """A cache that has no nodes of one's own."""

    create_call, id_prop = "create_serverless_cache", "name"
    read_call, read_by, read_path = "describe_serverless_caches", "ServerlessCacheName", "ServerlessCaches[0]"
    rename: ClassVar = {
        "ecpuPerSeconds": "ECPUPerSecond",
        "name": "ServerlessCacheName",
        "snapshotArnsToRestores": "SnapshotArnsToRestore",
    }
    apart = ("timeouts",)
    outputs = (
        *("arn", "createTime", "dailySnapshotTime", "description", "fullEngineVersion", "majorEngineVersion"),
        *("securityGroupIds", "snapshotRetentionLimit", "status", "subnetIds"),
    )

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """Limits are one block in AWS, of which Pulumi has a list."""
        given = dict(props)
        limits = dict(given.get("cacheUsageLimits", {}))
        if limits.get("ecpuPerSeconds"):
            limits["ecpuPerSeconds"] = limits["ecpuPerSeconds"][0]
            given["cacheUsageLimits"] = limits
        return super().parameters(client, given)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The two addresses."""
        ends = {"endpoints": "Endpoint", "readerEndpoints": "ReaderEndpoint"}
        return {ours: [{lower_first(k): v for k, v in item[theirs].items()}] for ours, theirs in ends.items()}
