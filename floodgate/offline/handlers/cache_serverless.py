"""Amazon ElastiCache Serverless."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, resource
from floodgate.offline.handlers.cache_shared import ElastiCache
from floodgate.offline.handlers.modified import given_key
from floodgate.offline.handlers.shapes import lower_first


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
    kept = ("timeouts",)
    update_call, update_by = "modify_serverless_cache", "ServerlessCacheName"
    update_rename: ClassVar = {"name": ""}
    cleared: ClassVar = {"userGroupId": ""}
    following: ClassVar = {"majorEngineVersion": ("fullEngineVersion",)}
    delete_call, delete_by = "delete_serverless_cache", "ServerlessCacheName"
    outputs = (
        *("arn", "createTime", "dailySnapshotTime", "description", "fullEngineVersion", "majorEngineVersion"),
        *("securityGroupIds", "snapshotRetentionLimit", "status", "subnetIds"),
    )

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """Limits are one block in AWS, of which Pulumi has a list."""
        return super().parameters(client, _one_block(props))

    def modification(self, client: Any, id_: str, sent: Props, change: Change) -> dict[str, Any]:
        """A group of users that is taken away is removed."""
        params = super().modification(client, id_, _one_block(sent), change)
        if change.touches("userGroupId") and not change.new.get("userGroupId"):
            params["RemoveUserGroup"] = True
            params.pop("UserGroupId", None)
        return params

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The two addresses."""
        ends = {"endpoints": "Endpoint", "readerEndpoints": "ReaderEndpoint"}
        return {ours: [{lower_first(k): v for k, v in item[theirs].items()}] for ours, theirs in ends.items()}

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The key, in the form in which the program named it."""
        told = super().observed(aws, id_, item, props)
        return told | ({"kmsKeyId": given_key(props.get("kmsKeyId"), item["KmsKeyId"])} if "KmsKeyId" in item else {})


def _one_block(props: Props) -> dict[str, Any]:
    given = dict(props)
    limits = dict(given.get("cacheUsageLimits", {}))
    if limits.get("ecpuPerSeconds"):
        limits["ecpuPerSeconds"] = limits["ecpuPerSeconds"][0]
        given["cacheUsageLimits"] = limits
    return given
