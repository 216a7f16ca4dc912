"""The properties of every AWS resource type and function, read from the installed SDK's own classes.

Types and nested arguments are looked at when first asked for, and only those of the modules a program uses.
"""

from __future__ import annotations

import collections.abc
import importlib
import re
import sys
import types
import typing
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from typing import Any

from pulumi import _types as sdk_types


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, a whole number, a number or a boolean."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    item: Type


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with any keys."""

    item: Type


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of several types."""

    options: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """A value the SDK says nothing about: assets, archives, JSON."""


@dataclass(frozen=True)
class ObjectOf:
    """An object with known properties."""

    cls: type

    @cached_property
    def properties(self) -> dict[str, Type]:
        """Property names in Pulumi's camel case, with their types."""
        return _properties(self.cls)

    @cached_property
    def required(self) -> frozenset[str]:
        """The properties without which the object cannot be made."""
        return _required(self.cls)


Type = Scalar | ListOf | MapOf | OneOf | Anything | ObjectOf

STRING, INTEGER, NUMBER, BOOLEAN = Scalar("string"), Scalar("whole number"), Scalar("number"), Scalar("boolean")
_SCALARS = {str: STRING, int: INTEGER, float: NUMBER, bool: BOOLEAN}
_LISTS = (collections.abc.Sequence, list, collections.abc.Iterable)
_MAPS = (collections.abc.Mapping, dict)


@cache
def tokens() -> dict[str, tuple[str, str]]:
    """Every resource type of the installed SDK: its token, with module and class name."""
    import pulumi_aws  # noqa: F401, PLC0415 - a program without AWS need not pay for it
    from pulumi.runtime.rpc import _RESOURCE_MODULES  # noqa: PLC0415 - filled by the import above

    found: dict[str, tuple[str, str]] = {}
    for modules in _RESOURCE_MODULES.values():
        for module in modules:
            info = getattr(module, "mod_info", {})
            if info.get("pkg") == "aws":
                found.update({token: (info["fqn"], name) for token, name in info["classes"].items()})
    return found


@cache
def resource_class(token: str) -> type | None:
    """The SDK's class of a resource type, or None where it has none."""
    where = tokens().get(token)
    return getattr(importlib.import_module(where[0]), where[1]) if where else None


@cache
def arguments(token: str) -> ObjectOf | None:
    """The arguments that a resource type takes, or None for a type the SDK does not have."""
    cls = resource_class(token)
    if cls is None:
        return None
    module, name = sys.modules[cls.__module__], cls.__name__
    # where a nested block has the plain name, the resource's own arguments are called otherwise
    return ObjectOf(vars(module).get(f"{name}InitArgs") or vars(module)[f"{name}Args"])


@cache
def outputs(token: str) -> dict[str, tuple[Type, bool]]:
    """The output properties of a resource type: type, and whether the SDK promises that they are set."""
    cls = resource_class(token)
    if cls is None:
        return {}
    found = {}
    for _, name, prop in sdk_types._py_properties(cls):  # noqa: SLF001 - the SDK's own reflection
        hint = _annotation(prop)
        promised = getattr(hint, "__args__", (hint,))[0]
        found[name] = (_read(promised, cls.__module__), type(None) not in typing.get_args(promised))
    return found


@cache
def provider_arguments() -> ObjectOf:
    """The arguments of an explicit provider."""
    import pulumi_aws  # noqa: PLC0415 - lazy, as above

    return ObjectOf(pulumi_aws.ProviderArgs)


@cache
def function_arguments(token: str) -> dict[str, Type] | None:
    """The arguments of a provider function by its token, or None for one the SDK does not have."""
    module, _, name = token.removeprefix("aws:").rpartition(":")
    function = _function(module.partition("/")[0], _snake(name))
    if function is None:
        return None
    hints = {k: v for k, v in function.__annotations__.items() if k not in ("opts", "return")}
    return {_camel(name): _read(hint, function.__module__) for name, hint in hints.items()}


def _function(module: str, name: str) -> Any:
    where = {"index": "pulumi_aws", "lambda": "pulumi_aws.lambda_"}.get(module, f"pulumi_aws.{module}")
    try:
        return getattr(importlib.import_module(where), name, None)
    except ModuleNotFoundError:
        return None


def _properties(cls: type) -> dict[str, Type]:
    return {
        name: _read(_annotation(prop), cls.__module__)
        for _, name, prop in sdk_types._py_properties(cls)  # noqa: SLF001 - the SDK's own reflection
    }


def _required(cls: type) -> frozenset[str]:
    code, defaulted = cls.__init__.__code__, cls.__init__.__kwdefaults__ or {}
    keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    names = sdk_types.input_type_py_to_pulumi_names(cls)
    return frozenset(names[name] for name in keywords if name not in defaulted and name in names)


def _annotation(prop: property) -> Any:
    return getattr(prop.fget, "__annotations__", {}).get("return", Any)


def _read(hint: Any, module: str) -> Type:
    """A type annotation of the SDK, without its futures, its None and its dictionary twins."""
    if isinstance(hint, str | typing.ForwardRef):
        return _named(hint if isinstance(hint, str) else hint.__forward_arg__, module)
    if isinstance(hint, type) and not typing.get_origin(hint):
        return _class(hint)
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _union(inner, module)
    if origin in _LISTS:
        return ListOf(_read(inner[0], module))
    if origin in _MAPS:
        return MapOf(_read(inner[1], module))
    return Anything()


def _union(members: tuple[Any, ...], module: str) -> Type:
    options = list(dict.fromkeys(_read(member, module) for member in members if not _plumbing(member)))
    if len(options) > 1:
        # functions also take what other functions returned, which has the same properties
        options = [o for o in options if not (isinstance(o, ObjectOf) and sdk_types.is_output_type(o.cls))]
    return options[0] if len(options) == 1 else OneOf(tuple(options))


def _plumbing(member: Any) -> bool:
    name = member if isinstance(member, str) else getattr(member, "__forward_arg__", "")
    return (
        member is type(None)
        or name.startswith("Output[")
        or name.endswith("ArgsDict")
        or typing.is_typeddict(member)
        or getattr(typing.get_origin(member), "__name__", "") in ("Awaitable", "Output")
    )


def _named(name: str, module: str) -> Type:
    value: Any = sys.modules[module]
    for part in name.split("."):
        value = getattr(value, part, None)
    return _read(value, module) if value is not None else Anything()


def _class(cls: type) -> Type:
    if cls in _SCALARS:
        return _SCALARS[cls]
    if issubclass(cls, Enum):
        return STRING if issubclass(cls, str) else Anything()
    return ObjectOf(cls) if sdk_types.is_input_type(cls) or sdk_types.is_output_type(cls) else Anything()


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])", lambda m: f"_{m[0]}", name).lower()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
