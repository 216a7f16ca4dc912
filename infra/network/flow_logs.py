"""A record of the VPC's traffic in CloudWatch Logs."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.policy_documents import document, trust


@dataclass(frozen=True)
class FlowLogsArgs:
    """The VPC, which of its traffic is recorded (`ALL`, `ACCEPT`, `REJECT`) and for how many days."""

    vpc_id: pulumi.Input[str]
    traffic: str
    retention_days: int
    tags: Tags


class FlowLogs(Component):
    """The log group, the role that writes to it alone, and the flow log."""

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("network", name, args.tags, opts)
        group = aws.cloudwatch.LogGroup(
            name, retention_in_days=args.retention_days, tags=self.tags(), opts=self.child()
        )
        aws.ec2.FlowLog(
            name,
            vpc_id=args.vpc_id,
            traffic_type=args.traffic,
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=self._role(group).arn,
            max_aggregation_interval=60,
            tags=self.tags(),
            opts=self.child(),
        )
        self.log_group_name = group.name
        self.register_outputs({"log_group_name": group.name})

    def _role(self, group: aws.cloudwatch.LogGroup) -> aws.iam.Role:
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id
        role = aws.iam.Role(
            self.named("role"),
            assume_role_policy=trust("vpc-flow-logs.amazonaws.com", account),
            tags=self.tags("role"),
            opts=self.child(),
        )
        # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
        actions = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]
        aws.iam.RolePolicy(
            self.named("write"),
            role=role.id,
            policy=document(
                [{"Effect": "Allow", "Action": actions, "Resource": [group.arn, pulumi.Output.concat(group.arn, ":*")]}]
            ),
            opts=self.child(),
        )
        return role
