"""AWS Certificate Manager: certificates, and the wait until they are issued."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Change, Gone, Props, Resource, function, resource
from floodgate.offline.handlers.declared import Declared, refused
from floodgate.offline.handlers.shapes import tag_list, told
from floodgate.offline.handlers.tagging import tags_of

BROUGHT = ("certificateBody", "certificateChain", "privateKey", "privateKeyWo", "privateKeyWoVersion")
"""What a certificate has that was made elsewhere."""


@resource("aws:acm/certificate:Certificate")
class Certificate(Declared):
    """A certificate that AWS is asked for, or one that is brought along."""

    service = "acm"
    create_call, id_path = "request_certificate", "CertificateArn"
    read_call, read_by, read_path = "describe_certificate", "CertificateArn", "Certificate"
    delete_call, delete_by = "delete_certificate", "CertificateArn"
    rename: ClassVar = {"validationOptions": "DomainValidationOptions"}
    apart = (*BROUGHT, "earlyRenewalDuration")
    kept = ("earlyRenewalDuration",)
    refined = frozenset({*BROUGHT, "options"})
    changing_outputs = frozenset({"notAfter", "notBefore"})
    outputs = (
        *("arn", "domainName", "domainValidationOptions", "keyAlgorithm", "notAfter", "notBefore"),
        *("renewalEligibility", "status", "subjectAlternativeNames", "type", "validationMethod"),
    )
    paths: ClassVar = {
        "arn": "CertificateArn",
        "domainValidationOptions": (
            "DomainValidationOptions[].{domainName: DomainName, resourceRecordName: ResourceRecord.Name, "
            "resourceRecordType: ResourceRecord.Type, resourceRecordValue: ResourceRecord.Value}"
        ),
        "validationMethod": "DomainValidationOptions[0].ValidationMethod",
    }

    def create(self, aws: Aws, props: Props) -> str:
        """Ask for it, or import it with its key."""
        if "certificateBody" not in props:
            return super().create(aws, props)
        tags = {"Tags": tag_list(props)} if tag_list(props) else {}
        return self._import(aws, props, **tags)

    def _import(self, aws: Aws, props: Props, **more: Any) -> str:
        given = {
            "Certificate": props["certificateBody"],
            "CertificateChain": props.get("certificateChain"),
            "PrivateKey": props.get("privateKey") or props.get("privateKeyWo"),
        }
        parts = {name: value.encode() if isinstance(value, str) else value for name, value in given.items() if value}
        return aws.client(self.service).import_certificate(**parts, **more)["CertificateArn"]

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Import it again in the same place, or say otherwise whether the world may know of it."""
        if change.touches(*BROUGHT):
            self._import(aws, change.new, CertificateArn=id_)
        if change.touches("options"):
            usual = {"certificateTransparencyLoggingPreference": "ENABLED"}
            wanted = (change.new.get("options") or usual).items()
            options = {f"{name[:1].upper()}{name[1:]}": value for name, value in wanted}
            aws.client(self.service).update_certificate_options(CertificateArn=id_, Options=options)

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The names and the proofs that were asked for, of those that AWS adds to; the texts; the tags."""
        names, domain = item.get("SubjectAlternativeNames", []), item["DomainName"]
        own = domain in props.get("subjectAlternativeNames", ())
        asked = {option["domainName"] for option in props.get("validationOptions", [])}
        proofs = [one for one in item.get("DomainValidationOptions", []) if one["DomainName"] in asked]
        return {
            "subjectAlternativeNames": [name for name in names if own or name != domain],
            "validationOptions": [
                {"domainName": one["DomainName"], "validationDomain": one["ValidationDomain"]} for one in proofs
            ],
            "tags": tags_of(aws, self.service, id_),
            **self._texts(aws, id_, props),
        }

    def _texts(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The certificate that was brought along; its chain only where it is another, for AWS adds to it."""
        if "certificateBody" not in props:
            return {}
        now = aws.client(self.service).get_certificate(CertificateArn=id_)
        body, chain = now["Certificate"], now.get("CertificateChain", "")
        given = props.get("certificateChain", "")
        same = props["certificateBody"].strip() == body.strip()
        return {
            "certificateBody": props["certificateBody"] if same else body,
            "certificateChain": given if given.strip() in chain else chain,
        }

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Nothing is ever renewed here."""
        emails = [who for one in item.get("DomainValidationOptions", []) for who in one.get("ValidationEmails", [])]
        return {"pendingRenewal": False, "validationEmails": emails}


@resource("aws:acm/certificateValidation:CertificateValidation")
class CertificateValidation(Resource):
    """The provider's wait until a certificate is issued; its id is when that was."""

    def create(self, aws: Aws, props: Props) -> str:
        """AWS issues a certificate when it finds the records; here they are there or they never will be."""
        found = aws.client("acm").describe_certificate(CertificateArn=props["certificateArn"])["Certificate"]
        if found["Status"] != "ISSUED":
            options = [one for one in found.get("DomainValidationOptions", []) if "ResourceRecord" in one]
            names = ", ".join(sorted({option["ResourceRecord"]["Name"] for option in options})) or "the letters' links"
            rule = (
                f"is {found['Status']}, and the provider waits in vain: AWS issues it when {names} lead where it says"
            )
            remedy = "make these records in Route 53 and let the validation depend on them"
            raise refused(self.token, rule, remedy, path="certificateArn", value=props["certificateArn"])
        at = found.get("IssuedAt")
        return f"{at:%Y-%m-%d %H:%M:%S} +0000 UTC" if at else "0001-01-01 00:00:00 +0000 UTC"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Nothing beyond the inputs, as long as the certificate is issued."""
        found = aws.client("acm").describe_certificate(CertificateArn=props["certificateArn"])["Certificate"]
        if found["Status"] != "ISSUED":
            raise Gone(f"{self.token} {id_}: the certificate is {found['Status']}")
        return {}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """It was only a wait."""


@function("aws:acm/getCertificate:getCertificate")
def get_certificate(aws: Aws, props: Props) -> dict[str, Any]:
    """A certificate of a domain that is made elsewhere; issued, unless other states are asked for."""
    client, statuses = aws.client("acm"), props.get("statuses", ["ISSUED"])
    listed = client.list_certificates(CertificateStatuses=statuses)["CertificateSummaryList"]
    found = [summary for summary in listed if summary["DomainName"] == props.get("domain")]
    if not found:
        rule, remedy = f"no certificate of this domain is {' or '.join(statuses)}", "make one, or ask for other states"
        raise refused(
            "aws:acm/getCertificate:getCertificate", rule, remedy, path="domain", value=str(props.get("domain"))
        )
    certificate = client.describe_certificate(CertificateArn=found[-1]["CertificateArn"])["Certificate"]
    names = {"arn": "CertificateArn", "domain": "DomainName", "id": "CertificateArn", "status": "Status"}
    return told(certificate, names, names)
