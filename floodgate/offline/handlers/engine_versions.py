"""Amazon RDS: which versions an engine has."""

from __future__ import annotations

from typing import Any

from floodgate.offline.handlers.base import Aws, Props, function
from floodgate.offline.handlers.declared import refused
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import told


@function("aws:rds/getEngineVersion:getEngineVersion")
def get_engine_version(aws: Aws, props: Props) -> dict[str, Any]:
    """The newest version that fits what is asked, or the first of those preferred."""
    client = aws.client("rds")
    asked = {k: v for k, v in props.items() if k in ("engine", "defaultOnly")}
    if "version" in props:
        asked["engineVersion"] = props["version"]
    rename = {"parameterGroupFamily": "DBParameterGroupFamily"}
    if "parameterGroupFamily" in props:
        asked["parameterGroupFamily"] = props["parameterGroupFamily"]
    found = client.describe_db_engine_versions(**request(client, "describe_db_engine_versions", asked, rename))
    versions = {version["EngineVersion"]: version for version in found["DBEngineVersions"]}
    preferred = [name for name in props.get("preferredVersions", []) if name in versions]
    if not versions:
        rule, remedy = "no version fits what is asked", "ask for less, or for a version that the offline AWS knows"
        raise refused("aws:rds/getEngineVersion:getEngineVersion", rule, remedy, path="engine", value=props["engine"])
    chosen = versions[(preferred or list(versions)[-1:])[0]]
    paths = {"versionActual": "EngineVersion", "versionDescription": "DBEngineVersionDescription"}
    paths |= {"engineDescription": "DBEngineDescription", "parameterGroupFamily": "DBParameterGroupFamily"}
    paths |= {"exportableLogTypes": "ExportableLogTypes", "validUpgradeTargets": "ValidUpgradeTarget[].EngineVersion"}
    names = ("engine", "status", "supportedFeatureNames", *paths)
    return {"id": chosen["EngineVersion"], "version": chosen["EngineVersion"]} | told(chosen, names, paths)
