"""Elastic Load Balancing: what it refuses of listeners, rules and targets.

Sources: the API reference,
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html, API_ModifyListener.html,
API_CreateRule.html, API_ModifyRule.html, API_RegisterTargets.html beside it; "Listeners for your Application Load
Balancers", https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html; "Quotas
for your Application Load Balancers",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from floodgate.awsrules.legality.checking import one_of, required
from floodgate.awsrules.legality.elbv2_actions import check_actions, forwarded
from floodgate.awsrules.legality.facts import Check, Facts, Params
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationError"
CONFIGURATION = "InvalidConfigurationRequest"
MAX_LISTENERS, MAX_RULES, MAX_TARGETS, MAX_CONDITION_VALUES = 50, 100, 1_000, 5
PROTOCOLS = {
    "application": ("HTTP", "HTTPS"),
    "network": ("QUIC", "TCP", "TCP_QUIC", "TCP_UDP", "TLS", "UDP"),
}
ENCRYPTED = ("HTTPS", "TLS")
CONDITIONS = {
    "host-header": "HostHeaderConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "path-pattern": "PathPatternConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
SEVERAL = ("http-header", "query-string")


def create_listener(params: Params, facts: Facts) -> None:
    """CreateListener: one for each port, 50 a balancer, a certificate where it is encrypted."""
    kind = _kind(params["LoadBalancerArn"], facts)
    what = f"a listener of {params['LoadBalancerArn'].rpartition(':')[2]}"
    if kind in PROTOCOLS:
        required(INVALID, params, "Protocol", "Port", what=what)
        one_of("UnsupportedProtocol", "Protocol", params["Protocol"], PROTOCOLS[kind])
    _check_certificates(params, params.get("Protocol", ""))
    check_actions(params["DefaultActions"], params.get("Protocol", ""))
    held = facts.known("elbv2.describe_listeners", {"LoadBalancerArn": params["LoadBalancerArn"]}) or []
    if len(held) >= MAX_LISTENERS:
        value, rule = f"{len(held)} listeners exist already", f"the quota is {MAX_LISTENERS}"
        raise Refusal("TooManyListeners", value=value, rule=rule, remedy="delete one or ask for more quota")
    _check_port(params.get("Port"), held)
    _check_target_groups(params["DefaultActions"], facts)


def modify_listener(params: Params, facts: Facts) -> None:
    """ModifyListener: what it leaves out stays as it is."""
    found = facts.known("elbv2.describe_listeners", {"ListenerArns": [params["ListenerArn"]]}) or []
    held: Params = next((item for item in found if item.get("ListenerArn") == params["ListenerArn"]), {})
    protocol = params.get("Protocol") or held.get("Protocol", "")
    kind = _kind(held.get("LoadBalancerArn", ""), facts)
    if params.get("Protocol") and kind in PROTOCOLS:
        one_of("UnsupportedProtocol", "Protocol", params["Protocol"], PROTOCOLS[kind])
    keeps = protocol in ENCRYPTED and held.get("Protocol") in ENCRYPTED
    if params.get("Protocol") and not keeps:
        _check_certificates(params, protocol)
    if params.get("DefaultActions"):
        check_actions(params["DefaultActions"], protocol)
        _check_target_groups(params["DefaultActions"], facts)


def _kind(arn: str, facts: Facts) -> str:
    """Of which type a balancer is; empty where that is not known."""
    balancers = (facts.known("elbv2.describe_load_balancers", {"LoadBalancerArns": [arn]}) or []) if arn else []
    return next((item.get("Type", "") for item in balancers if item["LoadBalancerArn"] == arn), "")


def _check_certificates(params: Params, protocol: str) -> None:
    certificates = params.get("Certificates") or ()
    if protocol in ENCRYPTED and len(certificates) != 1:
        rule = "A certificate must be specified for HTTPS listeners, and exactly one"
        code = "TooManyCertificates" if certificates else INVALID
        raise Refusal(code, value=f"{len(certificates)} certificates", rule=rule, remedy="give one; add others later")
    if protocol and protocol not in ENCRYPTED:
        for name in ("Certificates", "SslPolicy"):
            if params.get(name):
                rule = f"it is only for {' and '.join(ENCRYPTED)} listeners"
                raise Refusal(INVALID, value=f"{name} with {protocol}", rule=rule, remedy="leave it out, or use HTTPS")


def _check_port(port: int | None, held: Sequence[Params]) -> None:
    for other in held:
        if port is not None and other.get("Port") == port:
            rule = "A listener already exists on this port"
            raise Refusal("DuplicateListener", value=f"Port {port}", rule=rule, remedy="change that listener instead")


def _check_target_groups(actions: Sequence[Params], facts: Facts) -> None:
    arns = set(forwarded(actions))
    told = facts.known("elbv2.describe_target_groups", {}) if arns else None
    known = {item["TargetGroupArn"] for item in told or ()}
    for arn in sorted(arns - known) if told is not None else ():
        if facts.is_missing(f"target group {arn.rpartition(':')[2]}"):
            rule = "One or more target groups not found"
            raise Refusal("TargetGroupNotFound", value=f"target group {arn}", rule=rule, remedy="create it first")


def create_rule(params: Params, facts: Facts) -> None:
    """CreateRule: a priority of its own, 100 rules a balancer; counted here for each listener."""
    _check_rule(params)
    held = facts.known("elbv2.describe_rules", {"ListenerArn": params["ListenerArn"]}) or []
    others = [rule for rule in held if rule.get("Priority") != "default"]
    if len(others) >= MAX_RULES:
        value, rule = f"{len(others)} rules exist already", f"the quota is {MAX_RULES} beside default rules"
        raise Refusal("TooManyRules", value=value, rule=rule, remedy="delete one or ask for more quota")
    for other in others:
        if other.get("Priority") == str(params["Priority"]):
            rule = f"Priority '{params['Priority']}' is currently in use"
            raise Refusal("PriorityInUse", value=f"Priority {params['Priority']}", rule=rule, remedy="choose another")
    _check_target_groups(params["Actions"], facts)


def modify_rule(params: Params, facts: Facts) -> None:
    """ModifyRule: what it leaves out stays as it is; the default rule's conditions cannot be changed."""
    _check_rule(params)
    if params.get("ResetTransforms") and params.get("Transforms"):
        rule = "transforms are set or reset"
        raise Refusal(INVALID, value="Transforms with ResetTransforms", rule=rule, remedy="leave one out")
    held = facts.known("elbv2.describe_rules", {"RuleArns": [params["RuleArn"]]}) or []
    if any(item.get("IsDefault") and item.get("RuleArn") == params["RuleArn"] for item in held):
        rule = "Default rules cannot be modified here"
        raise Refusal("OperationNotPermitted", value="the default rule", rule=rule, remedy="change the listener")
    _check_target_groups(params.get("Actions") or (), facts)


