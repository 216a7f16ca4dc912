"""Who may read origins, policies and functions of the edge live: changed with an ETag, deleted when nobody uses them.

Proves what the handlers do through the API. It cannot prove what a cache would answer.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline.problems import Refused
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.walks import assert_drifts, assert_ends, assert_imports, assert_settled, walk

NO_KEY = {
    "cookiesConfig": {"cookieBehavior": "none"},
    "headersConfig": {"headerBehavior": "none"},
    "queryStringsConfig": {"queryStringBehavior": "none"},
}
BY_ORIGIN = {**NO_KEY, "headersConfig": {"headerBehavior": "whitelist", "headers": {"items": ["Origin"]}}}
HSTS = {"strictTransportSecurity": {"accessControlMaxAgeSec": 63072000, "override": True}}
CORS = {
    "accessControlAllowCredentials": False,
    "accessControlAllowHeaders": {"items": ["*"]},
    "accessControlAllowMethods": {"items": ["GET"]},
    "accessControlAllowOrigins": {"items": ["example.org"]},
    "originOverride": True,
}
CONTROL = {"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4"}
CODE = {"code": "function handler(e) { return e.request; }", "runtime": "cloudfront-js-2.0"}
OAC, OAI = (
    "aws:cloudfront/originAccessControl:OriginAccessControl",
    "aws:cloudfront/originAccessIdentity:OriginAccessIdentity",
)
CACHE = "aws:cloudfront/cachePolicy:CachePolicy"
REQUEST = "aws:cloudfront/originRequestPolicy:OriginRequestPolicy"
HEADERS = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
FUNCTION = "aws:cloudfront/function:Function"

LIVES = {
    OAC: (
        {**CONTROL, "name": "control"},
        [{"signingBehavior": "never"}, {"description": "described"}, {"description": None}, {"name": "another"}],
    ),
    OAI: ({}, [{"comment": "described"}, {"comment": "other"}]),
    CACHE: (
        {"parametersInCacheKeyAndForwardedToOrigin": NO_KEY, "minTtl": 1},
        [{"maxTtl": 60, "defaultTtl": 2}, {"parametersInCacheKeyAndForwardedToOrigin": BY_ORIGIN},
         {"comment": "described"}, {"minTtl": None, "comment": None}],
    ),
    REQUEST: (NO_KEY, [{"headersConfig": BY_ORIGIN["headersConfig"]}, {"comment": "described"}, {"comment": None}]),
    HEADERS: (
        {"securityHeadersConfig": HSTS},
        [{"corsConfig": CORS},
         {"customHeadersConfig": {"items": [{"header": "X-A", "value": "b", "override": True}]}},
         {"removeHeadersConfig": {"items": [{"header": "Server"}]}},
         {"serverTimingHeadersConfig": {"enabled": True, "samplingRate": 50.0}},
         {"corsConfig": None, "removeHeadersConfig": None, "serverTimingHeadersConfig": None}],
    ),
    FUNCTION: (
        CODE,
        [{"code": "function handler(e) { return 1; }"}, {"comment": "described"}, {"runtime": "cloudfront-js-1.0"},
         {"tags": {"part": "edge"}}],
    ),
}  # fmt: skip


def distribution(life: Life, origin: dict[str, Any] | None = None, **behavior: Any) -> Thing:
    """A distribution of one origin."""
    return life.make(
        "aws:cloudfront/distribution:Distribution",
        "edge",
        enabled=True,
        origins=[{"originId": "o", "domainName": "b.s3.amazonaws.com", **(origin or {})}],
        defaultCacheBehavior={
            "targetOriginId": "o",
            "viewerProtocolPolicy": "https-only",
            "allowedMethods": ["GET", "HEAD"],
            "cachedMethods": ["GET", "HEAD"],
            "cachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            **behavior,
        },
        restrictions={"geoRestriction": {"restrictionType": "none"}},
        viewerCertificate={"cloudfrontDefaultCertificate": True},
    )


@pytest.mark.parametrize("token", LIVES)
def test_it_changes_in_place_and_ends(life: Life, token: str) -> None:
    made, steps = LIVES[token]
    thing = life.make(token, "it", **made)
    first = thing.state["etag"]
    walk(life, thing, *steps)
    assert thing.state["etag"] != first, "a change has a new ETag"
    assert_ends(life, thing)


def test_everything_that_can_be_said_of_a_policy_comes_back_as_it_was_said(life: Life) -> None:
    """Values are those of the API, where it has a list of them."""
    every = {
        "corsConfig": {**CORS, "accessControlExposeHeaders": {"items": ["X-A"]}, "accessControlMaxAgeSec": 9},
        "customHeadersConfig": {"items": [{"header": "X-A", "value": "b", "override": True}]},
        "securityHeadersConfig": {
            **HSTS,
            "contentSecurityPolicy": {"contentSecurityPolicy": "default-src 'self'", "override": True},
            "contentTypeOptions": {"override": True},
            "frameOptions": {"frameOption": "DENY", "override": True},
            "referrerPolicy": {"referrerPolicy": "no-referrer", "override": False},
            "xssProtection": {"override": True, "protection": True, "modeBlock": True},
        },
    }
    assert_settled(life, life.make(HEADERS, "every", **every), "made")
    nothing = {"removeHeadersConfig": {"items": []}, "customHeadersConfig": {"items": []}}
    assert_settled(life, life.make(HEADERS, "nothing", **nothing, securityHeadersConfig=HSTS), "made")


@pytest.mark.parametrize(
    ("token", "code", "use"),
    [
        (OAC, "OriginAccessControlInUse", lambda thing: {"origin": {"originAccessControlId": thing.id}}),
        (OAI, "CloudFrontOriginAccessIdentityInUse", lambda thing: {"origin": {"s3OriginConfig": {
            "originAccessIdentity": thing.state["cloudfrontAccessIdentityPath"]}}}),
        (CACHE, "CachePolicyInUse", lambda thing: {"cachePolicyId": thing.id}),
        (REQUEST, "OriginRequestPolicyInUse", lambda thing: {"originRequestPolicyId": thing.id}),
        (HEADERS, "ResponseHeadersPolicyInUse", lambda thing: {"responseHeadersPolicyId": thing.id}),
        (FUNCTION, "FunctionInUse", lambda thing: {"functionAssociations": [
            {"eventType": "viewer-request", "functionArn": thing.state["arn"]}]}),
    ],
)  # fmt: skip
def test_what_a_distribution_uses_is_deleted_only_after_it(life: Life, token: str, code: str, use: Any) -> None:
    thing = life.make(token, "it", **LIVES[token][0])
    user = distribution(life, **use(thing))
    assert_settled(life, user, "made")
    with pytest.raises(Refused, match=code):
        life.delete(thing)
    life.delete(user)
    assert_ends(life, thing)


def test_a_function_is_published_with_every_change_unless_it_says_otherwise(life: Life) -> None:
    function = life.make(FUNCTION, "it", **CODE, publish=False)
    api = life.world.session.client("cloudfront")

    def live() -> bytes:
        return api.get_function(Name=function.id, Stage="LIVE")["FunctionCode"].read()

    assert "liveStageEtag" not in function.state
    with pytest.raises(api.exceptions.NoSuchFunctionExists):
        live()
    life.change(function, publish=True)
    assert live().decode() == CODE["code"]
    assert_settled(life, function, "published")
    life.change(function, publish=False, code="function handler(e) { return 2; }")
    assert live().decode() == CODE["code"], "the live stage is what was published last"
    life.change(function, publish=True)
    assert b"return 2" in live()


def test_a_function_changed_behind_pulumis_back_is_seen_and_put_right(life: Life) -> None:
    function, api = life.make(FUNCTION, "it", **CODE), life.world.session.client("cloudfront")

    def edit() -> None:
        etag = api.describe_function(Name=function.id)["ETag"]
        config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
        api.update_function(
            Name=function.id, IfMatch=etag, FunctionConfig=config, FunctionCode=b"function handler() {}"
        )

    assert_drifts(life, function, edit, "code")


def test_a_policy_changed_behind_pulumis_back_is_seen_and_put_right(life: Life) -> None:
    policy, api = life.make(HEADERS, "it", securityHeadersConfig=HSTS), life.world.session.client("cloudfront")

    def edit() -> None:
        found = api.get_response_headers_policy(Id=policy.id)
        config = found["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]
        config["SecurityHeadersConfig"]["StrictTransportSecurity"]["AccessControlMaxAgeSec"] = 1
        api.update_response_headers_policy(Id=policy.id, IfMatch=found["ETag"], ResponseHeadersPolicyConfig=config)

    assert_drifts(life, policy, edit, "securityHeadersConfig")


def test_what_is_deleted_behind_pulumis_back_is_found_gone(life: Life) -> None:
    things = [life.make(token, "it", **made) for token, (made, _) in LIVES.items()]
    assert not any(life.gone(thing) for thing in things)
    api = life.world.session.client("cloudfront")
    for thing, kind in zip(things, ("origin_access_control", "cloud_front_origin_access_identity", "cache_policy",
                                    "origin_request_policy", "response_headers_policy"), strict=False):  # fmt: skip
        getattr(api, f"delete_{kind}")(Id=thing.id, IfMatch=thing.state["etag"])
    api.delete_function(Name=things[-1].id, IfMatch=things[-1].state["etag"])
    assert all(life.gone(thing) for thing in things)


@pytest.mark.parametrize("token", LIVES)
def test_it_is_imported_by_its_id(life: Life, token: str) -> None:
    assert_imports(life, life.make(token, "it", **LIVES[token][0]))
