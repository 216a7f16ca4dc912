"""Amazon RDS Proxy: the proxy, its pool and the database behind it."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Gone, Props, Resource, is_gone, resource
from floodgate.offline.handlers.modified import Modified
from floodgate.offline.handlers.shapes import told

# what the provider writes for a setting that the program takes away
USUAL_POOL = {
    "connectionBorrowTimeout": 120,
    "initQuery": "",
    "maxConnectionsPercent": 100,
    "maxIdleConnectionsPercent": 50,
    "sessionPinningFilters": [],
}


@resource("aws:rds/proxy:Proxy", auto_name=AutoName(limit=63))
class Proxy(Modified):
    """A pool of connections in front of a database.

    A new name would be a new id, which Pulumi cannot give a resource that stays.
    """

    service = "rds"
    create_call, id_prop = "create_db_proxy", "name"
    read_call, read_by, read_path = "describe_db_proxies", "DBProxyName", "DBProxies[0]"
    update_call, update_by = "modify_db_proxy", "DBProxyName"
    update_rename: ClassVar = {"name": "", "vpcSecurityGroupIds": "SecurityGroups"}
    cleared: ClassVar = {"auths": [], "debugLogging": False, "requireTls": False}
    delete_call, delete_by = "delete_db_proxy", "DBProxyName"
    rename: ClassVar = {"name": "DBProxyName", "iamAuth": "IAMAuth", "username": "UserName"}
    outputs = ("arn", "endpoint", "idleClientTimeout", "vpcSecurityGroupIds")
    paths: ClassVar = {"arn": "DBProxyArn"}


@resource("aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup")
class ProxyDefaultTargetGroup(Modified):
    """The target group that every proxy has, with the settings of its pool. It goes with its proxy."""

    service = "rds"
    create_call, id_prop, tagged = "modify_db_proxy_target_group", "dbProxyName", False
    read_call, read_by, read_path = "describe_db_proxy_target_groups", "DBProxyName", "TargetGroups[?IsDefault] | [0]"
    update_call, update_by = "modify_db_proxy_target_group", "DBProxyName"
    outputs = ("arn", "name")
    paths: ClassVar = {"arn": "TargetGroupArn", "name": "TargetGroupName"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """There is one group, and it is called default."""
        return {"TargetGroupName": "default"} | super().parameters(client, props)

    def modification(self, client: Any, id_: str, sent: Props, change: Change) -> dict[str, Any]:
        """The pool with what was taken out of it as the provider has it then."""
        pools = [props.get("connectionPoolConfig", {}) for props in (change.old, change.new)]
        gone = {name: USUAL_POOL[name] for name in pools[0] if name not in pools[1]}
        pool = {"connectionPoolConfig": {**gone, **pools[1]}}
        return {"TargetGroupName": "default"} | super().modification(client, id_, pool, change)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """The provider only forgets it."""


@resource("aws:rds/proxyTarget:ProxyTarget")
class ProxyTarget(Resource):
    """The database behind a proxy; the id names proxy, group, kind and database."""

    names: ClassVar = ("endpoint", "port", "rdsResourceId", "targetArn", "trackedClusterId", "type")
    by: ClassVar = {"dbInstanceIdentifier": "DBInstanceIdentifiers", "dbClusterIdentifier": "DBClusterIdentifiers"}

    def create(self, aws: Aws, props: Props) -> str:
        """Register the database."""
        database = {theirs: [props[ours]] for ours, theirs in self.by.items() if ours in props}
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
        raise Gone(f"{self.token} {id_} does not exist")

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """What the id says, as long as there is such a target."""
        self.read(aws, id_, props)
        proxy, group, kind, database = id_.split("/")
        ours = "dbInstanceIdentifier" if kind == "RDS_INSTANCE" else "dbClusterIdentifier"
        return {"dbProxyName": proxy, "targetGroupName": group, ours: database}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Deregister the database."""
        proxy, group, kind, database = id_.split("/")
        theirs = "DBInstanceIdentifiers" if kind == "RDS_INSTANCE" else "DBClusterIdentifiers"
        try:
            aws.client("rds").deregister_db_proxy_targets(
                DBProxyName=proxy, TargetGroupName=group, **{theirs: [database]}
            )
        except ClientError as error:
            if not is_gone(error):
                raise
