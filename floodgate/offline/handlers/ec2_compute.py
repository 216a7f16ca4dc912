"""Amazon EC2: instances."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Change, Gone, Props, resource
from floodgate.offline.handlers.declared import without
from floodgate.offline.handlers.described import NO_PROPS
from floodgate.offline.handlers.ec2_network import Ec2
from floodgate.offline.handlers.instance_changes import change_instance, tag_disks
from floodgate.offline.handlers.instance_sight import observed
from floodgate.offline.handlers.requests import input_shape, request, tags_parameter, to_shape
from floodgate.offline.handlers.tagging import retag


@resource("aws:ec2/instance:Instance")
class Instance(Ec2):
    """One instance."""

    create_call, id_path = "run_instances", "Instances[0].InstanceId"
    read_call, read_by, read_path = "describe_instances", "InstanceIds", "Reservations[0].Instances[0]"
    delete_call, delete_by = "terminate_instances", "InstanceIds"
    rename: ClassVar = {
        "ami": "ImageId",
        "privateIp": "PrivateIpAddress",
        "vpcSecurityGroupIds": "SecurityGroupIds",
        "id": "LaunchTemplateId",
        "name": "LaunchTemplateName",
    }
    outputs = (
        "ami",
        "availabilityZone",
        "ebsOptimized",
        "iamInstanceProfile",
        "instanceLifecycle",
        "instanceState",
        "instanceType",
        "keyName",
        "monitoring",
        "primaryNetworkInterfaceId",
        "privateDns",
        "privateIp",
        "publicDns",
        "publicIp",
        "securityGroups",
        "sourceDestCheck",
        "subnetId",
        "tenancy",
        "vpcSecurityGroupIds",
    )
    paths: ClassVar = {
        "ami": "ImageId",
        "availabilityZone": "Placement.AvailabilityZone",
        "tenancy": "Placement.Tenancy",
        "instanceState": "State.Name",
        "primaryNetworkInterfaceId": "NetworkInterfaces[0].NetworkInterfaceId",
        "privateDns": "PrivateDnsName",
        "privateIp": "PrivateIpAddress",
        "publicDns": "PublicDnsName",
        "publicIp": "PublicIpAddress",
        "securityGroups": "SecurityGroups[].GroupName",
        "vpcSecurityGroupIds": "SecurityGroups[].GroupId",
        "iamInstanceProfile": "IamInstanceProfile.Arn",
        "monitoring": "Monitoring.State",
    }
    tag_type, arn_format = "instance", "instance/{id}"

    elsewhere = ("monitoring", "iamInstanceProfile", "userData", "networkInterfaces", "hibernation", "tenancy")
    """Properties that AWS wants in another shape than Pulumi's."""

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """One instance, on the interface that the properties describe."""
        plain = {name: value for name, value in props.items() if name not in self.elsewhere}
        out: dict[str, Any] = {"MinCount": 1, "MaxCount": 1} | request(
            client, self.create_call, plain, self.rename, self.tag_type
        )
        if "volumeTags" in props:
            volume = tags_parameter(input_shape(client, self.create_call), props["volumeTags"], "volume")
            out |= {"TagSpecifications": out.get("TagSpecifications", []) + volume["TagSpecifications"]}
        if "monitoring" in props:
            out["Monitoring"] = {"Enabled": props["monitoring"]}
        if props.get("iamInstanceProfile"):
            out["IamInstanceProfile"] = {"Name": props["iamInstanceProfile"]}
        if "hibernation" in props:
            out["HibernationOptions"] = {"Configured": props["hibernation"]}
        if "userDataBase64" in props or "userData" in props:
            # boto3 encodes this parameter itself
            out["UserData"] = props.get("userData") or base64.b64decode(props["userDataBase64"])
        place = {"AvailabilityZone": props.get("availabilityZone"), "Tenancy": props.get("tenancy")}
        place |= {"GroupName": props.get("placementGroup"), "HostId": props.get("hostId")}
        if any(place.values()):
            out["Placement"] = {name: value for name, value in place.items() if value}
        out |= self._disks(client, props)
        return self._on_an_interface(out, props) if "associatePublicIpAddress" in props else out

    def _disks(self, client: Any, props: Props) -> dict[str, Any]:
        shape = input_shape(client, self.create_call).members["BlockDeviceMappings"].member.members["Ebs"]
        root = [props["rootBlockDevice"]] if "rootBlockDevice" in props else []
        disks = [{"deviceName": self._root_device(client, props), **disk} for disk in root]
        out = []
        for disk in [*disks, *props.get("ebsBlockDevices", [])]:
            # the provider's own default, whatever the image says
            ebs = {"deleteOnTermination": True, **without(disk, ("deviceName", "tags", "tagsAll"))}
            out.append({"DeviceName": disk["deviceName"], "Ebs": to_shape(ebs, shape)})
        return {"BlockDeviceMappings": out} if out else {}

    def _root_device(self, client: Any, props: Props) -> str:
        images = client.describe_images(ImageIds=[props["ami"]])["Images"] if "ami" in props else []
        return images[0]["RootDeviceName"] if images else "/dev/xvda"

    def _on_an_interface(self, out: dict[str, Any], props: Props) -> dict[str, Any]:
        interface = {"DeviceIndex": 0, "AssociatePublicIpAddress": props["associatePublicIpAddress"]}
        for ours, theirs in (
            ("SubnetId", "SubnetId"),
            ("SecurityGroupIds", "Groups"),
            ("PrivateIpAddress", "PrivateIpAddress"),
        ):
            if ours in out:
                interface[theirs] = out.pop(ours)
        return out | {"NetworkInterfaces": [interface]}

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """What AWS takes only of an instance that exists."""
        if props.get("sourceDestCheck") is False:
            aws.client("ec2").modify_instance_attribute(InstanceId=id_, SourceDestCheck={"Value": False})
        disks = [props.get("rootBlockDevice", {}), *props.get("ebsBlockDevices", [])]
        if any(disk.get("tags") for disk in disks):
            tag_disks(aws.client("ec2"), self.describe(aws, id_), disks)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The two that Pulumi tells in another form than AWS."""
        profile = item.get("IamInstanceProfile", {}).get("Arn", "").rsplit("/", 1)[-1]
        out = {"monitoring": item.get("Monitoring", {}).get("State") == "enabled"}
        return out | ({"iamInstanceProfile": profile} if profile else {})

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """The instance; EC2 tells of a terminated one for an hour, and to a program it is gone."""
        item = super().describe(aws, id_, props)
        if item["State"]["Name"] in ("shutting-down", "terminated"):
            raise Gone(f"instance {id_} is {item['State']['Name']}")
        return item

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """What other calls tell of the instance, its interface and its disks."""
        return self.more(aws, id_, item, props) | observed(aws.client(self.service), item, props)

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Each property by its own call; the tags last."""
        change_instance(aws.client(self.service), self.describe(aws, id_), change)
        if change.touches("tags"):
            retag(aws, self.service, id_, "", change)

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """`forceDestroy` lifts the protection that a program asked for; without it AWS refuses."""
        if props.get("forceDestroy"):
            for attribute in ("DisableApiTermination", "DisableApiStop"):
                aws.client(self.service).modify_instance_attribute(InstanceId=id_, **{attribute: {"Value": False}})
