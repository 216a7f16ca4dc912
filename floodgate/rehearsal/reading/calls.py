"""Read-only AWS calls with pages joined and refusals told as the IAM action that is missing."""

from __future__ import annotations

from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from floodgate.rehearsal.errors import AccessRefused, PlanError

ACTIONS: tuple[str, ...] = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeLaunchConfigurations",
    "autoscaling:DescribeLifecycleHooks",
    "autoscaling:DescribePolicies",
    "autoscaling:DescribeScheduledActions",
    "autoscaling:DescribeWarmPool",
    "cloudfront:GetCachePolicy",
    "cloudfront:ListDistributions",
    "cloudfront:ListTagsForResource",
    "cloudwatch:DescribeAlarms",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:DescribeSubnets",
    "elasticache:DescribeCacheClusters",
    "elasticache:DescribeCacheSubnetGroups",
    "elasticache:DescribeReplicationGroups",
    "elasticloadbalancing:DescribeCapacityReservation",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "rds:DescribeDBClusterParameters",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstances",
    "rds:DescribeDBParameters",
    "rds:DescribeDBProxies",
    "rds:DescribeDBProxyTargetGroups",
    "rds:DescribeDBProxyTargets",
    "rds:DescribeDBSubnetGroups",
    "route53:ListHostedZones",
    "route53:ListResourceRecordSets",
    "ssm:GetParameter",
)
"""Every IAM action that reading a plan needs; none of them changes anything."""

_PREFIXES = {"elbv2": "elasticloadbalancing"}
_REFUSALS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})


class Session(Protocol):
    """What is needed of a boto3 session."""

    @property
    def region_name(self) -> str | None:
        """The session's region."""
        ...

    def client(self, service_name: str) -> Any:
        """A client for one service in the session's region."""
        ...


class Calls:
    """The read-only calls of one reading; what could not be read but is no error is kept in `notes`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._clients: dict[str, Any] = {}
        self.notes: list[str] = []
        # a saved plan may lack what AWS always tells
        self.saved = bool(getattr(session, "saved", False))

    def note(self, text: str) -> None:
        """Keep what a person should know of the reading, once."""
        if text not in self.notes:
            self.notes.append(text)

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            try:
                self._clients[service] = self._session.client(service)
            except BotoCoreError as error:
                raise PlanError(f"AWS cannot be reached for {service}: {error}") from error
        return self._clients[service]

    def one(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """The answer of one call, e.g. ``one("ssm", "get_parameter", Name=…)``."""
        client = self._client(service)
        try:
            return getattr(client, operation)(**parameters)
        except (ClientError, BotoCoreError) as error:
            raise self._explained(service, operation, error) from error

    def all(self, service: str, operation: str, key: str, **parameters: Any) -> list[dict[str, Any]]:
        """The items under `key` (dots lead deeper) of every page of an answer."""
        client = self._client(service)
        if not client.can_paginate(operation):
            return _items(self.one(service, operation, **parameters), key)
        try:
            pages = client.get_paginator(operation).paginate(**parameters)
            return [item for page in pages for item in _items(page, key)]
        except (ClientError, BotoCoreError) as error:
            raise self._explained(service, operation, error) from error

    def told(self, otherwise: str, service: str, operation: str, key: str, **parameters: Any) -> list[dict[str, Any]]:
        """The same where a saved plan tells it; else nothing, and a note of what is read `otherwise`."""
        try:
            return self.all(service, operation, key, **parameters)
        except NotTold as gap:
            self.note(f"{gap.file} is not there: {otherwise}")
            return []

    def _explained(self, service: str, operation: str, error: ClientError | BotoCoreError) -> Exception:
        api = self._client(service).meta.method_to_api_mapping[operation]
        action = f"{_PREFIXES.get(service, service)}:{api}"
        if not isinstance(error, ClientError):
            return PlanError(f"{action} could not be asked: {error}")
        code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code in _REFUSALS:
            return AccessRefused(
                f"{action} is refused ({code}): reading a plan needs it; allow this read-only action to the caller"
            )
        return Unanswered(f"{action} failed ({code}): {text}", code)


class Unanswered(PlanError):  # noqa: N818 - reads as what happened
    """A call failed for another reason than missing rights; `code` is AWS's error code."""

    def __init__(self, problem: str, code: str) -> None:
        super().__init__(problem)
        self.code = code


class NotTold(PlanError):  # noqa: N818 - reads as what happened
    """A saved plan does not hold this answer; `file` is where it would stand."""

    def __init__(self, file: str, command: str) -> None:
        super().__init__(f"{file} is not there; save what `{command}` prints under this name")
        self.file = file


def _items(page: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found: Any = page
    for part in key.split("."):
        found = (found or {}).get(part)
    return list(found or [])
