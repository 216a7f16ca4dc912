"""vCPUs, addresses and connections, against tables that are not the pack's own.

moto carries what EC2 answered for its instance types, and AWS's pages give the connections. The quota that an account
really has is for its owner to say.
"""

import gzip
import json
from pathlib import Path

import moto.ec2
import pytest

from policy.database_limits import max_connections, serverless_connections
from policy.fleets import Group, groups, is_standard, vcpus_of
from policy.registry import RULES
from policy.rule import example
from policy.rules.capacity import limit_of

TYPES = json.loads(
    gzip.decompress(Path(moto.ec2.__file__).with_name("resources").joinpath("instance_types.json.gz").read_bytes())
)
RULE = {rule.id: rule for rule in RULES}


def test_a_types_vcpus_are_those_that_ec2_says_or_are_not_known():
    said = {name: said["VCpuInfo"]["DefaultVCpus"] for name, said in TYPES.items()}

    assert {name: vcpus_of(name) for name in said if vcpus_of(name) not in {said[name], None}} == {}


def test_the_vcpus_of_nearly_all_types_of_today_are_known():
    current = [name for name, said in TYPES.items() if said["CurrentGeneration"] and not said["BareMetal"]]
    unknown = [name for name in current if vcpus_of(name) is None]

    assert len(unknown) < 0.02 * len(current), f"too many are not known: {unknown}"


@pytest.mark.parametrize("name", ["c7g.metal", "nonsense", "c7g", "hpc7a.96xlarge", "m1.small"])
def test_a_name_that_does_not_tell_gives_none(name):
    assert vcpus_of(name) is None


@pytest.mark.parametrize(
    ("name", "standard"), [("c7g.xlarge", True), ("t4g.small", True), ("im4gn.large", True), ("g5.xlarge", False)]
)
def test_only_standard_families_count_against_the_quota(name, standard):
    assert is_standard(name) == standard


def group(stack_of, types=("c7g.xlarge",), **properties):
    template = ("ec2/launchTemplate", "template", {"instanceType": types[0]} if types else {})
    servers = {"minSize": 2, "maxSize": 90, "launchTemplate": {"id": "@template"}, **properties}
    return example(template, ("autoscaling/group", "servers", servers))


@pytest.mark.parametrize(
    ("properties", "at_worst"),
    [
        ({"maxSize": 90}, 99),
        ({"maxSize": 4}, 5),
        ({"maxSize": 90, "instanceMaintenancePolicy": {"maxHealthyPercentage": 150}}, 135),
        ({"maxSize": 90, "instanceMaintenancePolicy": {"maxHealthyPercentage": -1}}, 99),
        ({"maxSize": 90, "instanceRefresh": {"preferences": {"maxHealthyPercentage": 200}}}, 180),
    ],
    ids=str,
)
def test_the_worst_moment_is_a_replacement_or_a_rebalancing(stack_of, properties, at_worst):
    stack = stack_of(group(stack_of, **properties))

    assert Group(stack, stack.of("autoscaling/group")[0]).servers_at_worst == at_worst


@pytest.mark.parametrize(
    ("pool", "size", "running"),
    [
        (None, 0, 0),
        ({"minSize": 20, "maxGroupPreparedCapacity": 20, "poolState": "Stopped"}, 20, 0),
        ({"minSize": 20, "maxGroupPreparedCapacity": 20, "poolState": "Running"}, 20, 20),
        ({"minSize": 0, "maxGroupPreparedCapacity": 120, "poolState": "Running"}, 30, 30),
    ],
    ids=str,
)
def test_a_warm_pool_stands_beside_the_largest_group(stack_of, pool, size, running):
    stack = stack_of(group(stack_of, **({"warmPool": pool} if pool else {})))
    (found,) = groups(stack)

    assert (found.pool, found.running_pool) == (size, running)


def judged(stack_of, configuration, id_, example_):
    return [finding.message for finding in RULE[id_].of_stack(stack_of(example_), configuration(example_))]


