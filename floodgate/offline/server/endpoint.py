"""AWS's side of an HTTP request: read, held against AWS's rules, answered by the offline AWS."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from floodgate.offline.server import arriving, cbor, reading
from floodgate.offline.server.arriving import Arrived
from floodgate.offline.server.reading import Call, UnknownService, Unreadable
from floodgate.offline.server.refusing import Answer, refusal
from floodgate.offline.transport import NotOffline, OfflineFault
from floodgate.offline.world import World

# SDKs try again what failed with 500, 502, 503 or 504, and what is missing here would be missing again
NOT_HERE = 501

# what the server of HTTP writes itself, and what moto notes for itself
_OWN_HEADERS = {"content-length", "connection", "transfer-encoding", "date", "server", "status"}


class Endpoint:
    """An offline world as AWS's clients see it.

    Args:
        world: whose resources it tells and changes.
        clock: the present, to which the world is moved before each request.
    """

    def __init__(self, world: World, clock: Callable[[], datetime]) -> None:
        self._world = world
        self._clock = clock
        self._addresses = _Addresses(world)

    def answer(self, arrived: Arrived) -> Answer:
        """What AWS would answer, or an error of AWS's shape that names what the offline AWS lacks."""
        if cbor.speaks(arrived):
            return self._in_cbor(arriving.meant(arrived))
        try:
            call = reading.read(arriving.meant(arrived), self._addresses)
        except UnknownService as unknown:
            protocol = "json" if "x-amz-target" in arrived.folded else "query" if arrived.form("Action") else "s3"
            return refusal(protocol, "UnrecognizedClientException", str(unknown))
        except Unreadable as unreadable:
            return _refused(unreadable.call, "SerializationException", str(unreadable))
        except ValueError as broken:
            return refusal("s3", "IncompleteBody", f"the body cannot be read ({broken}); send it whole")
        return self._answered(call)

    def _answered(self, call: Call) -> Answer:
        self._world.now = self._clock()
        try:
            self._check(call)
            return _as_http(self._world.answer(call.request, call.name), call.request.method)
        except ClientError as error:
            told = error.response["Error"]
            status = error.response["ResponseMetadata"].get("HTTPStatusCode", 400)
            return _refused(call, told["Code"], told["Message"], status)
        except NotOffline as missing:
            return _refused(call, "NotImplemented", str(missing), NOT_HERE)
        except OfflineFault as fault:
            return _refused(call, "InternalFailure", str(fault), NOT_HERE)
        except ImportError as missing:
            reason = (
                f"{call.name} is not in the offline AWS: moto would need {missing.name} for it; leave it out offline"
            )
            return _refused(call, "NotImplemented", reason, NOT_HERE)
        except Exception as fault:  # noqa: BLE001 - whatever fails here, a client must be told in AWS's shape
            traceback.print_exc()
            reason = f"{call.name} failed inside the offline AWS with {type(fault).__name__}: {fault}"
            return _refused(call, "InternalFailure", reason, NOT_HERE)

    def _in_cbor(self, arrived: Arrived) -> Answer:
        self._world.now = self._clock()
        try:
            return cbor.answer(self._world, arrived)
        except (NotOffline, OfflineFault) as missing:
            return cbor.refusal("NotImplemented", str(missing), NOT_HERE)

    def _check(self, call: Call) -> None:
        if call.operation:
            model: Any = self._world.session.client(call.api.name, region_name=call.region).meta.service_model
            operation = model.operation_model(call.operation)
            reading.check_complete(operation, call.params)
            self._world.check(call.api.name, operation, call.params, call.region)


class _Addresses(dict[tuple[str, str], str]):
    """AWS's own address of a service in a region, which is where the offline AWS knows it."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def __missing__(self, key: tuple[str, str]) -> str:
        service, region = key
        self[key] = self._world.session.client(service, region_name=region).meta.endpoint_url.rstrip("/")
        return self[key]


def _refused(call: Call, code: str, message: str, status: int = 400) -> Answer:
    protocol = "s3" if call.api.name == "s3" else call.protocol
    return refusal(protocol, code, message, status, compatible=call.api.compatible and protocol == "json")


def _as_http(response: AWSResponse, method: str) -> Answer:
    headers = {name: str(value) for name, value in response.headers.items() if name.lower() not in _OWN_HEADERS}
    body = response.content
    if method == "HEAD":
        # the length of what is not sent
        length = next((str(v) for n, v in response.headers.items() if n.lower() == "content-length"), "0")
        return Answer(response.status_code, {**headers, "Content-Length": length})
    return Answer(response.status_code, headers, body)
