"""Who is told what: the topic, the alarms and the page to look at."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.observability.alarms import Alarm, Metric, Watched, alarms
from infra.observability.dashboard import body
from infra.observability.settings import ObservabilitySettings
from infra.observability.topic import Topic, TopicArgs


@dataclass(frozen=True)
class ObservabilityArgs:
    """What is watched.

    Attributes:
        settings: The stack's choices.
        load_balancer_arn_suffix: `Balancer.arn_suffix`.
        target_group_arn_suffix: `Balancer.target_group_arn_suffix`.
        group_name: The Auto Scaling group.
        database_cluster_id: `Database.cluster_id`, or None.
        database_instance_id: `Database.instance_id`, where there is no cluster.
        database_connections: How many connections the database takes (`DatabaseSettings.budget.limit`).
        cache_id: `Cache.replication_group_id`.
        cache_nodes: How many nodes it has.
        distribution_id: `Edge.distribution_id`, or None.
        tags: The stack's tags.
    """

    settings: ObservabilitySettings
    load_balancer_arn_suffix: pulumi.Input[str]
    target_group_arn_suffix: pulumi.Input[str]
    group_name: pulumi.Input[str]
    database_cluster_id: pulumi.Input[str] | None
    database_instance_id: pulumi.Input[str] | None
    database_connections: int
    cache_id: pulumi.Input[str]
    cache_nodes: int
    distribution_id: pulumi.Input[str] | None
    tags: Tags


class Observability(Component):
    """Topic, alarms and dashboard."""

    def __init__(self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("observability", name, args.tags, opts)
        self._args = args
        self._topic = Topic(self.named("topic"), TopicArgs(args.settings.emails, args.tags), opts=self.child())
        watched = self._watched()
        for alarm in alarms(watched, args.settings):
            self._alarm(alarm)
        self.topic_arn = self._topic.arn
        self.dashboard_name = self._dashboard(watched)
        self.register_outputs({"topic_arn": self.topic_arn, "dashboard_name": self.dashboard_name})

    def _watched(self) -> Watched:
        args = self._args
        if args.database_cluster_id is not None:
            database = {"DBClusterIdentifier": args.database_cluster_id, "Role": "WRITER"}
        else:
            database = {"DBInstanceIdentifier": args.database_instance_id}
        # without cluster mode the nodes are named <group>-001 and so on:
        # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.Redis.Groups.html
        nodes = [pulumi.Output.concat(args.cache_id, f"-{node:03}") for node in range(1, args.cache_nodes + 1)]
        return Watched(
            load_balancer=args.load_balancer_arn_suffix,
            target_group=args.target_group_arn_suffix,
            group_name=args.group_name,
            database=database,
            database_connections=args.database_connections,
            cache_nodes=tuple(nodes),
        )

    def _alarm(self, alarm: Alarm) -> None:
        single = None if alarm.expression else alarm.metrics[0]
        aws.cloudwatch.MetricAlarm(
            self.named(alarm.name),
            alarm_description=alarm.description,
            comparison_operator=alarm.comparison,
            threshold=alarm.threshold,
            evaluation_periods=alarm.minutes,
            datapoints_to_alarm=alarm.minutes,
            treat_missing_data=alarm.missing,
            namespace=single.namespace if single else None,
            metric_name=single.name if single else None,
            statistic=single.statistic if single else None,
            dimensions=dict(single.dimensions) if single else None,
            period=60 if single else None,
            metric_queries=_queries(alarm),
            alarm_actions=[self._topic.arn],
            ok_actions=[self._topic.arn],
            tags=self.tags(alarm.name),
            opts=self.child(),
        )

    def _dashboard(self, watched: Watched) -> pulumi.Output[str]:
        region = aws.get_region_output(opts=pulumi.InvokeOptions(parent=self)).region
        page = body(watched, pulumi.get_stack(), region, self._args.distribution_id)
        return aws.cloudwatch.Dashboard(
            self.named("dashboard"),
            dashboard_name=f"{pulumi.get_project()}-{pulumi.get_stack()}",
            dashboard_body=pulumi.Output.json_dumps(page),
            opts=self.child(),
        ).dashboard_name


def _queries(alarm: Alarm) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgs] | None:
    if alarm.expression is None:
        return None
    result = aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id="result", expression=alarm.expression, label=alarm.name, return_data=True
    )
    return [result, *(_query(f"m{place}", metric) for place, metric in enumerate(alarm.metrics, start=1))]


def _query(key: str, metric: Metric) -> aws.cloudwatch.MetricAlarmMetricQueryArgs:
    return aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id=key,
        metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=dict(metric.dimensions),
            period=60,
            stat=metric.statistic,
        ),
        return_data=False,
    )
