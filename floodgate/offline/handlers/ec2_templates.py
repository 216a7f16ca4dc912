"""Amazon EC2: launch templates, whose every change is a new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, resource
from floodgate.offline.handlers.ec2_network import Ec2
from floodgate.offline.handlers.reflection import reflect
from floodgate.offline.handlers.requests import input_shape, tags_parameter, to_shape
from floodgate.offline.handlers.shapes import all_tags
from floodgate.offline.handlers.tagging import retag
from floodgate.offline.schema import arguments

OF_THE_TEMPLATE = frozenset(
    {"defaultVersion", "description", "name", "namePrefix", "region", "tags", "tagsAll", "updateDefaultVersion"}
)
"""Properties that are not part of a version's data."""


@resource("aws:ec2/launchTemplate:LaunchTemplate", auto_name=AutoName(limit=128))
class LaunchTemplate(Ec2):
    """How the instances of a group are made. Every property of the SDK reaches AWS, by AWS's own model of it."""

    create_call, id_path = "create_launch_template", "LaunchTemplate.LaunchTemplateId"
    read_call, read_by, read_path = "describe_launch_templates", "LaunchTemplateIds", "LaunchTemplates[0]"
    delete_call, delete_by = "delete_launch_template", "LaunchTemplateId"
    outputs = ("name", "defaultVersion", "latestVersion")
    paths: ClassVar = {
        "name": "LaunchTemplateName",
        "defaultVersion": "DefaultVersionNumber",
        "latestVersion": "LatestVersionNumber",
    }
    tag_type, arn_format = "launch-template", "launch-template/{id}"
    changing_outputs = frozenset({"defaultVersion", "latestVersion"})

    data_rename: ClassVar = {
        "vpcSecurityGroupIds": "SecurityGroupIds",
        "securityGroupNames": "SecurityGroups",
        # inside a network interface
        "securityGroups": "Groups",
        "ipv4Addresses": "PrivateIpAddresses",
        "ipv4AddressCount": "SecondaryPrivateIpAddressCount",
    }

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The first version's data beside the name and tags of the template."""
        shape = input_shape(client, self.create_call)
        named = {"LaunchTemplateName": props["name"], **tags_parameter(shape, all_tags(props), self.tag_type)}
        return named | self._version(client, props)

    def _version(self, client: Any, props: Props) -> dict[str, Any]:
        shape = input_shape(client, self.create_call).members["LaunchTemplateData"]
        data = {name: value for name, value in props.items() if name not in OF_THE_TEMPLATE}
        out = {"LaunchTemplateData": to_shape(data, shape, self.data_rename)}
        return out | ({"VersionDescription": props["description"]} if "description" in props else {})

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """What the newest version says; its silence tells what somebody took away."""
        found = aws.client(self.service).describe_launch_template_versions(LaunchTemplateId=id_, Versions=["$Latest"])
        version, known = found["LaunchTemplateVersions"][0], arguments(self.token)
        assert known is not None, "the SDK has launch templates"
        said = {name: None for name in known.properties if name not in OF_THE_TEMPLATE and props.get(name)}
        said |= reflect(version["LaunchTemplateData"], known, self.data_rename)
        return said | {"description": version.get("VersionDescription", "")}

    def unknown_after(self, change: Change) -> frozenset[str]:
        """A new version has a new number, and may become the default."""
        changing = {"latestVersion"} if self._needs_version(change) else set()
        if change.new.get("updateDefaultVersion") and (changing or change.touches("updateDefaultVersion")):
            changing.add("defaultVersion")
        return frozenset(changing)

    @staticmethod
    def _needs_version(change: Change) -> bool:
        return bool(change.names - OF_THE_TEMPLATE) or change.touches("description")

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """A new version, whole, not built on the last; then the version that is the default, then the tags."""
        client, default = aws.client(self.service), None
        if self._needs_version(change):
            client.create_launch_template_version(LaunchTemplateId=id_, **self._version(client, change.new))
        if change.new.get("updateDefaultVersion"):
            default = self.describe(aws, id_)["LatestVersionNumber"]
        elif change.touches("defaultVersion"):
            default = change.new.get("defaultVersion")
        if default is not None:
            client.modify_launch_template(LaunchTemplateId=id_, DefaultVersion=str(default))
        if change.touches("tags"):
            retag(aws, self.service, id_, "", change)
