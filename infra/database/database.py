"""The database, of either kind, as the rest of the stack sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.database.cluster import Cluster
from infra.database.instance import Instance
from infra.database.keys import Keys, KeysArgs
from infra.database.proxy import Proxy, ProxyArgs
from infra.database.settings import DatabaseSettings
from infra.database.store import StoreArgs
from infra.network.flows import DATABASE_PORT


@dataclass(frozen=True)
class DatabaseArgs:
    """Where the database stands.

    Attributes:
        settings: The stack's choices.
        subnet_ids: Data subnets, one per zone.
        security_group_id: The group of the instances.
        proxy_security_group_id: The group of the proxy.
        production: Whether a last snapshot and the backups survive the database.
        tags: The stack's tags.
    """

    settings: DatabaseSettings
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    proxy_security_group_id: pulumi.Input[str]
    production: bool
    tags: Tags


class Database(Component):
    """Aurora cluster behind a proxy, or one instance.

    Outputs: `endpoint` (the proxy's where there is one), `reader_endpoint`, `port`, `secret_arn` and `key_arn` (the
    master user's password and the key it is under), `connect_arn` (what ``rds-db:connect`` is granted on),
    `cluster_id` or `instance_id` for metrics.
    """

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("database", name, args.tags, opts)
        self._args = args
        keys_args = KeysArgs(args.settings.monitoring_interval_s > 0, args.production, args.tags)
        self._keys = Keys(self.named("keys"), keys_args, opts=self.child())
        self.cluster_id: pulumi.Output[str] | None = None
        self.instance_id: pulumi.Output[str] | None = None
        store = self._cluster() if args.settings.kind == "aurora" else self._instance()
        door = self._proxy(store) if isinstance(store, Cluster) and args.settings.proxy else store
        self.endpoint = door.endpoint
        self.reader_endpoint = store.reader_endpoint
        self.port = DATABASE_PORT
        self.secret_arn = store.secret_arn
        self.key_arn = self._keys.key_arn
        self.connect_arn = self._connect_arn(door.resource_id)
        self.register_outputs({"endpoint": self.endpoint, "reader_endpoint": self.reader_endpoint})

    def _shared(self) -> StoreArgs:
        args = self._args
        subnets = aws.rds.SubnetGroup(
            self.named("subnets"),
            description="Data subnets, without a way out",
            subnet_ids=args.subnet_ids,
            tags=self.tags("subnets"),
            opts=self.child(),
        )
        return StoreArgs(
            settings=args.settings,
            subnet_group_name=subnets.name,
            security_group_id=args.security_group_id,
            key_arn=self._keys.key_arn,
            monitoring_role_arn=self._keys.monitoring_role_arn,
            production=args.production,
            tags=args.tags,
        )

    def _cluster(self) -> Cluster:
        cluster = Cluster(self.named("cluster"), self._shared(), opts=self.child())
        self.cluster_id = cluster.identifier
        return cluster

    def _instance(self) -> Instance:
        instance = Instance(self.named("instance"), self._shared(), opts=self.child())
        self.instance_id = instance.identifier
        return instance

    def _proxy(self, cluster: Cluster) -> Proxy:
        args = self._args
        assert args.settings.proxy is not None
        return Proxy(
            self.named("proxy"),
            ProxyArgs(
                settings=args.settings.proxy,
                cluster=cluster,
                key_arn=self._keys.key_arn,
                subnet_ids=args.subnet_ids,
                security_group_id=args.proxy_security_group_id,
                tags=args.tags,
            ),
            opts=self.child(),
        )

    def _connect_arn(self, resource_id: pulumi.Output[str]) -> pulumi.Output[str]:
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
        options = pulumi.InvokeOptions(parent=self)
        region = aws.get_region_output(opts=options).region
        account = aws.get_caller_identity_output(opts=options).account_id
        user = self._args.settings.master_username
        return pulumi.Output.concat("arn:aws:rds-db:", region, ":", account, ":dbuser:", resource_id, "/", user)
