"""Which AWS service a request is for: by the scope of its signature, and by what tells services of one scope apart.

Every signed request names the region and the service that it is for:
https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import botocore

DEFAULT_REGION = "us-east-1"

# botocore's models begin with what they are, so the four megabytes after it need not be read
_HEAD_BYTES = 4096

_V4 = re.compile(r"AWS4-HMAC-SHA256\s+Credential=[^/]*/\d{8}/([^/]+)/([^/]+)/aws4_request")
_V4A = re.compile(r"AWS4-ECDSA-P256-SHA256\s+Credential=[^/]*/\d{8}/([^/]+)/aws4_request")
_V2 = re.compile(r"AWS [^:]+:")

# services without a signature of their own: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
_UNSIGNED_ACTIONS = {"AssumeRoleWithSAML": "sts", "AssumeRoleWithWebIdentity": "sts"}


@dataclass(frozen=True, slots=True)
class Api:
    """A service as botocore's model of it begins.

    Args:
        name: botocore's name.
        protocol: how it speaks, in botocore's words.
        target: what the header X-Amz-Target begins with, for services that have it.
        version: the date of its API, which the query protocol sends along.
        compatible: it spoke the query protocol before, whose error codes it keeps.
    """

    name: str
    protocol: str
    target: str
    version: str
    compatible: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """For which region and service a request was signed."""

    region: str
    service: str


def scope_of(headers: Mapping[str, str], query: str, action: str = "") -> Scope | None:
    """What the signature says, in the header or in a presigned address; None for unsigned requests.

    Args:
        headers: with lower-case names.
        query: what stands behind the question mark.
        action: the operation that a form in the body names.
    """
    return _in_header(headers) or _in_address(query) or _unsigned(headers, query, action)


def _in_header(headers: Mapping[str, str]) -> Scope | None:
    authorization = headers.get("authorization", "")
    if found := _V4.match(authorization):
        return Scope(found[1], found[2].lower())
    if found := _V4A.match(authorization):
        return Scope(_first_region(headers.get("x-amz-region-set", "")), found[1].lower())
    return None


def _in_address(query: str) -> Scope | None:
    given = parse_qs(query)
    parts = given.get("X-Amz-Credential", [""])[0].split("/")
    if len(parts) == 5:
        return Scope(parts[2], parts[3].lower())
    if len(parts) == 4:
        return Scope(_first_region(given.get("X-Amz-Region-Set", [""])[0]), parts[2].lower())
    return None


def _unsigned(headers: Mapping[str, str], query: str, action: str) -> Scope | None:
    # the signature before today's, which names neither region nor service, is spoken by S3 alone
    if _V2.match(headers.get("authorization", "")) or "AWSAccessKeyId" in parse_qs(query):
        return Scope(DEFAULT_REGION, "s3")
    service = _UNSIGNED_ACTIONS.get(action)
    return Scope(DEFAULT_REGION, service) if service else None


def _first_region(regions: str) -> str:
    first = regions.split(",", maxsplit=1)[0].strip()
    return DEFAULT_REGION if first in ("", "*") else first


def apis_of(service: str, headers: Mapping[str, str], path: str, version: str = "") -> tuple[Api, ...]:
    """The services that share a signature's scope, the likeliest first; empty where AWS has none of that name.

    Args:
        service: the scope's service.
        headers: with lower-case names; X-Amz-Target tells services of one scope apart.
        path: without the query; so does S3 Control's.
        version: of the API, as a form in the body names it; so do both generations of load balancing.
    """
    candidates = _apis().get(service, ())
    target = headers.get("x-amz-target", "").rpartition(".")[0]
    told = [api for api in candidates if (target and api.target == target) or (version and api.version == version)]
    if told:
        return tuple(told)
    if service == "s3" and path.startswith("/v20180820/"):
        return tuple(api for api in candidates if api.name == "s3control")
    return tuple(sorted(candidates, key=lambda api: api.name != service))


@cache
def _apis() -> Mapping[str, tuple[Api, ...]]:
    """All services that botocore knows, by the scope in which their requests are signed."""
    found: defaultdict[str, list[Api]] = defaultdict(list)
    for folder in sorted(Path(botocore.__file__).parent.joinpath("data").iterdir()):
        metadata = _metadata(folder)
        if metadata is None:
            continue
        api = Api(
            folder.name,
            metadata["protocol"],
            metadata.get("targetPrefix", ""),
            metadata["apiVersion"],
            "awsQueryCompatible" in metadata,
        )
        for name in {metadata.get("signingName"), metadata["endpointPrefix"], folder.name} - {None}:
            found[str(name)].append(api)
    # the databases that share RDS's interface share its scope and version too, and RDS answers for all of them
    found["rds"].sort(key=lambda api: api.name != "rds")
    return {scope: tuple(apis) for scope, apis in found.items()}


def _metadata(folder: Path) -> dict[str, Any] | None:
    versions = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    file = versions[-1] / "service-2.json.gz" if versions else None
    if file is None or not file.is_file():
        return None
    with gzip.open(file) as model:
        head = model.read(_HEAD_BYTES).decode(errors="replace")
    found = re.search(r'"metadata"\s*:\s*', head)
    return json.JSONDecoder().raw_decode(head, found.end())[0] if found else None
