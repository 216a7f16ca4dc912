"""The protocol in which the SDKs of Go and JavaScript speak to CloudWatch and others, which moto does not understand.

https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html. A call is said again through boto3, which speaks
what moto understands, and the answer is written as the client expects it.
"""

from __future__ import annotations

import re
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer

from floodgate.offline.server.arriving import Arrived
from floodgate.offline.server.refusing import Answer
from floodgate.offline.server.scopes import Scope, apis_of, scope_of
from floodgate.offline.world import World

NAME = "rpc-v2-cbor"
_PATH = re.compile(r"/service/([^/]+)/operation/([^/]+)")


def speaks(arrived: Arrived) -> bool:
    """Whether a request is of this protocol."""
    return arrived.folded.get("smithy-protocol") == NAME


def answer(world: World, arrived: Arrived) -> Answer:
    """What AWS would answer.

    Raises:
        NotOffline: the offline AWS lacks the operation.
        OfflineFault: the offline AWS failed in it.
    """
    found, scope = _PATH.fullmatch(arrived.path), scope_of(arrived.folded, arrived.query)
    apis = apis_of(scope.service, {"x-amz-target": f"{found[1]}.{found[2]}"}, "/") if found and scope else ()
    if not (found and scope and apis):
        return refusal("UnknownOperationException", f"{arrived.path} names no operation of AWS; use a current AWS SDK")
    return _said_again(world, scope, apis[0].name, found[2], arrived.body)


def _said_again(world: World, scope: Scope, service: str, operation: str, body: bytes) -> Answer:
    client: Any = world.session.client(service, region_name=scope.region)
    if operation not in client.meta.service_model.operation_names:
        return refusal("UnknownOperationException", f"{service} has no operation {operation}; check its name")
    model = client.meta.service_model.operation_model(operation)
    params: dict[str, Any] = {}
    if model.input_shape:
        params = RpcV2CBORParser().parse({"body": body, "headers": {}, "status_code": 200}, model.input_shape)
        params.pop("ResponseMetadata", None)
    try:
        told = getattr(client, xform_name(operation))(**params)
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        return refusal(error.response["Error"]["Code"], error.response["Error"]["Message"], status)
    except ParamValidationError as error:
        return refusal("ValidationException", " ".join(str(error).split()))
    told.pop("ResponseMetadata", None)
    if model.output_shape is None:
        return Answer(200, {"Content-Type": "application/cbor", "smithy-protocol": NAME})
    return _written(told, client.meta.service_model, model.output_shape.name, 200)


def refusal(code: str, message: str, status: int = 400) -> Answer:
    """An error in the words of this protocol."""
    return _written({"__type": code, "message": message}, _ERRORS, "Error", status)


_ERRORS = ServiceModel(
    {
        "metadata": {"targetPrefix": ""},
        "operations": {},
        "shapes": {
            "Error": {"type": "structure", "members": {"__type": {"shape": "Text"}, "message": {"shape": "Text"}}},
            "Text": {"type": "string"},
        },
    }
)


def _written(content: dict[str, Any], model: ServiceModel, shape: str, status: int) -> Answer:
    # what a client writes as a request is what a service writes as an answer
    said = OperationModel({"http": {"method": "POST", "requestUri": "/"}, "input": {"shape": shape}}, model, "Tell")
    body = bytes(RpcV2CBORSerializer().serialize_to_request(content, said)["body"])
    return Answer(status, {"Content-Type": "application/cbor", "smithy-protocol": NAME}, body)
