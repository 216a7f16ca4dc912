"""RDS Proxy: changed, asked about and connected as AWS does.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBProxy.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    DBClusterNotFoundError,
    DBInstanceNotFoundError,
    DBProxyNotFoundFault,
    RDSClientError,
)
from moto.rds.models import DBProxyTargetGroup, RDSBackend
from moto.rds.responses import RDSResponse

from floodgate.offline.repairs.kept import keep
from floodgate.offline.repairs.patching import patch

FORGOTTEN = ("DefaultAuthScheme", "EndpointNetworkType", "TargetConnectionNetworkType")
CHANGED = (*FORGOTTEN, "Auth", "DebugLogging", "IdleClientTimeout", "RoleArn")


@patch(RDSResponse, "create_db_proxy")
def create_db_proxy(self: Any) -> ActionResult:
    """Moto insists on a list of secrets and forgets the newer fields."""
    self.params.setdefault("Auth", [])
    answer = create_db_proxy.original(self)
    keep(answer.result["DBProxy"], self.params, FORGOTTEN)
    return answer


@patch(RDSResponse, "modify_db_proxy")
def modify_db_proxy(self: Any) -> ActionResult:
    """Moto has no such operation."""
    proxy = _proxy(self.backend, self.params["DBProxyName"])
    keep(proxy, self.params, CHANGED)
    proxy.require_tls = self.params.get("RequireTLS", proxy.require_tls)
    proxy.vpc_security_group_ids = self.params.get("SecurityGroups", proxy.vpc_security_group_ids)
    if "NewDBProxyName" in self.params:
        proxy.db_proxy_name = self.params["NewDBProxyName"]
        self.backend.db_proxies[proxy.db_proxy_name] = self.backend.db_proxies.pop(self.params["DBProxyName"])
    return ActionResult({"DBProxy": proxy})


@patch(RDSBackend, "register_db_proxy_targets")
def register_known_targets(self: Any, db_proxy_name: str, *args: Any, **kwargs: Any) -> Any:
    """Moto fails on what does not exist, and knows neither port, role nor cluster of a target."""
    proxy = _proxy(self, db_proxy_name)
    for cluster in kwargs.get("db_cluster_identifiers", []):
        if cluster not in self.clusters:
            raise DBClusterNotFoundError(cluster)
    for instance in kwargs.get("db_instance_identifiers", []):
        if instance not in self.databases:
            raise DBInstanceNotFoundError(instance)
    targets = register_known_targets.original(self, db_proxy_name, *args, **kwargs)
    for target in targets:
        database = self.clusters.get(target.rds_resource_id) or self.databases[target.rds_resource_id]
        target.port = database.port
        target.endpoint = target.endpoint or database.address
        target.tracked_cluster_id = database.db_cluster_identifier if target.type == "RDS_INSTANCE" else None
        target.role = "READ_WRITE" if proxy.engine_family != "SQLSERVER" else "UNKNOWN"
    return targets


@patch(RDSBackend, "modify_db_proxy_target_group")
def keep_the_first_query(self: Any, proxy_name: str, config: Any) -> Any:
    """Moto forgets the query that a connection begins with."""
    group = keep_the_first_query.original(self, proxy_name=proxy_name, config=config)
    if "InitQuery" in config:
        group.init_query = config["InitQuery"]
    return group


@patch(DBProxyTargetGroup, "connection_pool_config")
def pool_with_its_first_query(self: Any) -> dict[str, Any]:
    """The pool's settings, all of them."""
    return pool_with_its_first_query.original(self) | {"InitQuery": getattr(self, "init_query", None)}


@patch(RDSBackend, "delete_db_proxy")
def delete_known_proxy(self: Any, proxy_name: str) -> Any:
    """Moto fails on what does not exist."""
    _proxy(self, proxy_name)
    return delete_known_proxy.original(self, proxy_name)


@patch(RDSBackend, "describe_db_proxy_targets")
def targets_of_known_proxy(self: Any, proxy_name: str) -> Any:
    """Moto fails on what does not exist."""
    _proxy(self, proxy_name)
    return targets_of_known_proxy.original(self, proxy_name)


@patch(RDSBackend, "describe_db_proxy_target_groups")
def groups_of_known_proxy(self: Any, proxy_name: str) -> Any:
    """Moto fails on what does not exist."""
    _proxy(self, proxy_name)
    return groups_of_known_proxy.original(self, proxy_name)


@patch(RDSBackend, "deregister_db_proxy_targets")
def deregister_known_targets(self: Any, db_proxy_name: str, target_group_name: str, *args: Any, **kwargs: Any) -> None:
    """Moto does not mind what is not registered."""
    group = _proxy(self, db_proxy_name).proxy_target_groups[target_group_name or "default"]
    known = {target.rds_resource_id for target in group.targets}
    asked = {*kwargs.get("db_cluster_identifiers", ()), *kwargs.get("db_instance_identifiers", ())}
    if missing := sorted(asked - known):
        raise RDSClientError(
            "DBProxyTargetNotFoundFault", f"Target {missing[0]} is not registered with {db_proxy_name}"
        )
    deregister_known_targets.original(self, db_proxy_name, target_group_name, *args, **kwargs)


def _proxy(backend: Any, name: str) -> Any:
    if name not in backend.db_proxies:
        raise DBProxyNotFoundFault(name)
    return backend.db_proxies[name]
