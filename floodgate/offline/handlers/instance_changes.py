"""What changes an instance in place: one call for each property, some of them on a stopped instance only.

The calls and their order are the real provider's:
https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/ec2_instance.go
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from floodgate.offline.handlers.base import Change, NotYet, Props
from floodgate.offline.handlers.instance_sight import volume_ids
from floodgate.offline.handlers.requests import request

Item = Mapping[str, Any]

KEPT = frozenset({"forceDestroy", "getPasswordData", "launchTemplate", "tags", "tagsAll", "userDataReplaceOnChange"})
"""Properties whose change asks EC2 for nothing here. A template's version is read once, at the launch."""


def change_instance(client: Any, item: Item, change: Change) -> None:
    """Bring an instance to what the program says.

    Args:
        client: a boto3 client of EC2.
        item: the instance as EC2 describes it.
        change: the update. A computed property that is no longer said stays as it is.
    """
    names = change.names - KEPT
    unknown = names - CHANGES.keys()
    if change.new.get("userDataReplaceOnChange"):
        unknown |= names & {"userData", "userDataBase64"}
    if unknown:
        raise NotYet(f"{', '.join(sorted(unknown))} cannot be changed in place in the offline AWS yet")
    for name, apply in CHANGES.items():
        if name in names and (name in change.new or name in TAKEN_AWAY):
            apply(client, item, change)


def _volume_tags(client: Any, item: Item, change: Change) -> None:
    _retag(client, volume_ids(item), change.old.get("volumeTags", {}), change.new.get("volumeTags", {}))


def _retag(client: Any, ids: list[str], old: Mapping[str, str], new: Mapping[str, str]) -> None:
    if gone := [{"Key": key} for key in old if key not in new]:
        client.delete_tags(Resources=ids, Tags=gone)
    if changed := [{"Key": key, "Value": value} for key, value in new.items() if old.get(key) != value]:
        client.create_tags(Resources=ids, Tags=changed)


def tag_disks(client: Any, item: Item, disks: Iterable[Props]) -> None:
    """Give each of an instance's new disks its own tags; the one that names no device is the root."""
    attached = {each["DeviceName"]: each["Ebs"]["VolumeId"] for each in item["BlockDeviceMappings"]}
    for disk in disks:
        volume = attached.get(disk.get("deviceName", item["RootDeviceName"]))
        if volume and disk.get("tags"):
            _retag(client, [volume], {}, disk["tags"])


def _profile(client: Any, item: Item, change: Change) -> None:
    of_it = [{"Name": "instance-id", "Values": [item["InstanceId"]]}]
    found = client.describe_iam_instance_profile_associations(Filters=of_it)["IamInstanceProfileAssociations"]
    there, wanted = [each["AssociationId"] for each in found], change.new.get("iamInstanceProfile")
    if not wanted:
        for association in there:
            client.disassociate_iam_instance_profile(AssociationId=association)
    elif there:
        client.replace_iam_instance_profile_association(AssociationId=there[0], IamInstanceProfile={"Name": wanted})
    else:
        client.associate_iam_instance_profile(InstanceId=item["InstanceId"], IamInstanceProfile={"Name": wanted})


def _attribute(name: str) -> Callable[[Any, Item, Change], None]:
    """Changed while the instance runs."""

    def apply(client: Any, item: Item, change: Change) -> None:
        member = name[:1].upper() + name[1:]
        client.modify_instance_attribute(InstanceId=item["InstanceId"], **{member: {"Value": change.new[name]}})

    return apply


def _stopped(client: Any, item: Item, **attribute: Any) -> None:
    """EC2 takes these of a stopped instance only; it is started again."""
    named = {"InstanceIds": [item["InstanceId"]]}
    client.stop_instances(**named)
    client.modify_instance_attribute(InstanceId=item["InstanceId"], **attribute)
    client.start_instances(**named)


def _type(client: Any, item: Item, change: Change) -> None:
    _stopped(client, item, InstanceType={"Value": change.new["instanceType"]})


def _user_data(client: Any, item: Item, change: Change) -> None:
    _stopped(client, item, UserData={"Value": change.new["userData"].encode()})


def _user_data_base64(client: Any, item: Item, change: Change) -> None:
    # boto3 encodes this parameter itself
    _stopped(client, item, UserData={"Value": base64.b64decode(change.new["userDataBase64"])})


def _first_interface(item: Item) -> str:
    first = next(each for each in item["NetworkInterfaces"] if each["Attachment"]["DeviceIndex"] == 0)
    return first["NetworkInterfaceId"]


