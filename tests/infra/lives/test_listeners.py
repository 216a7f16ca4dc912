"""Listeners and their rules live: changed in place, found drifted, deleted.

Proves what the handlers do through the API. It cannot prove where a request would go.
"""

from __future__ import annotations

import pytest

from floodgate.offline.changing import matches
from floodgate.offline.handlers.listener_actions import actions, condition, told_actions, told_conditions
from floodgate.offline.problems import Refused
from floodgate.offline.schema import arguments
from tests.infra.lives.fronts import DENY, LISTENER, RULE, Place, issued, room
from tests.infra.lives.lives import Life
from tests.infra.lives.samples import sample
from tests.infra.lives.walks import assert_drifts, assert_ends, assert_imports, assert_settled, walk

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")
REDIRECT = {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}


@pytest.fixture
def place(life: Life) -> Place:
    return room(life)


def test_a_listener_changes_what_it_does(place: Place) -> None:
    app, more, front = place.targets(), place.targets("more"), place.balancer()
    plain = {"type": "forward", "targetGroupArn": app.id}
    spread = {
        "type": "forward",
        "forward": {
            "targetGroups": [{"arn": app.id, "weight": 9}, {"arn": more.id, "weight": 1}],
            "stickiness": {"enabled": True, "duration": 60},
        },
    }
    listener = place.listener(front)
    walk(
        place.life,
        listener,
        {"defaultActions": [REDIRECT]},
        {"defaultActions": [plain]},
        {"defaultActions": [spread]},
        {"defaultActions": [{"type": "forward", "forward": {"targetGroups": [{"arn": more.id}]}}]},
        {"port": 81},
        {"routingHttpResponseServerEnabled": False,
         "routingHttpResponseStrictTransportSecurityHeaderValue": "max-age=31536000"},
        {"tags": {"part": "front"}},
    )  # fmt: skip
    kept = {"routingHttpResponseServerEnabled": None}
    assert place.life.change(listener, **kept) == set(), "AWS fills it in, so it stays when nobody says it"
    told = place.attributes("listener", ListenerArn=listener.id)
    assert told["routing.http.response.server.enabled"] == "false"
    assert_ends(place.life, listener)


