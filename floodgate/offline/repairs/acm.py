"""AWS Certificate Manager: certificates are issued when their DNS records are there, not when a minute has passed.

https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from moto.acm.models import AWSCertificateManagerBackend, CertBundle
from moto.acm.responses import AWSCertificateManagerResponse
from moto.cloudfront.models import cloudfront_backends
from moto.core import utils
from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult, EmptyResult
from moto.elbv2.models import elbv2_backends
from moto.route53.models import route53_backends
from moto.utilities.utils import get_partition

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
    """Moto asks every domain for the same record, in another order in every run, and forgets what was asked for."""
    told = describe_with_records_of_its_own.original(self)
    certificate = told["Certificate"]
    options = {option["DomainName"]: option for option in certificate.get("DomainValidationOptions", [])}
    if options:
        certificate["DomainValidationOptions"] = [options[name] for name in _domains(self)]
        for name, option in options.items():
            option["ResourceRecord"] = validation_record(self, name)
            _as_asked(option, getattr(self, "floodgate_asked", {}))
    certificate["SubjectAlternativeNames"] = _domains(self)
    certificate["KeyAlgorithm"] = getattr(self, "floodgate_asked", {}).get("KeyAlgorithm", certificate["KeyAlgorithm"])
    certificate["InUseBy"] = users(self.arn)
    if self.status != "ISSUED":
        certificate.pop("IssuedAt", None)
    return told


def _as_asked(option: dict[str, Any], asked: Mapping[str, Any]) -> None:
    """How a domain is to be proved: by a record, or by a letter to its owner."""
    for one in asked.get("DomainValidationOptions", []):
        if one["DomainName"] == option["DomainName"]:
            option["ValidationDomain"] = one["ValidationDomain"]
    if asked.get("ValidationMethod") == "EMAIL":
        option["ValidationMethod"] = "EMAIL"
        option["ValidationEmails"] = [f"{who}@{option['ValidationDomain']}" for who in ("admin", "hostmaster")]
        del option["ResourceRecord"]


@patch(AWSCertificateManagerResponse, "request_certificate")
def request_is_kept(self: Any) -> ActionResult:
    """Moto forgets the key, the method and the domains of the letters."""
    answer = request_is_kept.original(self)
    names = ("KeyAlgorithm", "ValidationMethod", "DomainValidationOptions")
    asked = {name: self._get_param(name) for name in names if self._get_param(name)}
    self.acm_backend.get_certificate(answer.result["CertificateArn"]).floodgate_asked = asked
    return answer


def users(arn: str) -> list[str]:
    """The balancers and distributions that a certificate serves, now."""
    account, region = arn.split(":")[4], arn.split(":")[3]
    balancers = elbv2_backends[account][region].load_balancers.values()
    found = [
        balancer.arn
        for balancer in balancers
        if any(arn in listener.certificates for listener in balancer.listeners.values())
    ]
    edge: Any = cloudfront_backends[account][get_partition(region)].distributions.values()
    return [*found, *(one.arn for one in edge if _certificate(one) == arn)]


def _certificate(distribution: Any) -> str | None:
    told = distribution.distribution_config.ViewerCertificate
    return told.get("ACMCertificateArn") if isinstance(told, Mapping) else told.acm_certificate_arn


@patch(AWSCertificateManagerBackend, "delete_certificate")
def delete_unused(self: Any, arn: str) -> None:
    """Moto deletes certificates that serve."""
    if arn in self._certificates and users(arn):
        raise AWSError(f"Certificate {arn} in account {self.account_id} is in use.", "ResourceInUseException")
    delete_unused.original(self, arn)


@patch(AWSCertificateManagerBackend, "import_certificate")
def import_keeps_tags(
    self: Any, certificate: bytes, private_key: bytes, chain: bytes | None, arn: str | None, tags: Any
) -> str:
    """Moto forgets the tags of a certificate that is imported again."""
    before = self._certificates.get(arn)
    made = import_keeps_tags.original(self, certificate, private_key, chain, arn, tags)
    if before is not None:
        self._certificates[made].tags = before.tags
    return made


@patch(AWSCertificateManagerResponse, "update_certificate_options")
def update_certificate_options(self: Any) -> EmptyResult:
    """Moto has no such operation."""
    certificate = self.acm_backend.get_certificate(self._get_param("CertificateArn"))
    certificate.cert_options = {**certificate.cert_options, **self._get_param("Options")}
    return EmptyResult()


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
