"""Web ACLs, rule groups, sets, associations and logs live: changed in place, found drifted, deleted when free.

Proves that everything a program can say of a rule comes back as it was said. It cannot prove what a rule would match.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from floodgate.offline.changing import matches
from floodgate.offline.handlers.reflection import reflect
from floodgate.offline.handlers.requests import input_shape, to_shape
from floodgate.offline.problems import Refused
from floodgate.offline.schema import arguments
from tests.infra.lives.fronts import room
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.samples import sample
from tests.infra.lives.walks import assert_drifts, assert_ends, assert_imports, assert_settled, walk

VISIBLE = {"cloudwatchMetricsEnabled": True, "sampledRequestsEnabled": True, "metricName": "m"}
ACL = {"scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": VISIBLE}
GROUP = {"scope": "REGIONAL", "capacity": 50, "visibilityConfig": VISIBLE}
JOIN = {
    "fieldToMatch": {"uriPath": {}},
    "positionalConstraint": "STARTS_WITH",
    "searchString": "/join",
    "textTransformations": [{"priority": 0, "type": "LOWERCASE"}],
}


def rule(name: str, statement: dict[str, Any], **more: Any) -> dict[str, Any]:
    action = {"action": {"block": {}}} if "overrideAction" not in more else {}
    return {"name": name, "priority": 1, "statement": statement, "visibilityConfig": VISIBLE, **action, **more}


RATE = rule(
    "rate",
    {"rateBasedStatement": {
        "limit": 100, "aggregateKeyType": "IP", "scopeDownStatement": {"byteMatchStatement": JOIN},
    }},
)  # fmt: skip
MANAGED = rule(
    "managed",
    {"managedRuleGroupStatement": {"vendorName": "AWS", "name": "AWSManagedRulesCommonRuleSet"}},
    priority=2,
    overrideAction={"none": {}},
)


def acl(life: Life, **props: Any) -> Thing:
    return life.make("aws:wafv2/webAcl:WebAcl", "acl", **{**ACL, **props})


@pytest.mark.parametrize("token", ["aws:wafv2/webAcl:WebAcl", "aws:wafv2/ruleGroup:RuleGroup"])
def test_everything_that_can_be_said_of_a_rule_comes_back_as_it_was_said(life: Life, token: str) -> None:
    known = arguments(token)
    assert known is not None
    client = life.world.session.client("wafv2")
    shape = input_shape(client, "create_web_acl").members["Rules"]
    given = [sample(known.properties["rules"], depth=9)[0]]
    back = reflect({"Rules": to_shape(given, shape)}, known)["rules"]

    assert matches(given, back)
    assert not matches([{**given[0], "priority": 8}], back), "a comparison that sees nothing proves nothing"


def test_a_web_acl_changes_in_place_and_what_is_taken_away_is_gone(life: Life) -> None:
    thing = acl(life, rules=[RATE], description="described")
    bodies = [{"key": "busy", "content": "busy", "contentType": "TEXT_PLAIN"}]
    walk(
        life,
        thing,
        {"rules": [RATE, MANAGED]},
        {"rules": [{**RATE, "action": {"block": {"customResponse": {"responseCode": 429}}}}]},
        {"customResponseBodies": bodies},
        {"defaultAction": {"block": {}}},
        {"captchaConfig": {"immunityTimeProperty": {"immunityTime": 120}}},
        {"challengeConfig": {"immunityTimeProperty": {"immunityTime": 600}}},
        {"tokenDomains": ["example.org"]},
        {"associationConfig": {"requestBodies": [{"apiGateway": {"defaultSizeInspectionLimit": "KB_32"}}]}},
        {"visibilityConfig": {**VISIBLE, "metricName": "other"}},
        {"tags": {"part": "edge"}},
    )
    gone = ("rules", "description", "customResponseBodies", "captchaConfig", "tokenDomains", "associationConfig")
    life.change(thing, **dict.fromkeys(gone))
    api = life.world.session.client("wafv2")
    told = api.get_web_acl(Name=thing.state["name"], Scope="REGIONAL", Id=thing.id)["WebACL"]

    assert told["Rules"] == []
    assert not any(told.get(name) for name in ("Description", "CustomResponseBodies", "CaptchaConfig", "TokenDomains"))
    assert_settled(life, thing, "taken away")
    assert_ends(life, thing)


def test_rules_given_as_json_are_told_as_json(life: Life) -> None:
    sql = {"Name": "a", "Priority": 0, "Action": {"Block": {}}, "Statement": {"GeoMatchStatement": {
        "CountryCodes": ["AQ"]}}, "VisibilityConfig": {"CloudWatchMetricsEnabled": True,
        "SampledRequestsEnabled": True, "MetricName": "m"}}  # fmt: skip
    thing = acl(life, ruleJson=json.dumps([sql]))
    walk(life, thing, {"ruleJson": json.dumps([{**sql, "Name": "b"}])})


def test_a_web_acl_changed_behind_pulumis_back_is_seen_and_put_right(life: Life) -> None:
    thing, api = acl(life, rules=[RATE]), life.world.session.client("wafv2")

    def edit() -> None:
        by = {"Name": thing.state["name"], "Scope": "REGIONAL", "Id": thing.id}
        found = api.get_web_acl(**by)
        (one,) = found["WebACL"]["Rules"]
        one["Statement"]["RateBasedStatement"]["Limit"] = 2000
        visible = found["WebACL"]["VisibilityConfig"]
        api.update_web_acl(
            **by, LockToken=found["LockToken"], Rules=[one], DefaultAction={"Block": {}}, VisibilityConfig=visible
        )

    assert_drifts(life, thing, edit, "rules", "defaultAction")


@pytest.mark.parametrize(
    ("token", "made", "steps"),
    [
        ("aws:wafv2/ipSet:IpSet", {"scope": "REGIONAL", "ipAddressVersion": "IPV4", "addresses": ["10.0.0.0/8"]},
         [{"addresses": ["10.0.0.0/8", "192.0.2.0/24"]}, {"description": "described"}, {"tags": {"part": "edge"}},
          {"addresses": []}]),
        ("aws:wafv2/regexPatternSet:RegexPatternSet",
         {"scope": "REGIONAL", "regularExpressions": [{"regexString": "one"}]},
         [{"regularExpressions": [{"regexString": "one"}, {"regexString": "two"}]}, {"description": "described"}]),
        ("aws:wafv2/ruleGroup:RuleGroup", {**GROUP, "rules": [RATE]},
         [{"rules": []}, {"rules": [RATE]}, {"description": "described"}, {"tags": {"part": "edge"}}]),
    ],
)  # fmt: skip
def test_sets_and_groups_change_and_are_deleted_only_when_no_rule_refers_to_them(
    life: Life, token: str, made: dict, steps: list[dict]
) -> None:
    thing = life.make(token, "set", **made)
    walk(life, thing, *steps)
    arn = thing.state["arn"]
    statement = {
        "aws:wafv2/ipSet:IpSet": {"ipSetReferenceStatement": {"arn": arn}},
        "aws:wafv2/regexPatternSet:RegexPatternSet": {"regexPatternSetReferenceStatement": {
            "arn": arn, "fieldToMatch": {"uriPath": {}}, "textTransformations": JOIN["textTransformations"]}},
        "aws:wafv2/ruleGroup:RuleGroup": {"ruleGroupReferenceStatement": {"arn": arn}},
    }[token]  # fmt: skip
    user = acl(life, rules=[rule("refers", statement)])
    with pytest.raises(Refused, match="WAFAssociatedItemException"):
        life.delete(thing)
    life.delete(user)
    assert_ends(life, thing)


def test_a_web_acl_before_a_balancer_is_not_deleted(life: Life) -> None:
    front, thing = room(life).balancer(), acl(life)
    before = life.make(
        "aws:wafv2/webAclAssociation:WebAclAssociation", "a", webAclArn=thing.state["arn"], resourceArn=front.id
    )
    assert_settled(life, before, "made")
    with pytest.raises(Refused, match="WAFAssociatedItemException"):
        life.delete(thing)
    assert_ends(life, before)
    assert_ends(life, thing)


def test_a_balancer_that_is_deleted_takes_its_association_along(life: Life) -> None:
    front, thing = room(life).balancer(), acl(life)
    before = life.make(
        "aws:wafv2/webAclAssociation:WebAclAssociation", "a", webAclArn=thing.state["arn"], resourceArn=front.id
    )
    life.delete(front)
    assert life.gone(before)
    assert_ends(life, thing)


def test_another_web_acl_before_the_balancer_is_left_there(life: Life) -> None:
    front, first, second = room(life).balancer(), acl(life), acl(life, name="second")
    before = life.make(
        "aws:wafv2/webAclAssociation:WebAclAssociation", "a", webAclArn=first.state["arn"], resourceArn=front.id
    )
    api = life.world.session.client("wafv2")
    api.associate_web_acl(WebACLArn=second.state["arn"], ResourceArn=front.id)
    assert_ends(life, before)
    assert api.get_web_acl_for_resource(ResourceArn=front.id)["WebACL"]["ARN"] == second.state["arn"]


def test_a_log_changes_what_it_leaves_out(life: Life) -> None:
    group = "arn:aws:logs:ap-northeast-2:123456789012:log-group:aws-waf-logs-x"
    log = life.make(
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        "log",
        resourceArn=acl(life).state["arn"],
        logDestinationConfigs=[group],
    )
    kept = {"behavior": "KEEP", "requirement": "MEETS_ANY", "conditions": [{"actionCondition": {"action": "BLOCK"}}]}
    walk(
        life,
        log,
        {"redactedFields": [{"singleHeader": {"name": "cookie"}}, {"queryString": {}}]},
        {"loggingFilter": {"defaultBehavior": "DROP", "filters": [kept]}},
        {"redactedFields": None},
    )
    api = life.world.session.client("wafv2")
    assert "RedactedFields" not in api.get_logging_configuration(ResourceArn=log.id)["LoggingConfiguration"]
    assert_ends(life, log)


def test_web_acls_and_sets_are_imported_by_id_name_and_scope_and_live_on(life: Life) -> None:
    thing = acl(life, rules=[RATE])
    addresses = {"scope": "REGIONAL", "ipAddressVersion": "IPV4", "addresses": ["10.0.0.0/8"]}
    for one in (thing, life.make("aws:wafv2/ipSet:IpSet", "set", **addresses)):
        whole = f"{one.id}/{one.state['name']}/REGIONAL"
        assert_imports(life, one, whole)
        one.id = whole
        life.change(one, description="imported")
        assert_settled(life, one, "changed")
        assert_ends(life, one)
