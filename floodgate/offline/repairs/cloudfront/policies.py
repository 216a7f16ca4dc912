"""Cache, origin request and response headers policies, which moto does not have, with AWS's managed ones.

Identifiers and values of the managed policies:
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html,
.../using-managed-origin-request-policies.html and .../using-managed-response-headers-policies.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.models import random_id
from moto.cloudfront.responses import CloudFrontResponse
from moto.cloudfront.urls import url_paths
from moto.core import utils
from moto.core.responses import ActionResult, EmptyResult
from moto.moto_api._internal import mock_random

from floodgate.offline.repairs.cloudfront.usage import check_match, check_unused
from floodgate.offline.repairs.patching import patch

DAY_S, YEAR_S = 86_400, 31_536_000


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the three kinds of policies; `managed` gives a managed policy's configuration by id."""

    name: str
    plural: str
    path: str
    managed: Mapping[str, Mapping[str, Any]]

    @property
    def snake(self) -> str:
        """As it stands in the names of operations."""
        return self.path.replace("-", "_")


def _cached(name: str, shortest_s: int, longest_s: int, usual_s: int) -> dict[str, Any]:
    ttls = {"MinTTL": shortest_s, "MaxTTL": longest_s, "DefaultTTL": usual_s}
    return {"Name": name, "Comment": "", **ttls}


def _named(**ids: str) -> dict[str, dict[str, Any]]:
    return {id_: {"Name": f"Managed-{name.replace('_', '-')}", "Comment": ""} for name, id_ in ids.items()}


CACHE = Kind(
    "CachePolicy",
    "CachePolicies",
    "cache-policy",
    {
        "658327ea-f89d-4fab-a63d-7e88639e58f6": _cached("Managed-CachingOptimized", 1, YEAR_S, DAY_S),
        "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": _cached(
            "Managed-CachingOptimizedForUncompressedObjects", 1, YEAR_S, DAY_S
        ),
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": _cached("Managed-CachingDisabled", 0, 0, 0),
        "08627262-05a9-4f76-9ded-b50ca2e3a84f": _cached("Managed-Elemental-MediaPackage", 0, YEAR_S, DAY_S),
        "2e54312d-136d-493c-8eb9-b001f22f67d2": _cached("Managed-Amplify", 2, 600, 2),
        "83da9c7e-98b4-4e11-a168-04f0df8e2c65": _cached("UseOriginCacheControlHeaders", 0, YEAR_S, 0),
        "4cc15a8a-d715-48a4-82b8-cc0b614638fe": _cached("UseOriginCacheControlHeaders-QueryStrings", 0, YEAR_S, 0),
    },
)
ORIGIN_REQUEST = Kind(
    "OriginRequestPolicy",
    "OriginRequestPolicies",
    "origin-request-policy",
    _named(
        AllViewer="216adef6-5c7f-47e4-b989-5492eafa07d3",
        AllViewerAndCloudFrontHeaders_2022_06="33f36d7e-f396-46d9-90e0-52428a34d9dc",
        AllViewerExceptHostHeader="b689b0a8-53d0-40ab-baf2-68738e2966ac",
        CORS_CustomOrigin="59781a5b-3903-41f3-afcb-af62929ccde1",
        CORS_S3Origin="88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
        Elemental_MediaTailor_PersonalizedManifests="775133bc-15f2-49f9-abea-afb2e0bf67d2",
        UserAgentRefererHeaders="acba4595-bd28-49b8-b9fe-13317c0390fa",
    ),
)
RESPONSE_HEADERS = Kind(
    "ResponseHeadersPolicy",
    "ResponseHeadersPolicies",
    "response-headers-policy",
    _named(
        CORS_With_Preflight="5cc3b908-e619-4b99-88e5-2cf7f45965bd",
        CORS_and_SecurityHeadersPolicy="e61eb60c-9c35-4d20-a928-2b84e02af89c",
        CORS_with_preflight_and_SecurityHeadersPolicy="eaab4381-ed33-4a86-88ca-d9558dc6cd63",
        SecurityHeadersPolicy="67f7725c-6f97-4210-82d7-5512b31e9d03",
        SimpleCORS="60669652-455b-4ae9-85a4-c4c02393f86c",
    ),
)
KINDS = (CACHE, ORIGIN_REQUEST, RESPONSE_HEADERS)


def check_policies(backend: Any, behavior: Mapping[str, Any]) -> None:
    """A cache behavior names only policies that there are."""
    for kind in KINDS:
        wanted = behavior.get(f"{kind.name}Id")
        if wanted:
            _found(backend, kind, wanted)


