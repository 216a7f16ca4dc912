"""What every component has: a type of its own, children under it, and tags that say whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

Tags = Mapping[str, str]


class Component(pulumi.ComponentResource):
    """A component resource `floodgate:<package>:<Class>` whose children carry its tags."""

    def __init__(self, package: str, name: str, tags: Tags, opts: pulumi.ResourceOptions | None = None) -> None:
        self._tags = dict(tags)
        super().__init__(f"floodgate:{package}:{type(self).__name__}", name, None, opts)

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options for a child resource: this component as parent, and whatever else is given."""
        return pulumi.ResourceOptions(parent=self, **options)

    def named(self, suffix: str) -> str:
        """The Pulumi name of a child, e.g. ``network-public-1``."""
        return f"{self.pulumi_resource_name}-{suffix}"

    def tags(self, suffix: str = "") -> dict[str, str]:
        """The stack's tags and the `Name` that AWS's console shows."""
        return {**self._tags, "Name": self.named(suffix) if suffix else self.pulumi_resource_name}
