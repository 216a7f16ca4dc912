"""Aurora PostgreSQL: a writer, readers over the zones, and more readers when they work hard."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.database.parameters import major_version, parameters
from infra.database.settings import ReaderScalingSettings
from infra.database.store import APPLY_IMMEDIATELY, StoreArgs, closed, identifier, insights, kept, log_group, monitored

ENGINE = "aurora-postgresql"


class Cluster(Component):
    """Cluster, parameter groups, writer, readers and their scaling."""

    def __init__(self, name: str, args: StoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("database", name, args.tags, opts)
        self._args = args
        self._cluster = self._make_cluster()
        self.writer, *self.readers = self._instances()
        if args.settings.reader_scaling is not None:
            self._reader_scaling(args.settings.reader_scaling)
        self.identifier = self._cluster.cluster_identifier
        self.resource_id = self._cluster.cluster_resource_id
        self.endpoint = self._cluster.endpoint
        self.reader_endpoint = self._cluster.reader_endpoint
        self.secret_arn = self._cluster.master_user_secrets[0].secret_arn
        self.register_outputs({"endpoint": self.endpoint, "reader_endpoint": self.reader_endpoint})

    def _make_cluster(self) -> aws.rds.Cluster:
        settings, args = self._args.settings, self._args
        return aws.rds.Cluster(
            self.pulumi_resource_name,
            cluster_identifier=identifier(),
            engine=ENGINE,
            engine_version=settings.engine_version,
            database_name=settings.database_name,
            master_username=settings.master_username,
            db_cluster_parameter_group_name=self._cluster_parameters().name,
            preferred_backup_window=settings.backup_window_utc,
            preferred_maintenance_window=settings.maintenance_window_utc,
            database_insights_mode=settings.insights,
            tags=self.tags(),
            opts=self.child(depends_on=[log_group(self, "cluster", args)], delete_before_replace=True),
            **closed(args),
            **kept(args, self.named(f"{pulumi.get_stack()}-final")),
            **insights(args),
        )

    def _cluster_parameters(self) -> aws.rds.ClusterParameterGroup:
        settings = self._args.settings
        return aws.rds.ClusterParameterGroup(
            self.named("parameters"),
            family=f"{ENGINE}{major_version(settings.engine_version)}",
            description="TLS for everybody, and a log that explains a slow opening",
            parameters=parameters(settings.slow_statement_ms),
            tags=self.tags("parameters"),
            opts=self.child(),
        )

    def _instance_parameters(self) -> aws.rds.ParameterGroup:
        return aws.rds.ParameterGroup(
            self.named("instance-parameters"),
            family=f"{ENGINE}{major_version(self._args.settings.engine_version)}",
            description="For one instance; the cluster's group holds what all share",
            tags=self.tags("instance-parameters"),
            opts=self.child(),
        )

    def _instances(self) -> list[aws.rds.ClusterInstance]:
        group = self._instance_parameters()
        names = ["writer", *(f"reader-{index + 1}" for index in range(self._args.settings.readers))]
        first, *others = enumerate(names)
        writer = self._instance(first, group)
        # Aurora makes its first instance the writer
        return [writer, *(self._instance(other, group, after=[writer]) for other in others)]

    def _instance(
        self, place: tuple[int, str], group: aws.rds.ParameterGroup, after: Sequence[pulumi.Resource] = ()
    ) -> aws.rds.ClusterInstance:
        settings, args, (tier, suffix) = self._args.settings, self._args, place
        return aws.rds.ClusterInstance(
            self.named(suffix),
            cluster_identifier=self._cluster.id,
            engine=aws.rds.EngineType.AURORA_POSTGRESQL,
            engine_version=self._cluster.engine_version,
            instance_class=settings.instance_class,
            db_subnet_group_name=args.subnet_group_name,
            db_parameter_group_name=group.name,
            publicly_accessible=False,
            # the first readers take over first
            promotion_tier=min(tier, 15),
            # a patch in the week of an opening is chosen by people
            auto_minor_version_upgrade=False,
            copy_tags_to_snapshot=True,
            apply_immediately=APPLY_IMMEDIATELY,
            tags=self.tags(suffix),
            opts=self.child(depends_on=list(after)),
            **monitored(args),
            **insights(args),
        )

    def _reader_scaling(self, scaling: ReaderScalingSettings) -> None:
        target = aws.appautoscaling.Target(
            self.named("readers"),
            service_namespace="rds",
            scalable_dimension="rds:cluster:ReadReplicaCount",
            resource_id=pulumi.Output.concat("cluster:", self._cluster.id),
            min_capacity=self._args.settings.readers,
            max_capacity=scaling.most_readers,
            tags=self.tags("readers"),
            # Aurora scales only where there is a reader:
            # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html
            opts=self.child(depends_on=self.readers),
        )
        self._track_cpu(target, scaling)

    def _track_cpu(self, target: aws.appautoscaling.Target, scaling: ReaderScalingSettings) -> None:
        aws.appautoscaling.Policy(
            self.named("readers"),
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration={
                "predefined_metric_specification": {"predefined_metric_type": "RDSReaderAverageCPUUtilization"},
                "target_value": scaling.cpu_target_percent,
                "scale_in_cooldown": scaling.scale_in_cooldown_s,
                "scale_out_cooldown": scaling.scale_out_cooldown_s,
            },
            opts=self.child(),
        )
