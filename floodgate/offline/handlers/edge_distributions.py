"""Amazon CloudFront: distributions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import Aws, Change, Props, is_gone, resource
from floodgate.offline.handlers.declared import refused, unique
from floodgate.offline.handlers.edge import CloudFront
from floodgate.offline.handlers.edge_configuration import NAMES, configured, told_configuration
from floodgate.offline.handlers.requests import input_shape, to_shape
from floodgate.offline.handlers.shapes import all_tags
from floodgate.offline.handlers.tagging import tags_of

# every distribution's name is in this zone: https://docs.aws.amazon.com/general/latest/gr/cf_region.html
HOSTED_ZONE = "Z2FDTNDATAQYW2"
READS_AT_MOST = 60


@resource("aws:cloudfront/distribution:Distribution")
class Distribution(CloudFront):
    """The edge in front of origins."""

    create_call, id_path = "create_distribution_with_tags", "Distribution.Id"
    read_call, read_path = "get_distribution", "Distribution"
    update_call, delete_call = "update_distribution", "delete_distribution"
    config, tagged = "DistributionConfigWithTags", True
    apart = ("tags", "tagsAll", "retainOnDelete", "waitForDeployment", "region")
    kept = ("retainOnDelete", "waitForDeployment")
    rename: ClassVar = NAMES
    outputs = ("arn", "callerReference", "domainName", "inProgressValidationBatches", "lastModifiedTime", "status")
    changing_outputs = frozenset({"etag", "lastModifiedTime", "status"})
    paths: ClassVar = {
        "arn": "ARN",
        "callerReference": "DistributionConfig.CallerReference",
        "inProgressValidationBatches": "InProgressInvalidationBatches",
    }
    silent = ("anycastIpListId", "cacheTagConfig", "connectionFunctionAssociation", "viewerMtlsConfig")

    def configuration(self, props: Props) -> dict[str, Any]:
        """The whole distribution, with the reference by which AWS tells requests apart."""
        reference = {"callerReference": f"terraform-{unique()}"}
        return reference | configured(super().configuration(props))

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """Tags are pairs of key and value, unlike an origin's headers."""
        shape = input_shape(client, self.create_call).members[self.config]
        pairs = [{"key": key, "value": value} for key, value in sorted(all_tags(props).items())]
        tags = to_shape({"items": pairs}, shape.members["Tags"])
        given = to_shape(self.configuration(props), shape.members["DistributionConfig"], self.rename)
        return {self.config: {"DistributionConfig": given, "Tags": tags}}

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """The whole configuration; the reference is that of the creation."""
        now = client.get_distribution_config(Id=id_)
        config = self.parameters(client, change.new)[self.config]["DistributionConfig"]
        reference = {"CallerReference": now["DistributionConfig"]["CallerReference"]}
        return {"Id": id_, "IfMatch": now["ETag"], "DistributionConfig": config | reference}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """All properties that the configuration tells, and the tags."""
        item = self.describe(aws, id_, props)
        told = told_configuration(item["DistributionConfig"], self.known, props)
        absent = {name: None for name in self.silent if props.get(name)}
        return absent | told | {"tags": tags_of(aws, self.service, item["ARN"])}

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The zone for alias records."""
        return {"hostedZoneId": HOSTED_ZONE}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Disable it, wait until that is everywhere, then delete it, as the provider does; or leave it disabled."""
        client = aws.client(self.service)
        try:
            self._disable(client, id_)
        except ClientError as error:
            if is_gone(error):
                return
            raise
        if not props.get("retainOnDelete"):
            self._wait(client, id_)
            super().delete(aws, id_, props)

    def _disable(self, client: Any, id_: str) -> None:
        now = client.get_distribution_config(Id=id_)
        if now["DistributionConfig"]["Enabled"]:
            config = {**now["DistributionConfig"], "Enabled": False}
            client.update_distribution(Id=id_, IfMatch=now["ETag"], DistributionConfig=config)

    def _wait(self, client: Any, id_: str) -> None:
        for _ in range(READS_AT_MOST):
            status = client.get_distribution(Id=id_)["Distribution"]["Status"]
            if status == "Deployed":
                return
        raise refused(self.token, f"is still {status} after {READS_AT_MOST} looks", "wait until it is deployed")
