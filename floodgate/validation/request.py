"""A create call, and how its parameters are taken out of what AWS describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.model import OperationModel
from botocore.session import Session


@dataclass(frozen=True, slots=True)
class Request:
    """A create call.

    Args:
        resource: what it would make, by name.
        service: boto3's name of the service.
        operation: AWS's name of the operation.
        params: what it is called with.
        itself: the describe call, the key and the value by which the account's answer tells what is to be made; it
            is not there yet when the call is made.
    """

    resource: str
    service: str
    operation: str
    params: Mapping[str, Any]
    itself: tuple[str, str, str] | None = None


def request(resource: str, service: str, operation: str, item: Mapping[str, Any], **other: Any) -> Request:
    """The create call whose parameters are what an item is described with, and `other`, which goes before it.

    What only a description holds is left out, and so is what is empty.
    """
    known = _types(service, operation)
    told = {key: value for key, value in item.items() if known.get(key) == type(value).__name__} | other
    params = {key: value for key, value in told.items() if value is not None and value not in ("", [], {})}
    return Request(resource, service, operation, params)


def model(service: str, operation: str) -> OperationModel:
    """AWS's own model of an operation."""
    return _session().get_service_model(service).operation_model(operation)


_TYPES = {
    "structure": "dict", "map": "dict", "list": "list", "string": "str", "integer": "int", "long": "int",
    "float": "float", "double": "float", "boolean": "bool", "timestamp": "datetime",
}  # fmt: skip


@cache
def _types(service: str, operation: str) -> Mapping[str, str]:
    shape = model(service, operation).input_shape
    assert shape is not None
    return {name: _TYPES.get(member.type_name, "") for name, member in shape.members.items()}


@cache
def _session() -> Session:
    return Session()
