"""What listeners and their rules do and when, as Pulumi says it and as AWS does.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html and API_RuleCondition
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from floodgate.offline.handlers.base import Props
from floodgate.offline.handlers.reflection import reflect
from floodgate.offline.handlers.requests import request
from floodgate.offline.schema import ObjectOf

ACTION_NAMES = {
    "arn": "TargetGroupArn",
    "authenticateCognito": "AuthenticateCognitoConfig",
    "authenticateOidc": "AuthenticateOidcConfig",
    "duration": "DurationSeconds",
    "fixedResponse": "FixedResponseConfig",
    "forward": "ForwardConfig",
    "jwtValidation": "JwtValidationConfig",
    "redirect": "RedirectConfig",
    "stickiness": "TargetGroupStickinessConfig",
}
CONDITIONS = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "queryStrings": ("query-string", "QueryStringConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}
FIELDS = {field: (kind, block) for kind, (field, block) in CONDITIONS.items()}
# what the provider sends for the parts of a redirect that are left out
REDIRECT = {
    "host": "#{host}",
    "path": "/#{path}",
    "port": "#{port}",
    "protocol": "#{protocol}",
    "query": "#{query}",
}


def actions(client: Any, call: str, name: str, given: Sequence[Props]) -> dict[str, Any]:
    """The actions of a listener or rule; the provider numbers them and completes redirects."""
    whole = []
    for action in given:
        complete = dict(action)
        if "redirect" in action:
            complete["redirect"] = REDIRECT | dict(action["redirect"])
        if "stickiness" in action.get("forward", {}):
            sticky = {"enabled": False} | dict(action["forward"]["stickiness"])
            complete["forward"] = {**action["forward"], "stickiness": sticky}
        whole.append(complete)
    return request(client, call, {name: whole}, ACTION_NAMES)


def told_actions(
    described: Sequence[Mapping[str, Any]], known: ObjectOf, name: str, given: Sequence[Props]
) -> list[dict[str, Any]]:
    """The actions that AWS describes, as the program would have written them.

    Args:
        described: AWS's actions.
        known: the resource's argument class.
        name: its property that holds actions.
        given: the actions as they were declared, for the one of two ways in which each speaks of its target group.
    """
    found = reflect({name: list(described)}, known, ACTION_NAMES).get(name, [])
    return [_as_given(action, before or {}) for action, before in zip_longest(found, given) if action]


def _as_given(action: dict[str, Any], given: Props) -> dict[str, Any]:
    forward, target = action.pop("forward", None), action.pop("targetGroupArn", None)
    groups = (forward or {}).get("targetGroups", [])
    if "forward" in given or (len(groups) > 1 or (forward or {}).get("stickiness", {}).get("enabled")):
        if forward or target:
            action["forward"] = forward or {"targetGroups": [{"arn": target}]}
    elif target or groups:
        action["targetGroupArn"] = target or groups[0]["arn"]
    if "authenticateOidc" in action and "clientSecret" in given.get("authenticateOidc", {}):
        # AWS never tells it
        action["authenticateOidc"]["clientSecret"] = given["authenticateOidc"]["clientSecret"]
    return action


def condition(client: Any, given: Props) -> dict[str, Any]:
    """One condition: Pulumi names its kind, AWS its field and its block."""
    ((kind, block),) = given.items()
    field, name = CONDITIONS[kind]
    values = {"values": block} if kind == "queryStrings" else block
    shaped = request(client, "create_rule", {"conditions": [{name: values}]})
    return {"Field": field} | shaped["Conditions"][0]


def told_conditions(described: Iterable[Mapping[str, Any]], known: ObjectOf) -> list[dict[str, Any]]:
    """The conditions that AWS describes, as the program would have written them.

    Args:
        described: AWS's conditions; older ones have their values beside the field.
        known: the rule's argument class.
    """
    found = []
    for one in described:
        kind, name = FIELDS[one["Field"]]
        block = one.get(name) or {"Values": one.get("Values", [])}
        found.append({kind: block["Values"] if kind == "queryStrings" else block})
    return reflect({"conditions": found}, known).get("conditions", [])
