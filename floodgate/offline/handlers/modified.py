"""Resources of RDS and ElastiCache: changed by a call that takes what changed, with tags that are listed apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import jmespath

from floodgate.offline.handlers.base import Aws, Change, NotYet, Props
from floodgate.offline.handlers.declared import Declared
from floodgate.offline.handlers.requests import input_shape, member_of, request, spelling
from floodgate.offline.handlers.tagging import tags_of

# AWS takes so many parameters in one call
PARAMETERS_AT_ONCE = 20


class Modified(Declared):
    """A resource that AWS changes property by property.

    A property that the program takes away becomes what `cleared` says. One that is not there keeps its value, as the
    provider does with everything that AWS computes.
    """

    cleared: ClassVar[Mapping[str, Any]] = {}
    """What a property is set to that was taken away."""
    update_rename: ClassVar[Mapping[str, str]] = {}
    """Pulumi's name to AWS's in `update_call`; `rename` for all others. An empty one cannot be changed."""
    following: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The outputs that get new values when a property changes."""

    def unknown_after(self, change: Change) -> frozenset[str]:
        """What follows the properties that change."""
        return frozenset(output for name in change.names for output in self.following.get(name, ()))

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """What changed, then whatever `refine` adds, then the tags."""
        sent = self.changed(change)
        if sent:
            client = aws.client(self.service)
            getattr(client, self.update_call)(**self.modification(client, id_, sent, change))
        self.refine(aws, id_, change)
        if change.touches("tags"):
            self.retag(aws, id_, change)

    def changed(self, change: Change) -> dict[str, Any]:
        """The properties that `update_call` is to set, with those that were taken away."""
        names = change.names - {"tags", "tagsAll", *self.kept} - self.refined
        gone = {name: self.cleared[name] for name in sorted(names) if name not in change.new and name in self.cleared}
        return change.within(sorted(names)) | gone

    def modification(self, client: Any, id_: str, sent: Props, change: Change) -> dict[str, Any]:
        """What `update_call` is given."""
        rename = {**self.rename, **self.update_rename}
        known = spelling(tuple(input_shape(client, self.update_call).members)) if self.update_call else {}
        for name in sent:
            if member_of(known, rename.get(name, name)) is None:
                raise NotYet(f"{name} cannot be changed in place in the offline AWS yet")
        how = {name: change.new[name] for name in self.update_with if name in change.new}
        return {self.update_by: id_} | request(client, self.update_call, {**how, **sent}, rename)

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The tags beside what `more` tells."""
        told = super().observed(aws, id_, item, props)
        if not self.tagged:
            return told
        return told | {"tags": tags_of(aws, self.service, jmespath.search(self.paths["arn"], item))}


def worth_saying(told: Mapping[str, Any], props: Props) -> dict[str, Any]:
    """What AWS tells without what is empty there and not declared either, so that an import does not ask for it."""
    return {name: value for name, value in told.items() if name in props or value not in ("", [], {}, None)}


def given_key(given: str | None, seen: str | None) -> str | None:
    """A KMS key in the form in which the program named it; AWS tells its ARN."""
    return given if given and seen and seen.endswith(f"/{given}") else seen


def named_values(parameters: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Parameters of a group by their name."""
    return {parameter["name"]: dict(parameter) for parameter in parameters}


def parameter_changes(change: Change) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The parameters that are to be set, and those that are to be reset."""
    old, new = (named_values(props.get("parameters", [])) for props in (change.old, change.new))
    given = [parameter for name, parameter in new.items() if old.get(name) != parameter]
    return given, [parameter for name, parameter in old.items() if name not in new]


def portions(parameters: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """As many parameters at once as AWS takes."""
    return (parameters[start : start + PARAMETERS_AT_ONCE] for start in range(0, len(parameters), PARAMETERS_AT_ONCE))