def _check_rule(params: Params) -> None:
    conditions = params.get("Conditions")
    if conditions is not None and not conditions:
        rule = "A rule must have a condition"
        raise Refusal(INVALID, value="Conditions is empty", rule=rule, remedy="give a host or a path")
    for condition in conditions or ():
        _check_condition(condition)
    fields = [condition.get("Field") or _field(condition) for condition in conditions or ()]
    for field in fields:
        if fields.count(field) > 1 and field not in SEVERAL:
            rule = f"a rule has one condition of each kind, but {' and '.join(SEVERAL)}"
            raise Refusal(INVALID, value=f"{field} twice", rule=rule, remedy="give one condition several values")
    values = sum(_values(condition) for condition in conditions or ())
    if values > MAX_CONDITION_VALUES:
        rule = f"A rule can only have {MAX_CONDITION_VALUES} condition values"
        raise Refusal(INVALID, value=f"{values} condition values", rule=rule, remedy="make two rules of it")
    if params.get("Actions") is not None:
        check_actions(params["Actions"], "")


def _field(condition: Params) -> str:
    return next((field for field, name in CONDITIONS.items() if condition.get(name)), "")


def _check_condition(condition: Params) -> None:
    field = condition.get("Field") or _field(condition)
    one_of(INVALID, "Field", field, CONDITIONS)
    given = [name for name in CONDITIONS.values() if condition.get(name)]
    wrong = [name for name in given if name != CONDITIONS[field]]
    if wrong:
        rule = f"it is not for {field}"
        raise Refusal(INVALID, value=f"condition {field} with {wrong[0]}", rule=rule, remedy=f"use {CONDITIONS[field]}")
    if condition.get("Values") and (given or field not in ("host-header", "path-pattern")):
        rule = "Values is for host-header and path-pattern alone, instead of their own configuration"
        raise Refusal(INVALID, value=f"Values with {given or field}", rule=rule, remedy=f"use {CONDITIONS[field]}")
    if not _values(condition):
        rule = "A condition value must be specified"
        raise Refusal(INVALID, value=f"condition {field}", rule=rule, remedy="give a value")


def _values(condition: Params) -> int:
    config = next((condition[name] for name in CONDITIONS.values() if condition.get(name)), {})
    lists = (condition, config)
    return sum(len(part.get(name) or ()) for part in lists for name in ("Values", "RegexValues"))


def register_targets(params: Params, facts: Facts) -> None:
    """RegisterTargets: at most 1,000 a target group."""
    group: dict[str, Any] = {"TargetGroupArn": params["TargetGroupArn"]}
    held = facts.known("elbv2.describe_target_health", group) or []
    registered = {(item["Target"]["Id"], item["Target"].get("Port")) for item in held if item.get("Target")}
    after = len(registered | {(target["Id"], target.get("Port")) for target in params["Targets"]})
    if after > MAX_TARGETS:
        value, rule = f"{after:,} targets", f"a target group has at most {MAX_TARGETS:,}"
        raise Refusal("TooManyTargets", value=value, rule=rule, remedy="use another target group or ask for more quota")


CHECKS: dict[str, Check] = {
    "CreateListener": create_listener,
    "ModifyListener": modify_listener,
    "CreateRule": create_rule,
    "ModifyRule": modify_rule,
    "RegisterTargets": register_targets,
}
