"""The launch template: what every server of the fleet is, down to its disk and its first script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.fleet.instance_types import Architecture
from infra.fleet.settings import FleetSettings

# https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
_IMAGES = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"
ROOT_DEVICE = "/dev/xvda"


@dataclass(frozen=True)
class Launch:
    """What a launch template needs from its surroundings.

    Attributes:
        settings: The stack's choices.
        profile_arn: The instance profile.
        security_group_id: The servers' security group.
        user_data: The script in base64.
        tags: Tags of the instance and its volumes.
    """

    settings: FleetSettings
    profile_arn: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    user_data: pulumi.Input[str]
    tags: Mapping[str, str]


def image_parameter(architecture: Architecture) -> str:
    """The public parameter that holds the newest Amazon Linux 2023 image."""
    return _IMAGES.format(architecture=architecture)


def image_id(settings: FleetSettings, parent: pulumi.Resource) -> pulumi.Input[str]:
    """The configured image, else the newest one at this deployment."""
    if settings.image_id:
        return settings.image_id
    options = pulumi.InvokeOptions(parent=parent)
    # the other value is a secret to Pulumi, and a preview would not show which image comes
    return aws.ssm.get_parameter_output(name=image_parameter(settings.architecture), opts=options).insecure_value


def launch_template(name: str, launch: Launch, opts: pulumi.ResourceOptions) -> aws.ec2.LaunchTemplate:
    """A template whose newest version is its default; `opts.parent` is the fleet."""
    settings = launch.settings
    assert opts.parent is not None
    return aws.ec2.LaunchTemplate(
        name,
        image_id=image_id(settings, opts.parent),
        instance_type=settings.instance_type,
        iam_instance_profile={"arn": launch.profile_arn},
        vpc_security_group_ids=[launch.security_group_id],
        user_data=launch.user_data,
        update_default_version=True,
        ebs_optimized="true",
        # a script inside a container or a forwarding proxy must not reach the role's credentials
        metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
        # one reading a minute; with five-minute readings target tracking sees a crowd far too late
        monitoring={"enabled": True},
        block_device_mappings=[
            {
                "device_name": ROOT_DEVICE,
                "ebs": {
                    "volume_size": settings.root_volume_gib,
                    "volume_type": "gp3",
                    "encrypted": "true",
                    "delete_on_termination": "true",
                },
            }
        ],
        tag_specifications=[
            {"resource_type": kind, "tags": dict(launch.tags)} for kind in ("instance", "volume", "network-interface")
        ],
        tags=dict(launch.tags),
        opts=opts,
    )
