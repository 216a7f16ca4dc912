"""Target groups live: changed in place, found drifted, deleted only when nobody sends to them.

Proves what the handlers do through the API. It cannot prove how targets answer health checks.
"""

from __future__ import annotations

import pytest

from floodgate.offline.problems import Refused
from tests.infra.lives.fronts import Place, room
from tests.infra.lives.lives import Life
from tests.infra.lives.walks import assert_drifts, assert_ends, assert_imports, assert_settled, walk

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")


@pytest.fixture
def place(life: Life) -> Place:
    return room(life)


def test_a_target_group_changes_its_health_check_and_attributes(place: Place) -> None:
    check = {"path": "/health", "interval": 10, "timeout": 4, "healthyThreshold": 2, "matcher": "200-204"}
    app = place.targets(healthCheck=check, slowStart=60)
    walk(
        place.life,
        app,
        {"healthCheck": {**check, "path": "/ready", "unhealthyThreshold": 4, "matcher": "200"}},
        {"slowStart": 30, "deregistrationDelay": 20},
        {"stickiness": {"type": "lb_cookie", "cookieDuration": 600}},
        {"stickiness": {"type": "app_cookie", "cookieName": "place", "cookieDuration": 700, "enabled": True}},
        {"slowStart": None},
        {"loadBalancingAlgorithmType": "least_outstanding_requests", "loadBalancingCrossZoneEnabled": "true"},
        {"targetGroupHealth": {"dnsFailover": {"minimumHealthyTargetsCount": "2"}}},
        {"tags": {"part": "app"}},
    )
    place.life.change(app, deregistrationDelay=None, stickiness=None, targetGroupHealth=None,
                      healthCheck=None)  # fmt: skip
    told = place.attributes("target_group", TargetGroupArn=app.id)
    (group,) = place.api.describe_target_groups(TargetGroupArns=[app.id])["TargetGroups"]

    assert (told["slow_start.duration_seconds"], told["deregistration_delay.timeout_seconds"]) == ("0", "300")
    assert (told["stickiness.enabled"], told["stickiness.app_cookie.duration_seconds"]) == ("false", "86400")
    assert told["target_group_health.dns_failover.minimum_healthy_targets.count"] == "1"
    assert [group[f"HealthCheck{name}"] for name in ("Path", "IntervalSeconds", "TimeoutSeconds")] == ["/", 30, 5]
    assert (group["HealthyThresholdCount"], group["UnhealthyThresholdCount"]) == (5, 2)
    assert_settled(place.life, app, "taken away")
    assert_ends(place.life, app)


@pytest.mark.parametrize(
    ("made", "step"),
    [
        ({"protocol": "TCP", "preserveClientIp": "true"}, {"preserveClientIp": "false", "proxyProtocolV2": True}),
        ({"protocol": "TCP", "targetType": "ip"}, {"connectionTermination": True, "deregistrationDelay": 9}),
        (
            {"protocol": "TCP", "healthCheck": {"protocol": "HTTP", "path": "/a", "matcher": "200-399"}},
            {"healthCheck": {"protocol": "HTTP", "path": "/b", "matcher": "200"}},
        ),
        (
            {"protocolVersion": "GRPC", "healthCheck": {"path": "/p", "matcher": "0-99"}},
            {"healthCheck": {"path": "/p", "matcher": "12"}},
        ),
        (
            {"targetType": "lambda", "port": None, "protocol": None, "vpcId": None},
            {"lambdaMultiValueHeadersEnabled": True},
        ),
        (
            {"targetType": "lambda", "port": None, "protocol": None, "vpcId": None,
             "healthCheck": {"enabled": True, "path": "/", "interval": 40}},
            {"healthCheck": {"enabled": False, "path": "/", "interval": 40}},
        ),
        ({"protocol": "GENEVE", "port": 6081}, {"targetFailovers": [{"onDeregistration": "rebalance",
                                                                    "onUnhealthy": "rebalance"}]}),
        (
            {"protocol": "TLS", "targetHealthStates": [{"enableUnhealthyConnectionTermination": False}]},
            {"targetHealthStates": [
                {"enableUnhealthyConnectionTermination": False, "unhealthyDrainingInterval": 60}
            ]},
        ),
    ],
)  # fmt: skip
def test_target_groups_of_every_kind_change_what_they_have(place: Place, made: dict, step: dict) -> None:
    app = place.targets(**made)
    walk(place.life, app, step)
    assert_ends(place.life, app)


def test_a_target_group_changed_behind_pulumis_back_is_seen_and_put_right(place: Place) -> None:
    app = place.targets(healthCheck={"path": "/health", "interval": 10}, slowStart=60)
    by = {"TargetGroupArn": app.id}
    delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "7"}]
    assert_drifts(place.life, app, lambda: place.api.modify_target_group(**by, HealthCheckPath="/"), "healthCheck")
    assert_drifts(
        place.life,
        app,
        lambda: place.api.modify_target_group_attributes(**by, Attributes=delay),
        "deregistrationDelay",
    )


def test_a_target_group_in_use_is_not_deleted_and_one_that_is_free_again_is(place: Place) -> None:
    app, front = place.targets(), place.balancer()
    listener = place.listener(front, defaultActions=[{"type": "forward", "targetGroupArn": app.id}])
    with pytest.raises(Refused, match="ResourceInUse"):
        place.life.delete(app)
    place.life.delete(listener)
    assert_ends(place.life, app)


def test_a_target_registered_by_hand_comes_and_goes(place: Place) -> None:
    app = place.targets(targetType="ip")
    one = place.life.make(
        "aws:lb/targetGroupAttachment:TargetGroupAttachment", targetGroupArn=app.id, targetId="10.0.0.9", port=8080
    )
    assert_settled(place.life, one, "made")
    place.api.deregister_targets(TargetGroupArn=app.id, Targets=[{"Id": "10.0.0.9"}])
    assert place.life.gone(one)
    place.api.register_targets(TargetGroupArn=app.id, Targets=[{"Id": "10.0.0.9", "Port": 8080}])
    assert_ends(place.life, one)


def test_a_target_group_is_imported_by_its_arn(place: Place) -> None:
    assert_imports(place.life, place.targets(slowStart=60, healthCheck={"path": "/health", "matcher": "200"}))


def test_only_what_changed_of_a_target_group_is_sent(place: Place) -> None:
    app = place.targets(healthCheck={"path": "/health", "interval": 10, "timeout": 4}, slowStart=60)
    by = {"TargetGroupArn": app.id}
    place.api.modify_target_group(**by, HealthCheckIntervalSeconds=25)
    delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "7"}]
    place.api.modify_target_group_attributes(**by, Attributes=delay)
    place.life.change(app, healthCheck={"path": "/ready", "interval": 10, "timeout": 4}, slowStart=30)
    (group,) = place.api.describe_target_groups(TargetGroupArns=[app.id])["TargetGroups"]

    assert (group["HealthCheckPath"], group["HealthCheckIntervalSeconds"]) == ("/ready", 25)
    assert place.attributes("target_group", **by)["deregistration_delay.timeout_seconds"] == "7"
