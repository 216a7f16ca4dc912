"""Launch templates: versions build on others, and tags are the template's or those of what it launches."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.ec2.utils import convert_tag_spec, parse_user_data

from floodgate.offline.repairs.patching import patch, replace


@patch(LaunchTemplate, "create_version")
def version_without_its_own_tags(self: Any, data: dict[str, Any], description: str) -> Any:
    """Moto puts the tags of the template itself among those of what it launches."""
    own = [spec for spec in data.get("TagSpecifications", []) if spec["ResourceType"] != "launch-template"]
    if own or "TagSpecifications" in data:
        data["TagSpecifications"] = own
    if isinstance(data.get("UserData"), str):
        data["UserData"] = parse_user_data(data["UserData"])
    return version_without_its_own_tags.original(self, data, description)


# moto tells the tags that the template began with
replace(LaunchTemplate, "tags", property(lambda self: self.get_tags(), lambda _self, _tags: None))


@patch(LaunchTemplates, "create_launch_template_version")
def from_the_source_version(self: Any) -> Any:
    """Moto ignores SourceVersion; AWS begins with that version's data and lays the given data over it."""
    source = self._get_param("SourceVersion")
    result = from_the_source_version.original(self)
    if source is None:
        return result
    template = self.ec2_backend.describe_launch_templates(
        template_ids=[result.result["LaunchTemplateVersion"]["LaunchTemplateId"]]
    )[0]
    version = template.latest_version()
    given = {name: value for name, value in version.data.items() if value is not None}
    # the answer holds this very dictionary
    version.data.update({**template.get_version(source).data, **given})
    version.instance_tags = convert_tag_spec(version.data.get("TagSpecifications", [])).get("instance", {})
    return result
