"""Subnets: every attribute that can be switched."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.subnets import Subnet
from moto.ec2.responses.subnets import Subnets

from floodgate.offline.repairs.patching import patch


@patch(Subnets, "modify_subnet_attribute")
def whichever_attribute(self: Any) -> Any:
    """Moto takes no notice of DNS64, of AAAA records and of the kind of host names."""
    subnet = self.ec2_backend.get_subnet(self._get_param("SubnetId"))
    options = subnet.private_dns_name_options_on_launch
    if (dns64 := self._get_param("EnableDns64.Value")) is not None:
        subnet.enable_dns64 = dns64
    if (records := self._get_param("EnableResourceNameDnsAAAARecordOnLaunch.Value")) is not None:
        options["EnableResourceNameDnsAAAARecord"] = records
    if kind := self._get_param("PrivateDnsHostnameTypeOnLaunch"):
        options["HostnameType"] = kind
    return whichever_attribute.original(self)


@patch(Subnet, "__init__")
def without_dns64(self: Any, *args: Any, **kwargs: Any) -> None:
    """A new subnet has no DNS64, and AWS says so."""
    without_dns64.original(self, *args, **kwargs)
    self.enable_dns64 = False
