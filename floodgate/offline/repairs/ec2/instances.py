"""Instances: they get everything that their launch template says.

Moto passes on image, type, user data, key, security groups and disks, and loses the rest.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import InstanceBackend
from moto.iam.models import iam_backends
from moto.ssm.models import ssm_backends

from floodgate.offline.repairs.patching import patch

RESOLVED = "resolve:ssm:"
ROOT_GIB = 8


@patch(InstanceBackend, "run_instances")
def as_the_template_says(
    self: Any, image_id: str, count: int, user_data: Any, security_group_names: list[str], **kwargs: Any
) -> Any:
    """What the request leaves open comes from the template; a launch that fails half way leaves nothing behind."""
    data = self._get_template_from_args(kwargs["launch_template"]).data if kwargs.get("launch_template") else {}
    image_id = _resolved(self, image_id or data.get("ImageId", ""))
    filled = {**kwargs, **_from_template(data, kwargs)}
    if "block_device_mappings" in filled or data.get("BlockDeviceMappings"):
        disks = filled.get("block_device_mappings") or data["BlockDeviceMappings"]
        filled["block_device_mappings"] = _with_root(self, image_id, disks)
    profile = _profile(self, data.get("IamInstanceProfile", {}))
    before = set(self.reservations)
    try:
        made = as_the_template_says.original(self, image_id, count, user_data, security_group_names, **filled)
    except Exception:
        _undo(self, set(self.reservations) - before)
        raise
    named = kwargs.get("iam_instance_profile_name") or kwargs.get("iam_instance_profile_arn")
    for instance in made.instances:
        # describe_instances tells the groups of the instance, not of its interface
        instance.security_groups = instance.security_groups or list(instance.nics[0].group_set)
        if profile and not named:
            self.associate_iam_instance_profile(instance.id, iam_instance_profile_arn=profile.arn)
    return made


def _from_template(data: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    found = {
        "metadata_options": data.get("MetadataOptions"),
        "ebs_optimized": data.get("EbsOptimized"),
        "disable_api_stop": data.get("DisableApiStop"),
        "instance_initiated_shutdown_behavior": data.get("InstanceInitiatedShutdownBehavior"),
        "instance_market_options": data.get("InstanceMarketOptions", {}).get("MarketType"),
        "monitoring_state": "enabled" if data.get("Monitoring", {}).get("Enabled") else None,
        "nics": data.get("NetworkInterfaces"),
        "hibernation_options": data.get("HibernationOptions"),
    }
    unset = (None, False, "", {}, [], "disabled")
    return {name: value for name, value in found.items() if value is not None and given.get(name) in unset}


def _resolved(backend: Any, image_id: str) -> str:
    """The image that a public parameter names; moto takes the reference for an image."""
    if not image_id.startswith(RESOLVED):
        return image_id
    parameter = ssm_backends[backend.account_id][backend.region_name].get_parameter(image_id.removeprefix(RESOLVED))
    if parameter is None:
        raise EC2ClientError("InvalidAMIID.Malformed", f'Invalid id: "{image_id}": there is no such parameter')
    return parameter.value


def _with_root(backend: Any, image_id: str, disks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The disks, and the image's root where they do not name it; moto adds /dev/sda1 to any."""
    images = backend.describe_images(filters={"image-id": [image_id]})
    root = images[0].root_device_name if images else "/dev/xvda"
    made = [{**disk, "Ebs": {"VolumeSize": ROOT_GIB, **disk.get("Ebs", {})}} for disk in disks]
    if root not in [disk["DeviceName"] for disk in made]:
        made.insert(0, {"DeviceName": root, "Ebs": {"VolumeSize": ROOT_GIB}})
    for disk in made:
        if disk["DeviceName"] == root:
            disk["Ebs"].setdefault("DeleteOnTermination", True)
    return made


def _profile(backend: Any, named: dict[str, str]) -> Any:
    """The template's instance profile; AWS refuses one that does not exist, moto never looks."""
    if not named:
        return None
    iam = iam_backends[backend.account_id][backend.partition]
    for profile in iam.get_instance_profiles():
        if profile.name == named.get("Name") or profile.arn == named.get("Arn"):
            return profile
    member, value = next(iter(named.items()))
    text = f"Value ({value}) for parameter iamInstanceProfile.{member.lower()} is invalid."
    raise EC2ClientError("InvalidParameterValue", f"{text} Invalid IAM Instance Profile {member.lower()}")


def _undo(backend: Any, reservations: set[str]) -> None:
    for id_ in reservations:
        for instance in backend.reservations[id_].instances:
            instance.terminate()
        del backend.reservations[id_]
