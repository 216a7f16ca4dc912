"""AWS Secrets Manager: secrets, their values and policies.

Values that were given as inputs are not read back, so that a front end keeps them marked as secret.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, Resource, resource
from floodgate.offline.handlers.described import Described


@resource("aws:secretsmanager/secret:Secret", auto_name=AutoName(limit=512))
class Secret(Described):
    """A secret without its value."""

    service = "secretsmanager"
    create_call, id_path = "create_secret", "ARN"
    read_call, read_by, read_path = "describe_secret", "SecretId", "@"
    outputs = ("arn", "name", "description", "kmsKeyId")
    paths: ClassVar = {"arn": "ARN"}

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Write its policy, where one is given inside."""
        if "policy" in props:
            aws.client(self.service).put_resource_policy(SecretId=id_, ResourcePolicy=props["policy"])

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Its policy; the provider tells an absent one as an empty text."""
        answer = aws.client(self.service).get_resource_policy(SecretId=id_)
        return {"policy": answer.get("ResourcePolicy", "")}


@resource("aws:secretsmanager/secretVersion:SecretVersion")
class SecretVersion(Resource):
    """A value of a secret; its id is the secret's ARN and the version's."""

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
        secret, version = id_.split("|")
        found = aws.client("secretsmanager").get_secret_value(SecretId=secret, VersionId=version)
        return {
            "arn": found["ARN"],
            "secretArn": found["ARN"],
            "versionId": version,
            "versionStages": found["VersionStages"],
            "hasSecretStringWo": "secretStringWo" in props,
        }


@resource("aws:secretsmanager/secretPolicy:SecretPolicy")
class SecretPolicy(Resource):
    """Who may use a secret."""

    def create(self, aws: Aws, props: Props) -> str:
        """Write the policy."""
        client = aws.client("secretsmanager")
        return client.put_resource_policy(SecretId=props["secretArn"], ResourcePolicy=props["policy"])["ARN"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The policy as written."""
        return {"policy": aws.client("secretsmanager").get_resource_policy(SecretId=id_)["ResourcePolicy"]}
