"""AWS Certificate Manager: certificates are issued when their DNS records are there, not when a minute has passed.

https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from moto.acm.models import CertBundle
from moto.core import utils
from moto.route53.models import route53_backends

from floodgate.offline.repairs.patching import patch

VALID_DAYS = 395


@patch(CertBundle, "generate_cert")
def generate_cert(
    cls: type[CertBundle],
    domain_name: str,
    account_id: str,
    region: str,
    sans: list[str] | None = None,
    cert_authority_arn: str | None = None,
) -> Any:
    """Moto makes a new RSA key for every certificate, which takes longer than all else about it."""
    private = cert_authority_arn is not None
    return cls(
        certificate=_signed(domain_name, {domain_name, *(sans or ())}).public_bytes(serialization.Encoding.PEM),
        private_key=_pem(),
        cert_type="PRIVATE" if private else "AMAZON_ISSUED",
        cert_status="ISSUED" if private else "PENDING_VALIDATION",
        cert_authority_arn=cert_authority_arn,
        account_id=account_id,
        region=region,
    )


@cache
def _key() -> rsa.RSAPrivateKey:
    """One key for all certificates of the process: nothing is ever encrypted with it."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _pem() -> bytes:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return _key().private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@patch(CertBundle, "validate_pk")
def known_key(self: Any) -> Any:
    """Reading the key anew would prove its primes again."""
    return _key() if self.key == _pem() else known_key.original(self)


def _signed(domain_name: str, domains: set[str]) -> x509.Certificate:
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Amazon")])
    names = x509.SubjectAlternativeName([x509.DNSName(name) for name in sorted(domains)])
    now = utils.utcnow().replace(microsecond=0)
    serial = int.from_bytes(sha256(f"{sorted(domains)}{now}".encode()).digest()[:16])
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain_name)]))
        .issuer_name(issuer)
        .public_key(_key().public_key())
        .serial_number(serial)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(names, critical=False)
        .sign(_key(), hashes.SHA256())
    )


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
