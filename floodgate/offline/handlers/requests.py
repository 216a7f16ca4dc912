"""From Pulumi's properties to an API request, guided by botocore's own model of the operation.

The model knows how AWS spells a name (`VCpuCount`, `HttpProtocolIpv6`), whether a block is one object or a list
and which type a scalar has, so no handler needs a table of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from floodgate.offline.handlers.shapes import all_tags

NO_RENAME: Mapping[str, str] = {}


def request(
    client: Any,
    call: str,
    props: Mapping[str, Any],
    rename: Mapping[str, str] = NO_RENAME,
    tag_type: str = "",
) -> dict[str, Any]:
    """The parameters of `call` that `props` set; properties that the operation does not know are left out.

    Args:
        client: a boto3 client.
        call: its method, e.g. ``create_subnet``.
        props: camelCase properties.
        rename: Pulumi's name to AWS's where they differ by more than case, at any depth.
        tag_type: EC2's resource type of the tags, where tags travel as `TagSpecifications`.
    """
    shape = input_shape(client, call)
    known = _members(shape)
    out = {}
    for name, value in props.items():
        member = member_of(known, rename.get(name, name))
        if member and name not in ("tags", "tagsAll"):
            out[member] = to_shape(value, shape.members[member], rename)
    return out | tags_parameter(shape, all_tags(props), tag_type)


def input_shape(client: Any, call: str) -> Any:
    """Botocore's model of what `call` takes."""
    return client.meta.service_model.operation_model(client.meta.method_to_api_mapping[call]).input_shape


def to_shape(value: Any, shape: Any, rename: Mapping[str, str] = NO_RENAME) -> Any:
    """`value` as the API shape wants it.

    Raises:
        KeyError: a block holds a property that the API has no name for.
    """
    if shape.type_name == "structure":
        if set(shape.members) == {"Quantity", "Items"} and not isinstance(value, Mapping):
            return _counted(value, shape, rename)
        return _structure(value, shape, rename)
    if shape.type_name == "list":
        members = tuple(getattr(shape.member, "members", ()))
        if isinstance(value, Mapping) and members in (("Key", "Value"), ("Name", "Value")):
            return _pairs(value, *members)
        items = value if isinstance(value, list | tuple) else [value]
        return [to_shape(item, shape.member, rename) for item in items]
    return _scalar(value, shape.type_name)


def tags_parameter(shape: Any, tags: Mapping[str, str], tag_type: str = "") -> dict[str, Any]:
    """Tags in whichever of AWS's four ways the operation takes them; nothing where there are none."""
    known = _members(shape)
    if not tags:
        return {}
    # RDS takes both, and means by the other one what it makes beside the database
    if "tagspecifications" in known and (tag_type or "tags" not in known):
        return {"TagSpecifications": [{"ResourceType": tag_type, "Tags": _pairs(tags, "Key", "Value")}]}
    if "tags" not in known:
        return {}
    member = shape.members[known["tags"]]
    if member.type_name == "map":
        return {known["tags"]: dict(tags)}
    key, value = list(member.member.members)[:2]
    return {known["tags"]: _pairs(tags, key, value)}


def _pairs(tags: Mapping[str, str], key: str, value: str) -> list[dict[str, str]]:
    return [{key: k, value: v} for k, v in sorted(tags.items())]


def _structure(value: Any, shape: Any, rename: Mapping[str, str]) -> dict[str, Any]:
    known = _members(shape)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping):
        value = value[0]
    if not isinstance(value, Mapping):
        # a plain value where AWS has an object of one telling member, e.g. each of Ipv6Addresses
        kind = "list" if isinstance(value, list) else "string"
        return {next(m for m, inner in shape.members.items() if inner.type_name == kind): value}
    out: dict[str, Any] = {}
    for name, item in value.items():
        member = member_of(known, rename.get(name, name))
        if member is None:
            raise KeyError(f"{name}: {shape.name} has no such member; known are {', '.join(shape.members)}")
        out[member] = to_shape(item, shape.members[member], rename)
    if "Quantity" in shape.members and "Items" in out:
        out.setdefault("Quantity", len(out["Items"]))
    return out


def _counted(value: Any, shape: Any, rename: Mapping[str, str]) -> dict[str, Any]:
    """CloudFront's way of writing a list: with its length beside it."""
    items = to_shape(value, shape.members["Items"], rename)
    return {"Quantity": len(items), "Items": items}


def member_of(known: Mapping[str, str], name: str) -> str | None:
    """AWS's name for Pulumi's, which may count in the other number (`metricSpecification`, `MetricSpecifications`)."""
    name = name.lower()
    guesses = (name, f"{name}s", name.removesuffix("s"), f"{name.removesuffix('ies')}y")
    return next((known[guess] for guess in guesses if guess in known), None)


def _scalar(value: Any, kind: str) -> Any:
    if kind == "boolean" and isinstance(value, str):
        return value.lower() == "true"
    if kind in ("integer", "long") and isinstance(value, str):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    if kind == "string" and isinstance(value, bool | int | float):
        return str(value).lower()
    return value


def _members(shape: Any) -> Mapping[str, str]:
    return spelling(tuple(shape.members))


@cache
def spelling(members: tuple[str, ...]) -> Mapping[str, str]:
    """AWS's names by their lower case."""
    return {member.lower(): member for member in members}
