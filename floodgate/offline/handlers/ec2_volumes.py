"""Amazon EC2: disks, their attachments, and keys for logging in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Gone, NotYet, Props, Resource, is_gone, resource
from floodgate.offline.handlers.ec2_network import Ec2
from floodgate.offline.handlers.ec2_routes import hashcode
from floodgate.offline.handlers.requests import input_shape, request, tags_parameter
from floodgate.offline.handlers.shapes import all_tags
from floodgate.offline.handlers.tagging import retag


@resource("aws:ec2/keyPair:KeyPair", auto_name=AutoName("keyName"))
class KeyPair(Ec2):
    """A public key for logging in. AWS tells its fingerprint, and the key itself to nobody."""

    create_call, id_prop = "import_key_pair", "keyName"
    read_call, read_by, read_path = "describe_key_pairs", "KeyNames", "KeyPairs[0]"
    delete_call, delete_by = "delete_key_pair", "KeyName"
    outputs = ("keyPairId", "keyType", "fingerprint", "keyName")
    paths: ClassVar = {"fingerprint": "KeyFingerprint"}
    tag_type, arn_format = "key-pair", "key-pair/{id}"

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The key as bytes."""
        return super().parameters(client, props) | {"PublicKeyMaterial": props["publicKey"].encode()}

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The key is what was given, as far as anybody knows."""
        return {name: props[name] for name in ("publicKey",) if name in props}

    def retag(self, aws: Aws, id_: str, change: Change) -> None:
        """Tags belong to the id that AWS gave, which is not the name."""
        retag(aws, self.service, self.describe(aws, id_)["KeyPairId"], "", change)


@resource("aws:ebs/volume:Volume")
class Volume(Ec2):
    """A disk."""

    create_call, id_path = "create_volume", "VolumeId"
    read_call, read_by, read_path = "describe_volumes", "VolumeIds", "Volumes[0]"
    update_call, update_by = "modify_volume", "VolumeId"
    delete_call, delete_by = "delete_volume", "VolumeId"
    rename: ClassVar = {"type": "VolumeType"}
    outputs = ("size", "type", "iops", "throughput", "encrypted", "kmsKeyId", "snapshotId", "createTime")
    paths: ClassVar = {"type": "VolumeType"}
    tag_type, arn_format = "volume", "volume/{id}"
    kept = ("finalSnapshot",)
    modified = ("size", "type", "iops", "throughput")

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Size, type and speed while it is in use; what a program no longer says stays, being computed."""
        names = frozenset(name for name in change.names if name in change.new or name == "tags")
        if fixed := names - {*self.modified, *self.kept, "tags", "tagsAll"}:
            raise NotYet(f"{', '.join(sorted(fixed))} cannot be changed in place")
        if names:
            super().update(aws, id_, Change(change.old, change.new, names))

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """A new type starts with that type's own speed, so that the program's own is said again."""
        out = super().new_parameters(client, id_, change)
        if change.touches("type"):
            speed = {name: change.new[name] for name in ("iops", "throughput") if name in change.new}
            out |= request(client, self.update_call, speed)
        return out

    def retag(self, aws: Aws, id_: str, change: Change) -> None:
        """EC2 asks for the id alone."""
        retag(aws, self.service, id_, "", change)

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """A last snapshot, if one is asked for."""
        if props.get("finalSnapshot"):
            client = aws.client(self.service)
            tags = tags_parameter(input_shape(client, "create_snapshot"), all_tags(props), "snapshot")
            client.create_snapshot(VolumeId=id_, **tags)


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
        """The device, the disk and the instance; Gone where they are not together. An import names all three."""
        _, volume, instance = id_.split(":") if ":" in id_ else ("", props["volumeId"], props["instanceId"])
        volumes = aws.client("ec2").describe_volumes(VolumeIds=[volume])["Volumes"]
        for found in volumes[0]["Attachments"]:
            if found["InstanceId"] == instance:
                return {"deviceName": found["Device"], "volumeId": volume, "instanceId": instance}
        raise Gone(f"attachment {id_} does not exist")

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """How it is to be detached one day: nothing that AWS must know."""

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Detach the disk, from an instance that was stopped where the program says so."""
        if props.get("skipDestroy"):
            return
        ec2 = aws.client("ec2")
        try:
            self.read(aws, id_, props)
            if props.get("stopInstanceBeforeDetaching"):
                ec2.stop_instances(InstanceIds=[props["instanceId"]])
            renamed = {"deviceName": "Device", "forceDetach": "Force"}
            ec2.detach_volume(**request(ec2, "detach_volume", props, renamed))
        except Gone:
            return
        except ClientError as error:
            if not is_gone(error):
                raise
