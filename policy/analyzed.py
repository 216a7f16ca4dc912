"""Pulumi's arguments of a policy as the rules' view.

The engine's library raises where an unknown value is read; the rules see it as `UNKNOWN` and decide for themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi_policy
from pulumi_policy.proxy import UnknownValueError

from policy.view import UNKNOWN, Resource, Stack, given


def resource_of(args: pulumi_policy.ResourceValidationArgs) -> Resource:
    """One resource as it is about to be made; here unknown values are only those that the program gave."""
    tags = _default_tags(args.provider)
    return Resource(args.resource_type, args.name, args.urn, _plain(args.props), default_tags=tags)


def stack_of(resources: Sequence[pulumi_policy.PolicyResource]) -> Stack:
    """A whole stack, planned or made."""
    return Stack(tuple(_resource(resource) for resource in resources))


class Views:
    """Each stack as the engine tells it, converted once for all the policies that are asked about it in turn."""

    def __init__(self) -> None:
        self._place, self._stack = -1, Stack(())

    def of(self, place: int, resources: Sequence[pulumi_policy.PolicyResource]) -> Stack:
        """The stack for the policy at this place of the pack; one at the same place or before begins a new round."""
        if place <= self._place or not self._stack.resources:
            self._stack = stack_of(resources)
        self._place = place
        return self._stack


def remembering(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same conversion of messages, made once for each message whatever asks."""
    known: dict[bytes, Any] = {}

    def converted(message: Any) -> Any:
        key = message.SerializeToString(deterministic=True)
        if key not in known:
            known[key] = convert(message)
        return known[key]

    return converted


def _resource(resource: pulumi_policy.PolicyResource) -> Resource:
    references = {
        name: [source.urn for source in sources] for name, sources in resource.property_dependencies.items() if sources
    }
    properties = given(_plain(resource.props), references)
    id_ = properties.get("id")
    return Resource(
        resource.resource_type,
        resource.name,
        resource.urn,
        properties,
        references,
        id_ if isinstance(id_, str) else "",
        _default_tags(resource.provider),
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _read(values, name) for name in values}


def _read(values: Any, key: Any) -> Any:
    try:
        value = values[key]
    except UnknownValueError:
        return UNKNOWN
    if isinstance(value, Mapping):
        return _plain(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_read(value, place) for place in range(len(value))]
    return value


def _default_tags(provider: pulumi_policy.PolicyProviderResource | None) -> Mapping[str, str]:
    given_ = _read(provider.props, "defaultTags") if provider and "defaultTags" in provider.props else {}
    if isinstance(given_, str):
        # a provider's configuration travels as JSON
        given_ = json.loads(given_)
    tags = given_.get("tags", {}) if isinstance(given_, Mapping) else {}
    return tags if isinstance(tags, Mapping) else {}
