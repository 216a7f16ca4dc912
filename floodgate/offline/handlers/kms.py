"""AWS KMS: keys and their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, Resource, resource
from floodgate.offline.handlers.described import Described


@resource("aws:kms/key:Key")
class Key(Described):
    """An encryption key."""

    service = "kms"
    create_call, id_path = "create_key", "KeyMetadata.KeyId"
    read_call, read_by, read_path = "describe_key", "KeyId", "KeyMetadata"
    rename: ClassVar = {
        "customerMasterKeySpec": "KeySpec",
        "bypassPolicyLockoutSafetyCheck": "BypassPolicyLockoutSafetyCheck",
    }
    outputs = ("arn", "keyId", "description", "multiRegion", "keyUsage", "customerMasterKeySpec", "isEnabled")
    paths: ClassVar = {"customerMasterKeySpec": "KeySpec", "isEnabled": "Enabled"}

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Switch rotation on, or the key off."""
        kms = aws.client("kms")
        if props.get("enableKeyRotation"):
            period = {"RotationPeriodInDays": props["rotationPeriodInDays"]} if "rotationPeriodInDays" in props else {}
            kms.enable_key_rotation(KeyId=id_, **period)
        if props.get("isEnabled") is False:
            kms.disable_key(KeyId=id_)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The key's policy, which AWS writes where none is given, and its rotation."""
        kms = aws.client("kms")
        rotation = kms.get_key_rotation_status(KeyId=id_)
        out = {
            "policy": kms.get_key_policy(KeyId=id_, PolicyName="default")["Policy"],
            "enableKeyRotation": rotation["KeyRotationEnabled"],
        }
        days = rotation.get("RotationPeriodInDays")
        return out | ({"rotationPeriodInDays": days} if days and rotation["KeyRotationEnabled"] else {})


@resource("aws:kms/alias:Alias", auto_name=AutoName(prefix="alias/"))
class Alias(Resource):
    """A name for a key."""

    def create(self, aws: Aws, props: Props) -> str:
        """Give the name."""
        aws.client("kms").create_alias(AliasName=props["name"], TargetKeyId=props["targetKeyId"])
        return props["name"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The name's ARN, and that of its key."""
        key = aws.client("kms").describe_key(KeyId=id_)["KeyMetadata"]
        return {"arn": f"{key['Arn'].rsplit(':', 1)[0]}:{id_}", "name": id_, "targetKeyArn": key["Arn"]}
