"""What a rule sees: resources as plain frozen values, whether they exist already or are only planned.

In a preview a value may be unknown. The provider tells every property that it will compute as unknown, too, so an
unknown property counts as given only where the program said on what it depends; the others are left out here, as if
nobody had set them. That is why one rule judges a preview and a deployment alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

# what AWS and Pulumi call one resource by; a reference is known by any of them
_NAMES = ("id", "arn", "name", "bucket", "identifier", "clusterIdentifier", "replicationGroupId", "keyId")
# the same resources under the names of other folders of the SDK
_ALIASES = {"alb": "lb", "applicationloadbalancing": "lb", "elasticloadbalancingv2": "lb"}


class _Unknown:
    """The type of `UNKNOWN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false; compare it with UNKNOWN first")


UNKNOWN: Final = _Unknown()
"""A value that the program has given and that exists only after the deployment."""


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource of a stack.

    Args:
        type: Pulumi's token, e.g. ``aws:rds/cluster:Cluster``.
        name: its Pulumi name.
        urn: Pulumi's name of it among all.
        properties: camelCase; unknown values are `UNKNOWN`.
        references: for each property the URNs of the resources that its value comes from.
        id: its id in AWS, empty where it is not known.
        default_tags: what its provider puts on every resource.
    """

    type: str
    name: str
    urn: str
    properties: Mapping[str, Any]
    references: Mapping[str, Sequence[str]] = field(default_factory=dict)
    id: str = ""
    default_tags: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def kind(self) -> str:
        """Folder and type without the provider: ``rds/cluster``; other providers' tokens stay whole."""
        parts = self.type.split(":")
        if parts[0] != "aws" or len(parts) != 3:
            return self.type
        folder, _, rest = parts[1].partition("/")
        if folder == "s3":
            rest = rest.removesuffix("V2")
        return f"{_ALIASES.get(folder, folder)}/{rest}"

    def get(self, path: str, default: Any = None) -> Any:
        """The value at a dotted path, `default` where there is none, `UNKNOWN` where it is not known yet."""
        value: Any = self.properties
        for part in path.split("."):
            if value is UNKNOWN:
                return UNKNOWN
            value = value.get(part) if isinstance(value, Mapping) else None
        return default if value is None else plain(value)

    def lacks(self, path: str, *accepted: Any, default: Any = None) -> bool:
        """Whether the value at `path` is known and none of those accepted; nothing is lacking while it is unknown."""
        value = self.get(path, default)
        return value is not UNKNOWN and value not in accepted

    def gives(self, path: str) -> bool:
        """Whether there is a value at `path` that is not empty, or will be one."""
        value = self.get(path)
        return value is UNKNOWN or bool(value)

    def items(self, path: str) -> list[Any]:
        """The known elements of a list; a single one may stand without its list."""
        value = self.get(path)
        if value is None or value is UNKNOWN:
            return []
        return [item for item in (value if isinstance(value, (list, tuple)) else [value]) if item is not UNKNOWN]


@dataclass(frozen=True, eq=False)
class Stack:
    """All resources of one stack."""

    resources: tuple[Resource, ...]

    @cached_property
    def _by_kind(self) -> dict[str, list[Resource]]:
        return _grouped((resource.kind, resource) for resource in self.resources)

    @cached_property
    def _by_urn(self) -> dict[str, Resource]:
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def _by_identity(self) -> dict[str, list[Resource]]:
        return _grouped((name, resource) for resource in self.resources for name in _identities(resource))

    def of(self, *kinds: str) -> list[Resource]:
        """The resources of these kinds."""
        return [resource for kind in kinds for resource in self._by_kind.get(kind, ())]

    def targets(self, resource: Resource, name: str, *kinds: str) -> list[Resource]:
        """The resources of these kinds that a property names.

        A value that is known says it exactly. One that is not is followed by what it comes from, which is all of
        them where a list is made of several.
        """
        value = resource.properties.get(name)
        named = [r for text in texts(value) for r in self._by_identity.get(text, ()) if r.kind in kinds]
        if named and not has_unknown(value):
            return _unique(named)
        sources = (self._by_urn.get(urn) for urn in resource.references.get(name, ()))
        return _unique([*named, *(r for r in sources if r is not None and r.kind in kinds)])

    def all_targets(self, resource: Resource, name: str, *kinds: str) -> list[Resource] | None:
        """The same where every element of the property is a resource of this stack, else None."""
        value = resource.properties.get(name)
        found = self.targets(resource, name, *kinds)
        return found if isinstance(value, (list, tuple)) and len(found) == len(value) else None

    def naming(self, target: Resource, name: str, *kinds: str) -> list[Resource]:
        """The resources of these kinds whose property names `target`."""
        return [resource for resource in self.of(*kinds) if target in self.targets(resource, name, target.kind)]

    def may_name(self, target: Resource, name: str, *kinds: str) -> list[Resource]:
        """The same, and those that nobody can tell of yet; for what makes a target right, never for what is wrong."""
        return [
            resource
            for resource in self.of(*kinds)
            if target in (found := self.targets(resource, name, target.kind))
            or (not found and resource.get(name) is UNKNOWN)
        ]


def plain(value: Any) -> Any:
    """Booleans that some properties hold as text, as booleans; whole numbers without their fraction."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def texts(value: Any) -> Iterator[str]:
    """Every known text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts(inner)


def has_unknown(value: Any) -> bool:
    """Whether anything inside a value is not known yet."""
    if isinstance(value, Mapping):
        return any(has_unknown(inner) for inner in value.values())
    if isinstance(value, (list, tuple)):
        return any(has_unknown(inner) for inner in value)
    return value is UNKNOWN


def given(properties: Mapping[str, Any], references: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The properties that the program gave or that are known; what the provider will compute is left out."""
    return {
        name: value if references.get(name) else _known(value)
        for name, value in properties.items()
        if value is not UNKNOWN or references.get(name)
    }


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _known(inner) for name, inner in value.items() if inner is not UNKNOWN}
    if isinstance(value, (list, tuple)):
        return [_known(inner) for inner in value if inner is not UNKNOWN]
    return value


def _identities(resource: Resource) -> set[str]:
    values = (resource.id, *(resource.properties.get(name) for name in _NAMES))
    return {value for value in values if isinstance(value, str) and value}


def _grouped(pairs: Iterable[tuple[str, Resource]]) -> dict[str, list[Resource]]:
    groups: dict[str, list[Resource]] = {}
    for key, resource in pairs:
        groups.setdefault(key, []).append(resource)
    return groups


def _unique(resources: Iterable[Resource]) -> list[Resource]:
    return list({resource.urn: resource for resource in resources}.values())
