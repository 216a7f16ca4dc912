"""What a stack may grow to is there: vCPUs, addresses, connections to the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from typing import Any

from policy.configuration import Configuration
from policy.database_limits import KEPT_BY_AWS, max_connections, serverless_connections
from policy.fleets import Group, groups, is_standard
from policy.rule import Finding, example, stack_rule
from policy.rules.openings import told_to_servers
from policy.view import Resource, Stack

# the first four addresses of a subnet and its last: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
RESERVED_ADDRESSES = 5
_QUOTAS = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html"
_TEMPLATE = ("ec2/launchTemplate", "template", {"instanceType": "c7g.xlarge"})


def _fleet(max_size: int, **more: Any) -> tuple[str, str, dict[str, Any]]:
    return (
        "autoscaling/group",
        "servers",
        {"minSize": 2, "maxSize": max_size, "launchTemplate": {"id": "@template"}, **more},
    )


def _vcpus(group: Group, configuration: Configuration) -> int | None:
    return configuration.server_vcpus or group.vcpus


@stack_rule(
    id="fleet-within-quota",
    title="The largest fleet stays within the vCPUs that the account may run",
    severity="critical",
    why="At its quota EC2 refuses to start servers, on the evening on which they are needed. Counted are the largest "
    "group while it is replaced or rebalanced, and a running warm pool.",
    remedy="ask AWS to raise the quota and then floodgate:account.vcpuQuota, or lower maxSize",
    source=_QUOTAS,
    refused=example(_TEMPLATE, _fleet(90), account={"vcpuQuota": 256}),
    mended=example(_TEMPLATE, _fleet(50), account={"vcpuQuota": 256}),
)
def _fleet_within_quota(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    if configuration.vcpu_quota is None:
        return
    # another family has a quota of its own, which the configuration does not tell
    fleet = [group for group in groups(stack) if all(map(is_standard, group.instance_types))]
    needs = {
        group: (group.servers_at_worst + group.running_pool) * (_vcpus(group, configuration) or 0) for group in fleet
    }
    if sum(needs.values()) > configuration.vcpu_quota:
        for group, vcpus in needs.items():
            kinds = ", ".join(group.instance_types) or "its type"
            yield Finding(
                f"needs {vcpus} vCPUs at worst ({group.servers_at_worst + group.running_pool} of {kinds}), "
                f"but the account may run {configuration.vcpu_quota}",
                group.resource,
            )


@stack_rule(
    id="quota-can-be-judged",
    title="The vCPUs of the fleet and of the account are known",
    severity="medium",
    enforcement="advisory",
    why="Whether the account has room for the fleet cannot be judged from what nobody has said.",
    remedy="set floodgate:account.vcpuQuota to what AWS granted, and floodgate:fleet.vcpus where its type does not",
    source=_QUOTAS,
    refused=example(_TEMPLATE, _fleet(4)),
    mended=example(_TEMPLATE, _fleet(4), account={"vcpuQuota": 64}),
)
def _quota_can_be_judged(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    fleet = groups(stack)
    if fleet and configuration.vcpu_quota is None:
        yield Finding("floodgate:account.vcpuQuota is not set; a new account may run 5 vCPUs")
    for group in fleet:
        kinds = ", ".join(group.instance_types) or "no instance type that is known"
        if not group.types_known:
            continue
        if _vcpus(group, configuration) is None:
            yield Finding(f"launches {kinds}, whose vCPUs are not known here", group.resource)
        elif not all(map(is_standard, group.instance_types)):
            yield Finding(
                f"launches {kinds}, which has a quota of its own beside the standard families'", group.resource
            )


_SMALL = ("ec2/subnet", "a", {"cidrBlock": "10.0.0.0/27", "availabilityZone": "ap-northeast-2a"})
_OTHER = ("ec2/subnet", "b", {"cidrBlock": "10.0.1.0/27", "availabilityZone": "ap-northeast-2b"})
_LARGE = ("ec2/subnet", "a", {"cidrBlock": "10.0.0.0/24", "availabilityZone": "ap-northeast-2a"})
_LARGE_OTHER = ("ec2/subnet", "b", {"cidrBlock": "10.0.1.0/24", "availabilityZone": "ap-northeast-2b"})


@stack_rule(
    id="fleet-within-addresses",
    title="The largest fleet finds addresses in its subnets, also when a zone is lost",
    severity="high",
    why="A server without an address does not start. A warm pool's servers keep theirs while they are stopped, and the "
    "zones that are left take over the servers of one that fails.",
    remedy="widen the subnets (floodgate:network.vpcCidr), or lower maxSize",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    refused=example(_TEMPLATE, _SMALL, _OTHER, _fleet(90, vpcZoneIdentifiers=["@a", "@b"])),
    mended=example(_TEMPLATE, _LARGE, _LARGE_OTHER, _fleet(90, vpcZoneIdentifiers=["@a", "@b"])),
)
def _fleet_within_addresses(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    for group in groups(stack):
        # a subnet from elsewhere, or one whose range is not known yet, may hold them all
        zones = _addresses(stack.all_targets(group.resource, "vpcZoneIdentifiers", "ec2/subnet") or ())
        if not zones:
            continue
        left = sum(zones.values()) - (max(zones.values()) if len(zones) > 1 else 0)
        needed = group.servers_at_worst + group.pool
        if left < needed:
            yield Finding(
                f"needs {needed} addresses at worst, and with a zone lost its subnets have {left}", group.resource
            )


def _addresses(subnets: Sequence[Resource]) -> dict[str, int] | None:
    """Addresses that AWS leaves in each zone; None where a range or a zone is not known."""
    zones: dict[str, int] = {}
    for subnet in subnets:
        range_, zone = subnet.get("cidrBlock"), subnet.get("availabilityZone", subnet.name)
        if not isinstance(range_, str) or not isinstance(zone, str):
            return None
        zones[zone] = zones.get(zone, 0) + ip_network(range_, strict=False).num_addresses - RESERVED_ADDRESSES
    return zones


_DATABASE = ("rds/instance", "database", {"engine": "postgres", "instanceClass": "db.t4g.micro"})
_LARGER = ("rds/instance", "database", {"engine": "postgres", "instanceClass": "db.m8g.2xlarge"})
_SERVICE = ("ssm/parameter", "service", {"value": '{"connections_per_server": 20}'})


@stack_rule(
    id="connections-within-limit",
    title="The connections of the largest fleet are within what the database takes",
    severity="critical",
    why="Past its limit PostgreSQL refuses connections: the servers that were added to help are those that fail. The "
    "limit is AWS's formula on the class's memory, or what the parameter group says; a proxy carries several of the "
    "servers' connections over one (floodgate:database.proxy.clientsPerConnection).",
    remedy="choose a larger class, put a proxy before it, lower floodgate:service.connectionsPerServer or maxSize",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections",
    refused=example(_TEMPLATE, _fleet(40), _SERVICE, _DATABASE),
    mended=example(_TEMPLATE, _fleet(40), _SERVICE, _LARGER),
)
def _connections_within_limit(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    told = [told_to_servers(parameter).get("connections_per_server") for parameter in stack.of("ssm/parameter")]
    each = max((number for number in told if isinstance(number, int | float)), default=0)
    databases = [*stack.of("rds/cluster"), *stack.of("rds/instance")]
    # which of several the servers call is not told
    if not each or len(databases) != 1:
        return
    limit = limit_of(stack, databases[0])
    if limit is None:
        return
    most = _from_servers(stack, limit, configuration)
    servers = sum(group.max_size for group in groups(stack))
    if servers * each > most:
        yield Finding(
            f"takes {most} connections from the servers, but {servers} servers with {each} each hold {servers * each}",
            databases[0],
        )


def limit_of(stack: Stack, database: Resource) -> int | None:
    """The database's own limit; the smallest of its instances', because any of them may become the writer."""
    engine = str(database.get("engine", ""))
    if (stated := _stated(stack, database)) is not None:
        return stated
    members = stack.naming(database, "clusterIdentifier", "rds/clusterInstance")
    classes = [str(holder.get("instanceClass")) for holder in members or [database]]
    scaling = database.get("serverlessv2ScalingConfiguration")
    limits = [_of_class(engine, name, scaling) for name in classes]
    return min((limit for limit in limits if limit is not None), default=None)


def _of_class(engine: str, name: str, scaling: Any) -> int | None:
    if name != "db.serverless":
        return max_connections(engine, name)
    try:
        return serverless_connections(engine, float(scaling["maxCapacity"]), float(scaling["minCapacity"]))
    except (KeyError, TypeError):
        return None


def _stated(stack: Stack, database: Resource) -> int | None:
    found: list[Resource] = []
    for name, kind in (
        ("dbClusterParameterGroupName", "clusterParameterGroup"),
        ("parameterGroupName", "parameterGroup"),
    ):
        found += stack.targets(database, name, f"rds/{kind}")
    for parameter in (item for group in found for item in group.items("parameters")):
        if parameter.get("name") == "max_connections" and str(parameter.get("value")).isdigit():
            return int(str(parameter["value"]))
    return None


def _from_servers(stack: Stack, limit: int, configuration: Configuration) -> int:
    """Connections that the servers may hold: straight, or by way of a proxy."""
    if not stack.of("rds/proxy"):
        return max(0, limit - KEPT_BY_AWS)
    percents = [
        pool.get("connectionPoolConfig.maxConnectionsPercent", 100) for pool in stack.of("rds/proxyDefaultTargetGroup")
    ]
    percent = min((percent for percent in percents if isinstance(percent, int)), default=100)
    return int(limit * percent // 100 * configuration.clients_per_connection)


RULES = (_fleet_within_quota, _quota_can_be_judged, _fleet_within_addresses, _connections_within_limit)
