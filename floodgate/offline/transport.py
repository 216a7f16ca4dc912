"""The last step of a boto3 call: the signed HTTP request is answered by moto in this process, and never sent.

Takes the place of moto's own interceptor, which compiles every service's address patterns for every call and
lets addresses that it does not know pass to the network.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from floodgate.offline import environment

environment.prepare()

import moto.backends  # noqa: E402 - moto reads its switches when it is imported
from moto.backend_index import backend_url_patterns  # noqa: E402 - the same
from moto.core.base_backend import BackendDict  # noqa: E402 - the same
from moto.core.exceptions import HTTPException  # noqa: E402 - the same
from moto.core.request import normalize_request  # noqa: E402 - the same

Answer = tuple[int, Any, str | bytes]


class NotOffline(Exception):  # noqa: N818 - it says what is missing
    """A service, operation or address that the offline AWS does not have. Nothing was sent anywhere."""


class OfflineFault(Exception):  # noqa: N818 - the fault is the offline AWS's, not the caller's
    """The offline AWS failed inside an operation, where real AWS would have answered."""


@dataclass(frozen=True, slots=True)
class Route:
    """A moto service and the answering functions of its paths."""

    pattern: re.Pattern[str]
    paths: tuple[tuple[re.Pattern[str], Callable[..., Any]], ...]


def answer(request: AWSPreparedRequest, operation: str) -> AWSResponse:
    """Moto's answer to a prepared request; to be called with a world in place.

    Args:
        request: what botocore is about to send.
        operation: the call's name for messages, e.g. ``autoscaling.PutScalingPolicy``.

    Raises:
        NotOffline: no service of moto answers at this address, or it does not know the operation.
        OfflineFault: moto failed in a way that AWS does not.
    """
    parts = urlsplit(request.url)
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    method = _method(parts.netloc, address)
    if method is None:
        raise NotOffline(
            f"{operation} goes to {parts.netloc}, which the offline AWS does not have: nothing was sent; "
            "use a service that moto knows, or leave this call out offline"
        )
    status, headers, body = _call(method, request, operation)
    return AWSResponse(request.url, status, headers, _RawBody(body.encode() if isinstance(body, str) else body))


def _call(method: Callable[..., Any], request: AWSPreparedRequest, operation: str) -> Answer:
    normalized = normalize_request(request)
    try:
        return method(normalized, normalized.raw_url, normalized.headers)
    except HTTPException as refused:
        return refused.code or 400, refused.get_headers(), refused.get_body()
    except NotImplementedError as missing:
        raise NotOffline(
            f"{operation} is not in the offline AWS (moto does not implement it); leave it out offline or add a repair"
        ) from missing
    except Exception as fault:
        raise OfflineFault(
            f"{operation} failed inside the offline AWS with {type(fault).__name__}: {fault}; "
            "real AWS would have answered: check the parameters first, then add a repair of moto"
        ) from fault


def _method(host: str, address: str) -> Callable[..., Any] | None:
    for route in _routes(host):
        if route.pattern.match(address):
            for path, method in route.paths:
                if path.match(address):
                    return method
    return None


@cache
def _routes(host: str) -> tuple[Route, ...]:
    """The few services that can answer at a host, most of them one."""
    probe = f"https://{host}/"
    return tuple(Route(pattern, _paths(service)) for service, pattern in backend_url_patterns if pattern.match(probe))


@cache
def _paths(service: str) -> tuple[tuple[re.Pattern[str], Callable[..., Any]], ...]:
    table: Any = moto.backends.get_backend(service)  # ty: ignore[no-matching-overload] - one overload for each name
    # the addresses belong to the class; an instance made the usual way would load the service's data into an account
    backend = object.__new__(table.backend) if isinstance(table, BackendDict) else table["global"]
    return tuple((re.compile(path), method) for path, method in backend.urls.items())


class _RawBody(BytesIO):
    """A response body that can be streamed, as botocore's HTTP client gives it."""

    def stream(self, **_: Any) -> Any:
        contents = self.read()
        while contents:
            yield contents
            contents = self.read()
