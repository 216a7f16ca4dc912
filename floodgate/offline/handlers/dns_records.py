"""Amazon Route 53: the records of zones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import Aws, Change, Gone, Props, Resource, is_gone, resource
from floodgate.offline.handlers.declared import NOT_YET, refused
from floodgate.offline.handlers.dns import plain_name

# AWS bounds each piece of a text record
TEXT = ("TXT", "SPF")
POLICIES = (
    ("weightedRoutingPolicies", "weight", "Weight"),
    ("latencyRoutingPolicies", "region", "Region"),
    ("failoverRoutingPolicies", "type", "Failover"),
)
PLACES = {"continent": "ContinentCode", "country": "CountryCode", "subdivision": "SubdivisionCode"}
PLAIN = {
    "healthCheckId": "HealthCheckId",
    "multivalueAnswerRoutingPolicy": "MultiValueAnswer",
    "setIdentifier": "SetIdentifier",
}
ALIAS = {"name": "DNSName", "zoneId": "HostedZoneId", "evaluateTargetHealth": "EvaluateTargetHealth"}


@resource("aws:route53/record:Record")
class Record(Resource):
    """A record of a zone; the id names zone, name, type and set."""

    def create(self, aws: Aws, props: Props) -> str:
        """Put the record, over another one only where that is wanted."""
        action = "UPSERT" if props.get("allowOverwrite") else "CREATE"
        _send(aws, props, (action, record_set(props, full_name(aws, props))))
        which = [props["setIdentifier"]] if props.get("setIdentifier") else []
        return "_".join([props["zoneId"], plain_name(props["name"]), props["type"], *which])

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The full name, if the record is there."""
        known = identified(id_, props)
        name = full_name(aws, known)
        _found(aws, known, name)
        return {"fqdn": name}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The record as it answers; what it is without is told as nothing."""
        known = identified(id_, props)
        own = {name: known[name] for name in ("name", "type", "zoneId")}
        return own | told(_found(aws, known, full_name(aws, known)), props)

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Put the record; one of another type or set takes the place of the old one in the same moment."""
        new, name = change.new, full_name(aws, change.new)
        if change.names <= {"allowOverwrite"}:
            return
        changes = [("UPSERT", record_set(new, name))]
        if change.touches("type", "setIdentifier"):
            changes = [("DELETE", _found(aws, change.old, name)), ("CREATE", record_set(new, name))]
        _send(aws, new, *changes)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it as it answers now, whoever changed it meanwhile."""
        try:
            _send(aws, props, ("DELETE", _found(aws, props, full_name(aws, props))))
        except Gone:
            return
        except ClientError as error:
            if not is_gone(error):
                raise


def identified(id_: str, props: Props) -> Props:
    """The properties that say which record it is; of one that is imported, the id does."""
    if "zoneId" in props:
        return props
    zone, rest = id_.split("_", 1)
    # names may have underscores, types have none
    found = re.fullmatch(r"(.*)_([A-Z]+)(?:_(.+))?", rest)
    if found is None:
        raise Gone(f"{Record.token} {id_}: an id is zone, name, type and, if there are several, set")
    name, kind, which = found.groups()
    return {"zoneId": zone, "name": name, "type": kind} | ({"setIdentifier": which} if which else {})


def _send(aws: Aws, props: Props, *changes: tuple[str, Mapping[str, Any]]) -> None:
    batch = [{"Action": action, "ResourceRecordSet": one} for action, one in changes]
    aws.client("route53").change_resource_record_sets(HostedZoneId=props["zoneId"], ChangeBatch={"Changes": batch})


def _found(aws: Aws, props: Props, name: str) -> dict[str, Any]:
    """The record as AWS lists it."""
    listed = aws.client("route53").list_resource_record_sets(
        HostedZoneId=props["zoneId"], StartRecordName=name, StartRecordType=props["type"]
    )["ResourceRecordSets"]
    wanted = (name, props["type"], props.get("setIdentifier"))
    for one in listed:
        if (_unescaped(one["Name"]), one["Type"], one.get("SetIdentifier")) == wanted:
            return one
    raise Gone(f"{Record.token} {name} {props['type']} does not exist")


def _unescaped(name: str) -> str:
    """AWS tells an asterisk by its number: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html."""
    return name.rstrip(".").replace("\\052", "*")


def full_name(aws: Aws, props: Props) -> str:
    """A record's name with its zone's, which may be left out."""
    zone = aws.client("route53").get_hosted_zone(Id=props["zoneId"])["HostedZone"]["Name"].removesuffix(".")
    name = plain_name(props["name"])
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}" if name else zone


def record_set(props: Props, name: str) -> dict[str, Any]:
    """A record as AWS takes it, with the rule by which it is chosen among its like."""
    out: dict[str, Any] = {"Name": name, "Type": props["type"]}
    if "records" in props:
        values = [text(value) if props["type"] in TEXT else value for value in props["records"]]
        out |= {"TTL": props["ttl"], "ResourceRecords": [{"Value": value} for value in values]}
    if props.get("aliases"):
        out["AliasTarget"] = {theirs: props["aliases"][0][ours] for ours, theirs in ALIAS.items()}
    out |= {theirs: props[ours] for ours, theirs in PLAIN.items() if ours in props}
    return out | chosen_by(props)


def chosen_by(props: Props) -> dict[str, Any]:
    """The routing policy, of which a record has at most one."""
    out: dict[str, Any] = {}
    for policy, name, theirs in POLICIES:
        if props.get(policy):
            out[theirs] = props[policy][0][name]
    if props.get("geolocationRoutingPolicies"):
        where = props["geolocationRoutingPolicies"][0]
        out["GeoLocation"] = {theirs: where[ours] for ours, theirs in PLACES.items() if ours in where}
    for policy in ("cidrRoutingPolicy", "geoproximityRoutingPolicy"):
        if policy in props:
            raise refused("aws:route53/record:Record", NOT_YET, "leave it out offline", path=policy)
    return out


def told(one: Mapping[str, Any], given: Props) -> dict[str, Any]:
    """A record set as the program would have written it.

    Args:
        one: a record set as AWS lists it.
        given: the properties as they were declared, for values that mean the same.
    """
    values = [value["Value"] for value in one.get("ResourceRecords", [])]
    same = {text(value) if one["Type"] in TEXT else value: value for value in given.get("records", [])}
    same = {value: value.removeprefix('"').removesuffix('"') for value in values if one["Type"] in TEXT} | same
    out: dict[str, Any] = {
        "records": [same.get(value, value) for value in values] or None,
        "ttl": one.get("TTL") if values else None,
        "aliases": _told_alias(one.get("AliasTarget"), given),
    }
    out |= {ours: one.get(theirs) for ours, theirs in PLAIN.items()}
    out["multivalueAnswerRoutingPolicy"] = one.get("MultiValueAnswer", False)
    out |= {ours: [{name: one[theirs]}] if theirs in one else None for ours, name, theirs in POLICIES}
    where = one.get("GeoLocation")
    out["geolocationRoutingPolicies"] = where and [
        {ours: where[theirs] for ours, theirs in PLACES.items() if theirs in where}
    ]
    return out


def _told_alias(target: Mapping[str, Any] | None, given: Props) -> list[dict[str, Any]] | None:
    """AWS ends the name of a target with a point, and puts ``dualstack.`` before a balancer's in its own console."""
    if not target:
        return None
    alias = {ours: target[theirs] for ours, theirs in ALIAS.items()}
    before = given.get("aliases", [{}])[0].get("name", "")
    if _target(before) == _target(alias["name"]):
        alias["name"] = before
    return [alias]


def _target(name: str) -> str:
    return plain_name(name).removeprefix("dualstack.")


def text(value: str) -> str:
    """A text record is in quotes."""
    return value if value.startswith('"') else f'"{value}"'
