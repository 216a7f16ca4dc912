"""What several handlers share beyond one call to make and one to describe."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Props
from floodgate.offline.handlers.described import Described

MANAGED = "Managed by Pulumi"
"""What the provider writes where AWS insists on a description."""


class Declared(Described):
    """A resource whose every property is either sent by `create_call` or named in `apart`; a test holds it to that."""

    apart: ClassVar[tuple[str, ...]] = ()
    """Properties that the handler deals with itself, or that only the provider keeps."""
    name_prop: ClassVar[str] = ""
    """The property that a prefix may stand for."""

    def create(self, aws: Aws, props: Props) -> str:
        """Make the resource under its name or one that begins with its prefix."""
        return super().create(aws, self.named(props))

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """What `create_call` is given: everything that is not apart."""
        return super().parameters(client, without(props, self.apart))

    def named(self, props: Props) -> dict[str, Any]:
        """The properties with a name made from the prefix, where a prefix was given."""
        prefix = f"{self.name_prop}Prefix"
        if self.name_prop and self.name_prop not in props and prefix in props:
            return {**props, self.name_prop: props[prefix] + unique(self.token, props)}
        return dict(props)


def without(props: Props, names: tuple[str, ...]) -> dict[str, Any]:
    """The properties but these."""
    return {name: value for name, value in props.items() if name not in names}


def unique(*parts: Any, length: int = 26) -> str:
    """Digits as the provider appends to a prefix: as many as its time and counter take, the same in every run."""
    return str(int(sha256(repr(parts).encode()).hexdigest(), 16))[:length]


def regrouped(props: Props, prefix: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Pulumi's flat or nested block `prefix` under AWS's names; nothing where it is not set."""
    block = props.get(prefix)
    return {} if block is None else {theirs: block[ours] for ours, theirs in names.items() if ours in block}
