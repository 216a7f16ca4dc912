"""What a resource handler is: how one Pulumi resource type becomes AWS API calls, for every front end.

A handler speaks camelCase properties, exactly as the Pulumi SDK sends them, and AWS through `Aws.client`.
To add a type, subclass `Resource` in the module of its service and decorate it with `resource`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from botocore.exceptions import ClientError

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


@dataclass(frozen=True, slots=True)
class Change:
    """What a deployment changes of a resource that stays.

    Args:
        old: the properties it was last deployed with, defaults and tags filled in.
        new: those it is to have, the same way.
        names: the first-level properties that differ. Only these may be sent: what scaling or people have
            changed meanwhile in the others belongs to them.
    """

    old: Props
    new: Props
    names: frozenset[str]

    def within(self, names: Iterable[str]) -> dict[str, Any]:
        """The new values of those of `names` that changed; one that was taken away is left out."""
        return {name: self.new[name] for name in names if name in self.names and name in self.new}

    def touches(self, *names: str) -> bool:
        """Whether any of these properties changed."""
        return not self.names.isdisjoint(names)


class Resource:
    """One Pulumi resource type. Handlers hold no state: everything lives in the offline AWS."""

    token: ClassVar[str]
    auto_name: ClassVar[AutoName | None] = None
    changing_outputs: ClassVar[frozenset[str]] = frozenset()
    """Outputs that an update in place gives new values, so that a preview cannot know them."""

    def create(self, aws: Aws, props: Props) -> str:
        """Make the resource through boto3 and return its Pulumi id.

        `props` are checked, named and free of secrets, None and integral floats. A refusal of AWS is
        botocore's ClientError and passes through.
        """
        raise NotImplementedError

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The output properties (camelCase) as the API describes the resource with this id.

        `props` are the inputs, for what no API tells. Raises Gone or ClientError where it is gone.
        """
        raise NotImplementedError

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The input properties as the API tells them now, so that drift shows; what no API tells is left out.

        None is for what the API tells is not set.

        Raises Gone or ClientError where the resource is gone.
        """
        return self.read(aws, id_, props)

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change the resource in place, through the API.

        Raises:
            NotYet: the offline AWS cannot change one of the properties yet.
        """
        raise NotYet(f"{', '.join(sorted(change.names))} cannot be changed in place in the offline AWS yet")

    def unknown_after(self, change: Change) -> frozenset[str]:
        """The outputs that this change will give new values: those of `changing_outputs` that it concerns."""
        return self.changing_outputs

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete the resource and wait until it is gone. Being gone already is no error."""
        raise NotYet("cannot be deleted in the offline AWS yet")


class Gone(KeyError):  # noqa: N818 - it is what is the case
    """There is no such resource any more."""


class NotYet(Exception):  # noqa: N818 - it says what is missing
    """Something real AWS does and the offline AWS does not do yet."""


def is_gone(error: ClientError, codes: Iterable[str] = ()) -> bool:
    """Whether AWS's refusal says that there is no such resource.

    Args:
        error: the refusal.
        codes: further error codes that say so.
    """
    code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    if code in codes or _GONE.search(code):
        return True
    return code == "ValidationError" and ("not found" in message or "does not exist" in message)


# ResourceNotFoundException, NoSuchEntity, InvalidVpcID.NotFound, DBClusterNotFoundFault, NoSuchBucket, …
_GONE = re.compile(r"NotFound|NoSuch|DoesNotExist|NonExistent|NonexistentItem")

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
