"""AWS Systems Manager: parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, resource
from floodgate.offline.handlers.described import Described


@resource("aws:ssm/parameter:Parameter", auto_name=AutoName(limit=2048))
class Parameter(Described):
    """A named value. The value itself is read back only where it was not an input, as it may be a secret."""

    service = "ssm"
    create_call, id_prop = "put_parameter", "name"
    read_call, read_by, read_path = "get_parameter", "Name", "Parameter"
    outputs = ("arn", "version", "dataType", "type")
    paths: ClassVar = {"arn": "ARN"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The value under whichever of its three names it was given."""
        value = props.get("value", props.get("insecureValue", props.get("valueWo")))
        return super().parameters(client, props) | {"Value": value}

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Tier and key, and the value that nobody gave here."""
        out: dict[str, Any] = {"tier": props.get("tier", "Standard"), "hasValueWo": "valueWo" in props}
        if props["type"] == "SecureString":
            out["keyId"] = props.get("keyId", "alias/aws/ssm")
        elif "value" not in props:
            out["value"] = item["Value"]
        return out
