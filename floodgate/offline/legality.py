"""AWS's own rules, asked before every call; a refusal becomes the error that AWS would send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from floodgate.awsrules.legality import CHECKS
from floodgate.awsrules.legality.facts import Facts
from floodgate.awsrules.refusal import Refusal


def check(service: str, operation: str, params: Mapping[str, Any], facts: Facts) -> None:
    """Ask the rules of this operation, if there are any.

    Args:
        service: botocore's name of the service.
        operation: AWS's name of the operation.
        params: what it is called with.
        facts: the world's present, and what its describe calls answer.

    Raises:
        ClientError: AWS would refuse the call, with AWS's code and the reason.
    """
    rule = CHECKS.get((service, operation))
    if rule is None:
        return
    try:
        rule(params, facts)
    except Refusal as refusal:
        raise client_error(refusal.code, str(refusal), operation) from refusal


def client_error(code: str, message: str, operation: str) -> ClientError:
    """AWS's refusal, as boto3 raises it."""
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}, operation
    )
