"""Amazon CloudFront: functions, which have a stage under development and, once published, a live one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, is_gone, resource
from floodgate.offline.handlers.edge import CloudFront
from floodgate.offline.handlers.shapes import tag_list
from floodgate.offline.handlers.tagging import tags_of


@resource("aws:cloudfront/function:Function", auto_name=AutoName(limit=64))
class Function(CloudFront):
    """Code that runs at the edge; published unless it says otherwise."""

    create_call, id_prop = "create_function", "name"
    read_call, read_by, read_path = "describe_function", "Name", "FunctionSummary"
    config = "FunctionConfig"
    delete_call, delete_by = "delete_function", "Name"
    outputs = ("arn", "status")
    paths: ClassVar = {"arn": "FunctionMetadata.FunctionARN"}
    tagged = True
    apart = ("code", "comment", "runtime", "keyValueStoreAssociations", "publish", "tags")
    refined = frozenset({"code", "comment", "runtime", "keyValueStoreAssociations", "publish"})
    changing_outputs = frozenset({"etag", "liveStageEtag", "status"})

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """Code, configuration and tags."""
        tags = {"Tags": {"Items": tag_list(props)}} if tag_list(props) else {}
        return {**self._content(props), **tags}

    def _content(self, props: Props) -> dict[str, Any]:
        config = {"Comment": props.get("comment", ""), "Runtime": props["runtime"]}
        stores = [{"KeyValueStoreARN": store} for store in props.get("keyValueStoreAssociations", [])]
        if stores:
            config["KeyValueStoreAssociations"] = {"Quantity": len(stores), "Items": stores}
        return {"Name": props["name"], "FunctionConfig": config, "FunctionCode": props["code"].encode()}

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Publish."""
        if props.get("publish", True):
            client = aws.client(self.service)
            client.publish_function(Name=id_, IfMatch=self.etag(client, id_))

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Change what is under development, then publish it."""
        client = aws.client(self.service)
        if change.touches("code", "comment", "runtime", "keyValueStoreAssociations"):
            client.update_function(IfMatch=self.etag(client, id_), **self._content(change.new))
        if change.touches(*self.refined):
            self.finish(aws, id_, change.new)

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The code under development, the stores and the tags."""
        client = aws.client(self.service)
        config = item[self.config]
        stores = config.get("KeyValueStoreAssociations", {}).get("Items", [])
        return {
            "code": client.get_function(Name=id_, Stage="DEVELOPMENT")["FunctionCode"].read().decode(),
            "name": id_,
            "keyValueStoreAssociations": [store["KeyValueStoreARN"] for store in stores],
            "tags": tags_of(aws, self.service, item["FunctionMetadata"]["FunctionARN"]),
        }

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The live stage has an ETag of its own once there is one."""
        out = super().read(aws, id_, props)
        try:
            live = aws.client(self.service).describe_function(Name=id_, Stage="LIVE")
        except ClientError as error:
            if not is_gone(error):
                raise
            return out
        return {**out, "liveStageEtag": live["ETag"]}
