"""A group that is large in office hours and small at night, in a network of its own."""

import pulumi
import pulumi_aws as aws

zones = aws.get_availability_zones(state="available")
vpc = aws.ec2.Vpc("office", cidr_block="10.0.0.0/16", tags={"Name": "office"})
subnets = [
    aws.ec2.Subnet(
        f"office-{place}", vpc_id=vpc.id, cidr_block=f"10.0.{place}.0/24", availability_zone=zones.names[place]
    )
    for place in range(2)
]
image = aws.ssm.get_parameter(name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")
role = aws.iam.Role(
    "office",
    assume_role_policy=aws.iam.get_policy_document(
        statements=[
            {
                "actions": ["sts:AssumeRole"],
                "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
            }
        ]
    ).json,
)
profile = aws.iam.InstanceProfile("office", role=role.name)
template = aws.ec2.LaunchTemplate(
    "office", image_id=image.value, instance_type="t3.small", iam_instance_profile={"arn": profile.arn}
)
group = aws.autoscaling.Group(
    "office",
    min_size=1,
    max_size=10,
    vpc_zone_identifiers=[subnet.id for subnet in subnets],
    launch_template={"id": template.id, "version": "$Latest"},
    tags=[{"key": "Name", "value": "office", "propagate_at_launch": True}],
    opts=pulumi.ResourceOptions(ignore_changes=["desiredCapacity"]),
)
for name, recurrence, size in (("morning", "0 8 * * MON-FRI", 6), ("evening", "0 19 * * MON-FRI", 1)):
    aws.autoscaling.Schedule(
        name,
        scheduled_action_name=name,
        autoscaling_group_name=group.name,
        recurrence=recurrence,
        time_zone="Asia/Seoul",
        min_size=size,
        max_size=10,
        desired_capacity=size,
    )
aws.autoscaling.Policy(
    "cpu",
    autoscaling_group_name=group.name,
    policy_type="TargetTrackingScaling",
    target_tracking_configuration={
        "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
        "target_value": 50,
    },
)

pulumi.export("group", group.name)
