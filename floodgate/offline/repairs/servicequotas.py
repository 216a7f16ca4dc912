"""Service Quotas: EC2's limit on running on-demand instances, which moto does not have."""

from __future__ import annotations

import json
from typing import Any

from moto.servicequotas.models import ServiceQuotasBackend
from moto.servicequotas.responses import ServiceQuotasResponse

from floodgate.offline.repairs.patching import patch

VCPUS = "L-1216C47A"
# https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html: a new account's limit
NEW_ACCOUNT_VCPUS = 5.0


def apply() -> None:
    """Importing this module has applied its repairs."""


def _running_vcpus(backend: Any) -> dict[str, Any]:
    return {
        "ServiceCode": "ec2",
        "ServiceName": "Amazon Elastic Compute Cloud (Amazon EC2)",
        "QuotaArn": f"arn:{backend.partition}:servicequotas:{backend.region_name}:{backend.account_id}:ec2/{VCPUS}",
        "QuotaCode": VCPUS,
        "QuotaName": "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        "Value": NEW_ACCOUNT_VCPUS,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }


@patch(ServiceQuotasBackend, "list_aws_default_service_quotas")
def defaults_of_ec2(self: Any, service_code: str) -> list[dict[str, Any]]:
    """Moto knows the quotas of networks only."""
    if service_code == "ec2":
        return [_running_vcpus(self)]
    return defaults_of_ec2.original(self, service_code)


@patch(ServiceQuotasBackend, "get_service_quota")
def quota_of_ec2(self: Any, service_code: str, quota_code: str) -> dict[str, Any]:
    """The same for one quota."""
    if (service_code, quota_code) == ("ec2", VCPUS):
        return _running_vcpus(self)
    return quota_of_ec2.original(self, service_code, quota_code)


@patch(ServiceQuotasResponse, "list_service_quotas")
def list_service_quotas(self: Any) -> str:
    """Moto lists AWS's defaults but not the account's own quotas, which are the same here."""
    code = json.loads(self.body)["ServiceCode"]
    return json.dumps({"Quotas": self.backend.list_aws_default_service_quotas(code)})
