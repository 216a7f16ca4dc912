"""The lives of what databases stand in and behind: subnet and parameter groups, the proxy and its pool.

Which parameters an engine has, and which need a restart, is not known here; RDS itself says.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline.problems import Refused
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.stores import CLUSTER, INSTANCE, ROLE, changes, restore, settled, subnets

SUBNETS, PROXY = "aws:rds/subnetGroup:SubnetGroup", "aws:rds/proxy:Proxy"
POOL, TARGET = "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup", "aws:rds/proxyTarget:ProxyTarget"
PARAMETERS = {
    "aws:rds/parameterGroup:ParameterGroup": ("DBParameterGroupName", "db_parameter", "postgres17"),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": (
        "DBClusterParameterGroupName",
        "db_cluster_parameter",
        "aurora-postgresql17",
    ),
}
LOG = {"name": "log_statement", "value": "ddl"}
PRELOAD = {"name": "shared_preload_libraries", "value": "pg_stat_statements", "applyMethod": "pending-reboot"}
MANY = [{"name": f"setting_{number}", "value": "1"} for number in range(45)]
SECRET = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:{}"
AUTH = {"authScheme": "SECRETS", "iamAuth": "REQUIRED", "secretArn": SECRET.format("one")}
PROXY_CHANGES: tuple[tuple[dict[str, Any], str, Any], ...] = (
    ({"idleClientTimeout": 600}, "IdleClientTimeout", 600),
    ({"requireTls": True}, "RequireTLS", True),
    ({"requireTls": None}, "RequireTLS", False),
    ({"debugLogging": True}, "DebugLogging", True),
    ({"roleArn": ROLE.format("other")}, "RoleArn", ROLE.format("other")),
    ({"auths": [AUTH, {**AUTH, "secretArn": SECRET.format("two")}]}, "length(Auth)", 2),
    ({"auths": [{**AUTH, "iamAuth": "DISABLED", "description": "app"}]}, "Auth[0].IAMAuth", "DISABLED"),
    ({"vpcSecurityGroupIds": ["sg-1"]}, "VpcSecurityGroupIds", ["sg-1"]),
    ({"tags": {"of": "ours"}}, "DBProxyName", "pool"),
)
FILTERS = ["EXCLUDE_VARIABLE_SETS"]
POOL_CHANGES: tuple[tuple[dict[str, Any], str, Any], ...] = (
    ({"maxConnectionsPercent": 90}, "MaxConnectionsPercent", 90),
    ({"connectionBorrowTimeout": 5}, "[MaxConnectionsPercent, ConnectionBorrowTimeout]", [100, 5]),
    ({"maxConnectionsPercent": 80, "maxIdleConnectionsPercent": 20}, "MaxIdleConnectionsPercent", 20),
    ({"initQuery": "SELECT 1", "sessionPinningFilters": FILTERS}, "InitQuery", "SELECT 1"),
    ({"maxConnectionsPercent": 70}, "SessionPinningFilters", []),
)


def rds(life: Life) -> Any:
    return life.world.session.client("rds")


def proxied(life: Life) -> tuple[Thing, Thing, Thing]:
    """A subnet group, a cluster in it, and a proxy that is not connected with it yet."""
    places = subnets(life)
    group = life.make(SUBNETS, name="data", subnetIds=places)
    cluster = life.make(
        CLUSTER, clusterIdentifier="db", engine="aurora-postgresql", masterUsername="app", dbSubnetGroupName=group.id,
        manageMasterUserPassword=True, skipFinalSnapshot=True,
    )  # fmt: skip
    given = {"engineFamily": "POSTGRESQL", "roleArn": ROLE.format("proxy"), "vpcSubnetIds": places, "auths": [AUTH]}
    return group, cluster, life.make(PROXY, name="pool", **given)


def test_a_subnet_group_changes_in_place(life: Life) -> None:
    places = subnets(life)
    thing = life.make(SUBNETS, name="data", subnetIds=places[:2])

    def told() -> Any:
        return rds(life).describe_db_subnet_groups(DBSubnetGroupName="data")["DBSubnetGroups"][0]

    settled(life, thing)
    changes(life, thing, told, {"subnetIds": places}, "length(Subnets)", 3)
    changes(life, thing, told, {"description": "of data"}, "DBSubnetGroupDescription", "of data")
    changes(life, thing, told, {"description": None}, "DBSubnetGroupDescription", "Managed by Pulumi")
    changes(life, thing, told, {"tags": {"of": "ours"}}, "DBSubnetGroupName", "data")
    rds(life).modify_db_subnet_group(DBSubnetGroupName="data", SubnetIds=places[1:])
    rds(life).add_tags_to_resource(ResourceName=thing.state["arn"], Tags=[{"Key": "of", "Value": "theirs"}])
    assert life.refresh(thing) == {"subnetIds", "tags"}
    restore(life, thing, subnetIds=places, tags={"of": "ours"})


def test_a_subnet_group_with_databases_is_not_deleted(life: Life) -> None:
    group, cluster, _ = proxied(life)
    with pytest.raises(Refused, match=r"InvalidDBSubnetGroupStateFault: .*at least one database cluster: db"):
        life.delete(group)

    life.delete(cluster)
    life.delete(group)
    assert life.gone(group)


@pytest.mark.parametrize("token", PARAMETERS)
def test_parameters_are_added_changed_and_reset(life: Life, token: str) -> None:
    by, call, family = PARAMETERS[token]
    thing = life.make(token, name="mine", family=family, parameters=[LOG, *MANY])
    settled(life, thing)

    def told() -> Any:
        found = getattr(rds(life), f"describe_{call}s")(**{by: "mine"})["Parameters"]
        return {one["ParameterName"]: one["ParameterValue"] for one in found}

    changes(life, thing, told, {"parameters": [LOG, PRELOAD, *MANY]}, "shared_preload_libraries", PRELOAD["value"])
    changes(life, thing, told, {"parameters": [{**LOG, "value": "all"}, PRELOAD]}, "@", {
        "log_statement": "all", "shared_preload_libraries": "pg_stat_statements",
    })  # fmt: skip
    changes(life, thing, told, {"parameters": None}, "@", {})
    changes(life, thing, told, {"tags": {"of": "ours"}}, "@", {})
    getattr(rds(life), f"modify_{call}_group")(
        **{by: "mine"},
        Parameters=[{"ParameterName": "log_statement", "ParameterValue": "none", "ApplyMethod": "immediate"}],
    )
    restore(life, thing, parameters=[LOG])
    getattr(rds(life), f"reset_{call}_group")(**{by: "mine"}, ResetAllParameters=True)
    assert life.refresh(thing) == {"parameters"}
    life.delete(thing)
    assert life.gone(thing)
    life.delete(thing)


def test_only_the_parameters_that_changed_are_sent(life: Life) -> None:
    token = "aws:rds/parameterGroup:ParameterGroup"
    thing = life.make(token, name="mine", family="postgres17", parameters=[LOG])
    rds(life).modify_db_parameter_group(
        DBParameterGroupName="mine",
        Parameters=[{"ParameterName": "log_statement", "ParameterValue": "all", "ApplyMethod": "immediate"}],
    )
    life.change(thing, parameters=[LOG, PRELOAD])
    found = rds(life).describe_db_parameters(DBParameterGroupName="mine")["Parameters"]

    assert {one["ParameterName"]: one["ParameterValue"] for one in found}["log_statement"] == "all"


@pytest.mark.parametrize("token", PARAMETERS)
def test_a_parameter_group_in_use_is_not_deleted(life: Life, token: str) -> None:
    family = PARAMETERS[token][2]
    group = life.make(token, name="mine", family=family)
    if "cluster" in family or "aurora" in family:
        user = life.make(
            CLUSTER, engine="aurora-postgresql", engineVersion="17", masterUsername="app", skipFinalSnapshot=True,
            manageMasterUserPassword=True, dbClusterParameterGroupName="mine",
        )  # fmt: skip
    else:
        user = life.make(
            INSTANCE, engine="postgres", engineVersion="17", instanceClass="db.t4g.small", allocatedStorage=20,
            username="app", manageMasterUserPassword=True, parameterGroupName="mine", skipFinalSnapshot=True,
        )  # fmt: skip
    with pytest.raises(Refused, match=r"InvalidDBParameterGroupState: .*still members of this parameter group mine"):
        life.delete(group)

    life.delete(user)
    life.delete(group)
    assert life.gone(group)


def test_a_parameter_group_that_is_to_be_left_is_only_forgotten(life: Life) -> None:
    token = "aws:rds/parameterGroup:ParameterGroup"
    thing = life.make(token, name="mine", family="postgres17", skipDestroy=True)
    settled(life, thing)
    life.delete(thing)

    assert not life.gone(thing)


def test_a_group_whose_parameters_are_refused_is_not_left_behind(life: Life) -> None:
    token = "aws:rds/parameterGroup:ParameterGroup"
    with pytest.raises(Refused):
        life.make(
            token, name="mine", family="postgres17", parameters=[{"name": "a", "value": "b", "applyMethod": "soon"}]
        )

    assert rds(life).describe_db_parameter_groups()["DBParameterGroups"] == []


def test_every_property_of_a_proxy_changes_in_place_but_its_name(life: Life) -> None:
    _, _, thing = proxied(life)
    settled(life, thing)
    for new, path, expected in PROXY_CHANGES:
        changes(life, thing, lambda: rds(life).describe_db_proxies()["DBProxies"][0], new, path, expected)

    rds(life).modify_db_proxy(DBProxyName="pool", RequireTLS=True, IdleClientTimeout=60)
    assert life.refresh(thing) == {"idleClientTimeout"}, "TLS is not declared any more"
    with pytest.raises(Refused, match="name cannot be changed in place"):
        life.change(thing, name="another")


def test_the_pool_of_a_proxy_changes_in_place_and_goes_with_it(life: Life) -> None:
    _, _, proxy = proxied(life)
    pool = life.make(POOL, dbProxyName=proxy.id, connectionPoolConfig={"maxConnectionsPercent": 80})

    def told() -> Any:
        return rds(life).describe_db_proxy_target_groups(DBProxyName="pool")["TargetGroups"][0]["ConnectionPoolConfig"]

    settled(life, pool)
    for new, path, expected in POOL_CHANGES:
        changes(life, pool, told, {"connectionPoolConfig": new}, path, expected)
    rds(life).modify_db_proxy_target_group(
        DBProxyName="pool", TargetGroupName="default", ConnectionPoolConfig={"MaxConnectionsPercent": 33}
    )
    assert life.refresh(pool) == {"connectionPoolConfig"}

    life.delete(pool)
    assert not life.gone(pool), "the provider only forgets it"
    life.delete(proxy)
    assert life.gone(proxy)
    assert life.gone(pool)


def test_a_target_is_registered_found_and_deregistered(life: Life) -> None:
    _, cluster, proxy = proxied(life)
    target = life.make(TARGET, dbProxyName=proxy.id, targetGroupName="default", dbClusterIdentifier=cluster.id)
    settled(life, target)
    life.delete(target)
    assert life.gone(target)
    life.delete(target)

    again = life.make(TARGET, dbProxyName=proxy.id, targetGroupName="default", dbClusterIdentifier=cluster.id)
    life.delete(proxy)
    assert life.gone(again)
    life.delete(again)
    life.delete(proxy)
