"""Distributions that come back as they were given, and are deleted only when disabled.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
"""

from __future__ import annotations

import copy
from typing import Any

from moto.acm.models import acm_backends
from moto.cloudfront.exceptions import CloudFrontException, NoSuchOriginAccessControl
from moto.cloudfront.models import CloudFrontBackend, DistributionConfig, random_id
from moto.core import utils

from floodgate.offline.repairs.cloudfront.policies import check_policies
from floodgate.offline.repairs.cloudfront.usage import check_match
from floodgate.offline.repairs.patching import patch

NONE: dict[str, Any] = {"Quantity": 0}
ORIGIN = {
    "ConnectionAttempts": 3,
    "ConnectionTimeout": 10,
    "CustomHeaders": NONE,
    "OriginAccessControlId": "",
    "OriginPath": "",
    "OriginShield": {"Enabled": False},
}
BEHAVIOR = {
    "AllowedMethods": {
        "Quantity": 2,
        "Items": ["HEAD", "GET"],
        "CachedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]},
    },
    "Compress": False,
    "FieldLevelEncryptionId": "",
    "FunctionAssociations": NONE,
    "LambdaFunctionAssociations": NONE,
    "SmoothStreaming": False,
    "TrustedKeyGroups": {"Enabled": False, "Quantity": 0},
    "TrustedSigners": {"Enabled": False, "Quantity": 0},
}
CERTIFICATE = {"CloudFrontDefaultCertificate": False, "MinimumProtocolVersion": "TLSv1"}


@patch(DistributionConfig, "__init__")
def config_as_given(self: Any, config: dict[str, Any]) -> None:
    """Moto loses access controls, S3 origins, functions and more, because it copies fields one by one."""
    given = copy.deepcopy(config)
    config_as_given.original(self, config)
    self.Origins = given["Origins"] | {"Items": [_origin(origin) for origin in given["Origins"]["Items"]]}
    self.DefaultCacheBehavior = BEHAVIOR | given["DefaultCacheBehavior"]
    behaviors = given.get("CacheBehaviors", NONE)
    self.CacheBehaviors = behaviors | {"Items": [BEHAVIOR | one for one in behaviors.get("Items", [])]}
    if "ViewerCertificate" in given:
        self.ViewerCertificate = CERTIFICATE | given["ViewerCertificate"]


def _origin(given: dict[str, Any]) -> dict[str, Any]:
    server = given.get("CustomOriginConfig")
    times = {"OriginKeepaliveTimeout": 5, "OriginReadTimeout": 30}
    return ORIGIN | given | ({"CustomOriginConfig": times | server} if server else {})


@patch(CloudFrontBackend, "create_distribution_with_tags")
def create_of_what_exists(self: Any, distribution_config: dict[str, Any], tags: Any) -> Any:
    """Moto takes policies and access controls that do not exist, and dates every distribution to 2021."""
    _check(self, distribution_config)
    made = create_of_what_exists.original(self, distribution_config, tags)
    made[0].last_modified_time = utils.utcnow()
    return made


@patch(CloudFrontBackend, "update_distribution")
def update_of_what_exists(self: Any, dist_config: dict[str, Any], _id: str, if_match: Any) -> Any:
    """Moto takes any ETag and keeps it, so that two writers do not notice each other."""
    if _id in self.distributions:
        check_match(self.distributions[_id].etag, if_match)
    _check(self, dist_config, _id)
    distribution, location, _ = update_of_what_exists.original(self, dist_config, _id, if_match)
    distribution.etag, distribution.last_modified_time = random_id(), utils.utcnow()
    return distribution, location, distribution.etag


def _check(backend: Any, config: dict[str, Any], own_id: str = "") -> None:
    _check_aliases(backend, config, own_id)
    for behavior in [config["DefaultCacheBehavior"], *(config.get("CacheBehaviors", {}).get("Items") or [])]:
        check_policies(backend, behavior)
    for origin in config["Origins"]["Items"]:
        control = origin.get("OriginAccessControlId")
        if control and control not in backend.origin_access_controls:
            raise NoSuchOriginAccessControl
    _check_certificate(backend, config.get("ViewerCertificate", {}).get("ACMCertificateArn"))


def _check_aliases(backend: Any, config: dict[str, Any], own_id: str) -> None:
    """A name leads to one distribution alone."""
    wanted = set(config.get("Aliases", {}).get("Items") or [])
    for distribution in backend.distributions.values():
        taken = set(distribution.distribution_config.Aliases.get("Items") or [])
        if distribution.distribution_id != own_id and wanted & taken:
            raise CloudFrontException(
                "CNAMEAlreadyExists",
                "One or more of the CNAMEs you provided are already associated with a different resource.",
            )


def _check_certificate(backend: Any, arn: str | None) -> None:
    """CloudFront takes issued certificates of us-east-1 alone."""
    if not arn:
        return
    known = acm_backends[backend.account_id]["us-east-1"]._certificates.get(arn)  # noqa: SLF001 - moto's own
    if known is not None:
        known.check()
    if known is None or known.status != "ISSUED":
        raise CloudFrontException(
            "InvalidViewerCertificate",
            "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include "
            "a valid certificate chain.",
        )


@patch(CloudFrontBackend, "delete_distribution")
def delete_only_disabled(self: Any, distribution_id: str, if_match: Any) -> None:
    """Moto deletes distributions that still serve."""
    distribution: Any = self.distributions.get(distribution_id)
    if distribution is not None and distribution.distribution_config.Enabled:
        raise CloudFrontException(
            "DistributionNotDisabled", "The distribution you are trying to delete has not been disabled."
        )
    if distribution is not None:
        check_match(distribution.etag, if_match)
    delete_only_disabled.original(self, distribution_id, if_match)
