"""Amazon Route 53: zones and their records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from floodgate.offline.handlers.base import Aws, Props, Resource, function, resource
from floodgate.offline.handlers.declared import MANAGED, NOT_YET, refused, unique
from floodgate.offline.handlers.shapes import tag_list, tag_map

# AWS bounds each piece of a text record
TEXT = ("TXT", "SPF")


@resource("aws:route53/zone:Zone")
class Zone(Resource):
    """A hosted zone, public or of some networks."""

    def create(self, aws: Aws, props: Props) -> str:
        """Make the zone, add its further networks and its tags."""
        client = aws.client("route53")
        vpcs = [network(vpc, aws.region) for vpc in props.get("vpcs", [])]
        config = {"Comment": props.get("comment", MANAGED), "PrivateZone": bool(vpcs)}
        more: dict[str, Any] = {"VPC": vpcs[0]} if vpcs else {}
        if "delegationSetId" in props:
            more["DelegationSetId"] = props["delegationSetId"]
        made = client.create_hosted_zone(
            Name=props["name"], CallerReference=f"terraform-{unique(props)}", HostedZoneConfig=config, **more
        )
        id_ = made["HostedZone"]["Id"].rpartition("/")[2]
        for vpc in vpcs[1:]:
            client.associate_vpc_with_hosted_zone(HostedZoneId=id_, VPC=vpc)
        if tag_list(props):
            client.change_tags_for_resource(ResourceType="hostedzone", ResourceId=id_, AddTags=tag_list(props))
        return id_

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The zone with its name servers."""
        client = aws.client("route53")
        tags = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id_)["ResourceTagSet"]["Tags"]
        whole = described(aws, client.get_hosted_zone(Id=id_))
        names = ("arn", "comment", "name", "nameServers", "primaryNameServer", "zoneId")
        return {name: whole[name] for name in names if name in whole} | {"tagsAll": tag_map(tags)}


def network(vpc: Props, region: str) -> dict[str, str]:
    """A network that a private zone answers in."""
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion", region)}


def described(aws: Aws, answer: Mapping[str, Any]) -> dict[str, Any]:
    """A zone as resource and function know it."""
    zone = answer["HostedZone"]
    id_ = zone["Id"].rpartition("/")[2]
    servers = answer.get("DelegationSet", {}).get("NameServers", [])
    return {
        "arn": f"arn:{aws.partition}:route53:::hostedzone/{id_}",
        "callerReference": zone["CallerReference"],
        "comment": zone["Config"].get("Comment", ""),
        "id": id_,
        "name": zone["Name"].removesuffix("."),
        "nameServers": sorted(servers),
        "primaryNameServer": servers[0] if servers else "",
        "privateZone": zone["Config"]["PrivateZone"],
        "resourceRecordSetCount": zone["ResourceRecordSetCount"],
        "zoneId": id_,
    }


@resource("aws:route53/record:Record")
class Record(Resource):
    """A record of a zone; the id names zone, name, type and set."""

    def create(self, aws: Aws, props: Props) -> str:
        """Put the record, over another one only where that is wanted."""
        client, zone = aws.client("route53"), props["zoneId"]
        record = record_set(props, full_name(aws, props))
        action = "UPSERT" if props.get("allowOverwrite") else "CREATE"
        client.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        )
        parts = [zone, props["name"].lower().removesuffix("."), props["type"], props.get("setIdentifier")]
        return "_".join(part for part in parts if part)

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The full name, if the record is there."""
        name = full_name(aws, props)
        found = aws.client("route53").list_resource_record_sets(
            HostedZoneId=props["zoneId"], StartRecordName=name, StartRecordType=props["type"]
        )["ResourceRecordSets"]
        if not any((one["Name"].rstrip("."), one["Type"]) == (name, props["type"]) for one in found):
            raise KeyError(f"{self.token} {id_} does not exist")
        return {"fqdn": name}


def full_name(aws: Aws, props: Props) -> str:
    """A record's name with its zone's, which may be left out."""
    zone = aws.client("route53").get_hosted_zone(Id=props["zoneId"])["HostedZone"]["Name"].removesuffix(".")
    name = props["name"].lower().removesuffix(".")
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}" if name else zone


def record_set(props: Props, name: str) -> dict[str, Any]:
    """A record as AWS takes it, with the rule by which it is chosen among its like."""
    out: dict[str, Any] = {"Name": name, "Type": props["type"]}
    if "records" in props:
        values = [text(value) if props["type"] in TEXT else value for value in props["records"]]
        out |= {"TTL": props["ttl"], "ResourceRecords": [{"Value": value} for value in values]}
    if props.get("aliases"):
        alias = props["aliases"][0]
        out["AliasTarget"] = {
            "DNSName": alias["name"],
            "HostedZoneId": alias["zoneId"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
    plain = {
        "healthCheckId": "HealthCheckId",
        "multivalueAnswerRoutingPolicy": "MultiValueAnswer",
        "setIdentifier": "SetIdentifier",
    }
    out |= {theirs: props[ours] for ours, theirs in plain.items() if ours in props}
    return out | chosen_by(props)


def chosen_by(props: Props) -> dict[str, Any]:
    """The routing policy, of which a record has at most one."""
    out: dict[str, Any] = {}
    for policy, name, theirs in (
        ("weightedRoutingPolicies", "weight", "Weight"),
        ("latencyRoutingPolicies", "region", "Region"),
        ("failoverRoutingPolicies", "type", "Failover"),
    ):
        if props.get(policy):
            out[theirs] = props[policy][0][name]
    if props.get("geolocationRoutingPolicies"):
        names = {"continent": "ContinentCode", "country": "CountryCode", "subdivision": "SubdivisionCode"}
        where = props["geolocationRoutingPolicies"][0]
        out["GeoLocation"] = {theirs: where[ours] for ours, theirs in names.items() if ours in where}
    for policy in ("cidrRoutingPolicy", "geoproximityRoutingPolicy"):
        if policy in props:
            raise refused("aws:route53/record:Record", NOT_YET, "leave it out offline", path=policy)
    return out


def text(value: str) -> str:
    """A text record is in quotes."""
    return value if value.startswith('"') else f'"{value}"'


@function("aws:route53/getZone:getZone")
def get_zone(aws: Aws, props: Props) -> dict[str, Any]:
    """A zone that is made elsewhere, by its id or its name."""
    client, id_ = aws.client("route53"), props.get("zoneId")
    if id_ is None:
        name = props["name"].removesuffix(".")
        private = props.get("privateZone", False)
        zones = [
            zone
            for zone in client.list_hosted_zones()["HostedZones"]
            if zone["Name"].removesuffix(".") == name and zone["Config"]["PrivateZone"] == private
        ]
        if not zones:
            rule = "no hosted zone has this name"
            raise refused("aws:route53/getZone:getZone", rule, "check it, or make the zone", path="name", value=name)
        id_ = zones[0]["Id"]
    found = described(aws, client.get_hosted_zone(Id=id_))
    tags = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=found["zoneId"])
    return found | {"tags": tag_map(tags["ResourceTagSet"]["Tags"])}
