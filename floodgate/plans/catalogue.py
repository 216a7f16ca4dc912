"""Which AWS calls a saved plan may hold, and in which file each stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Call:
    """One read-only call.

    Args:
        service: boto3's name of the service.
        operation: boto3's name of the call.
        items: where the answer's items stand, dots lead deeper; empty for an answer that is one thing.
        keys: parameter to the key of the items that it chooses by; items without that key are always meant.
        about: the parameter whose resource the answer does not name; such answers stand in a file for each.
    """

    service: str
    operation: str
    items: str = ""
    keys: Mapping[str, str] = field(default_factory=dict, hash=False)
    about: str = ""

    @property
    def api(self) -> str:
        """The call's name in AWS's API, without the capitals: ``describe-policies``."""
        return self.operation.replace("_", "-")

    @property
    def file(self) -> str:
        """The file in which its answer stands."""
        return f"{self.api}.json"

    @property
    def command(self) -> str:
        """The AWS CLI's command that prints it."""
        return f"aws {self.service} {self.api}"


_GROUP = {"AutoScalingGroupName": "AutoScalingGroupName"}

CALLS: tuple[Call, ...] = (
    Call(
        "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups",
        {"AutoScalingGroupNames": "AutoScalingGroupName"},
    ),
    Call("autoscaling", "describe_policies", "ScalingPolicies", _GROUP),
    Call("autoscaling", "describe_scheduled_actions", "ScheduledUpdateGroupActions", _GROUP),
    Call("cloudwatch", "describe_alarms", "MetricAlarms", {"AlarmNames": "AlarmName"}),
    Call("autoscaling", "describe_warm_pool", about="AutoScalingGroupName"),
    Call("autoscaling", "describe_lifecycle_hooks", "LifecycleHooks", _GROUP),
    Call(
        "autoscaling", "describe_launch_configurations", "LaunchConfigurations",
        {"LaunchConfigurationNames": "LaunchConfigurationName"},
    ),
    Call(
        "ec2", "describe_launch_template_versions", "LaunchTemplateVersions",
        {"LaunchTemplateId": "LaunchTemplateId", "LaunchTemplateName": "LaunchTemplateName"},
    ),
    Call("ec2", "describe_instance_types", "InstanceTypes", {"InstanceTypes": "InstanceType"}),
    Call("ec2", "describe_subnets", "Subnets", {"SubnetIds": "SubnetId"}),
    Call("ssm", "get_parameter", about="Name"),
    Call("elbv2", "describe_load_balancers", "LoadBalancers", {"LoadBalancerArns": "LoadBalancerArn"}),
    Call("elbv2", "describe_load_balancer_attributes", "Attributes", about="LoadBalancerArn"),
    Call("elbv2", "describe_capacity_reservation", about="LoadBalancerArn"),
    Call("elbv2", "describe_listeners", "Listeners", {"LoadBalancerArn": "LoadBalancerArn"}),
    Call("elbv2", "describe_target_groups", "TargetGroups", {"TargetGroupArns": "TargetGroupArn"}),
    Call("elbv2", "describe_target_group_attributes", "Attributes", about="TargetGroupArn"),
    Call("cloudfront", "list_distributions", "DistributionList.Items"),
    Call("cloudfront", "list_tags_for_resource", "Tags.Items", about="Resource"),
    Call("cloudfront", "get_cache_policy", about="Id"),
    Call("route53", "list_hosted_zones", "HostedZones"),
    Call("route53", "list_resource_record_sets", "ResourceRecordSets", about="HostedZoneId"),
    Call("rds", "describe_db_clusters", "DBClusters"),
    Call("rds", "describe_db_instances", "DBInstances"),
    Call("rds", "describe_db_subnet_groups", "DBSubnetGroups"),
    Call("rds", "describe_db_cluster_parameters", "Parameters", about="DBClusterParameterGroupName"),
    Call("rds", "describe_db_parameters", "Parameters", about="DBParameterGroupName"),
    Call("rds", "describe_db_proxies", "DBProxies"),
    Call("rds", "describe_db_proxy_targets", "Targets", about="DBProxyName"),
    Call("rds", "describe_db_proxy_target_groups", "TargetGroups", {"DBProxyName": "DBProxyName"}),
    Call("elasticache", "describe_replication_groups", "ReplicationGroups"),
    Call("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups"),
    Call("elasticache", "describe_cache_clusters", "CacheClusters"),
)  # fmt: skip
"""Every call whose answer a saved plan may hold; only the first must be there."""

BY_NAME: Mapping[tuple[str, str], Call] = {(call.service, call.operation): call for call in CALLS}

_ARN_NAME = re.compile(r"(?:loadbalancer/(?:app|net|gwy)|targetgroup)/([^/]+)/[^/]+$")
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")


def file_about(call: Call, resource: str) -> str:
    """The file of an answer about one of several resources, e.g. ``describe-warm-pool.blue.json``.

    Of ARNs of balancers and target groups the name is taken, of anything else all that a file name may hold.
    """
    named = _ARN_NAME.search(resource)
    return f"{call.api}.{_UNFIT.sub('-', named[1] if named else resource).strip('-') or 'unnamed'}.json"
