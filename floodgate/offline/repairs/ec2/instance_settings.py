"""Instances: settings that moto forgets at the launch, cannot change, or changes although the instance runs.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html and the calls beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.types import Base64EncodedString
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import MetadataOptions
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.monitoring import Monitoring

from floodgate.offline.repairs.kept import keep
from floodgate.offline.repairs.patching import patch

FORGOTTEN = (
    "CapacityReservationSpecification",
    "DisableApiTermination",
    "EnclaveOptions",
    "MaintenanceOptions",
    "PrivateDnsNameOptions",
)
ONLY_STOPPED = ("InstanceType", "Kernel", "Ramdisk", "UserData", "EbsOptimized")
STOPPED = 80


@patch(InstanceResponse, "run_instances")
def launch_with_all_settings(self: Any) -> ActionResult:
    """Moto forgets the protection from termination, where an instance was to be, and how quick its disks are."""
    result, params = launch_with_all_settings.original(self), self._get_params()
    for instance in result.result.instances:
        keep(instance, params, FORGOTTEN)
        instance.cpu_credits = (params.get("CreditSpecification") or {}).get("CpuCredits", "standard")
        place = params.get("Placement") or {}
        instance.placement.group_name = place.get("GroupName", "")
        instance.placement.tenancy = place.get("Tenancy", "default")
        instance.placement.partition_number = place.get("PartitionNumber")
        _disks(self.ec2_backend, instance, params)
    return result


def _disks(backend: Any, instance: Any, params: Mapping[str, Any]) -> None:
    given = {each.get("DeviceName"): each.get("Ebs", {}) for each in params.get("BlockDeviceMappings", [])}
    for device, attached in instance.block_device_mapping.items():
        volume = backend.volumes.get(attached.volume_id)
        for name in ("Iops", "Throughput"):
            if volume is not None and name in given.get(device, {}):
                setattr(volume, name.lower(), given[device][name])


@patch(InstanceResponse, "modify_instance_attribute")
def change_what_may_change(self: Any) -> Any:
    """Moto changes a running instance's type, decodes user data twice, and takes a shutdown behaviour for no groups."""
    params = self._get_params()
    instance = self.ec2_backend.get_instance(params["InstanceId"])
    if instance.state_code != STOPPED and any(name in params for name in ONLY_STOPPED):
        text = f"The instance '{instance.id}' is not in the 'stopped' state."
        raise EC2ClientError("IncorrectInstanceState", text)
    if "InstanceInitiatedShutdownBehavior" in params:
        instance.instance_initiated_shutdown_behavior = params["InstanceInitiatedShutdownBehavior"]["Value"]
        return EmptyResult()
    if "UserData" in params:
        given = params["UserData"]["Value"]
        instance.user_data = Base64EncodedString.from_raw_bytes(given if isinstance(given, bytes) else given.encode())
        return EmptyResult()
    result = change_what_may_change.original(self)
    if "Groups" in params and instance.nics:
        instance.nics[0]._group_set = list(instance.security_groups)  # noqa: SLF001 - moto's own
    return result


@patch(EC2Backend, "modify_network_interface_attribute")
def groups_of_its_instance(self: Any, eni_id: str, *args: Any, **kwargs: Any) -> None:
    """Moto's instance goes on to tell the groups that its interface had at the launch."""
    groups_of_its_instance.original(self, eni_id, *args, **kwargs)
    eni = self.get_network_interface(eni_id)
    if eni.instance is not None and eni.device_index == 0:
        eni.instance.security_groups = list(eni._group_set)  # noqa: SLF001 - moto's own


@patch(EC2Backend, "modify_instance_metadata_options")
def keep_what_is_not_named(self: Any, instance_id: str, **options: Any) -> MetadataOptions:
    """Moto clears every option that a change does not name."""
    before = vars(self.get_instance(instance_id).metadata_options).copy()
    made = keep_what_is_not_named.original(self, instance_id=instance_id, **options)
    if options.get("hop_limit") is None:
        made.http_put_response_hop_limit = before["http_put_response_hop_limit"]
    for name, value in before.items():
        if getattr(made, name) is None:
            setattr(made, name, value)
    return made


@patch(EC2Backend, "replace_iam_instance_profile_association")
def profile_of_its_instance(self: Any, association_id: str, *named: str | None) -> Any:
    """Moto's instance goes on to tell the profile that was replaced."""
    made = profile_of_its_instance.original(self, association_id, *named)
    made.instance.iam_instance_profile = {"Arn": made.iam_instance_profile.arn, "Id": association_id}
    return made


@patch(Monitoring, "monitor_instances")
def monitor_instances(self: Any) -> ActionResult:
    """Moto has no such operation."""
    return _monitor(self, "enabled")


@patch(Monitoring, "unmonitor_instances")
def unmonitor_instances(self: Any) -> ActionResult:
    """Moto has no such operation."""
    return _monitor(self, "disabled")


def _monitor(response: Any, state: str) -> ActionResult:
    instances = response.ec2_backend.get_multi_instances_by_id(response._get_params()["InstanceIds"])  # noqa: SLF001 - moto's own
    for instance in instances:
        instance.monitoring_state = state
    told = [{"InstanceId": instance.id, "Monitoring": {"State": state}} for instance in instances]
    return ActionResult({"InstanceMonitorings": told})


@patch(InstanceResponse, "describe_instance_credit_specifications")
def describe_instance_credit_specifications(self: Any) -> ActionResult:
    """Moto answers ``standard`` for all."""
    found = self.ec2_backend.get_multi_instances_by_id(self._get_params().get("InstanceIds", []))
    told = [{"InstanceId": each.id, "CpuCredits": getattr(each, "cpu_credits", "standard")} for each in found]
    return ActionResult({"InstanceCreditSpecifications": told})


@patch(InstanceResponse, "modify_instance_credit_specification")
def modify_instance_credit_specification(self: Any) -> ActionResult:
    """Moto has no such operation."""
    changed = self._get_params()["InstanceCreditSpecifications"]
    for each in changed:
        self.ec2_backend.get_instance(each["InstanceId"]).cpu_credits = each["CpuCredits"]
    return ActionResult({"SuccessfulInstanceCreditSpecifications": changed})


@patch(InstanceResponse, "modify_instance_maintenance_options")
def modify_instance_maintenance_options(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params = dict(self._get_params())
    id_ = params.pop("InstanceId")
    self.ec2_backend.get_instance(id_).maintenance_options = params
    return ActionResult({"InstanceId": id_, **params})


@patch(InstanceResponse, "modify_instance_capacity_reservation_attributes")
def modify_instance_capacity_reservation_attributes(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params = self._get_params()
    keep(self.ec2_backend.get_instance(params["InstanceId"]), params, ("CapacityReservationSpecification",))
    return ActionResult({"Return": True})


@patch(InstanceResponse, "modify_private_dns_name_options")
def modify_private_dns_name_options(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params = dict(self._get_params())
    instance = self.ec2_backend.get_instance(params.pop("InstanceId"))
    if "PrivateDnsHostnameType" in params:
        params["HostnameType"] = params.pop("PrivateDnsHostnameType")
    instance.private_dns_name_options = {**(getattr(instance, "private_dns_name_options", None) or {}), **params}
    return ActionResult({"Return": True})
