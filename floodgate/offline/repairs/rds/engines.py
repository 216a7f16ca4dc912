"""Engine versions: which there are, what a major version alone means, and their parameter groups.

Moto's defaults are ten years old (PostgreSQL 9.3.3) and it does not tell versions at all. The list is a selection of
https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-versions.html and
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Updates.html (and MySQL's
like pages); versions that are not in it are taken as they come.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.models import DBCluster, DBInstance
from moto.rds.responses import RDSResponse

from floodgate.offline.repairs.patching import patch, replace

# oldest first within a major version, so the last of one is what its number alone means
VERSIONS: Mapping[str, tuple[str, ...]] = {
    "aurora-mysql": ("5.7.mysql_aurora.2.12.5", "8.0.mysql_aurora.3.08.2", "8.0.mysql_aurora.3.10.0"),
    "aurora-postgresql": ("13.20", "14.17", "15.12", "16.6", "16.8", "17.4", "17.5"),
    "mariadb": ("10.6.22", "10.11.13", "11.4.7"),
    "mysql": ("5.7.44", "8.0.41", "8.0.42", "8.4.5"),
    "postgres": ("13.21", "14.18", "15.13", "16.8", "16.9", "17.4", "17.5"),
}
DEFAULTS = {
    "aurora-mysql": "8.0.mysql_aurora.3.08.2",
    "aurora-postgresql": "16.8",
    "mariadb": "11.4.7",
    "mysql": "8.0.42",
    "postgres": "17.5",
}


def resolve(engine: str, version: str | None) -> str | None:
    """The version that AWS installs when it is asked for `version`, which may be a major version or nothing."""
    known = VERSIONS.get(engine, ())
    if not version:
        return DEFAULTS.get(engine)
    if version in known:
        return version
    return next((v for v in reversed(known) if v.startswith(f"{version}.")), version)


def family(engine: str, version: str) -> str:
    """The parameter group family of a version, e.g. ``aurora-postgresql16``."""
    if "aurora" in version:
        version = version.partition(".mysql_aurora")[0]
    parts = version.split(".")
    if "postgres" in engine and int(parts[0]) >= 10:
        return f"{engine}{parts[0]}"
    return f"{engine}{'.'.join(parts[:2])}"


replace(DBInstance, "default_engine_versions", DBInstance.default_engine_versions | DEFAULTS)


@patch(DBCluster, "default_engine_version")
def default_engine_version(engine: str) -> str:
    """Moto's clusters are as old as its instances."""
    return DEFAULTS.get(engine) or default_engine_version.original(engine)


@patch(RDSResponse, "describe_db_engine_versions")
def describe_db_engine_versions(self: Any) -> ActionResult:
    """Moto has no such operation."""
    asked = self.params
    engines = [asked["Engine"]] if "Engine" in asked else list(VERSIONS)
    every = ((engine, version) for engine in engines for version in VERSIONS.get(engine, ()))
    wanted, of_family = asked.get("EngineVersion"), asked.get("DBParameterGroupFamily")
    found = [
        _described(engine, version)
        for engine, version in every
        if (not wanted or version == wanted or version.startswith(f"{wanted}."))
        and (not of_family or family(engine, version) == of_family)
        and (not asked.get("DefaultOnly") or DEFAULTS[engine] == version)
    ]
    return ActionResult({"DBEngineVersions": found})


def _described(engine: str, version: str) -> dict[str, Any]:
    later = itertools.dropwhile(lambda other: other != version, VERSIONS[engine])
    return {
        "Engine": engine,
        "EngineVersion": version,
        "MajorEngineVersion": family(engine, version).removeprefix(engine),
        "DBParameterGroupFamily": family(engine, version),
        "DBEngineDescription": engine,
        "DBEngineVersionDescription": f"{engine} {version}",
        "Status": "available",
        "SupportedEngineModes": ["provisioned"],
        "SupportedFeatureNames": [],
        "ExportableLogTypes": ["postgresql"] if "postgres" in engine else ["audit", "error", "general", "slowquery"],
        "ValidUpgradeTarget": [
            {"Engine": engine, "EngineVersion": other, "AutoUpgrade": False, "IsMajorVersionUpgrade": False}
            for other in list(later)[1:]
            if family(engine, other) == family(engine, version)
        ],
    }
