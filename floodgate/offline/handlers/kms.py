"""AWS KMS: keys and their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Gone, Props, Resource, is_gone, resource
from floodgate.offline.handlers.described import NO_PROPS, Described
from floodgate.offline.handlers.modified import given_key
from floodgate.offline.handlers.tagging import tags_of

ENDING = frozenset({"PendingDeletion", "PendingReplicaDeletion"})
"""States of a key that the provider takes for gone: nothing can be done with it any more but keep it."""


@resource("aws:kms/key:Key")
class Key(Described):
    """An encryption key. It is never deleted at once, but after a window in which that can be taken back.

    https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
    """

    service = "kms"
    create_call, id_path = "create_key", "KeyMetadata.KeyId"
    read_call, read_by, read_path = "describe_key", "KeyId", "KeyMetadata"
    delete_call, delete_by = "schedule_key_deletion", "KeyId"
    gone = ("KMSInvalidStateException",)
    kept = ("bypassPolicyLockoutSafetyCheck", "deletionWindowInDays")
    refined = frozenset({"description", "enableKeyRotation", "isEnabled", "policy", "rotationPeriodInDays"})
    rename: ClassVar = {
        "customerMasterKeySpec": "KeySpec",
        "bypassPolicyLockoutSafetyCheck": "BypassPolicyLockoutSafetyCheck",
    }
    outputs = ("arn", "keyId", "description", "multiRegion", "keyUsage", "customerMasterKeySpec", "isEnabled")
    paths: ClassVar = {
        "customKeyStoreId": "CustomKeyStoreId",
        "customerMasterKeySpec": "KeySpec",
        "isEnabled": "Enabled",
        "xksKeyId": "XksKeyConfiguration.Id",
    }

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Switch rotation on, or the key off."""
        if props.get("enableKeyRotation"):
            _rotate(aws, id_, props)
        if props.get("isEnabled") is False:
            aws.client("kms").disable_key(KeyId=id_)

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Every property has a call of its own; a key is switched on before them and off after them."""
        kms, new = aws.client("kms"), change.new
        enabled = new.get("isEnabled", True)
        if change.touches("isEnabled") and enabled:
            kms.enable_key(KeyId=id_)
        if change.touches("enableKeyRotation", "rotationPeriodInDays"):
            _rotate(aws, id_, new)
        if change.touches("description"):
            kms.update_key_description(KeyId=id_, Description=new.get("description", ""))
        if change.touches("policy") and new.get("policy"):
            careless = {"BypassPolicyLockoutSafetyCheck": new.get("bypassPolicyLockoutSafetyCheck", False)}
            kms.put_key_policy(KeyId=id_, PolicyName="default", Policy=new["policy"], **careless)
        if change.touches("isEnabled") and not enabled:
            kms.disable_key(KeyId=id_)

    def unknown_after(self, change: Change) -> frozenset[str]:
        """How often a key rotates, which AWS decides where the program does not."""
        return frozenset({"rotationPeriodInDays"}) if change.touches("enableKeyRotation") else frozenset()

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """The key; Gone where it only waits for its deletion."""
        item = super().describe(aws, id_, props)
        if item["KeyState"] in ENDING:
            raise Gone(f"{self.token} {id_} is to be deleted")
        return item

    def delete_options(self, props: Props) -> dict[str, Any]:
        """How long the deletion can be taken back; AWS's 30 days where the program does not say."""
        days = props.get("deletionWindowInDays")
        return {"PendingWindowInDays": days} if days else {}

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

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The tags beside what `more` tells."""
        return super().observed(aws, id_, item, props) | {"tags": tags_of(aws, self.service, id_)}


def _rotate(aws: Aws, id_: str, props: Props) -> None:
    """Rotation as declared."""
    kms = aws.client("kms")
    if props.get("enableKeyRotation"):
        period = {"RotationPeriodInDays": props["rotationPeriodInDays"]} if "rotationPeriodInDays" in props else {}
        kms.enable_key_rotation(KeyId=id_, **period)
    else:
        kms.disable_key_rotation(KeyId=id_)


@resource("aws:kms/alias:Alias", auto_name=AutoName(prefix="alias/"))
class Alias(Resource):
    """A name for a key."""

    changing_outputs = frozenset({"targetKeyArn"})

    def create(self, aws: Aws, props: Props) -> str:
        """Give the name."""
        aws.client("kms").create_alias(AliasName=props["name"], TargetKeyId=props["targetKeyId"])
        return props["name"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The name's ARN, and that of its key."""
        key = aws.client("kms").describe_key(KeyId=id_)["KeyMetadata"]
        return {"arn": f"{key['Arn'].rsplit(':', 1)[0]}:{id_}", "name": id_, "targetKeyArn": key["Arn"]}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The key as the program names it, by its id or by its ARN."""
        told = self.read(aws, id_, props)
        arn, given = told["targetKeyArn"], props.get("targetKeyId", "")
        key = arn if given.startswith("arn:") else given_key(given, arn)
        return told | {"targetKeyId": key}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Let the name lead to another key."""
        if change.touches("targetKeyId"):
            aws.client("kms").update_alias(AliasName=id_, TargetKeyId=change.new["targetKeyId"])

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Take the name away."""
        try:
            aws.client("kms").delete_alias(AliasName=id_)
        except ClientError as error:
            if not is_gone(error):
                raise
