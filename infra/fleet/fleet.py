"""The fleet: releases, role, launch template and the Auto Scaling group over the zones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.fleet.launch import Launch, launch_template
from infra.fleet.permissions import Reach, statements
from infra.fleet.releases import Releases, ReleasesArgs
from infra.fleet.settings import ApplicationSettings, FleetSettings
from infra.fleet.sizes import constant_pool
from infra.fleet.user_data import Boot, encode, render
from infra.policy_documents import document, trust

LAUNCH_HOOK = "ready"


@dataclass(frozen=True)
class Stores:
    """Where the servers find what they keep: hosts, the secrets that open them, and the key those are under."""

    database_host: pulumi.Input[str]
    database_port: pulumi.Input[int]
    database_reader_host: pulumi.Input[str]
    database_secret_arn: pulumi.Input[str]
    database_key_arn: pulumi.Input[str]
    database_connect_arn: pulumi.Input[str]
    cache_host: pulumi.Input[str]
    cache_secret_arn: pulumi.Input[str]


@dataclass(frozen=True)
class FleetArgs:
    """What the fleet needs from its surroundings.

    Attributes:
        settings: The stack's choices.
        application: The release.
        stack: The stack's name.
        min_size: The minimum at this deployment: outside openings `settings.min_size`, else what is held.
        subnet_ids: The application subnets, one per zone.
        security_group_id: The servers' security group.
        target_group_arn: Where the balancer finds them.
        health_path: What they answer when they are well.
        parameter: The service parameter.
        service_secret_arn: The secret from which the service derives its keys.
        trusted_hops: Entries at the end of `X-Forwarded-For` that edge and balancer wrote.
        stores: Database and cache.
        tags: The stack's tags.
        after: What must stand before the first server boots: the network's ways out.
        under_way: Whether an opening is held, or is about to be, at this deployment.
        force_destroy: Whether releases may be deleted with the stack; for development.
    """

    settings: FleetSettings
    application: ApplicationSettings
    stack: str
    min_size: int
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    target_group_arn: pulumi.Input[str]
    health_path: str
    parameter: aws.ssm.Parameter
    service_secret_arn: pulumi.Input[str]
    trusted_hops: int
    stores: Stores
    tags: Tags
    after: Sequence[pulumi.Resource] = ()
    under_way: bool = False
    force_destroy: bool = False


class Fleet(Component):
    """Servers that come up by themselves, report that they are ready, and are replaced without being missed."""

    def __init__(self, name: str, args: FleetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fleet", name, args.tags, opts)
        self._args = args
        releases_args = ReleasesArgs(args.application, args.tags, args.force_destroy)
        self._releases = Releases(self.named("releases"), releases_args, opts=self.child())
        self._log = aws.cloudwatch.LogGroup(
            self.named("log"),
            name=f"/floodgate/{args.stack}/service",
            retention_in_days=args.settings.log_retention_days,
            tags=self.tags("log"),
            opts=self.child(),
        )
        role = self._make_role()
        self._permissions = self._grant(role)
        self._template = self._make_template(role)
        self.group = self._make_group()
        self._keep_hook()
        self.group_name = self.group.name
        self.artifact_bucket = self._releases.bucket_name
        self.register_outputs({"group_name": self.group_name, "artifact_bucket": self.artifact_bucket})

    def _make_role(self) -> aws.iam.Role:
        return aws.iam.Role(
            self.named("role"),
            assume_role_policy=trust("ec2.amazonaws.com"),
            tags=self.tags("role"),
            opts=self.child(),
        )

    def _grant(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        policy = document(statements(self._reach()))
        return aws.iam.RolePolicy(self.named("permissions"), role=role.id, policy=policy, opts=self.child())

    def _reach(self) -> Reach:
        options = pulumi.InvokeOptions(parent=self)
        account = aws.get_caller_identity_output(opts=options).account_id
        region = aws.get_region_output(opts=options).region
        partition = aws.get_partition_output(opts=options).partition
        stores = self._args.stores
        return Reach(
            artifact_bucket_arn=self._releases.bucket_arn,
            artifact_prefix=self._releases.prefix,
            parameter_arn=self._args.parameter.arn,
            secret_arns=[stores.database_secret_arn, stores.cache_secret_arn, self._args.service_secret_arn],
            secret_key_arn=stores.database_key_arn,
            connect_arn=stores.database_connect_arn,
            log_group_arn=self._log.arn,
            group_arn_pattern=pulumi.Output.format(
                "arn:{0}:autoscaling:{1}:{2}:autoScalingGroup:*:autoScalingGroupName/{3}-*",
                partition,
                region,
                account,
                self.named("group"),
            ),
            stack=self._args.stack,
        )

    def _user_data(self) -> pulumi.Output[str]:
        args, stores = self._args, self._args.stores
        values = pulumi.Output.all(
            aws_region=aws.get_region_output(opts=pulumi.InvokeOptions(parent=self)).region,
            stack=args.stack,
            artifact_bucket=self._releases.bucket_name,
            artifact_key=args.application.key,
            artifact_sha256=args.application.sha256,
            service_parameter=args.parameter.name,
            service_secret=args.service_secret_arn,
            trusted_hops=args.trusted_hops,
            log_group=self._log.name,
            lifecycle_hook=LAUNCH_HOOK,
            port=args.application.port,
            health_path=args.health_path,
            database_host=stores.database_host,
            database_port=stores.database_port,
            database_reader_host=stores.database_reader_host,
            database_secret=stores.database_secret_arn,
            cache_host=stores.cache_host,
            cache_secret=stores.cache_secret_arn,
        )
        return values.apply(lambda known: encode(render(Boot(**known))))

    def _make_template(self, role: aws.iam.Role) -> aws.ec2.LaunchTemplate:
        profile = aws.iam.InstanceProfile(
            self.named("profile"), role=role.name, tags=self.tags("profile"), opts=self.child()
        )
        launch = Launch(
            settings=self._args.settings,
            profile_arn=profile.arn,
            security_group_id=self._args.security_group_id,
            user_data=self._user_data(),
            tags=self.tags("server"),
        )
        # an image that came out this week must not replace servers that people are using
        newest = self._args.under_way and not self._args.settings.image_id
        options = self.child(ignore_changes=["imageId"] if newest else None)
        return launch_template(self.named("template"), launch, options)

    def _make_group(self) -> aws.autoscaling.Group:
        settings = self._args.settings
        replacement = settings.replacement
        return aws.autoscaling.Group(
            self.named("group"),
            min_size=self._args.min_size,
            max_size=settings.max_size,
            desired_capacity=self._args.min_size,
            vpc_zone_identifiers=self._args.subnet_ids,
            # a numbered version: only that can be rolled back to
            launch_template={"id": self._template.id, "version": self._template.latest_version.apply(_number)},
            target_group_arns=[self._args.target_group_arn],
            health_check_type="ELB",
            health_check_grace_period=settings.health_check_grace_s,
            default_instance_warmup=settings.default_instance_warmup_s,
            initial_lifecycle_hooks=[aws.autoscaling.GroupInitialLifecycleHookArgs(name=LAUNCH_HOOK, **self._hook())],
            instance_maintenance_policy={
                "min_healthy_percentage": replacement.min_healthy_percent,
                "max_healthy_percentage": replacement.max_healthy_percent,
            },
            instance_refresh={
                "strategy": "Rolling",
                "preferences": {
                    # the provider gives the group its new version before it starts the refresh, so a failed one ends
                    # with the old servers in service and new ones of the new version; deploy the release before again:
                    # https://github.com/hashicorp/terraform-provider-aws/issues/34189
                    "auto_rollback": True,
                    # a deployment that changes nothing about the servers replaces none
                    "skip_matching": True,
                    "min_healthy_percentage": replacement.min_healthy_percent,
                    "max_healthy_percentage": replacement.max_healthy_percent,
                    "instance_warmup": str(settings.default_instance_warmup_s),
                },
            },
            warm_pool=self._warm_pool(),
            # all of them: the group publishes none of itself unless they are named
            enabled_metrics=list(aws.autoscaling.Metric),
            metrics_granularity="1Minute",
            tags=self._group_tags(),
            # an update would wait for exactly as many servers as at the last deployment, and fail while scaling has
            # changed them: https://www.pulumi.com/registry/packages/aws/api-docs/autoscaling/group/
            wait_for_capacity_timeout="0",
            # scaling owns it after the first deployment: docs/decisions/0001-desired-capacity.md
            opts=self.child(
                ignore_changes=["desiredCapacity"],
                # the first server boots at once, and needs its release and its rights then
                depends_on=[self._permissions, *self._releases.uploaded, *self._args.after],
            ),
        )

    def _hook(self) -> dict[str, Any]:
        return {
            "lifecycle_transition": "autoscaling:EC2_INSTANCE_LAUNCHING",
            "heartbeat_timeout": self._args.settings.launch_timeout_s,
            "default_result": "ABANDON",
        }

    def _keep_hook(self) -> None:
        # the group's own hook is there before its first server, and never changes afterwards; this one is the same
        # hook, and changes with the settings
        aws.autoscaling.LifecycleHook(
            self.named("hook"),
            name=LAUNCH_HOOK,
            autoscaling_group_name=self.group.name,
            opts=self.child(),
            **self._hook(),
        )

    def _warm_pool(self) -> aws.autoscaling.GroupWarmPoolArgs | None:
        pool = self._args.settings.warm_pool
        if pool is None:
            return None
        bounds = constant_pool(pool.size)
        return aws.autoscaling.GroupWarmPoolArgs(
            pool_state=pool.state,
            min_size=bounds.min_size,
            max_group_prepared_capacity=bounds.max_prepared,
            instance_reuse_policy=aws.autoscaling.GroupWarmPoolInstanceReusePolicyArgs(
                reuse_on_scale_in=pool.reuse_on_scale_in
            ),
        )

    def _group_tags(self) -> list[aws.autoscaling.GroupTagArgs]:
        # instances have their tags from the launch template; the service's name is the group's alone
        own = {**self.tags("group"), "floodgate:stack": self._args.stack}
        found = [aws.autoscaling.GroupTagArgs(key=k, value=v, propagate_at_launch=False) for k, v in own.items()]
        name = self._args.parameter.name
        return [*found, aws.autoscaling.GroupTagArgs(key="floodgate:service", value=name, propagate_at_launch=False)]


def _number(version: float) -> str:
    return str(int(version))
