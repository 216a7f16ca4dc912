"""The usual resource: one call makes it, one call describes it, and class-level data says which.

A type whose making needs more overrides `finish`; one whose outputs need more overrides `more`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

import jmespath
from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import Aws, Change, Gone, NotYet, Props, Resource, is_gone
from floodgate.offline.handlers.reflection import reflect
from floodgate.offline.handlers.requests import input_shape, request, to_shape
from floodgate.offline.handlers.shapes import all_tags, tag_map, told
from floodgate.offline.handlers.tagging import retag
from floodgate.offline.schema import arguments

NO_PROPS: Props = {}


def arn(aws: Aws, service: str, resource: str, *, region: str | None = None) -> str:
    """An ARN in this account; pass ``region=""`` for a global resource."""
    where = aws.region if region is None else region
    return f"arn:{aws.partition}:{service}:{where}:{aws.account_id}:{resource}"


class Described(Resource):
    """A resource type told by its two API calls."""

    service: ClassVar[str]
    create_call: ClassVar[str]
    id_path: ClassVar[str] = ""
    """Where the answer of `create_call` holds the id (JMESPath)."""
    id_prop: ClassVar[str] = ""
    """The input that is the id, for types whose id is their name."""
    read_call: ClassVar[str]
    read_by: ClassVar[str]
    """The parameter of `read_call` that takes the id, as one value or as a list as the API has it."""
    read_path: ClassVar[str]
    """Where the answer of `read_call` holds the resource (JMESPath)."""
    read_within: ClassVar[Mapping[str, str]] = {}
    """Further parameters of `read_call`, AWS's name to Pulumi's, for what is found only within another resource."""
    outputs: ClassVar[tuple[str, ...]] = ()
    """Properties that the description tells, under Pulumi's names."""
    rename: ClassVar[Mapping[str, str]] = {}
    """Pulumi's name to AWS's, for requests."""
    paths: ClassVar[Mapping[str, str]] = {}
    """Pulumi's name to a JMESPath into the description, where it is not the same name."""
    judged_at_first: ClassVar[frozenset[str]] = frozenset()
    """Properties that AWS holds against the others at the creation only; a change of others adapts them."""
    silent: ClassVar[tuple[str, ...]] = ()
    """Properties that the description leaves out where they are not set: its silence says they were taken away."""
    tagged: ClassVar[bool] = True
    tag_type: ClassVar[str] = ""
    """EC2's resource type in tag specifications."""
    arn_format: ClassVar[str] = ""
    """The resource part of the ARN, with ``{id}``, where the description does not tell the ARN."""
    update_call: ClassVar[str] = ""
    """The call that changes it in place. The same as `create_call` where that puts the whole; then all is sent."""
    update_by: ClassVar[str] = ""
    """The parameter of `update_call` that takes the id."""
    update_with: ClassVar[tuple[str, ...]] = ()
    """Properties that `update_call` is given even where they did not change."""
    kept: ClassVar[tuple[str, ...]] = ()
    """Properties that only the provider keeps: a change of them alone asks AWS for nothing."""
    delete_call: ClassVar[str] = ""
    delete_by: ClassVar[str] = ""
    """The parameter of `delete_call` that takes the id."""
    delete_within: ClassVar[Mapping[str, str]] = {}
    """Further parameters of `delete_call`, AWS's name to Pulumi's; `read_within` where it is left out."""
    gone: ClassVar[tuple[str, ...]] = ()
    """AWS's error codes that say the resource is gone, beside those that end in ``NotFound`` or the like."""

    def create(self, aws: Aws, props: Props) -> str:
        """Make the resource and return its id; where a later step fails, nothing of it is left."""
        client = aws.client(self.service)
        answer = getattr(client, self.create_call)(**self.parameters(client, props))
        id_ = props[self.id_prop] if self.id_prop else jmespath.search(self.id_path, answer)
        try:
            self.finish(aws, id_, props)
        except Exception:
            with suppress(Exception):
                self.delete(aws, id_, props)
            raise
        return id_

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """What `create_call` is given."""
        return request(client, self.create_call, props, self.rename, self.tag_type)

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Calls that follow the creation; none for most types."""

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """All properties that the description tells."""
        known = arguments(self.token)
        assert known is not None, f"{self.token} has a handler, so the SDK has it"
        item = self.describe(aws, id_, props)
        told = reflect(item, known, self.rename, self.paths) | self.observed(aws, id_, item, props)
        return {name: None for name in self.silent if props.get(name)} | told

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Input properties that no single name in the description tells; those that `more` tells, by default."""
        return self.more(aws, id_, item, props)

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """One call with what changed, the tags apart, then whatever `refine` adds."""
        rest = change.names - {"tags", "tagsAll", *self.kept} - self.refined
        if rest and not self.update_call:
            raise NotYet(f"{', '.join(sorted(rest))} cannot be changed in place in the offline AWS yet")
        if rest:
            client = aws.client(self.service)
            getattr(client, self.update_call)(**self.new_parameters(client, id_, change))
        self.refine(aws, id_, change)
        if change.touches("tags"):
            self.retag(aws, id_, change)

    refined: ClassVar[frozenset[str]] = frozenset()
    """Properties that `refine` changes, with calls of its own."""

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """What `update_call` is given: all where it puts the whole, else the id and what changed."""
        if self.update_call == self.create_call:
            return self.parameters(client, change.new)
        sent = change.within(sorted(change.names - self.refined - {"tags"}))
        sent |= {name: change.new[name] for name in self.update_with if name in change.new}
        return {self.update_by: id_} | request(client, self.update_call, sent, self.rename)

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Calls that an update needs beside `update_call`; none for most types."""

    def retag(self, aws: Aws, id_: str, change: Change) -> None:
        """Change the tags."""
        arn_ = id_ if id_.startswith("arn:") else self.read(aws, id_, change.new).get("arn", "")
        retag(aws, self.service, id_, arn_, change)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """One call, after whatever `unmake` does first."""
        if not self.delete_call:
            raise NotYet("cannot be deleted in the offline AWS yet")
        client = aws.client(self.service)
        shape = input_shape(client, self.delete_call)
        within = self.delete_within or self.read_within
        told = {theirs: props[ours] for theirs, ours in within.items() if theirs in shape.members}
        told[self.delete_by] = to_shape(id_, shape.members[self.delete_by])
        try:
            self.unmake(aws, id_, props)
            getattr(client, self.delete_call)(**told, **self.delete_options(props))
        except ClientError as error:
            if not is_gone(error, self.gone):
                raise

    def delete_options(self, props: Props) -> dict[str, Any]:
        """Further parameters of `delete_call`, e.g. a final snapshot."""
        return {}

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """Calls that must come before the deletion; none for most types."""

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """The API's description of the resource; Gone where it is gone."""
        client = aws.client(self.service)
        member = input_shape(client, self.read_call).members[self.read_by]
        within = {theirs: props[ours] for theirs, ours in self.read_within.items()}
        answer = getattr(client, self.read_call)(
            **within, **{self.read_by: [id_] if member.type_name == "list" else id_}
        )
        item = jmespath.search(self.read_path, answer)
        if item is None:
            raise Gone(f"{self.token} {id_} does not exist")
        return item

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The outputs, from the description."""
        item = self.describe(aws, id_, props)
        out = told(item, self.outputs, self.paths)
        if self.arn_format:
            out["arn"] = arn(aws, self.service, self.arn_format.format(id=id_))
        if self.tagged:
            out["tagsAll"] = tag_map(item["Tags"]) if isinstance(item.get("Tags"), list) else all_tags(props)
        return out | self.more(aws, id_, item, props)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Outputs that no single name in the description tells."""
        return {}
