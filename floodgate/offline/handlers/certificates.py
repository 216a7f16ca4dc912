"""AWS Certificate Manager: certificates, and the wait until they are issued."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Props, Resource, function, resource
from floodgate.offline.handlers.declared import Declared, refused
from floodgate.offline.handlers.shapes import tag_list, told


@resource("aws:acm/certificate:Certificate")
class Certificate(Declared):
    """A certificate that AWS is asked for, or one that is brought along."""

    service = "acm"
    create_call, id_path = "request_certificate", "CertificateArn"
    read_call, read_by, read_path = "describe_certificate", "CertificateArn", "Certificate"
    rename: ClassVar = {"validationOptions": "DomainValidationOptions"}
    apart = (
        *("certificateBody", "certificateChain", "privateKey", "privateKeyWo", "privateKeyWoVersion"),
        "earlyRenewalDuration",
    )
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
        given = {
            "Certificate": props["certificateBody"],
            "CertificateChain": props.get("certificateChain"),
            "PrivateKey": props.get("privateKey") or props.get("privateKeyWo"),
            "Tags": tag_list(props),
        }
        parts = {name: value.encode() if isinstance(value, str) else value for name, value in given.items() if value}
        return aws.client(self.service).import_certificate(**parts)["CertificateArn"]

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Nothing is ever renewed here."""
        return {"pendingRenewal": False}


@resource("aws:acm/certificateValidation:CertificateValidation")
class CertificateValidation(Resource):
    """The provider's wait until a certificate is issued; its id is when that was."""

    def create(self, aws: Aws, props: Props) -> str:
        """AWS issues a certificate when it finds the records; here they are there or they never will be."""
        found = aws.client("acm").describe_certificate(CertificateArn=props["certificateArn"])["Certificate"]
        if found["Status"] != "ISSUED":
            options = found.get("DomainValidationOptions", [])
            names = ", ".join(sorted({option["ResourceRecord"]["Name"] for option in options}))
            rule = (
                f"is {found['Status']}, and the provider waits in vain: AWS issues it when {names} lead where it says"
            )
            remedy = "make these records in Route 53 and let the validation depend on them"
            raise refused(self.token, rule, remedy, path="certificateArn", value=props["certificateArn"])
        return f"{found['IssuedAt']:%Y-%m-%d %H:%M:%S} +0000 UTC"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Nothing beyond the inputs."""
        return {}


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