def quota(stack_of, vcpus, **properties):
    found = group(stack_of, **properties)
    return type(found)(found.resources, {"account": {"vcpuQuota": vcpus}})


def test_the_largest_fleet_may_use_the_whole_quota_and_no_more(stack_of, configuration):
    # 99 servers at worst with 4 vCPUs each
    assert judged(stack_of, configuration, "fleet-within-quota", quota(stack_of, 396)) == []
    (message,) = judged(stack_of, configuration, "fleet-within-quota", quota(stack_of, 395))
    assert message == "needs 396 vCPUs at worst (99 of c7g.xlarge), but the account may run 395"


def test_the_largest_of_several_types_counts(stack_of, configuration):
    overrides = [{"instanceType": "c7g.large"}, {"instanceType": "c7g.2xlarge"}]
    mixed = {"launchTemplate": None, "mixedInstancesPolicy": {"launchTemplate": {"overrides": overrides}}}

    (message,) = judged(stack_of, configuration, "fleet-within-quota", quota(stack_of, 100, maxSize=20, **mixed))
    assert "176 vCPUs" in message


@pytest.mark.parametrize("types", [("c7g.metal",), ("g5.xlarge",), ("nonsense",)])
def test_a_type_that_cannot_be_judged_is_told_and_not_refused(stack_of, configuration, types):
    asked = quota(stack_of, 5, types=types)

    assert judged(stack_of, configuration, "fleet-within-quota", asked) == []
    assert judged(stack_of, configuration, "quota-can-be-judged", asked)


@pytest.mark.parametrize(("stated", "refused"), [(2, False), (64, True)])
def test_vcpus_that_are_configured_go_before_the_types_name(stack_of, configuration, stated, refused):
    asked = group(stack_of, types=("c7g.metal",), maxSize=10)
    asked = type(asked)(asked.resources, {"account": {"vcpuQuota": 100}, "fleet": {"vcpus": stated}})

    assert bool(judged(stack_of, configuration, "fleet-within-quota", asked)) == refused
    assert judged(stack_of, configuration, "quota-can-be-judged", asked) == []


def subnets(*zones, range_="10.0.{}.0/26"):
    return [
        ("ec2/subnet", f"s{place}", {"cidrBlock": range_.format(place), "availabilityZone": zone})
        for place, zone in enumerate(zones)
    ]


@pytest.mark.parametrize(
    ("zones", "max_size", "pool", "refused"),
    [
        # 59 addresses in each
        (("a",), 53, 0, False),
        (("a",), 54, 0, True),
        (("a", "b"), 53, 0, False),
        (("a", "b"), 54, 0, True),
        (("a", "b", "c"), 107, 0, False),
        (("a", "b", "c"), 108, 0, True),
        (("a", "b", "c"), 90, 19, False),
        (("a", "b", "c"), 90, 20, True),
    ],
)
def test_the_zones_that_are_left_hold_the_largest_fleet(stack_of, configuration, zones, max_size, pool, refused):
    warm = {"warmPool": {"minSize": pool, "maxGroupPreparedCapacity": pool, "poolState": "Stopped"}} if pool else {}
    asked = group(stack_of, maxSize=max_size, vpcZoneIdentifiers=[f"@s{i}" for i in range(len(zones))], **warm)
    asked = type(asked)((*asked.resources, *subnets(*zones)))

    assert bool(judged(stack_of, configuration, "fleet-within-addresses", asked)) == refused


def test_subnets_of_another_stack_are_not_judged(stack_of, configuration):
    asked = group(stack_of, maxSize=1000, vpcZoneIdentifiers=["@s0", "subnet-0123456789abcdef0"])
    asked = type(asked)((*asked.resources, *subnets("a")))

    assert judged(stack_of, configuration, "fleet-within-addresses", asked) == []


