"""Load balancers live: changed in place, found drifted, deleted with AWS's refusals.

Proves what the handlers do through the API. It cannot prove what traffic would do meanwhile.
"""

from __future__ import annotations

import pytest

from floodgate.offline.problems import Refused
from tests.infra.lives.fronts import LB, Place, room
from tests.infra.lives.lives import Life
from tests.infra.lives.walks import assert_drifts, assert_ends, assert_imports, assert_settled, walk

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")


@pytest.fixture
def place(life: Life) -> Place:
    return room(life)


@pytest.mark.parametrize("token", [LB, LB.replace("aws:lb", "aws:alb")])
def test_a_balancer_changes_in_place_and_what_is_taken_away_is_as_aws_has_it(place: Place, token: str) -> None:
    life, front = place.life, place.balancer(token, securityGroups=[place.groups[0]], idleTimeout=70)
    logs = {"bucket": "the-logs", "prefix": "front", "enabled": True}
    walk(
        life,
        front,
        {"idleTimeout": 90, "enableHttp2": False, "desyncMitigationMode": "strictest"},
        {"securityGroups": [place.groups[1]]},
        {"subnets": list(place.subnets)},
        {"accessLogs": logs, "connectionLogs": logs},
        {"minimumLoadBalancerCapacity": {"capacityUnits": 300}},
        {"minimumLoadBalancerCapacity": {"capacityUnits": 500}},
        {"tags": {"owner": "crowd", "part": "front"}},
        {"enableDeletionProtection": True},
    )
    before = place.attributes("load_balancer", LoadBalancerArn=front.id)
    life.change(
        front, idleTimeout=None, enableHttp2=None, desyncMitigationMode=None, accessLogs=None, connectionLogs=None,
        minimumLoadBalancerCapacity=None, enableDeletionProtection=None, tags=None,
    )  # fmt: skip
    after = place.attributes("load_balancer", LoadBalancerArn=front.id)
    (told,) = place.api.describe_load_balancers(LoadBalancerArns=[front.id])["LoadBalancers"]

    assert (before["idle_timeout.timeout_seconds"], after["idle_timeout.timeout_seconds"]) == ("90", "60")
    assert (before["access_logs.s3.bucket"], after["access_logs.s3.enabled"]) == ("the-logs", "false")
    assert (before["deletion_protection.enabled"], after["deletion_protection.enabled"]) == ("true", "false")
    assert after["routing.http2.enabled"] == "true"
    assert told["SecurityGroups"] == [place.groups[1]]
    assert len(told["AvailabilityZones"]) == 3
    assert "MinimumLoadBalancerCapacity" not in place.api.describe_capacity_reservation(LoadBalancerArn=front.id)
    assert place.api.describe_tags(ResourceArns=[front.id])["TagDescriptions"][0]["Tags"] == [
        {"Key": "owner", "Value": "tests"}
    ], "the provider's own tag stays"
    assert_settled(life, front, "taken away")
    assert_ends(life, front)


def test_only_what_changed_of_a_balancer_is_sent(place: Place) -> None:
    front = place.balancer(idleTimeout=70)
    other = [{"Key": "routing.http2.enabled", "Value": "false"}]
    place.api.modify_load_balancer_attributes(LoadBalancerArn=front.id, Attributes=other)
    place.life.change(front, idleTimeout=80)

    told = place.attributes("load_balancer", LoadBalancerArn=front.id)
    assert (told["idle_timeout.timeout_seconds"], told["routing.http2.enabled"]) == ("80", "false")


def test_a_balancer_changed_behind_pulumis_back_is_seen_and_put_right(place: Place) -> None:
    life, api = place.life, place.api
    front = place.balancer(
        securityGroups=[place.groups[0]], minimumLoadBalancerCapacity={"capacityUnits": 300}, tags={"part": "front"}
    )
    by = {"LoadBalancerArn": front.id}
    timeout = [{"Key": "idle_timeout.timeout_seconds", "Value": "4"}]
    tag = [{"Key": "part", "Value": "back"}]
    assert_settled(life, front, "made")
    for changed, name in (
        (lambda: api.modify_load_balancer_attributes(**by, Attributes=timeout), "idleTimeout"),
        (lambda: api.set_security_groups(**by, SecurityGroups=[place.groups[1]]), "securityGroups"),
        (lambda: api.set_subnets(**by, Subnets=list(place.subnets)), "subnets"),
        (lambda: api.modify_capacity_reservation(**by, ResetCapacityReservation=True), "minimumLoadBalancerCapacity"),
        (lambda: api.add_tags(ResourceArns=[front.id], Tags=tag), "tags"),
    ):
        assert_drifts(life, front, changed, name)


def test_a_network_balancer_may_be_in_one_zone_and_changes_what_it_has(place: Place) -> None:
    mappings = [{"subnetId": place.subnets[0], "privateIpv4Address": "10.0.0.9"}]
    front = place.balancer(loadBalancerType="network", subnets=None, subnetMappings=mappings, internal=True)
    walk(
        place.life,
        front,
        {"enableCrossZoneLoadBalancing": True, "dnsRecordClientRoutingPolicy": "availability_zone_affinity"},
        {"ipAddressType": "dualstack"},
        {"subnetMappings": [*mappings, {"subnetId": place.subnets[1]}]},
    )
    assert_ends(place.life, front)


def test_a_protected_balancer_is_not_deleted_until_it_is_not_protected(place: Place) -> None:
    front = place.balancer(enableDeletionProtection=True)
    with pytest.raises(Refused, match="OperationNotPermitted"):
        place.life.delete(front)
    place.life.change(front, enableDeletionProtection=False)
    assert_ends(place.life, front)


def test_a_balancer_whose_making_fails_leaves_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: object) -> None:
        raise RuntimeError("no more")

    monkeypatch.setattr(place.api, "modify_load_balancer_attributes", fails)
    with pytest.raises(Refused, match="no more"):
        place.balancer(enableDeletionProtection=True, minimumLoadBalancerCapacity={"capacityUnits": 300})

    assert place.api.describe_load_balancers()["LoadBalancers"] == []


def test_a_balancer_is_imported_by_its_arn_and_logs_that_it_has_not_are_left_out(place: Place) -> None:
    front = place.balancer(idleTimeout=70, minimumLoadBalancerCapacity={"capacityUnits": 300})
    assert_imports(place.life, front)
    logs = {"bucket": "the-logs", "prefix": "", "enabled": True}
    place.life.change(front, accessLogs=logs)
    assert_imports(place.life, front)
