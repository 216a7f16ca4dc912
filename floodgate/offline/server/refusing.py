"""How each of AWS's protocols writes an error, so that every SDK raises it as AWS's own.

https://smithy.io/2.0/aws/protocols/index.html, each protocol's chapter on operation errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

REQUEST_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def refusal(protocol: str, code: str, message: str, status: int = 400, *, compatible: bool = False) -> Answer:
    """An error in a protocol's words.

    Args:
        protocol: botocore's name of it; XML for one that nobody knows.
        code: AWS's, e.g. ``ValidationError``.
        message: in one line.
        status: of HTTP; 4xx and 501 are not tried again by SDKs.
        compatible: the service spoke the query protocol before, and tells that one's code too.
    """
    answer = _WRITERS.get(protocol, _xml)(code, message, status)
    answer.headers["x-amzn-RequestId"] = REQUEST_ID
    if compatible:
        answer.headers["x-amzn-query-error"] = f"{code};Sender"
    return answer


def _json(code: str, message: str, status: int) -> Answer:
    body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    return Answer(status, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": code}, body)


def _rest_json(code: str, message: str, status: int) -> Answer:
    answer = _json(code, message, status)
    answer.headers["Content-Type"] = "application/json"
    return answer


def _query(code: str, message: str, status: int) -> Answer:
    error = f"<Error><Type>Sender</Type>{_told(code, message)}</Error>"
    return _document(f"<ErrorResponse>{error}<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>", status)


def _ec2(code: str, message: str, status: int) -> Answer:
    error = f"<Errors><Error>{_told(code, message)}</Error></Errors>"
    return _document(f"<Response>{error}<RequestID>{REQUEST_ID}</RequestID></Response>", status)


def _xml(code: str, message: str, status: int) -> Answer:
    return _document(f"<Error>{_told(code, message)}<RequestId>{REQUEST_ID}</RequestId></Error>", status)


def _told(code: str, message: str) -> str:
    return f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"


def _document(content: str, status: int) -> Answer:
    return Answer(status, {"Content-Type": "text/xml"}, f'<?xml version="1.0" encoding="UTF-8"?>\n{content}'.encode())


_WRITERS: dict[str, Callable[[str, str, int], Answer]] = {
    "json": _json,
    "rest-json": _rest_json,
    "query": _query,
    "ec2": _ec2,
    # S3 writes errors so; the other services of this protocol write them as the query protocol does
    "s3": _xml,
    "rest-xml": _query,
}