@pytest.mark.parametrize(
    ("engine", "instance_class", "limit"),
    [
        # AWS's example: about 1,300 for MySQL with 16 GiB
        ("mysql", "db.m8g.xlarge", 1300),
        ("postgres", "db.t4g.micro", 107),
        ("aurora-postgresql", "db.r8g.4xlarge", 5000),
        ("mariadb", "db.r6g.16xlarge", 12000),
        ("aurora-mysql", "db.r6g.large", 1000),
        ("aurora-mysql", "db.t4g.large", 135),
        ("aurora-mysql", "db.r6g.24xlarge", 7000),
        ("postgres", "db.unknown.large", None),
        ("oracle-se2", "db.m5.large", None),
    ],
)
def test_a_classs_connections_are_those_of_awss_page(engine, instance_class, limit):
    assert max_connections(engine, instance_class) == limit


@pytest.mark.parametrize(
    ("engine", "most", "least", "limit"),
    [
        ("aurora-postgresql", 8, 1, 1669),
        ("aurora-postgresql", 16, 0.5, 2000),
        ("aurora-postgresql", 64, 2, 5000),
        ("aurora-mysql", 16, 1, 2000),
        ("aurora-postgresql", 10, 1, 1669),
        ("aurora-postgresql", 0.5, 0.5, None),
    ],
)
def test_serverless_connections_follow_the_capacity(engine, most, least, limit):
    assert serverless_connections(engine, most, least) == limit


def cluster(*classes, **more):
    given = {"clusterIdentifier": "bookings", "engine": "aurora-postgresql", **more}
    members = [
        ("rds/clusterInstance", f"i{place}", {"clusterIdentifier": "@db", "instanceClass": name})
        for place, name in enumerate(classes)
    ]
    return (("rds/cluster", "db", given), *members)


@pytest.mark.parametrize(
    ("resources", "limit"),
    [
        (cluster("db.r8g.4xlarge", "db.r8g.large"), 1716),
        (cluster("db.serverless", serverlessv2ScalingConfiguration={"minCapacity": 1, "maxCapacity": 8}), 1669),
        (cluster("db.serverless"), None),
        (
            (
                *cluster("db.r8g.4xlarge", dbClusterParameterGroupName="@parameters"),
                (
                    "rds/clusterParameterGroup",
                    "parameters",
                    {"name": "mine", "parameters": [{"name": "max_connections", "value": "321"}]},
                ),
            ),
            321,
        ),
    ],
    ids=["the smallest member", "serverless", "serverless without its capacity", "as the parameter group says"],
)
def test_the_limit_of_a_cluster(stack_of, resources, limit):
    stack = stack_of(example(*resources))

    assert limit_of(stack, stack.of("rds/cluster")[0]) == limit


@pytest.mark.parametrize(
    ("each", "proxy", "clients", "takes"),
    [
        # 1,716 less what AWS keeps; half of it by way of a proxy, each carrying four
        (19, None, 4, None),
        (20, None, 4, 1696),
        (38, 50, 4, None),
        (39, 50, 4, 3432),
        (39, 50, 8, None),
    ],
)
def test_a_proxy_carries_several_connections_over_one(stack_of, configuration, each, proxy, clients, takes):
    asked = group(stack_of, maxSize=89)
    pool = {"connectionPoolConfig": {"maxConnectionsPercent": proxy}}
    between = () if proxy is None else (("rds/proxy", "proxy", {}), ("rds/proxyDefaultTargetGroup", "pool", pool))
    told = ("ssm/parameter", "service", {"value": json.dumps({"connections_per_server": each})})
    asked = type(asked)(
        (*asked.resources, *cluster("db.r8g.large"), told, *between),
        {"database": {"proxy": {"clientsPerConnection": clients}}},
    )

    found = judged(stack_of, configuration, "connections-within-limit", asked)
    assert found == (
        []
        if takes is None
        else [f"takes {takes} connections from the servers, but 89 servers with {each} each hold {89 * each}"]
    )