def _own(backend: Any, kind: Kind) -> dict[str, dict[str, Any]]:
    return backend.__dict__.setdefault(f"floodgate_{kind.snake}", {})


def _found(backend: Any, kind: Kind, id_: str) -> dict[str, Any]:
    if id_ in kind.managed:
        return {"Id": id_, "config": kind.managed[id_], "etag": "E23ZP02F085DFQ", "Type": "managed", "at": None}
    if id_ not in _own(backend, kind):
        raise CloudFrontException(f"NoSuch{kind.name}", f"The {kind.name} {id_} does not exist.")
    return _own(backend, kind)[id_]


def _told(kind: Kind, record: Mapping[str, Any]) -> dict[str, Any]:
    modified = record["at"] or utils.utcnow()
    return {"Id": record["Id"], "LastModifiedTime": modified, f"{kind.name}Config": dict(record["config"])}


def _answer(kind: Kind, record: Mapping[str, Any]) -> ActionResult:
    location = f"https://cloudfront.amazonaws.com/2020-05-31/{kind.path}/{record['Id']}"
    return ActionResult({kind.name: _told(kind, record), "ETag": record["etag"], "Location": location})


def _complete(kind: Kind) -> None:
    """Give moto the six operations on one kind of policies."""
    config_name = f"{kind.name}Config"
    _complete_changes(kind, config_name)
    _complete_looks(kind, config_name)
    url_paths[f"{{0}}/2020-05-31/{kind.path}$"] = CloudFrontResponse.dispatch
    url_paths[f"{{0}}/2020-05-31/{kind.path}/(?P<id>[^/]+)$"] = CloudFrontResponse.dispatch
    url_paths[f"{{0}}/2020-05-31/{kind.path}/(?P<id>[^/]+)/config$"] = CloudFrontResponse.dispatch


def _complete_changes(kind: Kind, config_name: str) -> None:
    @patch(CloudFrontResponse, f"create_{kind.snake}")
    def create(self: Any) -> ActionResult:
        config, own = self._get_param(config_name), _own(self.backend, kind)
        if any(record["config"]["Name"] == config["Name"] for record in own.values()):
            raise CloudFrontException(
                f"{kind.name}AlreadyExists", f"A {kind.name} with the name {config['Name']} already exists."
            )
        id_ = str(mock_random.uuid4())
        own[id_] = {"Id": id_, "config": config, "etag": random_id(), "Type": "custom", "at": utils.utcnow()}
        return _answer(kind, own[id_])

    @patch(CloudFrontResponse, f"update_{kind.snake}")
    def update(self: Any) -> ActionResult:
        record = _found(self.backend, kind, self._get_param("Id"))
        check_match(record["etag"], self._get_param("IfMatch"))
        record |= {"config": self._get_param(config_name), "etag": random_id(), "at": utils.utcnow()}
        return _answer(kind, record)

    @patch(CloudFrontResponse, f"delete_{kind.snake}")
    def delete(self: Any) -> EmptyResult:
        record = _found(self.backend, kind, self._get_param("Id"))
        check_match(record["etag"], self._get_param("IfMatch"))
        check_unused(self.backend, f"{kind.name}InUse", f"{kind.name}Id", record["Id"])
        _own(self.backend, kind).pop(record["Id"], None)
        return EmptyResult()


def _complete_looks(kind: Kind, config_name: str) -> None:
    @patch(CloudFrontResponse, f"get_{kind.snake}")
    def get(self: Any) -> ActionResult:
        return _answer(kind, _found(self.backend, kind, self._get_param("Id")))

    @patch(CloudFrontResponse, f"get_{kind.snake}_config")
    def get_config(self: Any) -> ActionResult:
        record = _found(self.backend, kind, self._get_param("Id"))
        return ActionResult({config_name: record["config"], "ETag": record["etag"]})

    @patch(CloudFrontResponse, f"list_{kind.snake.removesuffix('y')}ies")
    def list_all(self: Any) -> ActionResult:
        every = [*(_found(self.backend, kind, id_) for id_ in kind.managed), *_own(self.backend, kind).values()]
        wanted = [record for record in every if self._get_param("Type") in {None, record["Type"]}]
        items = [{"Type": record["Type"], kind.name: _told(kind, record)} for record in wanted]
        return ActionResult({f"{kind.name}List": {"MaxItems": 100, "Quantity": len(items), "Items": items}})


for _kind in KINDS:
    _complete(_kind)
