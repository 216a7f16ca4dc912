"""Elastic Load Balancing: what it refuses of the actions of listeners and rules.

Sources: "Action", https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html; "Action types
for listener rules", https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from floodgate.awsrules.legality.checking import one_of, within
from floodgate.awsrules.legality.facts import Params
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationError"
LAST = ("fixed-response", "forward", "redirect")
CONFIGURATIONS = {
    "authenticate-cognito": "AuthenticateCognitoConfig",
    "authenticate-oidc": "AuthenticateOidcConfig",
    "fixed-response": "FixedResponseConfig",
    "jwt-validation": "JwtValidationConfig",
    "redirect": "RedirectConfig",
}
CONTENT_TYPES = ("application/javascript", "application/json", "text/css", "text/html", "text/plain")
MAX_TARGET_GROUPS, MAX_WEIGHT, MAX_STICKY_S = 5, 999, 604_800
STATUS = re.compile(r"[245]\d\d")


def check_actions(actions: Sequence[Params], protocol: str) -> None:
    """Refuse actions that do not lead to one end.

    Args:
        actions: the actions of a listener or rule.
        protocol: the listener's, where it is known.
    """
    last = [action for action in actions if action["Type"] in LAST]
    if len(last) != 1:
        rule = f"exactly one of {', '.join(LAST)} must end them"
        value = f"{len(last)} actions of these kinds"
        raise Refusal("InvalidLoadBalancerAction", value=value, rule=rule, remedy="keep one of them")
    orders = [action.get("Order") for action in actions]
    if len(actions) > 1 and (None in orders or len(set(orders)) < len(orders)):
        rule = "the order is required for several actions, each its own"
        raise Refusal(INVALID, value=f"Order {orders}", rule=rule, remedy="number them")
    if len(actions) > 1 and max(order for order in orders if order) != last[0].get("Order"):
        rule = f"{', '.join(LAST)} must be performed last"
        raise Refusal(
            "InvalidLoadBalancerAction", value=f"Order {orders}", rule=rule, remedy="give it the highest order"
        )
    for action in actions:
        _check_action(action, protocol)


def _check_action(action: Params, protocol: str) -> None:
    kind = action["Type"]
    needed = CONFIGURATIONS.get(kind)
    if needed and not action.get(needed):
        rule = f"{needed} is required for it"
        raise Refusal(INVALID, value=f"action {kind}", rule=rule, remedy=f"give {needed}")
    for name in CONFIGURATIONS.values():
        if action.get(name) and name != needed:
            rule = f"{name} is not for it"
            raise Refusal(INVALID, value=f"action {kind}", rule=rule, remedy=f"leave out {name}")
    if kind not in LAST and protocol not in ("", "HTTPS"):
        rule = "it is only for HTTPS listeners"
        raise Refusal("InvalidLoadBalancerAction", value=f"action {kind}", rule=rule, remedy="make the listener HTTPS")
    if kind == "forward":
        _check_forward(action)
    elif kind == "fixed-response":
        _check_response(action["FixedResponseConfig"])
    elif kind == "redirect":
        _check_redirect(action["RedirectConfig"], protocol)


def _check_forward(action: Params) -> None:
    config = action.get("ForwardConfig") or {}
    groups = config.get("TargetGroups") or ()
    if not groups and not action.get("TargetGroupArn"):
        rule = "it needs a target group"
        raise Refusal(INVALID, value="action forward", rule=rule, remedy="give TargetGroupArn or ForwardConfig")
    if action.get("TargetGroupArn") and groups:
        named = {group.get("TargetGroupArn") for group in groups}
        if named != {action["TargetGroupArn"]}:
            rule = "beside TargetGroupArn, ForwardConfig names the same target group alone"
            raise Refusal(INVALID, value=f"{len(groups)} target groups", rule=rule, remedy="leave out TargetGroupArn")
    if len(groups) > MAX_TARGET_GROUPS:
        rule = f"an action forwards to at most {MAX_TARGET_GROUPS}"
        raise Refusal("TooManyTargetGroups", value=f"{len(groups)} target groups", rule=rule, remedy="name fewer")
    for group in groups:
        within(INVALID, "Weight", group.get("Weight"), 0, MAX_WEIGHT)
    sticky = config.get("TargetGroupStickinessConfig") or {}
    if sticky.get("Enabled"):
        within(INVALID, "DurationSeconds", sticky.get("DurationSeconds"), 1, MAX_STICKY_S, " s")


def _check_response(config: Params) -> None:
    if not STATUS.fullmatch(config["StatusCode"]):
        rule = "it must be 2XX, 4XX or 5XX"
        raise Refusal(INVALID, value=f"StatusCode is {config['StatusCode']!r}", rule=rule, remedy="choose another code")
    one_of(INVALID, "ContentType", config.get("ContentType") or None, CONTENT_TYPES)


def _check_redirect(config: Params, listener: str) -> None:
    protocol, port = config.get("Protocol", "#{protocol}"), config.get("Port", "#{port}")
    if protocol == "HTTP" and listener == "HTTPS":
        rule = "HTTPS cannot be redirected to HTTP"
        raise Refusal(INVALID, value="redirect to HTTP", rule=rule, remedy="redirect to HTTPS")
    if port != "#{port}" and not (port.isascii() and port.isdecimal() and len(port) < 6 and 1 <= int(port) <= 65_535):
        rule = "it must be 1 to 65535 or #{port}"
        raise Refusal(INVALID, value=f"Port is {port!r}", rule=rule, remedy="choose a port")
    path = config.get("Path", "/#{path}")
    if not path.startswith("/"):
        rule = "it must begin with /"
        raise Refusal(INVALID, value=f"Path is {path!r}", rule=rule, remedy="begin it with /")
    parts = {"#{host}": config.get("Host", "#{host}"), "/#{path}": path, "#{port}": port, "#{protocol}": protocol}
    if all(given == kept for kept, given in parts.items()) and config.get("Query", "#{query}") == "#{query}":
        rule = "it would lead to itself without end; at least one of protocol, port, host and path must change"
        raise Refusal("InvalidLoadBalancerAction", value="redirect to the same place", rule=rule, remedy="change one")


def forwarded(actions: Sequence[Params]) -> Iterator[str]:
    """The ARNs of the target groups that actions forward to."""
    for action in actions:
        if action.get("TargetGroupArn"):
            yield action["TargetGroupArn"]
        for group in (action.get("ForwardConfig") or {}).get("TargetGroups") or ():
            if group.get("TargetGroupArn"):
                yield group["TargetGroupArn"]
