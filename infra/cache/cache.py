"""The cache: Valkey over the zones, for the line and the sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.cache.settings import CacheSettings
from infra.component import Component, Tags
from infra.generated_secret import GeneratedSecret, GeneratedSecretArgs
from infra.network.flows import CACHE_PORT


@dataclass(frozen=True)
class CacheArgs:
    """Where the cache stands.

    Attributes:
        settings: The stack's choices.
        subnet_ids: Data subnets, one per zone.
        security_group_id: The cache's group.
        production: Whether a last snapshot survives the cache.
        tags: The stack's tags.
    """

    settings: CacheSettings
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    production: bool
    tags: Tags


class Cache(Component):
    """Replication group with TLS, authentication and logs.

    Outputs: `endpoint` (follows the primary), `reader_endpoint`, `port`, `auth_secret_arn`, `id`.
    """

    def __init__(self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cache", name, args.tags, opts)
        self._args = args
        secret_args = GeneratedSecretArgs(
            tags=args.tags, description="What servers say to the cache", recovery_days=30 if args.production else 7
        )
        secret = GeneratedSecret(self.named("auth"), secret_args, opts=self.child())
        group = self._group(secret)
        self.replication_group_id = group.replication_group_id
        self.endpoint = group.primary_endpoint_address
        self.reader_endpoint = group.reader_endpoint_address
        self.port = CACHE_PORT
        self.auth_secret_arn = secret.arn
        self.register_outputs({"endpoint": self.endpoint, "auth_secret_arn": self.auth_secret_arn})

    def _group(self, secret: GeneratedSecret) -> aws.elasticache.ReplicationGroup:
        settings, args = self._args.settings, self._args
        several = settings.nodes > 1
        return aws.elasticache.ReplicationGroup(
            self.pulumi_resource_name,
            description="The line and the sessions",
            engine="valkey",
            engine_version=settings.engine_version,
            node_type=settings.node_type,
            num_cache_clusters=settings.nodes,
            automatic_failover_enabled=several,
            multi_az_enabled=several,
            port=CACHE_PORT,
            subnet_group_name=self._subnets().name,
            security_group_ids=[args.security_group_id],
            parameter_group_name=self._parameters().name,
            at_rest_encryption_enabled=True,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auth_token=secret.value,
            maintenance_window=settings.maintenance_window_utc,
            auto_minor_version_upgrade=False,
            # a larger node type is wanted today, not in the maintenance window
            apply_immediately=True,
            log_delivery_configurations=[self._log("slow-log"), self._log("engine-log")],
            tags=self.tags(),
            opts=self.child(),
            **self._snapshots(),
        )

    def _snapshots(self) -> dict[str, Any]:
        settings = self._args.settings
        return {
            "snapshot_retention_limit": settings.snapshot_retention_days,
            "snapshot_window": settings.snapshot_window_utc if settings.snapshot_retention_days else None,
            "final_snapshot_identifier": self.named(f"{pulumi.get_stack()}-final") if self._args.production else None,
        }

    def _subnets(self) -> aws.elasticache.SubnetGroup:
        return aws.elasticache.SubnetGroup(
            self.named("subnets"),
            description="Data subnets, without a way out",
            subnet_ids=self._args.subnet_ids,
            tags=self.tags("subnets"),
            opts=self.child(),
        )

    def _parameters(self) -> aws.elasticache.ParameterGroup:
        return aws.elasticache.ParameterGroup(
            self.named("parameters"),
            family="valkey8",
            description="What happens when memory is full",
            parameters=[{"name": "maxmemory-policy", "value": self._args.settings.eviction}],
            tags=self.tags("parameters"),
            opts=self.child(),
        )

    def _log(self, kind: str) -> aws.elasticache.ReplicationGroupLogDeliveryConfigurationArgs:
        group = aws.cloudwatch.LogGroup(
            self.named(kind),
            retention_in_days=self._args.settings.log_retention_days,
            tags=self.tags(kind),
            opts=self.child(),
        )
        return aws.elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
            destination=group.name, destination_type="cloudwatch-logs", log_format="json", log_type=kind
        )
