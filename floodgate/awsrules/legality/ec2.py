"""Amazon EC2: what it refuses of launch templates.

AWS validates a template's data only in part when it is stored, and the rest when something is launched out of it:
"Create a launch template", https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-launch-template.html. Other
sources: "CreateLaunchTemplate", "CreateLaunchTemplateVersion", "ModifyLaunchTemplate" and "RequestLaunchTemplateData",
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html; "Error codes",
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from floodgate.awsrules.legality.checking import within
from floodgate.awsrules.legality.facts import Check, Facts, Params
from floodgate.awsrules.refusal import Refusal

INVALID = "InvalidParameterValue"
COMBINATION = "InvalidParameterCombination"
MALFORMED_NAME = "InvalidLaunchTemplateName.MalformedException"
MALFORMED_DATA = "InvalidUserData.Malformed"
NAME = re.compile(r"[a-zA-Z0-9().\-/_]{3,128}")
MAX_USER_DATA = 16_384
MAX_HOPS = 64


def create_launch_template(params: Params, _facts: Facts) -> None:
    """CreateLaunchTemplate: the name, and what AWS reads of the data."""
    name = params["LaunchTemplateName"]
    if not NAME.fullmatch(name):
        rule = "it must be 3 to 128 letters, digits and ( ) . - / _"
        raise Refusal(MALFORMED_NAME, value=f"LaunchTemplateName is {name!r}", rule=rule, remedy="choose another name")
    check_data(params["LaunchTemplateData"])


def create_launch_template_version(params: Params, _facts: Facts) -> None:
    """CreateLaunchTemplateVersion: of a template that is named once, with data or built on another version."""
    _check_named(params)
    if not params["LaunchTemplateData"] and not params.get("SourceVersion"):
        rule = "a version needs data, or a version that it is built on"
        raise Refusal("MissingParameter", value="LaunchTemplateData is empty", rule=rule, remedy="give InstanceType")
    check_data(params["LaunchTemplateData"])


def modify_launch_template(params: Params, facts: Facts) -> None:
    """ModifyLaunchTemplate: the default becomes a version that is there."""
    key = _check_named(params)
    version = params.get("DefaultVersion") or params.get("SetDefaultVersion")
    if version is None:
        rule = "it needs the version that becomes the default"
        raise Refusal("MissingParameter", value="DefaultVersion is missing", rule=rule, remedy="give DefaultVersion")
    if not str(version).isdecimal():
        rule = "it must be the number of a version"
        code = "InvalidLaunchTemplateVersion.Malformed"
        raise Refusal(code, value=f"DefaultVersion is {version!r}", rule=rule, remedy="give a number")
    held = facts.known("ec2.describe_launch_template_versions", {key: params[key]})
    if held and int(version) not in {item["VersionNumber"] for item in held if "VersionNumber" in item}:
        code, rule = "InvalidLaunchTemplateId.VersionNotFound", f"{params[key]} has no such version"
        raise Refusal(code, value=f"DefaultVersion is {version}", rule=rule, remedy="create it first")


def _check_named(params: Params) -> str:
    named = [key for key in ("LaunchTemplateId", "LaunchTemplateName") if params.get(key)]
    if len(named) != 1:
        code = COMBINATION if named else "MissingParameter"
        value = f"{' and '.join(named) or 'neither name nor id'} of the launch template"
        rule = "You must specify either the launch template ID or the launch template name, but not both"
        raise Refusal(code, value=value, rule=rule, remedy="give one of them")
    return named[0]


def check_data(data: Params) -> None:
    """Refuse what EC2 cannot store of a template's data.

    Raises:
        Refusal: with EC2's own codes.
    """
    _check_user_data(data.get("UserData"))
    _check_type(data)
    hops = (data.get("MetadataOptions") or {}).get("HttpPutResponseHopLimit")
    within(INVALID, "HttpPutResponseHopLimit", hops, 1, MAX_HOPS)


def check_launchable(data: Params) -> None:
    """Refuse what EC2 cannot launch: it stores such a template, and says so when somebody uses it.

    Raises:
        Refusal: with EC2's own codes.
    """
    _check_interfaces(data)
    _check_market(data.get("InstanceMarketOptions") or {})
    for mapping in data.get("BlockDeviceMappings") or ():
        _check_volume(mapping.get("Ebs") or {}, mapping.get("DeviceName", ""))


def _check_user_data(text: str | None) -> None:
    """Base64 of at most 16 KiB: "Run commands when you launch an EC2 instance",
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html.
    """
    if not text:
        return
    try:
        size = len(base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError) as error:
        rule = "Invalid BASE64 encoding of user data"
        raise Refusal(MALFORMED_DATA, value="UserData", rule=rule, remedy="encode it in Base64") from error
    if size > MAX_USER_DATA:
        rule = f"User data is limited to {MAX_USER_DATA} bytes"
        remedy = "shorten it, or let it fetch the rest"
        raise Refusal(INVALID, value=f"UserData has {size:,} bytes", rule=rule, remedy=remedy)


def _check_type(data: Params) -> None:
    """One type, or what a type must have: "InstanceRequirements",
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirementsRequest.html.
    """
    wanted = data.get("InstanceRequirements")
    if wanted and data.get("InstanceType"):
        rule = "If you specify InstanceRequirements, you can't specify InstanceType"
        value = f"InstanceType {data['InstanceType']} with InstanceRequirements"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="leave one out")
    check_requirements(COMBINATION, wanted or {})


def check_requirements(code: str, wanted: Params) -> None:
    """Refuse attributes of instance types that exclude each other, or whose minimum is above their maximum.

    Raises:
        Refusal: with `code`, of the service that is asked.
    """
    excluding = (
        ("AllowedInstanceTypes", "ExcludedInstanceTypes"),
        ("SpotMaxPricePercentageOverLowestPrice", "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice"),
    )
    for one, other in excluding:
        if wanted.get(one) is not None and wanted.get(other) is not None:
            rule = f"Only one of {one} and {other} can be specified"
            raise Refusal(code, value=f"{one} with {other}", rule=rule, remedy="leave one out")
    for name, bounds in wanted.items():
        low, high = (bounds.get(end) if isinstance(bounds, dict) else None for end in ("Min", "Max"))
        if low is not None and high is not None and low > high:
            value, rule = f"{name} {low} to {high}", "the minimum must not be above the maximum"
            raise Refusal(code, value=value, rule=rule, remedy="swap them")


def _check_interfaces(data: Params) -> None:
    interfaces = data.get("NetworkInterfaces") or ()
    groups = [name for name in ("SecurityGroupIds", "SecurityGroups") if data.get(name)]
    if interfaces and groups:
        rule = "Network interfaces and an instance-level security groups may not be specified on the same request"
        remedy = "give the groups to the network interface"
        raise Refusal(COMBINATION, value=f"{groups[0]} with NetworkInterfaces", rule=rule, remedy=remedy)
    places = [(face.get("NetworkCardIndex", 0), face.get("DeviceIndex")) for face in interfaces]
    for place in places:
        if place[1] is not None and places.count(place) > 1:
            value, rule = f"DeviceIndex {place[1]} twice", "each network interface needs its own device index"
            raise Refusal(INVALID, value=value, rule=rule, remedy="number them")
    if len(interfaces) > 1 and any(face.get("AssociatePublicIpAddress") for face in interfaces):
        rule = "The associatePublicIPAddress parameter cannot be specified when launching with multiple interfaces"
        value = f"AssociatePublicIpAddress with {len(interfaces)} network interfaces"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="leave it out, or keep one interface")


def _check_market(market: Params) -> None:
    """Source: "SpotMarketOptions",
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html.
    """
    options = market.get("SpotOptions") or {}
    behavior = options.get("InstanceInterruptionBehavior", "terminate")
    if behavior != "terminate" and options.get("SpotInstanceType", "one-time") != "persistent":
        rule = "stop and hibernate need a persistent Spot request"
        value = f"InstanceInterruptionBehavior {behavior}"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="set terminate, which Auto Scaling needs")


# volume type: IOPS that may be asked for, or None; sizes in GiB
_VOLUMES: dict[str, tuple[tuple[int, int] | None, tuple[int, int]]] = {
    "gp2": (None, (1, 16_384)),
    "gp3": ((3_000, 80_000), (1, 65_536)),
    "io1": ((100, 64_000), (4, 16_384)),
    "io2": ((100, 256_000), (4, 65_536)),
    "sc1": (None, (125, 16_384)),
    "st1": (None, (125, 16_384)),
    "standard": (None, (1, 1_024)),
}


def _check_volume(volume: dict[str, Any], device: str) -> None:
    """A volume of no type is gp2: "CreateVolume",
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html.
    """
    kind, iops = volume.get("VolumeType", "gp2"), volume.get("Iops")
    if not volume or kind not in _VOLUMES:
        return
    range_, sizes = _VOLUMES[kind]
    if iops is not None and range_ is None:
        rule = f"The parameter iops is not supported for {kind} volumes"
        raise Refusal(COMBINATION, value=f"Iops {iops} of {device}", rule=rule, remedy="leave it out, or use gp3")
    if iops is None and kind in ("io1", "io2"):
        rule = f"The parameter iops must be specified for {kind} volumes"
        raise Refusal("MissingParameter", value=f"Iops of {device} is missing", rule=rule, remedy="give Iops")
    if iops is not None and range_ is not None:
        within(INVALID, f"Iops of {device}", iops, *range_)
    within(INVALID, f"VolumeSize of {device}", volume.get("VolumeSize"), *sizes, " GiB")
    throughput = volume.get("Throughput")
    if throughput is not None and kind != "gp3":
        rule = f"The parameter throughput is not supported for {kind} volumes"
        raise Refusal(COMBINATION, value=f"Throughput {throughput} of {device}", rule=rule, remedy="use gp3")
    within(INVALID, f"Throughput of {device}", throughput, 125, 2_000, " MiB/s")


CHECKS: dict[str, Check] = {
    "CreateLaunchTemplate": create_launch_template,
    "CreateLaunchTemplateVersion": create_launch_template_version,
    "ModifyLaunchTemplate": modify_launch_template,
}
