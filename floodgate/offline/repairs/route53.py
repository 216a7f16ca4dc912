"""Amazon Route 53: changes of records that hold or are refused as a whole, and zones deleted only when empty.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html, API_DeleteHostedZone and
API_UpdateHostedZoneFeatures
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import EmptyResult
from moto.route53.exceptions import DnsNameInvalidForZone, HostedZoneNotEmpty, InvalidActionValue, Route53ClientError
from moto.route53.models import FakeZone, RecordSet, Route53Backend
from moto.route53.responses import Route53
from moto.route53.urls import url_paths
from moto.route53.utils import validate_domain_name

from floodgate.offline.repairs.patching import patch, replace

VALUES = ("ttl", "weight", "region", "health_check_id", "alias_target", "failover", "geo_location")
VALUES += ("multi_value_answer",)
OWN = ("NS", "SOA")


@patch(Route53Backend, "change_resource_record_sets")
def change_resource_record_sets(self: Any, zoneid: str, change_list: list[dict[str, Any]]) -> None:
    """Moto looks into its journal for what exists, and deletes all records of a name, or all of a set, at once."""
    zone = self.get_hosted_zone(zoneid)
    known = {_key(record): record for record in zone.rrsets}
    for change in change_list:
        action, record = change["Action"], _record(zone, change["ResourceRecordSet"])
        key = _key(record)
        told = f"resource record set [name='{record.name}', type='{record.type}']"
        if action == "CREATE" and key in known:
            raise _invalid(f"Tried to create {told} but it already exists")
        if action in ("CREATE", "UPSERT"):
            known[key] = record
        elif action != "DELETE":
            raise InvalidActionValue(action)
        elif key not in known:
            raise _invalid(f"Tried to delete {told} but it was not found")
        elif not _same(known.pop(key), record):
            raise _invalid(f"Tried to delete {told} but the values provided do not match the current values")
    zone.rrsets = list(known.values())


def _invalid(what: str) -> Route53ClientError:
    return Route53ClientError("InvalidChangeBatch", f"[{what}]")


# moto's class is abstract in name only: it lacks two class methods of templates
_MADE: Any = RecordSet


def _record(zone: Any, given: dict[str, Any]) -> Any:
    validate_domain_name(given["Name"], code="InvalidChangeBatch")
    name, top = given["Name"].strip(".").lower(), zone.name.strip(".").lower()
    if name != top and not name.endswith(f".{top}"):
        raise DnsNameInvalidForZone(name=given["Name"], zone_name=zone.name)
    values = [value["Value"] for value in given.get("ResourceRecords") or []]
    return _MADE({**given, "Name": f"{name}.", "ResourceRecords": values})


def _key(record: Any) -> tuple[str, str, str]:
    return record.name.strip(".").lower(), record.type, record.set_identifier or ""


def _same(known: Any, given: Any) -> bool:
    return sorted(known.records) == sorted(given.records) and all(
        f"{getattr(known, name) or ''}" == f"{getattr(given, name) or ''}" for name in VALUES
    )


@patch(Route53Backend, "delete_hosted_zone")
def delete_empty_hosted_zone(self: Any, id_: str) -> Any:
    """Moto deletes zones that delegate a part of themselves."""
    zone = self.get_hosted_zone(id_)
    top = zone.name.strip(".").lower()
    if any(record.type not in OWN or _key(record)[0] != top for record in zone.rrsets):
        raise HostedZoneNotEmpty
    return delete_empty_hosted_zone.original(self, id_)


@patch(Route53, "update_hosted_zone_features")
def update_hosted_zone_features(self: Any) -> EmptyResult:
    """Moto has no such operation."""
    zone = self.backend.get_hosted_zone(self._get_param("HostedZoneId"))
    enabled = f"{self._get_param('EnableAcceleratedRecovery')}".lower() == "true"
    zone.features = {"AcceleratedRecoveryStatus": "ENABLED" if enabled else "DISABLED"}
    return EmptyResult()


# moto's zones have none, and what it describes must have an attribute of that name
replace(FakeZone, "features", None)
url_paths[r"{0}/(?P<api_version>[\d_-]+)/hostedzone/(?P<zone_id>[^/]+)/features/?$"] = Route53.dispatch


def apply() -> None:
    """Importing this module has applied its repairs."""
