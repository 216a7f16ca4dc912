"""Amazon Route 53: hosted zones."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import Aws, Change, NotYet, Props, Resource, function, is_gone, resource
from floodgate.offline.handlers.declared import MANAGED, refused, unique
from floodgate.offline.handlers.shapes import all_tags, tag_list, tag_map

CHANGES_AT_MOST = 100
KNOWN = frozenset({"comment", "enableAcceleratedRecovery", "forceDestroy", "tags", "tagsAll", "vpcs"})
OWN = ("NS", "SOA")
"""The records that a zone has of itself, at its top."""


@resource("aws:route53/zone:Zone")
class Zone(Resource):
    """A hosted zone, public or of some networks."""

    def create(self, aws: Aws, props: Props) -> str:
        """Make the zone, add its further networks and its tags; where one of these fails, nothing of it is left."""
        client = aws.client("route53")
        vpcs = [network(vpc, aws.region) for vpc in props.get("vpcs", [])]
        config = {"Comment": props.get("comment", MANAGED), "PrivateZone": bool(vpcs)}
        more: dict[str, Any] = {"VPC": vpcs[0]} if vpcs else {}
        if "delegationSetId" in props:
            more["DelegationSetId"] = props["delegationSetId"]
        made = client.create_hosted_zone(
            Name=props["name"], CallerReference=f"terraform-{unique()}", HostedZoneConfig=config, **more
        )
        id_ = made["HostedZone"]["Id"].rpartition("/")[2]
        try:
            for vpc in vpcs[1:]:
                client.associate_vpc_with_hosted_zone(HostedZoneId=id_, VPC=vpc)
            if props.get("enableAcceleratedRecovery"):
                client.update_hosted_zone_features(HostedZoneId=id_, EnableAcceleratedRecovery=True)
            if tag_list(props):
                client.change_tags_for_resource(ResourceType="hostedzone", ResourceId=id_, AddTags=tag_list(props))
        except Exception:
            with suppress(Exception):
                client.delete_hosted_zone(Id=id_)
            raise
        return id_

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The zone with its name servers."""
        client = aws.client("route53")
        whole = described(aws, client.get_hosted_zone(Id=id_))
        tags = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id_)["ResourceTagSet"]["Tags"]
        names = ("arn", "comment", "name", "nameServers", "primaryNameServer", "zoneId")
        return {name: whole[name] for name in names if name in whole} | {"tagsAll": tag_map(tags)}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The comment and the networks; AWS keeps names without a point at the end, as the provider does."""
        answer = aws.client("route53").get_hosted_zone(Id=id_)
        vpcs = [{"vpcId": vpc["VPCId"], "vpcRegion": vpc["VPCRegion"]} for vpc in answer.get("VPCs", [])]
        zone = described(aws, answer)
        name = props["name"] if plain_name(props.get("name", "")) == zone["name"] else zone["name"]
        features = answer["HostedZone"].get("Features", {})
        fast = features.get("AcceleratedRecoveryStatus", "DISABLED") in ("ENABLING", "ENABLED")
        return {"comment": zone["comment"], "enableAcceleratedRecovery": fast, "name": name, "vpcs": vpcs}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Each property has a call of its own."""
        client, other = aws.client("route53"), sorted(change.names - KNOWN)
        if other:
            raise NotYet(f"{', '.join(other)} cannot be changed in place in the offline AWS yet")
        if change.touches("comment"):
            client.update_hosted_zone_comment(Id=id_, Comment=change.new.get("comment", MANAGED))
        if change.touches("enableAcceleratedRecovery"):
            fast = bool(change.new.get("enableAcceleratedRecovery"))
            client.update_hosted_zone_features(HostedZoneId=id_, EnableAcceleratedRecovery=fast)
        if change.touches("vpcs"):
            self._move(aws, id_, change)
        if change.touches("tags"):
            old, new = all_tags(change.old), all_tags(change.new)
            tags = {key: value for key, value in new.items() if old.get(key) != value}
            sent = {"AddTags": tag_list({"tags": tags}), "RemoveTagKeys": sorted(set(old) - set(new))}
            told = {name: value for name, value in sent.items() if value}
            client.change_tags_for_resource(ResourceType="hostedzone", ResourceId=id_, **told)

    def _move(self, aws: Aws, id_: str, change: Change) -> None:
        """The new networks first: a private zone is never without one."""
        client = aws.client("route53")
        old, new = ([network(vpc, aws.region) for vpc in props.get("vpcs", [])] for props in (change.old, change.new))
        for vpc in new:
            if vpc not in old:
                client.associate_vpc_with_hosted_zone(HostedZoneId=id_, VPC=vpc)
        for vpc in old:
            if vpc not in new:
                client.disassociate_vpc_from_hosted_zone(HostedZoneId=id_, VPC=vpc)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete the zone; with all its records only where that was asked for."""
        client = aws.client("route53")
        try:
            if props.get("forceDestroy"):
                self._empty(client, id_)
            client.delete_hosted_zone(Id=id_)
        except ClientError as error:
            if not is_gone(error):
                raise

    def _empty(self, client: Any, id_: str) -> None:
        zone = client.get_hosted_zone(Id=id_)["HostedZone"]["Name"]
        pages = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=id_)
        sets = [one for page in pages for one in page["ResourceRecordSets"]]
        theirs = [one for one in sets if not (one["Type"] in OWN and one["Name"] == zone)]
        for start in range(0, len(theirs), CHANGES_AT_MOST):
            some = theirs[start : start + CHANGES_AT_MOST]
            changes = [{"Action": "DELETE", "ResourceRecordSet": one} for one in some]
            client.change_resource_record_sets(HostedZoneId=id_, ChangeBatch={"Changes": changes})


def network(vpc: Props, region: str) -> dict[str, str]:
    """A network that a private zone answers in."""
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion", region)}


def plain_name(name: str) -> str:
    """A domain name as AWS compares it."""
    return name.lower().removesuffix(".")


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