def test_a_listener_begins_and_ends_to_speak_tls(place: Place) -> None:
    first, second = issued(place.life), issued(place.life, "second.example.org")
    listener = place.listener(place.balancer())
    walk(
        place.life,
        listener,
        {"protocol": "HTTPS", "port": 443, "certificateArn": first},
        {"sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
        {"certificateArn": second},
        {"mutualAuthentication": {"mode": "passthrough"}},
        {"mutualAuthentication": {"mode": "off"}},
        {"protocol": "HTTP", "certificateArn": None, "sslPolicy": None, "mutualAuthentication": None},
    )
    (told,) = place.api.describe_listeners(ListenerArns=[listener.id])["Listeners"]
    assert (told["Protocol"], told.get("Certificates", []), told.get("SslPolicy")) == ("HTTP", [], None)


def test_a_listener_of_a_network_balancer_changes_its_protocol_and_timeout(place: Place) -> None:
    app = place.targets(protocol="TCP")
    front = place.balancer(loadBalancerType="network")
    forward = [{"type": "forward", "targetGroupArn": app.id}]
    listener = place.listener(front, protocol="TCP", defaultActions=forward)
    walk(
        place.life,
        listener,
        {"tcpIdleTimeoutSeconds": 400},
        {"protocol": "TLS", "certificateArn": issued(place.life), "alpnPolicy": "HTTP2Preferred"},
        {"alpnPolicy": "None"},
        {"protocol": "UDP", "certificateArn": None, "alpnPolicy": None},
    )


def test_a_listener_changed_behind_pulumis_back_is_seen_and_put_right(place: Place) -> None:
    app = place.targets()
    forward = [{"type": "forward", "targetGroupArn": app.id}]
    listener = place.listener(place.balancer(), defaultActions=forward)
    answer = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
    by = {"ListenerArn": listener.id}
    assert_drifts(
        place.life, listener, lambda: place.api.modify_listener(**by, DefaultActions=answer), "defaultActions"
    )
    assert_drifts(place.life, listener, lambda: place.api.modify_listener(**by, Port=8080), "port")


def test_a_listeners_new_port_must_be_free(place: Place) -> None:
    front = place.balancer()
    place.listener(front)
    other = place.life.make(LISTENER, "other", loadBalancerArn=front.id, port=81, defaultActions=[DENY])
    with pytest.raises(Refused, match="DuplicateListener"):
        place.life.change(other, port=80)


def test_a_rule_changes_its_place_its_conditions_and_what_it_does(place: Place) -> None:
    app = place.targets()
    listener = place.listener(place.balancer())
    rule = place.rule(listener, priority=10)
    rewrite = {"regex": "^/a", "replace": "/b"}
    walk(
        place.life,
        rule,
        {"priority": 20},
        {"actions": [{"type": "forward", "targetGroupArn": app.id}]},
        {"conditions": [
            {"hostHeader": {"values": ["b.example.org"]}},
            {"httpHeader": {"httpHeaderName": "X-Key", "values": ["v"]}},
            {"httpRequestMethod": {"values": ["GET"]}},
            {"queryStrings": [{"key": "k", "value": "v"}]},
            {"sourceIp": {"values": ["10.0.0.0/8"]}},
        ]},
        {"transforms": [{"type": "url-rewrite", "urlRewriteConfig": {"rewrite": rewrite}}]},
        {"transforms": None},
        {"tags": {"part": "rule"}},
    )  # fmt: skip
    (told,) = place.api.describe_rules(RuleArns=[rule.id])["Rules"]
    assert told["Priority"] == "20"
    assert not told.get("Transforms")
    assert_ends(place.life, rule)


def test_a_rule_changed_behind_pulumis_back_is_seen_and_put_right(place: Place) -> None:
    rule = place.rule(place.listener(place.balancer()), priority=10)
    elsewhere = [{"Field": "path-pattern", "Values": ["/elsewhere"]}]
    places = [{"RuleArn": rule.id, "Priority": 30}]
    assert_drifts(place.life, rule, lambda: place.api.modify_rule(RuleArn=rule.id, Conditions=elsewhere), "conditions")
    assert_drifts(place.life, rule, lambda: place.api.set_rule_priorities(RulePriorities=places), "priority")


def test_what_is_deleted_behind_pulumis_back_is_found_gone(place: Place) -> None:
    front, app = place.balancer(), place.targets()
    listener = place.listener(front)
    rule = place.rule(listener)
    place.api.delete_rule(RuleArn=rule.id)
    place.api.delete_target_group(TargetGroupArn=app.id)
    assert [place.life.gone(thing) for thing in (front, listener, rule, app)] == [False, False, True, True]

    place.api.delete_load_balancer(LoadBalancerArn=front.id)
    assert [place.life.gone(thing) for thing in (front, listener)] == [True, True]


def test_a_further_certificate_comes_and_goes(place: Place) -> None:
    life, first, second = place.life, issued(place.life), issued(place.life, "second.example.org")
    listener = place.listener(place.balancer(), protocol="HTTPS", port=443, certificateArn=first)
    further = life.make(
        "aws:lb/listenerCertificate:ListenerCertificate", listenerArn=listener.id, certificateArn=second
    )
    assert_settled(life, further, "made")
    assert_settled(life, listener, "beside a further certificate")
    assert_ends(life, further)
    listed = place.api.describe_listener_certificates(ListenerArn=listener.id)["Certificates"]
    assert [one["CertificateArn"] for one in listed] == [first]


def test_listeners_rules_and_certificates_are_imported_by_their_ids(place: Place) -> None:
    first, second = issued(place.life), issued(place.life, "second.example.org")
    listener = place.listener(place.balancer(), protocol="HTTPS", port=443, certificateArn=first)
    further = {"listenerArn": listener.id, "certificateArn": second}
    for thing in (
        listener,
        place.rule(listener, priority=7),
        place.life.make("aws:lb/listenerCertificate:ListenerCertificate", "further", **further),
    ):
        assert_imports(place.life, thing)


def test_only_what_changed_of_a_listener_and_a_rule_is_sent(place: Place) -> None:
    listener = place.listener(place.balancer())
    rule = place.rule(listener, priority=10)
    elsewhere = [{"Field": "path-pattern", "Values": ["/elsewhere"]}]
    place.api.modify_listener(ListenerArn=listener.id, Port=8080)
    place.api.modify_rule(RuleArn=rule.id, Conditions=elsewhere)
    place.life.change(listener, defaultActions=[REDIRECT])
    place.life.change(rule, actions=[REDIRECT], priority=11)
    (told,) = place.api.describe_listeners(ListenerArns=[listener.id])["Listeners"]
    (ruled,) = place.api.describe_rules(RuleArns=[rule.id])["Rules"]

    assert (told["Port"], told["DefaultActions"][0]["Type"]) == (8080, "redirect")
    assert (ruled["Conditions"], ruled["Actions"][0]["Type"]) == (elsewhere, "redirect")


def test_everything_that_can_be_said_of_an_action_or_a_condition_comes_back_as_it_was_said(place: Place) -> None:
    known = arguments(RULE)
    assert known is not None
    (action,) = sample(known.properties["actions"])
    del action["targetGroupArn"]
    sent = actions(place.api, "create_rule", "actions", [action])["Actions"]
    (several,) = sample(known.properties["conditions"])
    conditions = [{kind: block} for kind, block in several.items()]
    described = [condition(place.api, one) for one in conditions]

    assert matches([action], told_actions(sent, known, "actions", [action]))
    assert matches(conditions, told_conditions(described, known))
    assert not matches([{**action, "order": 8}], told_actions(sent, known, "actions", [action]))
