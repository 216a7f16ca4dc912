"""Everything an account holds, asked through boto3: two deployments are the same AWS when their inventories are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import boto3
from botocore.exceptions import ClientError

# service, the calls whose lists are the inventory; paginators are used where there are some
LISTS: Mapping[str, tuple[str, ...]] = {
    "acm": ("list_certificates",),
    "autoscaling": (
        *("describe_auto_scaling_groups", "describe_policies", "describe_scheduled_actions"),
        "describe_notification_configurations",
    ),
    "cloudwatch": ("describe_alarms", "list_dashboards"),
    "ec2": (
        *("describe_vpcs", "describe_subnets", "describe_route_tables", "describe_internet_gateways"),
        *("describe_nat_gateways", "describe_addresses", "describe_vpc_endpoints", "describe_security_groups"),
        *("describe_security_group_rules", "describe_network_acls", "describe_flow_logs", "describe_volumes"),
        *("describe_launch_templates", "describe_instances", "describe_managed_prefix_lists", "describe_key_pairs"),
    ),
    "elasticache": (
        *("describe_replication_groups", "describe_cache_subnet_groups", "describe_users", "describe_user_groups"),
        "describe_cache_parameter_groups",
    ),
    "elbv2": ("describe_load_balancers", "describe_target_groups"),
    "logs": ("describe_log_groups", "describe_delivery_sources", "describe_deliveries"),
    "rds": (
        *("describe_db_clusters", "describe_db_instances", "describe_db_proxies", "describe_db_subnet_groups"),
        *("describe_db_cluster_parameter_groups", "describe_db_parameter_groups"),
    ),
    "secretsmanager": ("list_secrets",),
    "sns": ("list_topics", "list_subscriptions"),
    "sqs": ("list_queues",),
}
GLOBAL: Mapping[str, tuple[str, ...]] = {
    "cloudfront": (
        *("list_distributions", "list_functions", "list_origin_access_controls"),
        *("list_cache_policies", "list_origin_request_policies", "list_response_headers_policies"),
    ),
    "iam": ("list_roles", "list_instance_profiles"),
    "route53": ("list_hosted_zones",),
}


def inventory(session: boto3.Session, *regions: str) -> dict[str, list[Any]]:
    """What is there, by ``region service.call``, in an order of its own; nothing empty is named."""
    found: dict[str, list[Any]] = {}
    for region in regions:
        for service, calls in LISTS.items():
            for call in calls:
                found[f"{region} {service}.{call}"] = _listed(session, service, call, region)
        for name, extra in _EXTRAS.items():
            found[f"{region} {name}"] = list(extra(session, region))
    for service, calls in GLOBAL.items():
        for call in calls:
            found[f"{service}.{call}"] = _listed(session, service, call, "us-east-1")
    found["iam.policies"] = _items(session.client("iam", region_name="us-east-1").list_policies(Scope="Local"))
    found["iam.role_policies"] = list(_role_policies(session))
    found["route53.records"] = list(_records(session))
    found["s3.buckets"] = list(_buckets(session))
    return {name: _ordered(items) for name, items in found.items() if items}


def _listed(session: boto3.Session, service: str, call: str, region: str) -> list[Any]:
    client = session.client(service, region_name=region)
    try:
        pages = list(client.get_paginator(call).paginate()) if client.can_paginate(call) else [getattr(client, call)()]
    except NotImplementedError:
        return []
    return [item for page in pages for item in _items(page) if not _on_its_way_out(item)]


def _items(page: Mapping[str, Any]) -> list[Any]:
    """The list in an answer, also where CloudFront wraps it."""
    for name, value in page.items():
        if name == "ResponseMetadata":
            continue
        if isinstance(value, list):
            return value
        if isinstance(value, Mapping) and isinstance(value.get("Items"), list):
            return value["Items"]
    return []


def _on_its_way_out(item: Any) -> bool:
    """Things that AWS still lists for a while after their deletion, and that are its own."""
    if not isinstance(item, Mapping):
        return False
    state = item.get("State")
    name = state.get("Name") if isinstance(state, Mapping) else state
    instances = item.get("Instances") or []
    return (
        name in ("deleted", "terminated")
        or "DeletedDate" in item
        or bool(instances and all(_on_its_way_out(each) for each in instances) and "ReservationId" in item)
    )


def _policies_of_warm_pools(session: boto3.Session, region: str) -> Iterator[Any]:
    client = session.client("autoscaling", region_name=region)
    for group in client.describe_auto_scaling_groups()["AutoScalingGroups"]:
        name = group["AutoScalingGroupName"]
        yield name, client.describe_lifecycle_hooks(AutoScalingGroupName=name)["LifecycleHooks"]
        yield name, client.describe_warm_pool(AutoScalingGroupName=name).get("WarmPoolConfiguration")


def _balancers(session: boto3.Session, region: str) -> Iterator[Any]:
    client = session.client("elbv2", region_name=region)
    for balancer in client.describe_load_balancers()["LoadBalancers"]:
        arn = balancer["LoadBalancerArn"]
        yield arn, client.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        for listener in client.describe_listeners(LoadBalancerArn=arn)["Listeners"]:
            yield listener, client.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    for group in client.describe_target_groups()["TargetGroups"]:
        arn = group["TargetGroupArn"]
        yield arn, client.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]


def _templates(session: boto3.Session, region: str) -> Iterator[Any]:
    client = session.client("ec2", region_name=region)
    for template in client.describe_launch_templates()["LaunchTemplates"]:
        yield client.describe_launch_template_versions(LaunchTemplateId=template["LaunchTemplateId"])[
            "LaunchTemplateVersions"
        ]


def _scaled(session: boto3.Session, region: str) -> Iterator[Any]:
    client = session.client("application-autoscaling", region_name=region)
    for namespace in ("rds", "ecs", "dynamodb"):
        yield from client.describe_scalable_targets(ServiceNamespace=namespace)["ScalableTargets"]
        yield from client.describe_scaling_policies(ServiceNamespace=namespace)["ScalingPolicies"]
        yield from client.describe_scheduled_actions(ServiceNamespace=namespace)["ScheduledActions"]


def _firewalls(session: boto3.Session, region: str) -> Iterator[Any]:
    client = session.client("wafv2", region_name=region)
    for scope in ("REGIONAL", *(["CLOUDFRONT"] if region == "us-east-1" else [])):
        yield from client.list_web_acls(Scope=scope)["WebACLs"]
        yield from client.list_ip_sets(Scope=scope)["IPSets"]


def _keys(session: boto3.Session, region: str) -> Iterator[Any]:
    client = session.client("kms", region_name=region)
    # AWS makes keys of its own when a service first needs one
    own = {a.get("TargetKeyId") for a in client.list_aliases()["Aliases"] if a["AliasName"].startswith("alias/aws/")}
    for key in client.list_keys()["Keys"]:
        told = client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if told["KeyState"] != "PendingDeletion" and key["KeyId"] not in own:
            yield told
    for alias in client.list_aliases()["Aliases"]:
        if not alias["AliasName"].startswith("alias/aws/"):
            yield alias


def _parameters(session: boto3.Session, region: str) -> Iterator[Any]:
    client = session.client("ssm", region_name=region)
    for parameter in client.describe_parameters()["Parameters"]:
        if parameter["Name"].startswith("/aws/"):
            continue
        yield client.get_parameter(Name=parameter["Name"], WithDecryption=True)["Parameter"]


_EXTRAS: Mapping[str, Callable[[boto3.Session, str], Iterator[Any]]] = {
    "application-autoscaling": _scaled,
    "autoscaling hooks and pools": _policies_of_warm_pools,
    "elbv2 details": _balancers,
    "kms": _keys,
    "launch template versions": _templates,
    "ssm values": _parameters,
    "wafv2": _firewalls,
}


def _role_policies(session: boto3.Session) -> Iterator[Any]:
    client = session.client("iam", region_name="us-east-1")
    for role in client.list_roles()["Roles"]:
        name = role["RoleName"]
        yield name, client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
            yield name, client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]


def _records(session: boto3.Session) -> Iterator[Any]:
    client = session.client("route53", region_name="us-east-1")
    for zone in client.list_hosted_zones()["HostedZones"]:
        yield from client.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]


def _buckets(session: boto3.Session) -> Iterator[Any]:
    client = session.client("s3", region_name="us-east-1")
    for bucket in client.list_buckets()["Buckets"]:
        name = bucket["Name"]
        keys = [item["Key"] for item in client.list_objects_v2(Bucket=name).get("Contents", [])]
        yield name, keys, {call: _told(client, call, name) for call in _OF_BUCKETS}


_OF_BUCKETS = (
    *("get_bucket_encryption", "get_bucket_versioning", "get_bucket_policy", "get_public_access_block"),
    *("get_bucket_lifecycle_configuration", "get_bucket_logging", "get_bucket_tagging"),
)


def _told(client: Any, call: str, bucket: str) -> Any:
    try:
        answer = getattr(client, call)(Bucket=bucket)
    except ClientError as none:
        return none.response["Error"]["Code"]
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _ordered(items: list[Any]) -> list[Any]:
    return sorted((_plain(item) for item in items), key=repr)


def _when_it_was_made(key: str, value: Any) -> bool:
    """Moto reads the machine's clock for some of these; what is to happen when (schedules) is no such time."""
    return (
        isinstance(value, datetime) and re.match("Creat|LastMod|LastUpd|Modif|Updat|LastAcc|LastChang", key) is not None
    )


def _plain(value: Any) -> Any:
    """A value whose inner lists do not depend on the order in which things were made."""
    if isinstance(value, Mapping):
        if "DBClusterIdentifier" in value and "DBInstanceIdentifier" in value:
            # AWS spreads a cluster's members over the zones in the order in which they come
            value = {key: item for key, item in value.items() if key != "AvailabilityZone"}
        return {key: _plain(item) for key, item in sorted(value.items()) if not _when_it_was_made(key, item)}
    if isinstance(value, list | tuple):
        return sorted((_plain(item) for item in value), key=repr)
    return value
