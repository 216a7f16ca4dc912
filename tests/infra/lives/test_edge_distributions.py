"""Distributions live: changed as a whole, found drifted, disabled before they are deleted.

Proves that everything a program can say of a distribution comes back as it was said. It cannot prove how long an edge
needs to learn of a change.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline.changing import matches
from floodgate.offline.handlers.base import RESOURCES
from floodgate.offline.handlers.edge_configuration import told_configuration
from floodgate.offline.handlers.edge_distributions import Distribution
from floodgate.offline.problems import Refused
from floodgate.offline.schema import arguments
from tests.infra.lives.fronts import issued
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.samples import sample
from tests.infra.lives.walks import assert_drifts, assert_ends, assert_imports, assert_settled, walk

TOKEN = "aws:cloudfront/distribution:Distribution"
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
READING = {
    "viewerProtocolPolicy": "redirect-to-https",
    "allowedMethods": ["GET", "HEAD"],
    "cachedMethods": ["GET", "HEAD"],
}
FILES = {"originId": "files", "domainName": "b.s3.amazonaws.com"}
SERVER = {
    "originId": "server",
    "domainName": "front.example.org",
    "customHeaders": [{"name": "X-Origin-Verify", "value": "s"}],
    "customOriginConfig": {
        "httpPort": 80, "httpsPort": 443, "originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1.2"],
    },
}  # fmt: skip
DEFAULT = {"targetOriginId": "files", "cachePolicyId": DISABLED, "minTtl": 0, **READING}
STATIC = {"pathPattern": "/static/*", **DEFAULT}
NOWHERE = {"geoRestriction": {"restrictionType": "none"}}
PLAIN = {"cloudfrontDefaultCertificate": True}


def edge(life: Life, name: str = "edge", **props: Any) -> Thing:
    made = {
        "enabled": True,
        "origins": [FILES],
        "defaultCacheBehavior": DEFAULT,
        "restrictions": NOWHERE,
        "viewerCertificate": PLAIN,
    }
    return life.make(TOKEN, name, **{**made, **props})


def test_everything_that_can_be_said_of_a_distribution_comes_back_as_it_was_said(life: Life) -> None:
    known, handler = arguments(TOKEN), RESOURCES[TOKEN]
    assert known is not None
    assert isinstance(handler, Distribution)
    given = sample(known)
    sent = handler.parameters(life.world.session.client("cloudfront"), given)
    back = told_configuration(sent["DistributionConfigWithTags"]["DistributionConfig"], known, given)

    for name, value in given.items():
        if name not in (*handler.apart, "tags"):
            assert matches(value, back.get(name)), name
    assert not matches([{**given["origins"][0], "domainName": "8"}], back["origins"])


def test_a_distribution_changes_in_place_and_what_is_taken_away_is_gone(life: Life) -> None:
    thing = edge(life, comment="described")
    forwarded = {"queryString": True, "headers": ["Host"], "cookies": {"forward": "all"}}
    logs = {"bucket": "logs.s3.amazonaws.com", "prefix": "edge"}
    group = {"originId": "either", "failoverCriteria": {"statusCodes": [500, 502]},
             "members": [{"originId": "files"}, {"originId": "server"}]}  # fmt: skip
    reference = thing.state["callerReference"]
    walk(
        life,
        thing,
        {"origins": [FILES, SERVER]},
        {"originGroups": [group]},
        {"defaultCacheBehavior": {**READING, "targetOriginId": "server", "forwardedValues": forwarded, "maxTtl": 9}},
        {"orderedCacheBehaviors": [STATIC]},
        {"orderedCacheBehaviors": [{**STATIC, "compress": True}, {**STATIC, "pathPattern": "/wait/*"}]},
        {"customErrorResponses": [{"errorCode": 503, "responseCode": 200, "responsePagePath": "/busy.html"}]},
        {"restrictions": {"geoRestriction": {"restrictionType": "whitelist", "locations": ["KR", "JP"]}}},
        {"loggingConfig": logs},
        {"priceClass": "PriceClass_200", "httpVersion": "http2and3", "isIpv6Enabled": True},
        {"defaultRootObject": "index.html", "comment": "other"},
        {"tags": {"part": "edge"}},
        {"enabled": False},
        {"waitForDeployment": False},
    )
    gone = ("originGroups", "orderedCacheBehaviors", "customErrorResponses", "loggingConfig", "comment", "priceClass")
    life.change(thing, **dict.fromkeys(gone))
    api = life.world.session.client("cloudfront")
    config = api.get_distribution(Id=thing.id)["Distribution"]["DistributionConfig"]

    assert [config[name]["Quantity"] for name in ("OriginGroups", "CacheBehaviors", "CustomErrorResponses")] == [0] * 3
    assert (config["Logging"]["Enabled"], config["Comment"], config["PriceClass"]) == (False, "", "PriceClass_All")
    assert config["CallerReference"] == reference, "AWS refuses another one"
    assert_settled(life, thing, "taken away")
    assert_ends(life, thing)


def test_a_distribution_has_names_of_its_own_with_a_certificate_that_is_then_in_use(life: Life) -> None:
    arn = issued(life, region="us-east-1")
    secure = {"acmCertificateArn": arn, "sslSupportMethod": "sni-only", "minimumProtocolVersion": "TLSv1.2_2021"}
    thing = edge(life)
    walk(life, thing, {"viewerCertificate": secure, "aliases": ["tickets.example.org"]})
    with pytest.raises(Refused, match="CNAMEAlreadyExists"):
        edge(life, "other", viewerCertificate=secure, aliases=["tickets.example.org"])
    walk(life, thing, {"viewerCertificate": PLAIN, "aliases": None})


def test_a_distribution_changed_behind_pulumis_back_is_seen_and_put_right(life: Life) -> None:
    thing, api = edge(life, tags={"part": "edge"}), life.world.session.client("cloudfront")

    def edit(**changes: Any) -> Any:
        now = api.get_distribution_config(Id=thing.id)
        config = {**now["DistributionConfig"], **changes}
        return api.update_distribution(Id=thing.id, IfMatch=now["ETag"], DistributionConfig=config)

    behavior = api.get_distribution_config(Id=thing.id)["DistributionConfig"]["DefaultCacheBehavior"]
    for changes, name in (
        ({"Enabled": False}, "enabled"),
        ({"DefaultCacheBehavior": {**behavior, "ViewerProtocolPolicy": "allow-all"}}, "defaultCacheBehavior"),
        ({"PriceClass": "PriceClass_100"}, "priceClass"),
    ):
        assert_drifts(life, thing, lambda changes=changes: edit(**changes), name)
    other = {"Items": [{"Key": "part", "Value": "back"}]}
    assert_drifts(life, thing, lambda: api.tag_resource(Resource=thing.state["arn"], Tags=other), "tags")


def test_a_distribution_that_is_deleted_is_disabled_first(life: Life) -> None:
    thing, api = edge(life), life.world.session.client("cloudfront")
    with pytest.raises(api.exceptions.DistributionNotDisabled):
        api.delete_distribution(Id=thing.id, IfMatch=thing.state["etag"])
    assert_ends(life, thing)


def test_a_distribution_that_is_to_be_retained_is_left_disabled(life: Life) -> None:
    thing, api = edge(life, retainOnDelete=True), life.world.session.client("cloudfront")
    life.delete(thing)
    config = api.get_distribution_config(Id=thing.id)["DistributionConfig"]
    assert config["Enabled"] is False


def test_a_firewall_before_a_distribution_is_not_deleted(life: Life) -> None:
    visible = {"cloudwatchMetricsEnabled": True, "sampledRequestsEnabled": True, "metricName": "m"}
    acl = life.make(
        "aws:wafv2/webAcl:WebAcl", "acl", scope="CLOUDFRONT", region="us-east-1", defaultAction={"allow": {}},
        visibilityConfig=visible,
    )  # fmt: skip
    thing = edge(life)
    walk(life, thing, {"webAclId": acl.state["arn"]})
    with pytest.raises(Refused, match="WAFAssociatedItemException"):
        life.delete(acl)
    life.change(thing, webAclId=None)
    assert_ends(life, acl)


def test_what_is_deleted_behind_pulumis_back_is_found_gone(life: Life) -> None:
    thing, api = edge(life, enabled=False), life.world.session.client("cloudfront")
    api.delete_distribution(Id=thing.id, IfMatch=thing.state["etag"])
    assert life.gone(thing)


def test_a_distribution_is_imported_by_its_id(life: Life) -> None:
    behavior = {"targetOriginId": "files", "cachePolicyId": DISABLED, **READING}
    thing = edge(life, origins=[FILES, SERVER], defaultCacheBehavior=behavior, tags={"part": "edge"})
    assert_imports(life, thing)
