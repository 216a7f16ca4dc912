"""Amazon EC2: launch templates, instances, key pairs and volumes."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, Resource, resource
from floodgate.offline.handlers.ec2_network import Ec2
from floodgate.offline.handlers.ec2_routes import hashcode
from floodgate.offline.handlers.requests import input_shape, request, tags_parameter, to_shape
from floodgate.offline.handlers.shapes import all_tags


@resource("aws:ec2/launchTemplate:LaunchTemplate", auto_name=AutoName(limit=128))
class LaunchTemplate(Ec2):
    """How the instances of a group are made. Every property of the SDK reaches AWS, by AWS's own model of it."""

    create_call, id_path = "create_launch_template", "LaunchTemplate.LaunchTemplateId"
    read_call, read_by, read_path = "describe_launch_templates", "LaunchTemplateIds", "LaunchTemplates[0]"
    outputs = ("name", "defaultVersion", "latestVersion")
    paths: ClassVar = {
        "name": "LaunchTemplateName",
        "defaultVersion": "DefaultVersionNumber",
        "latestVersion": "LatestVersionNumber",
    }
    tag_type, arn_format = "launch-template", "launch-template/{id}"

    data_rename: ClassVar = {
        "vpcSecurityGroupIds": "SecurityGroupIds",
        "securityGroupNames": "SecurityGroups",
        # inside a network interface
        "securityGroups": "Groups",
        "ipv4Addresses": "PrivateIpAddresses",
        "ipv4AddressCount": "SecondaryPrivateIpAddressCount",
    }
    about_the_template = ("name", "namePrefix", "description", "tags", "tagsAll", "defaultVersion")
    about_the_template += ("updateDefaultVersion", "region")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The first version's data beside the name and tags of the template."""
        shape = input_shape(client, self.create_call)
        data = {name: value for name, value in props.items() if name not in self.about_the_template}
        out = {
            "LaunchTemplateName": props["name"],
            "LaunchTemplateData": to_shape(data, shape.members["LaunchTemplateData"], self.data_rename),
            **tags_parameter(shape, all_tags(props), self.tag_type),
        }
        return out | ({"VersionDescription": props["description"]} if "description" in props else {})


@resource("aws:ec2/instance:Instance")
class Instance(Ec2):
    """One instance."""

    create_call, id_path = "run_instances", "Instances[0].InstanceId"
    read_call, read_by, read_path = "describe_instances", "InstanceIds", "Reservations[0].Instances[0]"
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
        if "iamInstanceProfile" in props:
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
            ebs = {name: value for name, value in disk.items() if name not in ("deviceName", "tags", "tagsAll")}
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

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The two that Pulumi tells in another form than AWS."""
        profile = item.get("IamInstanceProfile", {}).get("Arn", "").rsplit("/", 1)[-1]
        out = {"monitoring": item.get("Monitoring", {}).get("State") == "enabled"}
        return out | ({"iamInstanceProfile": profile} if profile else {})


@resource("aws:ec2/keyPair:KeyPair", auto_name=AutoName("keyName"))
class KeyPair(Ec2):
    """A public key for logging in."""

    create_call, id_prop = "import_key_pair", "keyName"
    read_call, read_by, read_path = "describe_key_pairs", "KeyNames", "KeyPairs[0]"
    outputs = ("keyPairId", "keyType", "fingerprint", "keyName")
    paths: ClassVar = {"fingerprint": "KeyFingerprint"}
    tag_type, arn_format = "key-pair", "key-pair/{id}"

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The key as bytes."""
        return super().parameters(client, props) | {"PublicKeyMaterial": props["publicKey"].encode()}


@resource("aws:ebs/volume:Volume")
class Volume(Ec2):
    """A disk."""

    create_call, id_path = "create_volume", "VolumeId"
    read_call, read_by, read_path = "describe_volumes", "VolumeIds", "Volumes[0]"
    rename: ClassVar = {"type": "VolumeType"}
    outputs = ("size", "type", "iops", "throughput", "encrypted", "kmsKeyId", "snapshotId", "createTime")
    paths: ClassVar = {"type": "VolumeType"}
    tag_type, arn_format = "volume", "volume/{id}"


@resource("aws:ec2/volumeAttachment:VolumeAttachment")
class VolumeAttachment(Resource):
    """A disk given to an instance."""

    def create(self, aws: Aws, props: Props) -> str:
        """Attach the disk."""
        ec2 = aws.client("ec2")
        ec2.attach_volume(**request(ec2, "attach_volume", props, {"deviceName": "Device"}))
        parts = (props["deviceName"], props["instanceId"], props["volumeId"])
        return f"vai-{hashcode('-'.join(parts) + '-')}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The device; KeyError where the disk is not on that instance."""
        volumes = aws.client("ec2").describe_volumes(VolumeIds=[props["volumeId"]])["Volumes"]
        for found in volumes[0]["Attachments"]:
            if found["InstanceId"] == props["instanceId"]:
                return {"deviceName": found["Device"]}
        raise KeyError(f"attachment {id_} does not exist")
