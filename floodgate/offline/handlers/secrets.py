"""AWS Secrets Manager: secrets, their values and policies.

`read` tells no value that was given as an input, so that a front end keeps it marked as secret; `observe` tells it,
because a refresh must see that it changed.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Gone, Props, Resource, is_gone, resource
from floodgate.offline.handlers.described import NO_PROPS, Described
from floodgate.offline.handlers.modified import given_key, worth_saying
from floodgate.offline.handlers.shapes import tag_map

CURRENT = "AWSCURRENT"
NO_POLICY = ("", "{}")
USUAL_WINDOW_DAYS = 30


def _is_ending(error: ClientError) -> bool:
    """Whether AWS says that the secret is gone, or waits for it."""
    told = error.response["Error"]
    return is_gone(error) or (told["Code"] == "InvalidRequestException" and "marked" in told["Message"])


@resource("aws:secretsmanager/secret:Secret", auto_name=AutoName(limit=512))
class Secret(Described):
    """A secret without its value.

    Its name is free again only when the recovery window is over; with a window of 0 days at once.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
    """

    service = "secretsmanager"
    create_call, id_path = "create_secret", "ARN"
    read_call, read_by, read_path = "describe_secret", "SecretId", "@"
    update_call, update_by = "update_secret", "SecretId"
    delete_call, delete_by = "delete_secret", "SecretId"
    kept = ("forceOverwriteReplicaSecret", "recoveryWindowInDays")
    refined = frozenset({"policy", "replicas"})
    rename: ClassVar = {"replicas": "AddReplicaRegions"}
    outputs = ("arn", "name", "description", "kmsKeyId")
    paths: ClassVar = {"arn": "ARN"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The secret without what AWS tells of its replicas."""
        replicas = [
            {name: replica[name] for name in ("region", "kmsKeyId") if name in replica}
            for replica in props.get("replicas", [])
        ]
        return super().parameters(client, {**props, "replicas": replicas} if replicas else props)

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Write its policy, where one is given inside."""
        if props.get("policy", "") not in NO_POLICY:
            aws.client(self.service).put_resource_policy(SecretId=id_, ResourcePolicy=props["policy"])

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """A description that was taken away becomes an empty one."""
        params = super().new_parameters(client, id_, change)
        if change.touches("description") and "description" not in change.new:
            params["Description"] = ""
        return params

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """The policy and the replicas have calls of their own."""
        client, policy = aws.client(self.service), change.new.get("policy")
        if change.touches("policy") and policy is not None:
            if policy in NO_POLICY:
                client.delete_resource_policy(SecretId=id_)
            else:
                client.put_resource_policy(SecretId=id_, ResourcePolicy=policy)
        if change.touches("replicas"):
            _replicate(client, id_, change)

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """The secret; Gone where it only waits for its deletion."""
        item = super().describe(aws, id_, props)
        if item.get("DeletedDate"):
            raise Gone(f"{self.token} {id_} is to be deleted")
        return item

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """Replicas go first."""
        regions = [replica["region"] for replica in props.get("replicas", [])]
        if regions:
            aws.client(self.service).remove_regions_from_replication(SecretId=id_, RemoveReplicaRegions=regions)

    def delete_options(self, props: Props) -> dict[str, Any]:
        """How long the deletion can be taken back."""
        days = props.get("recoveryWindowInDays", USUAL_WINDOW_DAYS)
        return {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it, unless somebody has done so."""
        try:
            super().delete(aws, id_, props)
        except ClientError as error:
            if not _is_ending(error):
                raise

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Its policy; the provider tells an absent one as an empty text."""
        answer = aws.client(self.service).get_resource_policy(SecretId=id_)
        return {"policy": answer.get("ResourcePolicy", "")}

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """What AWS leaves out where it is empty; the key in the program's form."""
        told = self.more(aws, id_, item, props)
        if not told["policy"] and props.get("policy") in NO_POLICY:
            told["policy"] = props["policy"]
        told["description"] = item.get("Description", "")
        if "KmsKeyId" in item:
            told["kmsKeyId"] = given_key(props.get("kmsKeyId"), item["KmsKeyId"])
        names = {"region": "Region", "kmsKeyId": "KmsKeyId", "status": "Status", "statusMessage": "StatusMessage"}
        told["replicas"] = [
            {ours: replica[theirs] for ours, theirs in names.items() if theirs in replica}
            for replica in item.get("ReplicationStatus", [])
        ]
        return worth_saying(told, props) | {"tags": tag_map(item.get("Tags", []))}


def _replicate(client: Any, id_: str, change: Change) -> None:
    old, new = ({one["region"]: one for one in props.get("replicas", [])} for props in (change.old, change.new))
    gone = [region for region in old if region not in new]
    added = [one for region, one in new.items() if region not in old]
    if gone:
        client.remove_regions_from_replication(SecretId=id_, RemoveReplicaRegions=gone)
    if added:
        client.replicate_secret_to_regions(
            SecretId=id_,
            AddReplicaRegions=[
                {"Region": one["region"], **({"KmsKeyId": one["kmsKeyId"]} if "kmsKeyId" in one else {})}
                for one in added
            ],
            ForceOverwriteReplicaSecret=change.new.get("forceOverwriteReplicaSecret", False),
        )


