"""AWS's own rules, asked before every call; a refusal becomes the error that AWS would send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from floodgate.awsrules.legality import CHECKS
from floodgate.awsrules.legality.facts import Facts
from floodgate.awsrules.refusal import Refusal

if TYPE_CHECKING:
    from floodgate.offline.world import World


def check(world: World, service: str, operation: str, params: Mapping[str, Any], region: str) -> None:
    """Ask the rules of this operation, if there are any.

    Raises:
        ClientError: AWS would refuse the call, with AWS's code and the reason.
    """
    rule = CHECKS.get((service, operation))
    if rule is None:
        return

    def lookup(described: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        return world.lookup(described, asked, region=region)

    try:
        rule(params, Facts(now=world.now.astimezone(UTC), lookup=lookup))
    except Refusal as refusal:
        raise client_error(refusal.code, str(refusal), operation) from refusal


def client_error(code: str, message: str, operation: str) -> ClientError:
    """AWS's refusal, as boto3 raises it."""
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}, operation
    )
