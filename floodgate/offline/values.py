"""Pulumi's wire values and plain ones: whole numbers, secrets taken out and put back, references, assets.

https://www.pulumi.com/docs/iac/concepts/secrets/ and pulumi/sdk/proto: a secret is an object with a signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from google.protobuf import struct_pb2
from pulumi import Asset, FileArchive, FileAsset, RemoteArchive, RemoteAsset, StringAsset

# protobuf makes its message classes when it is imported, out of sight of type checkers
Struct: Any = vars(struct_pb2)["Struct"]
ListValue: Any = vars(struct_pb2)["ListValue"]

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of a secret, not one
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
_ASSETS = {"c44067f5952c0a294b673a41bacd8c17": (StringAsset, FileAsset, RemoteAsset)}
_ARCHIVES = {"0def7320c3a5731c473e5ecbe6d01bc7": (FileArchive, RemoteArchive)}


# what stands for a value that a preview cannot know: sdk/proto, by the kind of the value
_UNKNOWN_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS = frozenset(
    {
        _UNKNOWN_WIRE,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


class Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "(not known before the deployment)"


UNKNOWN = Unknown()
"""A value that only the deployment will tell; previews have it."""


def has_unknown(value: Any) -> bool:
    """Whether anything in a value is only known after the deployment."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    return any(has_unknown(item) for item in value) if isinstance(value, list) else value is UNKNOWN


@dataclass(frozen=True, slots=True)
class Plain:
    """Properties as handlers take them, and which first-level ones hold a secret at any depth."""

    props: dict[str, Any]
    secrets: frozenset[str]


def plain(struct: Mapping[str, Any]) -> Plain:
    """A wire object without wrappers: integral floats whole, None left out, secrets named beside it."""
    props: dict[str, Any] = {}
    secrets: set[str] = set()
    for name, value in struct.items():
        found: list[bool] = []
        taken = _plain(value, found)
        if taken is not None:
            props[name] = taken
        if found:
            secrets.add(name)
    return Plain(props, frozenset(secrets))


def _plain(value: Any, secrets: list[bool]) -> Any:
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, ListValue):
        return [_plain(item, secrets) for item in value]
    if isinstance(value, Struct):
        return _object(value, secrets)
    return UNKNOWN if value in _UNKNOWNS else value


def _object(value: Any, secrets: list[bool]) -> Any:
    # the engine names the kind of a stored asset without a value
    told = {name: value[name] for name, field in value.fields.items() if field.WhichOneof("kind")}
    signature = told.get(SIGNATURE)
    if signature is None:
        taken = {key: _plain(item, secrets) for key, item in told.items()}
        return {key: item for key, item in taken.items() if item is not None}
    if signature == SECRET:
        secrets.append(True)
        return _plain(told["value"], secrets)
    if signature == RESOURCE:
        return told.get("id", told.get("urn"))
    return _asset(signature, told, secrets)


def _asset(signature: str, told: Mapping[str, Any], secrets: list[bool]) -> Any:
    if signature in _ARCHIVES and "assets" in told:
        return _plain(told["assets"], secrets)
    kinds: dict[str, Any] = dict(zip(("uri", "path", "text"), reversed((_ASSETS | _ARCHIVES)[signature]), strict=False))
    found = [kinds[name](told[name]) for name in kinds if name in told]
    made: Any = found[0] if found else Stored(signature)
    made.sum = told.get("hash", "")
    return made


def rooted(value: Any, folder: Path) -> Any:
    """A value whose assets with a relative path lie in a folder: a program's own, which is not the provider's."""
    if isinstance(value, Mapping):
        return {name: rooted(item, folder) for name, item in value.items()}
    if isinstance(value, list):
        return [rooted(item, folder) for item in value]
    if isinstance(value, FileAsset | FileArchive) and not Path(value.path).is_absolute():
        found: Any = type(value)(str(folder / value.path))
        found.sum = getattr(value, "sum", "")
        return found
    return value


class Stored(Asset):
    """An asset, or an archive, of which only the sum of the content is known."""

    def __init__(self, signature: str) -> None:
        self.signature = signature


def asset_content(asset: Any) -> tuple[str, ...] | None:
    """What tells two assets apart: the sum of the content, or where it is; None for anything else."""
    if not isinstance(asset, _KEPT):
        return None
    if told := getattr(asset, "sum", ""):
        return ("sum", told)
    return tuple(f"{name} {value}" for name in ("text", "path", "uri") if (value := getattr(asset, name, None)))


def _asset_on_the_wire(asset: Any) -> dict[str, str]:
    every = {SIGNATURE: _signature(asset), "hash": getattr(asset, "sum", "")}
    every |= {name: getattr(asset, name, None) or "" for name in ("text", "path", "uri")}
    return {name: value for name, value in every.items() if value}


def _signature(asset: Any) -> str:
    if isinstance(asset, Stored):
        return asset.signature
    kinds = {kind: signature for signature, classes in (_ASSETS | _ARCHIVES).items() for kind in classes}
    return kinds[type(asset)]


def wire(inputs: Any, state: Mapping[str, Any], secrets: Iterable[str]) -> Any:
    """A resource's state for the program: its inputs as they came, what is new over them, secrets wrapped."""
    hidden = set(secrets)
    result = Struct()
    result.CopyFrom(inputs)
    for name, value in state.items():
        if name in result and isinstance(value, _KEPT):
            continue
        told = sendable(value)
        result[name] = {SIGNATURE: SECRET, "value": told} if name in hidden else told
    return result


_KEPT = (Asset, FileArchive, RemoteArchive)


def sendable(value: Any) -> Any:
    """A handler's answer as JSON would hold it."""
    if isinstance(value, Mapping):
        return {str(key): sendable(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple | set | frozenset):
        return [sendable(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if value is UNKNOWN:
        return _UNKNOWN_WIRE
    if isinstance(value, _KEPT):
        return _asset_on_the_wire(value)
    return value.isoformat() if isinstance(value, date) else value


def struct(value: Mapping[str, Any]) -> Any:
    """An object for the wire."""
    made = Struct()
    made.update(dict(value))
    return made


def path_text(path: Iterable[str | int]) -> str:
    """A property path as Pulumi writes it: ``tags.owner``, ``steps[0].bound``, ``tags["a.b"]``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.isidentifier():
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text
