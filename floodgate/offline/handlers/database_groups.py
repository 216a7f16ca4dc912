"""Amazon RDS: subnet groups, parameter groups and the proxy."""

from __future__ import annotations

from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, Resource, resource
from floodgate.offline.handlers.declared import MANAGED, Declared
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import told

# AWS takes so many parameters in one call
PARAMETERS_AT_ONCE = 20


class RdsGroup(Declared):
    """What groups and proxies have in common."""

    service = "rds"


@resource("aws:rds/subnetGroup:SubnetGroup", auto_name=AutoName(lower=True))
class SubnetGroup(RdsGroup):
    """The subnets that databases may be in."""

    create_call, id_prop = "create_db_subnet_group", "name"
    read_call, read_by, read_path = "describe_db_subnet_groups", "DBSubnetGroupName", "DBSubnetGroups[0]"
    rename: ClassVar = {"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"}
    apart = ("namePrefix",)
    outputs = ("arn", "name", "supportedNetworkTypes", "vpcId")
    paths: ClassVar = {"arn": "DBSubnetGroupArn", "name": "DBSubnetGroupName"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """AWS insists on a description."""
        return super().parameters(client, {"description": MANAGED, **props})


class Parameters(RdsGroup):
    """A group of parameters: made empty, then set."""

    modify_call: ClassVar[str]
    apart = ("namePrefix", "parameters", "skipDestroy")
    id_prop = "name"
    outputs = ("arn", "name")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """AWS insists on a description."""
        return super().parameters(client, {"description": MANAGED, **props})

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Set the parameters, as many at once as AWS takes."""
        client, name = aws.client(self.service), {self.rename["name"]: id_}
        rename = {"name": "ParameterName", "value": "ParameterValue"}
        given = [{"applyMethod": "immediate", **parameter} for parameter in props.get("parameters", [])]
        for start in range(0, len(given), PARAMETERS_AT_ONCE):
            some = {"parameters": given[start : start + PARAMETERS_AT_ONCE]}
            getattr(client, self.modify_call)(**name, **request(client, self.modify_call, some, rename))


@resource("aws:rds/parameterGroup:ParameterGroup", auto_name=AutoName(lower=True))
class ParameterGroup(Parameters):
    """Parameters of instances."""

    create_call, modify_call = "create_db_parameter_group", "modify_db_parameter_group"
    read_call, read_by, read_path = "describe_db_parameter_groups", "DBParameterGroupName", "DBParameterGroups[0]"
    rename: ClassVar = {"name": "DBParameterGroupName", "family": "DBParameterGroupFamily"}
    paths: ClassVar = {"arn": "DBParameterGroupArn", "name": "DBParameterGroupName"}


@resource("aws:rds/clusterParameterGroup:ClusterParameterGroup", auto_name=AutoName(lower=True))
class ClusterParameterGroup(Parameters):
    """Parameters of clusters."""

    create_call, modify_call = "create_db_cluster_parameter_group", "modify_db_cluster_parameter_group"
    read_call, read_by = "describe_db_cluster_parameter_groups", "DBClusterParameterGroupName"
    read_path = "DBClusterParameterGroups[0]"
    rename: ClassVar = {"name": "DBClusterParameterGroupName", "family": "DBParameterGroupFamily"}
    paths: ClassVar = {"arn": "DBClusterParameterGroupArn", "name": "DBClusterParameterGroupName"}


@resource("aws:rds/proxy:Proxy", auto_name=AutoName(limit=63))
class Proxy(RdsGroup):
    """A pool of connections in front of a database."""

    create_call, id_prop = "create_db_proxy", "name"
    read_call, read_by, read_path = "describe_db_proxies", "DBProxyName", "DBProxies[0]"
    rename: ClassVar = {"name": "DBProxyName", "iamAuth": "IAMAuth", "username": "UserName"}
    outputs = ("arn", "endpoint", "idleClientTimeout", "vpcSecurityGroupIds")
    paths: ClassVar = {"arn": "DBProxyArn"}


@resource("aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup")
class ProxyDefaultTargetGroup(RdsGroup):
    """The target group that every proxy has, with the settings of its pool."""

    create_call, id_prop, tagged = "modify_db_proxy_target_group", "dbProxyName", False
    read_call, read_by, read_path = "describe_db_proxy_target_groups", "DBProxyName", "TargetGroups[?IsDefault] | [0]"
    outputs = ("arn", "name")
    paths: ClassVar = {"arn": "TargetGroupArn", "name": "TargetGroupName"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """There is one group, and it is called default."""
        return {"TargetGroupName": "default"} | super().parameters(client, props)


@resource("aws:rds/proxyTarget:ProxyTarget")
class ProxyTarget(Resource):
    """The database behind a proxy; the id names proxy, group, kind and database."""

    names: ClassVar = ("endpoint", "port", "rdsResourceId", "targetArn", "trackedClusterId", "type")

    def create(self, aws: Aws, props: Props) -> str:
        """Register the database."""
        by = {"dbInstanceIdentifier": "DBInstanceIdentifiers", "dbClusterIdentifier": "DBClusterIdentifiers"}
        database = {theirs: [props[ours]] for ours, theirs in by.items() if ours in props}
        target = aws.client("rds").register_db_proxy_targets(
            DBProxyName=props["dbProxyName"], TargetGroupName=props["targetGroupName"], **database
        )["DBProxyTargets"][0]
        return "/".join([props["dbProxyName"], props["targetGroupName"], target["Type"], target["RdsResourceId"]])

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The target of this kind and name."""
        proxy, group, kind, database = id_.split("/")
        targets = aws.client("rds").describe_db_proxy_targets(DBProxyName=proxy, TargetGroupName=group)["Targets"]
        for target in targets:
            if (target["Type"], target["RdsResourceId"]) == (kind, database):
                return told(target, self.names)
        raise KeyError(f"{self.token} {id_} does not exist")
