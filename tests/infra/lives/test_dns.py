"""Zones and records live: changed in place, found drifted, deleted when empty or when that was asked for.

Proves what Route 53 is told. It cannot prove what a resolver would still remember.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline.problems import Refused
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.walks import assert_drifts, assert_ends, assert_imports, assert_settled, walk

ZONE, RECORD = "aws:route53/zone:Zone", "aws:route53/record:Record"
ALIAS = {"name": "front.elb.amazonaws.com", "zoneId": "ZWKZPGTI48KDX", "evaluateTargetHealth": True}


def zone(life: Life, name: str = "example.org", **props: Any) -> Thing:
    return life.make(ZONE, name, name=name, **props)


def record(life: Life, where: Thing, name: str = "www", **props: Any) -> Thing:
    made = {"type": "A", "ttl": 60, "records": ["192.0.2.1"]} if "aliases" not in props else {"type": "A"}
    return life.make(
        RECORD, f"{name}-{props.get('setIdentifier', '')}", zoneId=where.id, name=name, **{**made, **props}
    )


def networks(life: Life) -> list[dict[str, str]]:
    ec2 = life.world.session.client("ec2")
    return [
        {"vpcId": ec2.create_vpc(CidrBlock=f"10.{i}.0.0/16")["Vpc"]["VpcId"], "vpcRegion": "ap-northeast-2"}
        for i in range(3)
    ]


def test_a_public_zone_changes_in_place(life: Life) -> None:
    thing, api = zone(life), life.world.session.client("route53")
    walk(
        life,
        thing,
        {"comment": "tickets"},
        {"tags": {"part": "names"}},
        {"forceDestroy": True},
        {"enableAcceleratedRecovery": True},
        {"tags": None, "comment": None, "enableAcceleratedRecovery": None},
    )
    tags = api.list_tags_for_resource(ResourceType="hostedzone", ResourceId=thing.id)["ResourceTagSet"]["Tags"]
    assert tags == [{"Key": "owner", "Value": "tests"}], "the provider's own tag stays"
    assert api.get_hosted_zone(Id=thing.id)["HostedZone"]["Config"]["Comment"] == "Managed by Pulumi"
    assert_ends(life, thing)


def test_a_private_zone_moves_to_other_networks_and_is_never_without_one(life: Life) -> None:
    first, second, third = networks(life)
    thing, api = zone(life, vpcs=[first, second]), life.world.session.client("route53")
    walk(life, thing, {"vpcs": [second, third]}, {"vpcs": [first]})
    told = api.get_hosted_zone(Id=thing.id)["VPCs"]
    assert [vpc["VPCId"] for vpc in told] == [first["vpcId"]]
    more = {"VPCId": third["vpcId"], "VPCRegion": "ap-northeast-2"}
    assert_drifts(life, thing, lambda: api.associate_vpc_with_hosted_zone(HostedZoneId=thing.id, VPC=more), "vpcs")
    assert_ends(life, thing)


def test_a_zone_changed_behind_pulumis_back_is_seen_and_put_right(life: Life) -> None:
    thing, api = zone(life, tags={"part": "names"}), life.world.session.client("route53")
    tags = [{"Key": "part", "Value": "back"}]
    assert_drifts(life, thing, lambda: api.update_hosted_zone_comment(Id=thing.id, Comment="mine"), "comment")
    assert_drifts(
        life,
        thing,
        lambda: api.change_tags_for_resource(ResourceType="hostedzone", ResourceId=thing.id, AddTags=tags),
        "tags",
    )


def test_a_zone_with_records_is_not_deleted_unless_that_was_asked_for(life: Life) -> None:
    thing = zone(life)
    record(life, thing)
    record(life, thing, "part", type="NS", records=["ns.example.net"])
    with pytest.raises(Refused, match="HostedZoneNotEmpty"):
        life.delete(thing)
    life.change(thing, forceDestroy=True)
    assert_ends(life, thing)


def test_a_zone_whose_making_fails_leaves_nothing(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    api = life.world.session.client("route53")

    def fails(**_: object) -> None:
        raise RuntimeError("no more")

    monkeypatch.setattr(api, "change_tags_for_resource", fails)
    with pytest.raises(Refused, match="no more"):
        zone(life)
    assert api.list_hosted_zones()["HostedZones"] == []


def test_a_record_changes_in_place_also_its_type(life: Life) -> None:
    where, api = zone(life), life.world.session.client("route53")
    thing = record(life, where)
    walk(
        life,
        thing,
        {"ttl": 5},
        {"records": ["192.0.2.1", "192.0.2.2"]},
        {"records": None, "ttl": None, "aliases": [ALIAS]},
        {"aliases": [{**ALIAS, "evaluateTargetHealth": False}]},
        {"aliases": None, "ttl": 60, "records": ["v=spf1 -all"], "type": "TXT"},
        {"allowOverwrite": True},
    )
    listed = api.list_resource_record_sets(HostedZoneId=where.id)["ResourceRecordSets"]
    assert [(one["Name"], one["Type"]) for one in listed if one["Type"] not in ("NS", "SOA")] == [
        ("www.example.org.", "TXT")
    ], "nothing is left under the old type"
    assert_ends(life, thing)


@pytest.mark.parametrize(
    ("made", "step"),
    [
        ({"weightedRoutingPolicies": [{"weight": 9}]}, {"weightedRoutingPolicies": [{"weight": 0}]}),
        ({"latencyRoutingPolicies": [{"region": "eu-west-1"}]}, {"latencyRoutingPolicies": [{"region": "eu-west-2"}]}),
        ({"failoverRoutingPolicies": [{"type": "PRIMARY"}]}, {"failoverRoutingPolicies": [{"type": "SECONDARY"}]}),
        (
            {"geolocationRoutingPolicies": [{"continent": "AS"}]},
            {"geolocationRoutingPolicies": [{"country": "US", "subdivision": "CA"}]},
        ),
        ({"multivalueAnswerRoutingPolicy": True}, {"setIdentifier": "other"}),
        ({"weightedRoutingPolicies": [{"weight": 9}]}, {"records": ["192.0.2.9"]}),
    ],
)
def test_one_of_several_records_of_a_name_changes_and_goes_alone(life: Life, made: dict, step: dict) -> None:
    where, api = zone(life), life.world.session.client("route53")
    other = record(life, where, setIdentifier="beside", **made)
    thing = record(life, where, setIdentifier="one", **made)
    walk(life, thing, step)
    assert_settled(life, other, "the other changed")
    assert_ends(life, thing)
    listed = api.list_resource_record_sets(HostedZoneId=where.id)["ResourceRecordSets"]
    assert [one["SetIdentifier"] for one in listed if "SetIdentifier" in one] == ["beside"]


@pytest.mark.parametrize(
    "props",
    [
        {"name": "", "type": "TXT", "records": ["v=spf1 -all", '"quoted"']},
        {"name": "WWW.Example.org."},
        {"name": "*"},
        {"name": "a", "aliases": [{**ALIAS, "name": "dualstack.Front.elb.amazonaws.com."}]},
        {"name": "m", "type": "MX", "records": ["10 mail.example.org"]},
    ],
)
def test_other_ways_to_write_the_same_are_no_drift(life: Life, props: dict) -> None:
    thing = record(life, zone(life), **props)
    assert_settled(life, thing, "made")
    assert_ends(life, thing)


def test_a_record_changed_behind_pulumis_back_is_seen_and_put_right(life: Life) -> None:
    where, api = zone(life), life.world.session.client("route53")
    thing = record(life, where)
    other = {"Name": "www.example.org", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.66"}]}
    alias = {"HostedZoneId": ALIAS["zoneId"], "DNSName": ALIAS["name"], "EvaluateTargetHealth": False}

    def put(one: dict[str, Any]) -> None:
        changes = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": one}]}
        api.change_resource_record_sets(HostedZoneId=where.id, ChangeBatch=changes)

    assert_drifts(life, thing, lambda: put(other), "records")
    assert_drifts(
        life, thing, lambda: put({"Name": "www.example.org", "Type": "A", "AliasTarget": alias}), "records", "ttl"
    )
    put(other)
    life.delete(thing)
    assert life.gone(thing), "whoever changed it, it is deleted"


def test_a_record_of_the_same_name_and_type_is_taken_over_only_where_that_is_wanted(life: Life) -> None:
    where = zone(life)
    first = record(life, where)
    with pytest.raises(Refused, match="already exists"):
        record(life, where, records=["192.0.2.2"])
    life.delete(first)
    again = record(life, where)
    taken = record(life, where, records=["192.0.2.2"], allowOverwrite=True)
    assert life.refresh(again) == {"records"}
    assert_ends(life, taken)


def test_what_is_deleted_behind_pulumis_back_is_found_gone(life: Life) -> None:
    where, api = zone(life, forceDestroy=True), life.world.session.client("route53")
    thing = record(life, where)
    one = {"Name": "www.example.org", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    changes = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": one}]}
    api.change_resource_record_sets(HostedZoneId=where.id, ChangeBatch=changes)
    assert (life.gone(thing), life.gone(where)) == (True, False)
    api.delete_hosted_zone(Id=where.id)
    assert (life.gone(thing), life.gone(where)) == (True, True)
    life.delete(thing)


@pytest.mark.parametrize("name", ["www", "_proof.with_bars", ""])
def test_zones_and_records_are_imported_by_their_ids(life: Life, name: str) -> None:
    where = zone(life)
    assert_imports(life, where)
    assert_imports(life, record(life, where, name, type="TXT", records=["one"]))
    several = {"setIdentifier": "one_of_them", "weightedRoutingPolicies": [{"weight": 1}]}
    assert_imports(life, record(life, where, f"{name}2", **several))


def test_an_alias_with_the_prefix_of_both_address_families_is_the_same_alias(life: Life) -> None:
    where, api = zone(life), life.world.session.client("route53")
    thing = record(life, where, aliases=[ALIAS])
    alias = {"HostedZoneId": ALIAS["zoneId"], "DNSName": f"dualstack.{ALIAS['name']}.", "EvaluateTargetHealth": True}
    one = {"Name": "www.example.org", "Type": "A", "AliasTarget": alias}
    changes = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": one}]}
    api.change_resource_record_sets(HostedZoneId=where.id, ChangeBatch=changes)
    assert_settled(life, thing, "the console wrote it")
