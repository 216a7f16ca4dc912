"""What a fleet's server finds around itself when it starts: environment, parameters, secrets, instance metadata.

Every problem is collected and told at once, for each round of mending costs a boot. `DATABASE_URL` and `VALKEY_URL`
stand in for the variables of database and cache, so that the same server runs against servers of one's own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import boto3
from pydantic import SecretStr, ValidationError

from app.errors import SetupError
from app.keys import LEAST_SECRET_LENGTH
from app.running import problems, store_urls
from app.running.group import group_of
from app.running.lookups import Lookups
from app.running.metadata import Metadata
from app.running.parameter import ServiceParameter
from app.settings import Settings, Stores

PARAMETER, SECRET = "FLOODGATE_SERVICE_PARAMETER", "FLOODGATE_SERVICE_SECRET"
OPERATORS = "FLOODGATE_OPERATORS_PARAMETER"
INTERNAL_PORT = 9464


def read(environment: Mapping[str, str], session: Any = None) -> Settings:
    """The settings of this server.

    Args:
        environment: of the process.
        session: of boto3; None makes one in the server's region.

    Raises:
        SetupError: one line for each problem.
    """
    metadata = Metadata(environment)
    region = environment.get("AWS_REGION") or metadata.ask("placement/region")
    if region is None:
        raise SetupError("AWS_REGION is not set, and the instance metadata does not tell it; set it")
    session = session or boto3.Session(region_name=region)
    found = Lookups(environment, session)
    values = _values(found)
    if found.problems:
        raise SetupError("\n".join(found.problems))
    try:
        return Settings(
            environment="production",
            stack=found.text("FLOODGATE_STACK"),
            host="0.0.0.0",  # noqa: S104  the balancer comes from other machines; its security group is the fence
            aws_region=region,
            group_name=group_of(session, metadata.ask("instance-id")),
            **values,
        )
    except ValidationError as error:
        raise SetupError("\n".join(problems.told(error, "settings"))) from error


def _values(found: Lookups) -> dict[str, Any]:
    found.text("FLOODGATE_STACK")
    parameter = found.parameter(PARAMETER, ServiceParameter)
    return {
        "port": found.number("FLOODGATE_PORT", least=1, most=65_535),
        "internal_port": found.number("FLOODGATE_INTERNAL_PORT", least=1, most=65_535, default=INTERNAL_PORT),
        "workers": found.number("FLOODGATE_WORKERS", least=1, most=128, default=len(os.sched_getaffinity(0))),
        "trusted_hops": found.number("FLOODGATE_TRUSTED_HOPS", least=0, most=5),
        "secret": _secret(found),
        "operators": _operators(found),
        "stores": _stores(found, parameter),
        **_of(parameter),
    }


def _of(parameter: ServiceParameter | None) -> dict[str, Any]:
    if parameter is None:
        return {}
    return {
        "shed_after_s": parameter.shed_after_s,
        "admission": parameter.admission,
        "openings": parameter.openings,
        "providers": parameter.providers,
    }


def _secret(found: Lookups) -> SecretStr:
    text = found.secret(SECRET)
    if text is not None and len(text) < LEAST_SECRET_LENGTH:
        found.problems.append(
            f"the secret that {SECRET} names has {len(text)} characters, but needs {LEAST_SECRET_LENGTH}; "
            "put a longer one there"
        )
    return SecretStr(text or "")


def _operators(found: Lookups) -> dict[str, str]:
    """Names and hashes of passwords; nobody may sign in where nobody put them there."""
    beside = found.environment.get(PARAMETER, "").rpartition("/")[0]
    name = found.environment.get(OPERATORS) or f"{beside}/operators"
    return found.named_parameter(name, dict[str, str], may_be_missing=OPERATORS not in found.environment) or {}


def _stores(found: Lookups, parameter: ServiceParameter | None) -> Stores | None:
    writer, reader = store_urls.database(found)
    cache = store_urls.cache(found)
    if writer is None or cache is None or parameter is None:
        return None
    return Stores(
        database_url=SecretStr(writer),
        database_reader_url=None if reader is None else SecretStr(reader),
        connections=parameter.connections_per_server,
        valkey_url=SecretStr(cache),
    )
