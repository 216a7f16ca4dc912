"""What a resource handler is: how one Pulumi resource type becomes AWS API calls, for every front end.

A handler speaks camelCase properties, exactly as the Pulumi SDK sends them, and AWS through `Aws.client`.
To add a type, subclass `Resource` in the module of its service and decorate it with `resource`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

Props = Mapping[str, Any]


class Aws(Protocol):
    """The offline account that a handler talks to."""

    region: str
    account_id: str
    partition: str

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client for this account; made once per service and region."""
        ...


@dataclass(frozen=True, slots=True)
class AutoName:
    """How the provider names a resource that was given no name: `<pulumi name>-<7 hex digits>`, cut to `limit`.

    `prefix` and `suffix` belong to every name of the type, e.g. ``alias/``.
    """

    prop: str = "name"
    limit: int = 255
    lower: bool = False
    prefix: str = ""
    suffix: str = ""


class Resource:
    """One Pulumi resource type. Handlers hold no state: everything lives in the offline AWS."""

    token: ClassVar[str]
    auto_name: ClassVar[AutoName | None] = None

    def create(self, aws: Aws, props: Props) -> str:
        """Make the resource through boto3 and return its Pulumi id.

        `props` are checked, named and free of secrets, None and integral floats. A refusal of AWS is
        botocore's ClientError and passes through.
        """
        raise NotImplementedError

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The output properties (camelCase) as the API describes the resource with this id.

        `props` are the inputs, for what no API tells. Raises KeyError or ClientError where it is gone.
        """
        raise NotImplementedError


RESOURCES: dict[str, Resource] = {}
FUNCTIONS: dict[str, Callable[[Aws, Props], dict[str, Any]]] = {}


R = TypeVar("R", bound=type[Resource])


def resource(token: str, *, auto_name: AutoName | None = None) -> Callable[[R], R]:
    """Register a handler class under its Pulumi token, e.g. ``aws:ec2/vpc:Vpc``."""

    def register(cls: R) -> R:
        cls.token, cls.auto_name = token, auto_name
        assert token not in RESOURCES, f"{token} has two handlers"
        RESOURCES[token] = cls()
        return cls

    return register


def function(
    token: str,
) -> Callable[[Callable[[Aws, Props], dict[str, Any]]], Callable[[Aws, Props], dict[str, Any]]]:
    """Register a provider function under its token, e.g. ``aws:index/getRegion:getRegion``."""

    def register(call: Callable[[Aws, Props], dict[str, Any]]) -> Callable[[Aws, Props], dict[str, Any]]:
        assert token not in FUNCTIONS, f"{token} is registered twice"
        FUNCTIONS[token] = call
        return call

    return register
