"""One small PostgreSQL instance, for development."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.database.parameters import major_version, parameters
from infra.database.store import StoreArgs, closed, identifier, insights, kept, log_group, monitored


class Instance(Component):
    """Instance and parameter group; reads and writes go to one endpoint."""

    def __init__(self, name: str, args: StoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("database", name, args.tags, opts)
        self._args = args
        instance = self._instance()
        self.identifier = instance.identifier
        self.resource_id = instance.resource_id
        self.endpoint = instance.address
        self.reader_endpoint = instance.address
        self.secret_arn = instance.master_user_secrets[0].secret_arn
        self.register_outputs({"endpoint": self.endpoint})

    def _instance(self) -> aws.rds.Instance:
        settings, args = self._args.settings, self._args
        return aws.rds.Instance(
            self.pulumi_resource_name,
            identifier=identifier(),
            engine="postgres",
            engine_version=settings.engine_version,
            instance_class=settings.instance_class,
            allocated_storage=settings.storage_gib,
            storage_type="gp3",
            db_name=settings.database_name,
            username=settings.master_username,
            parameter_group_name=self._parameters().name,
            publicly_accessible=False,
            multi_az=False,
            database_insights_mode=settings.insights,
            backup_window=settings.backup_window_utc,
            maintenance_window=settings.maintenance_window_utc,
            tags=self.tags(),
            opts=self.child(depends_on=[log_group(self, "instance", args)], delete_before_replace=True),
            **closed(args),
            **kept(args, self.named(f"{pulumi.get_stack()}-final")),
            **insights(args),
            **monitored(args),
        )

    def _parameters(self) -> aws.rds.ParameterGroup:
        settings = self._args.settings
        return aws.rds.ParameterGroup(
            self.named("parameters"),
            family=f"postgres{major_version(settings.engine_version)}",
            description="TLS for everybody, and a log that explains a slow opening",
            parameters=parameters(settings.slow_statement_ms),
            tags=self.tags("parameters"),
            opts=self.child(),
        )