@resource("aws:secretsmanager/secretVersion:SecretVersion")
class SecretVersion(Resource):
    """A value of a secret; its id is the secret's ARN and the version's.

    A version's value never changes: another value is another version, which replaces this one, and the old one stays
    as the previous. https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
    """

    def create(self, aws: Aws, props: Props) -> str:
        """Write the value."""
        value: dict[str, Any] = {"SecretString": props.get("secretString", props.get("secretStringWo", ""))}
        if "secretBinary" in props:
            value = {"SecretBinary": base64.b64decode(props["secretBinary"])}
        if "versionStages" in props:
            value["VersionStages"] = props["versionStages"]
        answer = aws.client("secretsmanager").put_secret_value(SecretId=props["secretId"], **value)
        return f"{answer['ARN']}|{answer['VersionId']}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Which version it is."""
        found = self._found(aws, id_)
        return {
            "arn": found["ARN"],
            "secretArn": found["ARN"],
            "versionId": found["VersionId"],
            "versionStages": found["VersionStages"],
            "hasSecretStringWo": "secretStringWo" in props,
        }

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The value and where it stands; not one that was only to be written."""
        found = self._found(aws, id_)
        told = {"secretId": _given_secret(props, found), "versionStages": found["VersionStages"]}
        if "SecretBinary" in found:
            told["secretBinary"] = base64.b64encode(found["SecretBinary"]).decode()
        elif "secretStringWo" not in props:
            told["secretString"] = found["SecretString"]
        return told

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Move the labels; one that is only to be written is written with its version."""
        if not change.touches("versionStages"):
            return
        client, (secret, version) = aws.client("secretsmanager"), id_.split("|")
        now, wanted = self._found(aws, id_)["VersionStages"], change.new.get("versionStages")
        if wanted is None:
            return
        for stage in sorted(set(wanted) - set(now)):
            holder = _holder(client, secret, stage)
            taken = {"RemoveFromVersionId": holder} if holder else {}
            client.update_secret_version_stage(SecretId=secret, VersionStage=stage, MoveToVersionId=version, **taken)
        for stage in sorted(set(self._found(aws, id_)["VersionStages"]) - set(wanted) - {CURRENT}):
            client.update_secret_version_stage(SecretId=secret, VersionStage=stage, RemoveFromVersionId=version)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Take its labels away but the current one, which AWS does not give up; without any AWS forgets a version."""
        client, (secret, version) = aws.client("secretsmanager"), id_.split("|")
        try:
            stages = self._found(aws, id_)["VersionStages"]
            for stage in sorted(set(stages) & set(props.get("versionStages", [])) - {CURRENT}):
                client.update_secret_version_stage(SecretId=secret, VersionStage=stage, RemoveFromVersionId=version)
        except Gone:
            return
        except ClientError as error:
            if not _is_ending(error):
                raise

    def _found(self, aws: Aws, id_: str) -> dict[str, Any]:
        secret, version = id_.split("|")
        try:
            return aws.client("secretsmanager").get_secret_value(SecretId=secret, VersionId=version)
        except ClientError as error:
            if _is_ending(error):
                raise Gone(f"{self.token} {id_} does not exist") from error
            raise


def _given_secret(props: Props, found: Mapping[str, Any]) -> str:
    """The secret as the program names it."""
    given = props.get("secretId")
    return given if given and given in (found["Name"], found["ARN"]) else found["ARN"]


def _holder(client: Any, secret: str, stage: str) -> str | None:
    """The version that has a label now."""
    versions = client.describe_secret(SecretId=secret).get("VersionIdsToStages", {})
    return next((id_ for id_, stages in versions.items() if stage in stages), None)


@resource("aws:secretsmanager/secretPolicy:SecretPolicy")
class SecretPolicy(Resource):
    """Who may use a secret."""

    def create(self, aws: Aws, props: Props) -> str:
        """Write the policy."""
        return self._put(aws, props["secretArn"], props)

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The policy as written."""
        try:
            found = aws.client("secretsmanager").get_resource_policy(SecretId=id_)
        except ClientError as error:
            if _is_ending(error):
                raise Gone(f"{self.token} {id_} does not exist") from error
            raise
        if not found.get("ResourcePolicy"):
            raise Gone(f"{self.token} {id_} does not exist")
        return {"policy": found["ResourcePolicy"]}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Write it anew; whether a public one is blocked is only a check of the writing."""
        self._put(aws, id_, change.new)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Take the policy away."""
        try:
            aws.client("secretsmanager").delete_resource_policy(SecretId=id_)
        except ClientError as error:
            if not _is_ending(error):
                raise

    @staticmethod
    def _put(aws: Aws, secret: str, props: Props) -> str:
        block = {"BlockPublicPolicy": props["blockPublicPolicy"]} if "blockPublicPolicy" in props else {}
        client = aws.client("secretsmanager")
        return client.put_resource_policy(SecretId=secret, ResourcePolicy=props["policy"], **block)["ARN"]
