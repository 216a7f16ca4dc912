"""The firewall's rules as values; what AWS WAF does with them is AWS's."""

import re

import pytest

from infra.edge.firewall_rules import BOT_CONTROL, MANAGED_GROUPS, rules
from infra.edge.settings import FirewallSettings

DEFAULTS = FirewallSettings()


def names(settings):
    return [rule["name"] for rule in rules(settings)]


def test_limits_per_address_come_before_the_rules_that_cost_by_request():
    assert names(DEFAULTS) == ["joins-per-address", "requests-per-address", *MANAGED_GROUPS]


def test_priorities_are_the_order_without_gaps():
    assert [rule["priority"] for rule in rules(FirewallSettings(bot_control=True))] == list(range(6))


def test_joins_are_limited_more_tightly_than_everything():
    joins, requests, *_ = (rule["statement"].get("rate_based_statement") for rule in rules(DEFAULTS))
    assert joins["limit"] < requests["limit"]


def is_counted(path):
    limit = rules(DEFAULTS)[1]["statement"]["rate_based_statement"]
    match = limit["scope_down_statement"]["not_statement"]["statement"]["regex_match_statement"]
    assert match["text_transformations"] == [{"priority": 0, "type": "NONE"}]
    return re.fullmatch(match["regex_string"], path) is None


@pytest.mark.parametrize("path", ["/queue/now-serving.json", "/wait/", "/wait/index.html", "/static/app.3f2a-1.min.js"])
def test_people_who_wait_behind_one_address_are_not_held_off_for_waiting(path):
    assert not is_counted(path), "two hundred of them look six thousand times in five minutes"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/queue/join", "/queue/now-servingxjson", "/queue/now-serving.json/x", "/waiting/x", "/WAIT/x"),
        # CloudFront resolves these before it chooses where they go
        *("/wait/../queue/join", "/static/a/..", "/wait/%2e%2e/booking", "/%77ait/x", "/wait/..%2fbooking"),
    ],
)
def test_whatever_may_reach_the_balancer_is_counted(path):
    assert is_counted(path)


def test_the_joins_limit_sees_the_path_however_it_is_written():
    scope = rules(FirewallSettings(joins_path="/Queue/Join"))[0]["statement"]["rate_based_statement"]
    match = scope["scope_down_statement"]["byte_match_statement"]
    assert match["search_string"] == "/queue/join", "compared after LOWERCASE, so it must be lower case itself"
    assert [change["type"] for change in match["text_transformations"]] == ["URL_DECODE", "NORMALIZE_PATH", "LOWERCASE"]


def test_whoever_is_too_fast_is_told_so():
    for rule in rules(DEFAULTS)[:2]:
        assert rule["action"]["block"]["custom_response"]["response_code"] == 429


@pytest.mark.parametrize(("count_only", "expected"), [(False, "none"), (True, "count")])
def test_managed_rules_can_be_tried_without_blocking(count_only, expected):
    overrides = [rule["override_action"] for rule in rules(FirewallSettings(count_only=count_only))[2:]]
    assert overrides == [{expected: {}}] * len(MANAGED_GROUPS)


def test_limits_per_address_block_even_while_managed_rules_only_count():
    assert all("block" in rule["action"] for rule in rules(FirewallSettings(count_only=True))[:2])


def test_bot_control_is_last_and_only_by_choice():
    assert BOT_CONTROL not in names(DEFAULTS)
    assert names(FirewallSettings(bot_control=True))[-1] == BOT_CONTROL


def test_every_rule_is_seen_in_a_metric_of_its_own():
    metrics = [rule["visibility_config"]["metric_name"] for rule in rules(FirewallSettings(bot_control=True))]
    assert len(set(metrics)) == len(metrics)
