"""AWS Systems Manager: parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Change, Gone, Props, resource
from floodgate.offline.handlers.declared import refused, without
from floodgate.offline.handlers.described import Described
from floodgate.offline.handlers.modified import given_key, worth_saying
from floodgate.offline.handlers.shapes import tag_map
from floodgate.offline.handlers.tagging import Calls, retag_by

VALUES = ("value", "insecureValue", "valueWo")
"""The three names under which a program may give the value."""
TAGS = Calls("add_tags_to_resource", "remove_tags_from_resource", "ResourceId")
SECURE = "SecureString"
UNVERSIONED = frozenset({"overwrite", "tags", "tagsAll"})


@resource("aws:ssm/parameter:Parameter", auto_name=AutoName(limit=2048))
class Parameter(Described):
    """A named value. `read` tells it only where it was not an input, as it may be a secret; `observe` tells it.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    """

    service = "ssm"
    create_call, id_prop = "put_parameter", "name"
    read_call, read_by, read_path = "get_parameter", "Name", "Parameter"
    delete_call, delete_by = "delete_parameter", "Name"
    outputs = ("arn", "version", "dataType", "type")
    changing_outputs = frozenset({"version"})
    paths: ClassVar = {"arn": "ARN"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The value under whichever of its three names it was given; AWS takes no tags where it overwrites."""
        given = without(props, ("tags", "tagsAll")) if props.get("overwrite") else props
        return super().parameters(client, without(given, VALUES)) | {"Value": _value(props)}

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Tag what may have been there before."""
        if props.get("overwrite"):
            retag_by(_Typed(aws.client(self.service)), TAGS, id_, Change({}, props, frozenset({"tags"})))

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """A new version with all that is declared, the tags apart."""
        if change.names - UNVERSIONED:
            self._check_tier(change)
            client = aws.client(self.service)
            params = self.parameters(client, without(change.new, ("tags", "tagsAll", "dataType")))
            gone = {"Description": ""} if change.touches("description") and "description" not in change.new else {}
            client.put_parameter(**params | {"Overwrite": True, **gone})
        if change.touches("tags"):
            retag_by(_Typed(aws.client(self.service)), TAGS, id_, change)

    def unknown_after(self, change: Change) -> frozenset[str]:
        """Whatever is not a tag makes a version."""
        return self.changing_outputs if change.names - UNVERSIONED else frozenset()

    def _check_tier(self, change: Change) -> None:
        """The provider would make it anew: AWS takes nothing back to the standard tier."""
        if (change.old.get("tier"), change.new.get("tier")) == ("Advanced", "Standard"):
            raise refused(
                "",
                "cannot go from Advanced to Standard in place (AWS: ValidationException)",
                "replace the parameter",
                path="tier",
            )

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Tier and key, and the value that nobody gave here."""
        out: dict[str, Any] = {"tier": props.get("tier", "Standard"), "hasValueWo": "valueWo" in props}
        if item["Type"] == SECURE:
            out["keyId"] = props.get("keyId", "alias/aws/ssm")
        elif "value" not in props:
            out["value"] = item["Value"]
        return out

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The value, the tags, and what another call tells of the parameter."""
        client = aws.client(self.service)
        item = client.get_parameter(Name=id_, WithDecryption=True)["Parameter"]
        by_name = [{"Key": "Name", "Option": "Equals", "Values": [id_]}]
        found = client.describe_parameters(ParameterFilters=by_name)["Parameters"]
        if not found:
            raise Gone(f"{self.token} {id_} does not exist")
        about = found[0]
        tags = client.list_tags_for_resource(ResourceType="Parameter", ResourceId=id_)["TagList"]
        told = {
            "allowedPattern": about.get("AllowedPattern", ""),
            "dataType": item["DataType"],
            "description": about.get("Description", ""),
            "name": item["Name"],
            "tier": about["Tier"],
            "type": item["Type"],
        }
        if item["Type"] == SECURE:
            told["keyId"] = given_key(props.get("keyId"), about.get("KeyId"))
        return worth_saying(told, props) | {"tags": tag_map(tags)} | _told_value(props, item)


def _value(props: Props) -> str | None:
    return next((props[name] for name in VALUES if name in props), None)


def _told_value(props: Props, item: Mapping[str, Any]) -> dict[str, Any]:
    """The value under the name that the program uses; not one that was only to be written."""
    if "valueWo" in props:
        return {}
    return {"insecureValue" if "insecureValue" in props else "value": item["Value"]}


class _Typed:
    """The client's two tagging calls, which ask for the kind of resource too."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.meta = client.meta

    def __getattr__(self, call: str) -> Any:
        return lambda **params: getattr(self._client, call)(ResourceType="Parameter", **params)
