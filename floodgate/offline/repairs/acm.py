"""AWS Certificate Manager: certificates are issued when their DNS records are there, not when a minute has passed.

https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from moto.acm.models import CertBundle
from moto.route53.models import route53_backends

from floodgate.offline.repairs.patching import patch


@patch(CertBundle, "describe")
def describe_with_records_of_its_own(self: Any) -> dict[str, Any]:
    """Moto asks every domain for the same record, and in another order in every run."""
    told = describe_with_records_of_its_own.original(self)
    certificate = told["Certificate"]
    options = {option["DomainName"]: option for option in certificate.get("DomainValidationOptions", [])}
    if options:
        certificate["DomainValidationOptions"] = [options[name] for name in _domains(self)]
        for name, option in options.items():
            option["ResourceRecord"] = validation_record(self, name)
    certificate["SubjectAlternativeNames"] = _domains(self)
    if self.status != "ISSUED":
        certificate.pop("IssuedAt", None)
    return told


def _domains(certificate: Any) -> list[str]:
    """The certificate's own name, then the others."""
    return [certificate.common_name, *sorted(set(certificate.sans) - {certificate.common_name})]


def validation_record(certificate: Any, domain: str) -> dict[str, str]:
    """The record that proves a domain. A wildcard is proved by the same record as its parent."""
    parent = domain.removeprefix("*.")
    account, token = (sha256(f"{certificate.arn.split(':')[4]}/{parent}/{part}".encode()).hexdigest() for part in "nv")
    return {
        "Name": f"_{account[:32]}.{parent}.",
        "Type": "CNAME",
        "Value": f"_{token[:32]}.{token[32:42]}.acm-validations.aws.",
    }


@patch(CertBundle, "check")
def issued_when_proved(self: Any) -> None:
    """Moto issues every certificate after a minute; in a world whose present stands still, it issues none."""
    issued_when_proved.original(self)
    if self.type == "AMAZON_ISSUED" and self.status in {"PENDING_VALIDATION", "ISSUED"}:
        wanted = [validation_record(self, domain) for domain in _domains(self)]
        proved = all(_is_there(self, record) for record in wanted)
        if proved or self.status == "PENDING_VALIDATION":
            self.status = "ISSUED" if proved else "PENDING_VALIDATION"


def _is_there(certificate: Any, record: dict[str, str]) -> bool:
    _, partition, _, _, account, _ = certificate.arn.split(":", 5)
    zones = route53_backends[account][partition].zones.values()
    return any(
        (known.name.rstrip("."), known.type) == (record["Name"].rstrip("."), record["Type"])
        and record["Value"].rstrip(".") in {value.rstrip(".") for value in known.records}
        for zone in zones
        for known in zone.rrsets
    )


def apply() -> None:
    """Importing this module has applied its repairs."""