def _security_groups(client: Any, item: Item, change: Change) -> None:
    groups = change.new["vpcSecurityGroupIds"]
    client.modify_network_interface_attribute(NetworkInterfaceId=_first_interface(item), Groups=groups)


def _addresses(client: Any, item: Item, change: Change) -> None:
    old, new = change.old.get("secondaryPrivateIps", []), change.new["secondaryPrivateIps"]
    named = {"NetworkInterfaceId": _first_interface(item)}
    if gone := [address for address in old if address not in new]:
        client.unassign_private_ip_addresses(**named, PrivateIpAddresses=gone)
    if added := [address for address in new if address not in old]:
        client.assign_private_ip_addresses(**named, PrivateIpAddresses=added)


def _monitoring(client: Any, item: Item, change: Change) -> None:
    call = client.monitor_instances if change.new["monitoring"] else client.unmonitor_instances
    call(InstanceIds=[item["InstanceId"]])


def _metadata(client: Any, item: Item, change: Change) -> None:
    options = request(client, "modify_instance_metadata_options", change.new["metadataOptions"])
    client.modify_instance_metadata_options(InstanceId=item["InstanceId"], **options)


def _credits(client: Any, item: Item, change: Change) -> None:
    wanted = {"InstanceId": item["InstanceId"], "CpuCredits": change.new["creditSpecification"]["cpuCredits"]}
    client.modify_instance_credit_specification(InstanceCreditSpecifications=[wanted])


def _whole(prop: str, call: str, rename: Mapping[str, str] | None = None) -> Callable[[Any, Item, Change], None]:
    """A block of settings with a call of its own."""

    def apply(client: Any, item: Item, change: Change) -> None:
        settings = request(client, call, change.new[prop], rename or {})
        getattr(client, call)(InstanceId=item["InstanceId"], **settings)

    return apply


def _reservation(client: Any, item: Item, change: Change) -> None:
    wanted = {name: change.new[name] for name in ("capacityReservationSpecification",)}
    settings = request(client, "modify_instance_capacity_reservation_attributes", wanted)
    client.modify_instance_capacity_reservation_attributes(InstanceId=item["InstanceId"], **settings)


def _root(client: Any, item: Item, change: Change) -> None:
    old, new, device = change.old.get("rootBlockDevice", {}), change.new["rootBlockDevice"], item["RootDeviceName"]
    volume = next(each["Ebs"]["VolumeId"] for each in item["BlockDeviceMappings"] if each["DeviceName"] == device)
    names = {"volumeSize": "Size", "volumeType": "VolumeType", "iops": "Iops", "throughput": "Throughput"}
    sent = {theirs: new[name] for name, theirs in names.items() if name in new and old.get(name) != new[name]}
    if sent:
        client.modify_volume(VolumeId=volume, **sent)
    if "deleteOnTermination" in new and old.get("deleteOnTermination") != new["deleteOnTermination"]:
        ends = {"DeviceName": device, "Ebs": {"DeleteOnTermination": new["deleteOnTermination"]}}
        client.modify_instance_attribute(InstanceId=item["InstanceId"], BlockDeviceMappings=[ends])
    _retag(client, [volume], old.get("tags", {}), new.get("tags", {}))


TAKEN_AWAY = frozenset({"iamInstanceProfile", "volumeTags"})
"""Properties that no longer being said changes."""
CHANGES: Mapping[str, Callable[[Any, Item, Change], None]] = {
    "volumeTags": _volume_tags,
    "iamInstanceProfile": _profile,
    "sourceDestCheck": _attribute("sourceDestCheck"),
    "secondaryPrivateIps": _addresses,
    "vpcSecurityGroupIds": _security_groups,
    "instanceType": _type,
    "userData": _user_data,
    "userDataBase64": _user_data_base64,
    "disableApiStop": _attribute("disableApiStop"),
    "disableApiTermination": _attribute("disableApiTermination"),
    "instanceInitiatedShutdownBehavior": _attribute("instanceInitiatedShutdownBehavior"),
    "maintenanceOptions": _whole("maintenanceOptions", "modify_instance_maintenance_options"),
    "monitoring": _monitoring,
    "creditSpecification": _credits,
    "metadataOptions": _metadata,
    "rootBlockDevice": _root,
    "capacityReservationSpecification": _reservation,
    "privateDnsNameOptions": _whole(
        "privateDnsNameOptions", "modify_private_dns_name_options", {"hostnameType": "PrivateDnsHostnameType"}
    ),
}
