"""What EC2 tells of an instance beyond its description, in the form in which a program says it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from floodgate.offline.handlers.base import Props
from floodgate.offline.handlers.shapes import tag_map

ATTRIBUTES = ("disableApiStop", "disableApiTermination", "instanceInitiatedShutdownBehavior")
"""Properties for which EC2 has a call that tells one of them."""
PLACE = {
    "hostId": "HostId",
    "placementGroup": "GroupName",
    "placementPartitionNumber": "PartitionNumber",
    "tenancy": "Tenancy",
}
DISK = {
    "encrypted": "Encrypted",
    "iops": "Iops",
    "kmsKeyId": "KmsKeyId",
    "snapshotId": "SnapshotId",
    "throughput": "Throughput",
    "volumeSize": "Size",
    "volumeType": "VolumeType",
}
"""A disk's properties as an instance has them, to those of a volume."""
UNTOLD = ("ephemeralBlockDevices", "instanceMarketOptions", "launchTemplate", "primaryNetworkInterface")
"""Properties that the description would tell wrongly, if it told them."""


def observed(client: Any, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
    """The input properties that the description of an instance does not tell by their names.

    Args:
        client: a boto3 client of EC2.
        item: the instance as EC2 describes it.
        props: what is asked of it; for what no program asks, nobody asks EC2.
    """
    id_ = item["InstanceId"]
    out = {name: item.get("Placement", {}).get(place) for name, place in PLACE.items()}
    out |= {name: attribute(client, id_, name) for name in ATTRIBUTES if name in props}
    out |= _user_data(client, id_, props) | _interface(item, props) | _disks(client, item, props)
    out["hibernation"] = (item.get("HibernationOptions") or {}).get("Configured")
    if "creditSpecification" in props:
        told = client.describe_instance_credit_specifications(InstanceIds=[id_])["InstanceCreditSpecifications"]
        out["creditSpecification"] = {"cpuCredits": told[0]["CpuCredits"]}
    gone = {name: None for name in ("iamInstanceProfile",) if props.get(name) and not item.get("IamInstanceProfile")}
    out = {name: value for name, value in out.items() if value not in (None, "")}
    return out | gone | {name: props[name] for name in UNTOLD if name in props}


def attribute(client: Any, instance_id: str, name: str) -> Any:
    """One attribute of an instance."""
    answer = client.describe_instance_attribute(InstanceId=instance_id, Attribute=name)
    return (answer.get(name[:1].upper() + name[1:]) or {}).get("Value")


def _user_data(client: Any, instance_id: str, props: Props) -> dict[str, Any]:
    given = next((name for name in ("userData", "userDataBase64") if name in props), None)
    if given is None:
        return {}
    told = attribute(client, instance_id, "userData") or ""
    if given == "userDataBase64" or told == props[given]:
        return {given: told}
    return {given: base64.b64decode(told).decode(errors="replace")}


def _interface(item: Mapping[str, Any], props: Props) -> dict[str, Any]:
    """What the first interface says of addresses, and each that the program names of itself."""
    by_index = {each["Attachment"]["DeviceIndex"]: each for each in item.get("NetworkInterfaces", [])}
    named = {each["deviceIndex"] for each in props.get("networkInterfaces", [])}
    out: dict[str, Any] = {
        "networkInterfaces": [
            {
                "deviceIndex": index,
                "networkInterfaceId": by_index[index]["NetworkInterfaceId"],
                "deleteOnTermination": by_index[index]["Attachment"].get("DeleteOnTermination", False),
                "networkCardIndex": by_index[index]["Attachment"].get("NetworkCardIndex", 0),
            }
            for index in sorted(named & by_index.keys())
        ]
    }
    if 0 in by_index:
        first = by_index[0]
        others = [each["PrivateIpAddress"] for each in first.get("PrivateIpAddresses", []) if not each.get("Primary")]
        six = [each["Ipv6Address"] for each in first.get("Ipv6Addresses", [])]
        out |= {"secondaryPrivateIps": others, "ipv6Addresses": six, "ipv6AddressCount": len(six)}
        out["associatePublicIpAddress"] = bool(first.get("Association"))
    return out


def _disks(client: Any, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
    """The root, the other disks that the program names, and the tags of all."""
    if not props.keys() & {"ebsBlockDevices", "rootBlockDevice", "volumeTags"}:
        return {}
    attached = {each["DeviceName"]: each["Ebs"] for each in item.get("BlockDeviceMappings", [])}
    volumes = {each["VolumeId"]: each for each in client.describe_volumes(VolumeIds=volume_ids(item))["Volumes"]}
    disks = {device: _disk(ebs, volumes[ebs["VolumeId"]]) for device, ebs in attached.items()}
    out: dict[str, Any] = {"rootBlockDevice": disks.get(item.get("RootDeviceName", ""))}
    if "ebsBlockDevices" in props:
        named = [each["deviceName"] for each in props["ebsBlockDevices"]]
        out["ebsBlockDevices"] = [{"deviceName": name, **disks[name]} for name in named if name in disks]
    if "volumeTags" in props:
        out["volumeTags"] = tag_map(tag for volume in volumes.values() for tag in volume.get("Tags", []))
    return out


def _disk(ebs: Mapping[str, Any], volume: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: volume[theirs] for name, theirs in DISK.items() if volume.get(theirs) not in (None, "")}
    return told | {
        "deleteOnTermination": ebs.get("DeleteOnTermination", False),
        "tags": tag_map(volume.get("Tags", [])),
    }


def volume_ids(item: Mapping[str, Any]) -> list[str]:
    """The volumes of an instance."""
    return [each["Ebs"]["VolumeId"] for each in item.get("BlockDeviceMappings", [])]
