"""Everything that changes the size of the group: policies, their alarm, and the scheduled openings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.scaling.schedules import Action
from infra.scaling.settings import PredictiveSettings, ScalingSettings, StepSettings, WaitingRoomSettings

WAITING_METRIC = ("Floodgate", "PeopleWaiting")
# the provider sends 0 for what is left out and nothing for -1:
# https://www.pulumi.com/registry/packages/aws/api-docs/autoscaling/schedule/
UNCHANGED = -1


@dataclass(frozen=True)
class ScalingArgs:
    """What scaling needs from its surroundings.

    Attributes:
        settings: The stack's choices.
        stack: The stack's name, the dimension of the waiting room's metric.
        group_name: The Auto Scaling group.
        balancer_suffix: ``app/<name>/<id>``.
        target_group_suffix: ``targetgroup/<name>/<id>``.
        schedule: The scheduled actions, in the order of their start.
        tags: The stack's tags.
    """

    settings: ScalingSettings
    stack: str
    group_name: pulumi.Output[str]
    balancer_suffix: pulumi.Input[str]
    target_group_suffix: pulumi.Input[str]
    schedule: Sequence[Action]
    tags: Tags


class Scaling(Component):
    """Target tracking, the step policy on the waiting room, scheduled openings; nothing where it is disabled."""

    def __init__(self, name: str, args: ScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("scaling", name, args.tags, opts)
        self._args = args
        settings = args.settings
        if settings.enabled:
            if settings.requests_per_server_per_minute:
                self._track_requests(settings.requests_per_server_per_minute)
            if settings.cpu_percent:
                self._track_cpu(settings.cpu_percent)
            if settings.waiting_room:
                self._follow_the_waiting_room(settings.waiting_room)
            if settings.predictive:
                self._forecast(settings.predictive)
            self._schedule()
        self.register_outputs({})

    def _policy(self, suffix: str, policy_type: str, **options: Any) -> aws.autoscaling.Policy:
        return aws.autoscaling.Policy(
            self.named(suffix),
            autoscaling_group_name=self._args.group_name,
            policy_type=policy_type,
            opts=self.child(),
            **options,
        )

    def _track_requests(self, per_server_per_minute: float) -> None:
        label = pulumi.Output.concat(self._args.balancer_suffix, "/", self._args.target_group_suffix)
        self._policy(
            "requests",
            "TargetTrackingScaling",
            target_tracking_configuration={
                "target_value": per_server_per_minute,
                "predefined_metric_specification": {
                    "predefined_metric_type": "ALBRequestCountPerTarget",
                    "resource_label": label,
                },
            },
        )

    def _track_cpu(self, percent: float) -> None:
        self._policy(
            "cpu",
            "TargetTrackingScaling",
            target_tracking_configuration={
                "target_value": percent,
                "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
            },
        )

    def _follow_the_waiting_room(self, settings: WaitingRoomSettings) -> None:
        policy = self._policy(
            "waiting-room",
            "StepScaling",
            adjustment_type="ChangeInCapacity",
            metric_aggregation_type="Maximum",
            step_adjustments=step_adjustments(settings.steps),
        )
        namespace, metric = WAITING_METRIC
        aws.cloudwatch.MetricAlarm(
            self.named("people-waiting"),
            alarm_description="People wait although the doors are open: add servers",
            namespace=namespace,
            metric_name=metric,
            dimensions={"Stack": self._args.stack},
            statistic="Maximum",
            period=60,
            evaluation_periods=settings.minutes,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=settings.steps[0].from_people,
            # nobody publishes the depth of a room that nobody waits in
            treat_missing_data="notBreaching",
            alarm_actions=[policy.arn],
            tags=self.tags("people-waiting"),
            opts=self.child(),
        )

    def _forecast(self, settings: PredictiveSettings) -> None:
        self._policy(
            "forecast",
            "PredictiveScaling",
            predictive_scaling_configuration={
                "mode": settings.mode,
                "scheduling_buffer_time": str(settings.buffer_s),
                "max_capacity_breach_behavior": "HonorMaxCapacity",
                "metric_specification": {
                    "target_value": settings.cpu_percent,
                    "predefined_metric_pair_specification": {"predefined_metric_type": "ASGCPUUtilization"},
                },
            },
        )

    def _schedule(self) -> None:
        for action in self._args.schedule:
            aws.autoscaling.Schedule(
                self.named(action.name),
                scheduled_action_name=action.name,
                autoscaling_group_name=self._args.group_name,
                start_time=f"{action.start:%Y-%m-%dT%H:%M:%SZ}",
                min_size=action.min_size,
                max_size=UNCHANGED,
                desired_capacity=UNCHANGED,
                opts=self.child(),
            )


def step_adjustments(steps: Sequence[StepSettings]) -> list[aws.autoscaling.PolicyStepAdjustmentArgs]:
    """Steps as AWS takes them: bounds relative to the alarm's threshold, the last one open above."""
    threshold = steps[0].from_people
    uppers = [str(upper.from_people - threshold) for _, upper in pairwise(steps)]
    return [
        aws.autoscaling.PolicyStepAdjustmentArgs(
            metric_interval_lower_bound=str(step.from_people - threshold),
            metric_interval_upper_bound=upper,
            scaling_adjustment=step.add_servers,
        )
        for step, upper in zip(steps, [*uppers, None], strict=True)
    ]
