"""Automatic names, as the real provider gives them: ``<pulumi name>-<7 hex digits>``, within the type's limit.

https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from floodgate.offline.handlers.base import AutoName
from floodgate.offline.schema import STRING, ObjectOf


def rule_for(declared: AutoName | None, known: ObjectOf) -> AutoName | None:
    """How a type is named: as its handler says, or by `name` where the SDK has one and does not require it."""
    if declared is not None:
        return declared
    return AutoName() if known.properties.get("name") == STRING and "name" not in known.required else None


def named(
    rule: AutoName | None, name: str, props: Mapping[str, Any], *, seed: int, type_: str, generation: int = 0
) -> dict[str, Any]:
    """The arguments with their name: the program's own, one made from its prefix, or an automatic one.

    Args:
        rule: how this type is named, or None for a type without names.
        name: the resource's Pulumi name.
        props: its arguments.
        seed: the world's; the same seed gives the same name.
        type_: the resource's qualified type, so that two types of one name differ.
        generation: how many of it were made before, so that a replacement can stand beside what it replaces.
    """
    if rule is None or rule.prop in props:
        return dict(props)
    which = f"/{generation}" if generation else ""
    digits = hashlib.sha256(f"{seed}/{type_}/{name}{which}".encode()).hexdigest()
    prefix = props.get(f"{rule.prop}Prefix")
    if prefix is not None:
        # the provider appends the time and a counter, 26 digits: terraform-plugin-sdk, helper/id
        return {**props, rule.prop: f"{prefix}{int(digits, 16) % 10**26:026d}"[: rule.limit]}
    room = rule.limit - len(rule.prefix) - len("-1234567") - len(rule.suffix)
    made = f"{rule.prefix}{name[:room]}-{digits[:7]}{rule.suffix}"
    return {**props, rule.prop: made.lower() if rule.lower else made}
