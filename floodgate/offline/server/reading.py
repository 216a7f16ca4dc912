"""A request of any AWS client, read back into what its caller said: service, region, operation and parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.exceptions import ClientError
from botocore.utils import parse_timestamp

from floodgate.offline import environment

environment.prepare()

from moto.core.parse import PROTOCOL_PARSERS  # noqa: E402 - moto reads its switches when it is imported
from moto.core.request import Request, determine_request_protocol  # noqa: E402 - the same
from moto.core.routing import get_service_router  # noqa: E402 - the same
from moto.core.utils import get_service_model  # noqa: E402 - the same
from werkzeug.exceptions import NotFound  # noqa: E402 - the same

from floodgate.offline.server.arriving import Arrived  # noqa: E402 - the same
from floodgate.offline.server.scopes import DEFAULT_REGION, Api, Scope, apis_of, scope_of  # noqa: E402 - the same

_REGION = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")

# a bucket in the name of the host: bucket.localhost, bucket.s3.region.amazonaws.com, bucket.s3.localhost
_BUCKET_HOST = re.compile(r"(?P<bucket>.+?)\.(?:s3[.-][^:]*|s3|localhost|127\.0\.0\.1(?:\.nip\.io)?)(?::\d+)?")
_NO_BUCKET = re.compile(r"(?:s3[.-]|localhost|127\.0\.0\.1|\[)")


@dataclass(frozen=True, slots=True)
class Call:
    """What a client asks of AWS.

    Args:
        api: the service.
        region: where.
        operation: AWS's name of it; empty where the service has none at this address.
        params: as boto3 would have been given them.
        protocol: how the client speaks, in botocore's words.
        request: the same to AWS's own address.
    """

    api: Api
    region: str
    operation: str
    params: dict[str, Any]
    protocol: str
    request: AWSPreparedRequest

    @property
    def name(self) -> str:
        """How messages call it, e.g. ``autoscaling.PutScalingPolicy``."""
        return f"{self.api.name}.{self.operation or self.request.method}"


class UnknownService(Exception):  # noqa: N818 - it says what is missing
    """Nothing tells for which service a request is, or AWS has none of that name."""


class Unreadable(Exception):  # noqa: N818 - it says what is wrong
    """A request is not of the form in which its service is spoken to."""

    def __init__(self, call: Call, reason: str) -> None:
        super().__init__(reason)
        self.call = call


def read(arrived: Arrived, address: Mapping[tuple[str, str], str]) -> Call:
    """What a request asks.

    Args:
        arrived: the request, without what only served its transport.
        address: AWS's own address of each service and region, e.g. ``https://sqs.eu-west-3.amazonaws.com``.

    Raises:
        UnknownService: no service of AWS is named by it.
        Unreadable: its parameters are not of the form that the service's model says.
    """
    folded = arrived.folded
    scope = scope_of(folded, arrived.query, arrived.form("Action")) or _anonymous(arrived)
    apis = apis_of(scope.service, folded, arrived.path, arrived.form("Version")) if scope else ()
    if scope is None or not apis:
        named = f"AWS has no service {scope.service!r}" if scope else "it has no signature that names a service"
        raise UnknownService(
            f"{arrived.method} {arrived.path} cannot be answered: {named}; use a current AWS SDK with this endpoint"
        )
    if not _REGION.fullmatch(scope.region):
        raise UnknownService(f"region {scope.region!r} is none of AWS's; set AWS_REGION to one like eu-central-1")
    return _found(arrived, scope, apis, address)


def _found(arrived: Arrived, scope: Scope, apis: tuple[Api, ...], address: Mapping[tuple[str, str], str]) -> Call:
    """The call, of the first service that has such an operation; else of the first, and moto will say what it lacks."""
    found = None
    for api in apis:
        sent = _to_aws(arrived, api, address[api.name, scope.region])
        request = Request.from_primitives(sent.method, sent.url, sent.headers, sent.body)
        try:
            operation, uri = get_service_router(api.name).match(request)
        except (NotFound, NotImplementedError):
            found = found or Call(api, scope.region, "", {}, api.protocol, sent)
            continue
        protocol = determine_request_protocol(get_service_model(api.name), request.content_type)
        call = Call(api, scope.region, operation.name, {}, protocol, sent)
        call.params.update(_parameters(call, operation, request, uri))
        return call
    assert found is not None, "there is at least one service"
    return found


def _anonymous(arrived: Arrived) -> Scope | None:
    """Objects of S3 may be asked for by anybody, in a path or in the name of the host."""
    if "x-amz-target" in arrived.folded or arrived.form("Action"):
        return None
    return Scope(DEFAULT_REGION, "s3") if arrived.path != "/" or _bucket_of(arrived) else None


def _bucket_of(arrived: Arrived) -> str:
    """The bucket that stands in the name of the host, or nothing."""
    host = arrived.folded.get("host", "")
    found = None if _NO_BUCKET.match(host) else _BUCKET_HOST.fullmatch(host)
    return found["bucket"] if found else ""


def _to_aws(arrived: Arrived, api: Api, address: str) -> AWSPreparedRequest:
    bucket = _bucket_of(arrived) if api.name == "s3" else ""
    path = arrived.path if arrived.path.startswith("/") else f"/{arrived.path}"
    # ambiguous otherwise between bucket and object
    path = f"/{bucket}{path}" if bucket and path != "/" else f"/{bucket}" if bucket else path
    url = f"{address}{path}" + (f"?{arrived.query}" if arrived.query else "")
    headers = {name: value for name, value in arrived.headers.items() if name.lower() not in ("host", "user-agent")}
    headers["Host"] = address.partition("://")[2]
    if api.name == "s3" and arrived.method == "PUT" and "x-www-form" in arrived.folded.get("content-type", ""):
        # what plain clients of HTTP say of any body; moto would take the object for a form and lose it
        headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    return AWSPreparedRequest(arrived.method, url, HeadersDict(headers), arrived.body, stream_output=False)


def _parameters(call: Call, operation: Any, request: Request, uri: dict[str, Any]) -> dict[str, Any]:
    parser = PROTOCOL_PARSERS[call.protocol](operation, timestamp_parser=_instant)
    try:
        parsed = parser.parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": request.data,
                "url_path": request.path,
                "url_params": uri,
            }
        )
    except Exception as error:
        reason = f"the request does not read as {call.name}: {' '.join(str(error).split())}"
        raise Unreadable(call, reason) from error
    return {name: value for name, value in parsed.items() if value is not None}


def _instant(value: str) -> datetime:
    found = parse_timestamp(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def check_complete(operation: Any, params: Mapping[str, Any]) -> None:
    """Refuse a call that lacks what the service's model requires, as boto3 refuses it before it is sent.

    Raises:
        ClientError: naming every parameter that is missing.
    """
    missing = list(_missing(operation.input_shape, params, "")) if operation.input_shape else []
    if missing:
        model = operation.service_model
        query = model.protocol in ("query", "ec2") or "awsQueryCompatible" in model.metadata
        code = "MissingParameter" if query else "ValidationException"
        message = f"The request must contain the parameter{'s' * (len(missing) > 1)} {', '.join(missing)}"
        error = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        raise ClientError(error, operation.name)


def _missing(shape: Any, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, dict):
        for name in shape.required_members:
            # what the client fills in by itself, and bodies that may be empty
            own = shape.members[name].metadata.get("idempotencyToken") or name == shape.serialization.get("payload")
            if name not in value and not own:
                yield f"{path}{name}"
        for name, item in value.items():
            if name in shape.members:
                yield from _missing(shape.members[name], item, f"{path}{name}.")
    elif shape.type_name == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _missing(shape.member, item, f"{path}{index}.")
