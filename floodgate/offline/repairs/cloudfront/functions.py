"""Functions with two stages, origin access controls and identities.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_PublishFunction.html and
API_CreateCloudFrontOriginAccessIdentity
"""

from __future__ import annotations

from typing import Any

from moto.cloudfront.exceptions import CloudFrontException, NoSuchFunctionExists
from moto.cloudfront.models import CloudFrontBackend, random_id
from moto.cloudfront.responses import CloudFrontResponse
from moto.cloudfront.urls import url_paths
from moto.core import utils
from moto.core.responses import ActionResult, EmptyResult
from moto.moto_api._internal import mock_random

from floodgate.offline.repairs.cloudfront.usage import check_match, check_unused
from floodgate.offline.repairs.patching import patch

IDENTITY = "origin-access-identity/cloudfront"


@patch(CloudFrontResponse, "publish_function")
def publish_function(self: Any) -> ActionResult:
    """Moto has no such operation."""
    function = self.backend.describe_function(self._get_param("Name"))
    check_match(function.etag, self._get_param("IfMatch"))
    function.status = "UNASSOCIATED"
    function.last_modified_time = utils.utcnow()
    function.floodgate_live = {
        "config": function.config,
        "code": function.code,
        "etag": random_id(),
        "at": function.last_modified_time,
    }
    return ActionResult({"FunctionSummary": _summary(function, "LIVE")})


@patch(CloudFrontResponse, "update_function")
def update_function(self: Any) -> ActionResult:
    """Moto has no such operation."""
    function = self.backend.describe_function(self._get_param("Name"))
    check_match(function.etag, self._get_param("IfMatch"))
    function.config = self._get_param("FunctionConfig")
    function.code = self._get_param("FunctionCode")
    function.status, function.etag = "UNPUBLISHED", random_id()
    function.last_modified_time = utils.utcnow()
    return ActionResult({"FunctionSummary": function.function_summary, "ETag": function.etag})


def _live(function: Any) -> dict[str, Any]:
    """What was published last."""
    if not hasattr(function, "floodgate_live"):
        raise NoSuchFunctionExists(function.name)
    return function.floodgate_live


def _summary(function: Any, stage: str) -> dict[str, Any]:
    summary = function.function_summary
    if stage != "LIVE":
        return summary
    live = _live(function)
    metadata = {**summary["FunctionMetadata"], "Stage": "LIVE", "LastModifiedTime": live["at"]}
    return {**summary, "FunctionConfig": live["config"], "FunctionMetadata": metadata}


@patch(CloudFrontResponse, "describe_function")
def describe_stage(self: Any) -> ActionResult:
    """Moto knows one stage of a function."""
    function, stage = self.backend.describe_function(self._get_param("Name")), self._get_param("Stage", "DEVELOPMENT")
    etag = _live(function)["etag"] if stage == "LIVE" else function.etag
    return ActionResult({"FunctionSummary": _summary(function, stage), "ETag": etag})


@patch(CloudFrontResponse, "get_function")
def get_stage(self: Any) -> ActionResult:
    """The same, with its code."""
    function, live = self.backend.describe_function(self._get_param("Name")), self._get_param("Stage") == "LIVE"
    code, etag = (_live(function)[name] if live else getattr(function, name) for name in ("code", "etag"))
    return ActionResult({"FunctionCode": code, "ETag": etag, "ContentType": "application/octet-stream"})


@patch(CloudFrontBackend, "delete_function")
def delete_unused_function(self: Any, name: str, if_match: Any) -> None:
    """Moto deletes functions that a distribution calls."""
    function = self.describe_function(name)
    check_match(function.etag, if_match)
    check_unused(self, "FunctionInUse", "FunctionARN", function.arn)
    delete_unused_function.original(self, name, if_match)


@patch(CloudFrontResponse, "update_origin_access_control")
def update_control(self: Any) -> ActionResult:
    """Moto takes any ETag and keeps it."""
    control = self.backend.get_origin_access_control(self._get_param("Id"))
    check_match(control.etag, self._get_param("IfMatch"))
    control.etag = random_id()
    return update_control.original(self)


@patch(CloudFrontResponse, "delete_origin_access_control")
def delete_unused_control(self: Any) -> EmptyResult:
    """Moto deletes controls that an origin uses."""
    control = self.backend.get_origin_access_control(self._get_param("Id"))
    check_match(control.etag, self._get_param("IfMatch"))
    check_unused(self.backend, "OriginAccessControlInUse", "OriginAccessControlId", control.id)
    return delete_unused_control.original(self)


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


@patch(CloudFrontResponse, "update_cloud_front_origin_access_identity")
def update_identity(self: Any) -> ActionResult:
    """Moto has no such operation."""
    identity = _identity(self)
    check_match(identity["etag"], self._get_param("IfMatch"))
    config = self._get_param("CloudFrontOriginAccessIdentityConfig")
    identity |= {"CloudFrontOriginAccessIdentityConfig": config, "etag": random_id()}
    return _answer(identity)


@patch(CloudFrontResponse, "delete_cloud_front_origin_access_identity")
def delete_identity(self: Any) -> EmptyResult:
    """Moto has no such operation."""
    identity = _identity(self)
    check_match(identity["etag"], self._get_param("IfMatch"))
    path = f"{IDENTITY}/{identity['Id']}"
    check_unused(self.backend, "CloudFrontOriginAccessIdentityInUse", "OriginAccessIdentity", path)
    del _identities(self)[_identity(self)["Id"]]
    return EmptyResult()


for _path in (
    "function/(?P<function_name>[^/]+)/publish",
    IDENTITY,
    f"{IDENTITY}/(?P<id>[^/]+)",
    f"{IDENTITY}/(?P<id>[^/]+)/config",
):
    url_paths[f"{{0}}/2020-05-31/{_path}$"] = CloudFrontResponse.dispatch
