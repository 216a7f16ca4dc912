"""RDS Proxy: many servers' connections carried by few of the database's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.database.cluster import Cluster
from infra.database.keys import may_read_secret
from infra.database.settings import ProxySettings
from infra.policy_documents import trust


@dataclass(frozen=True)
class ProxyArgs:
    """What the proxy stands before."""

    settings: ProxySettings
    cluster: Cluster
    key_arn: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    tags: Tags


class Proxy(Component):
    """Proxy, its role, its pool and the cluster behind it."""

    def __init__(self, name: str, args: ProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("database", name, args.tags, opts)
        self._args = args
        proxy = self._proxy()
        self._pool(proxy)
        self.endpoint = proxy.endpoint
        # arn:aws:rds:<region>:<account>:db-proxy:prx-<id>
        self.resource_id: pulumi.Output[str] = proxy.arn.apply(lambda arn: arn.rsplit(":", 1)[1])
        self.register_outputs({"endpoint": self.endpoint})

    def _proxy(self) -> aws.rds.Proxy:
        args = self._args
        return aws.rds.Proxy(
            self.pulumi_resource_name,
            engine_family="POSTGRESQL",
            role_arn=self._role_arn(),
            auths=[
                {
                    "auth_scheme": "SECRETS",
                    "secret_arn": args.cluster.secret_arn,
                    # servers show who they are by their role; no password lies on any of them
                    "iam_auth": "REQUIRED",
                    "client_password_auth_type": "POSTGRES_SCRAM_SHA_256",
                }
            ],
            require_tls=True,
            idle_client_timeout=args.settings.idle_client_timeout_s,
            vpc_subnet_ids=args.subnet_ids,
            vpc_security_group_ids=[args.security_group_id],
            tags=self.tags(),
            opts=self.child(),
        )

    def _role_arn(self) -> pulumi.Output[str]:
        role = aws.iam.Role(
            self.named("role"),
            assume_role_policy=trust("rds.amazonaws.com"),
            tags=self.tags("role"),
            opts=self.child(),
        )
        policy = aws.iam.RolePolicy(
            self.named("read-secret"),
            role=role.id,
            policy=may_read_secret(self._args.cluster.secret_arn, self._args.key_arn),
            opts=self.child(),
        )
        # a proxy that cannot read the secret yet gives up on its target
        return pulumi.Output.all(role.arn, policy.id).apply(lambda both: str(both[0]))

    def _pool(self, proxy: aws.rds.Proxy) -> None:
        settings = self._args.settings
        group = aws.rds.ProxyDefaultTargetGroup(
            self.named("pool"),
            db_proxy_name=proxy.name,
            connection_pool_config={
                "max_connections_percent": settings.max_connections_percent,
                # open already when the doors are: opening hundreds at once is what hurts
                "max_idle_connections_percent": settings.max_connections_percent,
                "connection_borrow_timeout": settings.borrow_timeout_s,
            },
            opts=self.child(),
        )
        aws.rds.ProxyTarget(
            self.named("target"),
            db_proxy_name=proxy.name,
            target_group_name=group.name,
            db_cluster_identifier=self._args.cluster.identifier,
            # a proxy looks for the writer among the instances there are
            opts=self.child(depends_on=[self._args.cluster.writer]),
        )
