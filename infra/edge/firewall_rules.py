"""The firewall's rules in their order, as plain values."""

from __future__ import annotations

import re
from typing import Any

from infra.edge.paths import NOW_SERVING_PATH, PAGE_PATHS, STATIC_PATHS, WAITING_PAGE_PATHS
from infra.edge.settings import FirewallSettings

# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
MANAGED_GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)
BOT_CONTROL = "AWSManagedRulesBotControlRuleSet"

# the rest of a path without escapes and without ".."; whatever CloudFront would resolve to another path is counted
PLAIN = r"(\.?[\w/-])*"

Rule = dict[str, Any]


def rules(settings: FirewallSettings) -> list[Any]:
    """What a request passes, first to last: joins of an address, its requests to the balancer, AWS's managed groups.

    Limits per address come first, so that a flood never reaches the rules that are paid for by request.
    """
    joins = _rate("joins", settings.joins_per_address, settings.window_s, _path_begins(settings.joins_path))
    requests = _rate("requests", settings.requests_per_address, settings.window_s, _not_kept_at_the_edge())
    managed = [_managed(group, count_only=settings.count_only) for group in MANAGED_GROUPS]
    bots = [_bot_control(count_only=settings.count_only)] if settings.bot_control else []
    return [{**rule, "priority": place} for place, rule in enumerate([joins, requests, *managed, *bots])]


def visibility(metric: str) -> Any:
    """Metrics and samples of a rule, under this name."""
    return {"cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True, "metric_name": metric}


def _rate(name: str, limit: int, window_s: int, scope: dict[str, Any] | None = None) -> Rule:
    statement: dict[str, Any] = {"limit": limit, "aggregate_key_type": "IP", "evaluation_window_sec": window_s}
    if scope is not None:
        statement["scope_down_statement"] = scope
    # 429 tells an honest page to wait; the standard 403 would look like being locked out
    block = {"custom_response": {"response_code": 429}}
    return {
        "name": f"{name}-per-address",
        "action": {"block": block},
        "statement": {"rate_based_statement": statement},
        "visibility_config": visibility(f"{name}-per-address"),
    }


def _path_begins(path: str) -> dict[str, Any]:
    return {
        "byte_match_statement": {
            "field_to_match": {"uri_path": {}},
            "positional_constraint": "STARTS_WITH",
            "search_string": path.lower(),
            # a robot must not get around the limit by writing the path differently
            "text_transformations": [
                {"priority": 0, "type": "URL_DECODE"},
                {"priority": 1, "type": "NORMALIZE_PATH"},
                {"priority": 2, "type": "LOWERCASE"},
            ],
        }
    }


def _not_kept_at_the_edge() -> dict[str, Any]:
    """What passes the caches; the looks of waiting people do not, and are many from one mobile network's address."""
    paths = (NOW_SERVING_PATH, WAITING_PAGE_PATHS, *PAGE_PATHS, STATIC_PATHS)
    kept = "|".join(re.escape(path).replace(r"\*", PLAIN) for path in paths)
    match = {
        "regex_string": f"^({kept})$",
        "field_to_match": {"uri_path": {}},
        "text_transformations": [{"priority": 0, "type": "NONE"}],
    }
    return {"not_statement": {"statement": {"regex_match_statement": match}}}


def _managed(group: str, *, count_only: bool, configuration: list[dict[str, Any]] | None = None) -> Rule:
    statement: dict[str, Any] = {"vendor_name": "AWS", "name": group}
    if configuration:
        statement["managed_rule_group_configs"] = configuration
    return {
        "name": group,
        "override_action": {"count": {}} if count_only else {"none": {}},
        "statement": {"managed_rule_group_statement": statement},
        "visibility_config": visibility(group),
    }


def _bot_control(*, count_only: bool) -> Rule:
    inspection = [{"aws_managed_rules_bot_control_rule_set": {"inspection_level": "COMMON"}}]
    return _managed(BOT_CONTROL, count_only=count_only, configuration=inspection)
