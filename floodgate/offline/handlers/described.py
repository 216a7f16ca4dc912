"""The usual resource: one call makes it, one call describes it, and class-level data says which.

A type whose making needs more overrides `finish`; one whose outputs need more overrides `more`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import jmespath

from floodgate.offline.handlers.base import Aws, Props, Resource
from floodgate.offline.handlers.requests import input_shape, request
from floodgate.offline.handlers.shapes import all_tags, tag_map, told

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
    tagged: ClassVar[bool] = True
    tag_type: ClassVar[str] = ""
    """EC2's resource type in tag specifications."""
    arn_format: ClassVar[str] = ""
    """The resource part of the ARN, with ``{id}``, where the description does not tell the ARN."""

    def create(self, aws: Aws, props: Props) -> str:
        """Make the resource and return its id."""
        client = aws.client(self.service)
        answer = getattr(client, self.create_call)(**self.parameters(client, props))
        id_ = props[self.id_prop] if self.id_prop else jmespath.search(self.id_path, answer)
        self.finish(aws, id_, props)
        return id_

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """What `create_call` is given."""
        return request(client, self.create_call, props, self.rename, self.tag_type)

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Calls that follow the creation; none for most types."""

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """The API's description of the resource; KeyError where it is gone."""
        client = aws.client(self.service)
        member = input_shape(client, self.read_call).members[self.read_by]
        within = {theirs: props[ours] for theirs, ours in self.read_within.items()}
        answer = getattr(client, self.read_call)(
            **within, **{self.read_by: [id_] if member.type_name == "list" else id_}
        )
        item = jmespath.search(self.read_path, answer)
        if item is None:
            raise KeyError(f"{self.token} {id_} does not exist")
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
