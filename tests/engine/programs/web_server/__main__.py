"""Two web servers behind a load balancer, in the default network."""

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.get_vpc(default=True)
subnets = aws.ec2.get_subnets(filters=[{"name": "vpc-id", "values": [vpc.id]}])
image = aws.ec2.get_ami(
    most_recent=True, owners=["amazon"], filters=[{"name": "name", "values": ["al2023-ami-2023.*-x86_64"]}]
)

open_to_all = aws.ec2.SecurityGroup(
    "web",
    vpc_id=vpc.id,
    description="HTTP from anywhere",
    ingress=[{"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": ["0.0.0.0/0"]}],
    egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
)
balancer = aws.lb.LoadBalancer(
    "web", load_balancer_type="application", security_groups=[open_to_all.id], subnets=subnets.ids
)
targets = aws.lb.TargetGroup("web", port=80, protocol="HTTP", vpc_id=vpc.id, health_check={"path": "/"})
aws.lb.Listener(
    "web",
    load_balancer_arn=balancer.arn,
    port=80,
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
)
for number in range(2):
    server = aws.ec2.Instance(
        f"web-{number}",
        ami=image.id,
        instance_type="t3.micro",
        subnet_id=subnets.ids[number],
        vpc_security_group_ids=[open_to_all.id],
        user_data="#!/bin/sh\ndnf install -y nginx && systemctl enable --now nginx\n",
        tags={"Name": f"web-{number}"},
    )
    aws.lb.TargetGroupAttachment(f"web-{number}", target_group_arn=targets.arn, target_id=server.id, port=80)

pulumi.export("url", pulumi.Output.concat("http://", balancer.dns_name))
