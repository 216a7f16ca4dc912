"""Functions that are published, and origin access identities.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_PublishFunction.html and
API_CreateCloudFrontOriginAccessIdentity
"""

from __future__ import annotations

from typing import Any

from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.models import random_id
from moto.cloudfront.responses import CloudFrontResponse
from moto.cloudfront.urls import url_paths
from moto.core import utils
from moto.core.responses import ActionResult, EmptyResult
from moto.moto_api._internal import mock_random

from floodgate.offline.repairs.patching import patch

IDENTITY = "origin-access-identity/cloudfront"


@patch(CloudFrontResponse, "publish_function")
def publish_function(self: Any) -> ActionResult:
    """Moto has no such operation."""
    function = self.backend.describe_function(self._get_param("Name"))
    function.stage, function.status = "LIVE", "UNASSOCIATED"
    function.last_modified_time = utils.utcnow()
    return ActionResult({"FunctionSummary": function.function_summary})


@patch(CloudFrontResponse, "update_function")
def update_function(self: Any) -> ActionResult:
    """Moto has no such operation."""
    function = self.backend.describe_function(self._get_param("Name"))
    function.config = self._get_param("FunctionConfig")
    function.code = self._get_param("FunctionCode")
    function.stage, function.status, function.etag = "DEVELOPMENT", "UNPUBLISHED", random_id()
    return ActionResult({"FunctionSummary": function.function_summary, "ETag": function.etag})


def _identities(response: Any) -> dict[str, dict[str, Any]]:
    return response.backend.__dict__.setdefault("floodgate_origin_access_identities", {})


def _identity(response: Any) -> dict[str, Any]:
    id_ = response._get_param("Id")  # noqa: SLF001 - moto's own
    if id_ not in _identities(response):
        raise CloudFrontException(
            "NoSuchCloudFrontOriginAccessIdentity", "The specified origin access identity does not exist."
        )
    return _identities(response)[id_]


def _answer(identity: dict[str, Any]) -> ActionResult:
    return ActionResult({"CloudFrontOriginAccessIdentity": identity, "ETag": identity["etag"]})


@patch(CloudFrontResponse, "create_cloud_front_origin_access_identity")
def create_identity(self: Any) -> ActionResult:
    """Moto has no such operation."""
    config, id_ = self._get_param("CloudFrontOriginAccessIdentityConfig"), random_id()
    identity = {
        "Id": id_,
        "S3CanonicalUserId": mock_random.get_random_hex(96),
        "CloudFrontOriginAccessIdentityConfig": config,
        "etag": random_id(),
    }
    _identities(self)[id_] = identity
    return _answer(identity)


@patch(CloudFrontResponse, "get_cloud_front_origin_access_identity")
def get_identity(self: Any) -> ActionResult:
    """Moto has no such operation."""
    return _answer(_identity(self))


@patch(CloudFrontResponse, "delete_cloud_front_origin_access_identity")
def delete_identity(self: Any) -> EmptyResult:
    """Moto has no such operation."""
    del _identities(self)[_identity(self)["Id"]]
    return EmptyResult()


for _path in (
    "function/(?P<function_name>[^/]+)/publish",
    IDENTITY,
    f"{IDENTITY}/(?P<id>[^/]+)",
):
    url_paths[f"{{0}}/2020-05-31/{_path}$"] = CloudFrontResponse.dispatch
