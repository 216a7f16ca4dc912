"""Which provider a resource belongs to: the default one out of the configuration, or an explicit one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from floodgate.offline import schema, strict
from floodgate.offline.lifecycle import Provider
from floodgate.offline.problems import Problem, Refused
from floodgate.offline.values import UNKNOWN

TYPE = "pulumi:providers:"


def default(config: Mapping[str, str], fallback_region: str) -> Provider:
    """The provider that the stack's ``aws:`` configuration describes."""
    tags = json.loads(config.get("aws:defaultTags", "{}")).get("tags", {})
    return Provider(config.get("aws:region", fallback_region), tags)


def explicit(token: str, name: str, props: Mapping[str, Any], base: Provider) -> Provider:
    """The provider that a program made, with what it leaves unset taken from the default one.

    Args:
        token: ``pulumi:providers:aws``; no other package is offline.
        name: its Pulumi name.
        props: its arguments, where everything but strings is JSON, as Pulumi sends them.
        base: the default provider.

    Raises:
        Refused: another package's provider, or unknown or mistyped arguments.
    """
    where = f"{token} {name!r}"
    if token != f"{TYPE}aws":
        rule, remedy = "is not in the offline AWS", "deploy programs with resources of the aws provider only"
        raise Refused([Problem(where, "", "", rule, remedy)])
    known = schema.provider_arguments()
    given = {key: _decoded(key, value, known) for key, value in props.items() if key not in ("version", "__internal")}
    if problems := strict.check_arguments(where, known, given, secrets=frozenset({"accessKey", "secretKey", "token"})):
        raise Refused(problems)
    tags = given.get("defaultTags", {}).get("tags", {})
    region = given.get("region", base.region)
    # in a preview the region may be another resource's output
    return Provider(base.region if region is UNKNOWN else region, tags)


def _decoded(key: str, value: Any, known: schema.ObjectOf) -> Any:
    if not isinstance(value, str) or known.properties.get(key) == schema.STRING:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
