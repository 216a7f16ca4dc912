"""Subnets: every interface has an address of its subnet, gives it back, and the end of them is AWS's refusal.

Moto never takes back the address of an instance, gives NAT gateways and endpoints addresses from nowhere, and runs
out with a bare StopIteration. Which five addresses are AWS's own:
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

from __future__ import annotations

import heapq
import ipaddress
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend
from moto.ec2.models.instances import Instance
from moto.ec2.models.subnets import Subnet

from floodgate.offline.repairs.patching import patch

AWS_KEEPS_FIRST = 4


def no_free_address(subnet: Any) -> EC2ClientError:
    """AWS's refusal."""
    text = f"There are not enough free addresses in subnet '{subnet.id}' to satisfy the requested number of instances."
    return EC2ClientError("InsufficientFreeAddressesInSubnet", text)


@patch(Subnet, "get_available_subnet_ip")
def lowest_free_address(self: Any, instance: Any) -> str:
    """Moto pops freed addresses in the order of Python's string hashes, and fails with StopIteration in the end."""
    freed: list[int] = self.__dict__.setdefault("freed_addresses", [])
    network = self.cidr.network_address
    while freed:
        address = str(network + heapq.heappop(freed))
        if address not in self._subnet_ips:
            self._subnet_ips[address] = instance
            return address
    for offset in range(self.__dict__.get("next_address", AWS_KEEPS_FIRST), self.cidr.num_addresses - 1):
        candidate = network + offset
        self.next_address = offset + 1
        if str(candidate) not in self._subnet_ips and candidate not in self._reserved_ips:
            self._subnet_ips[str(candidate)] = instance
            return str(candidate)
    raise no_free_address(self)


@patch(Subnet, "del_subnet_ip")
def take_back(self: Any, ip: str) -> None:
    """The freed address is the next to be given."""
    if self._subnet_ips.pop(ip, None) is not None:
        offset = int(ipaddress.ip_address(ip)) - int(self.cidr.network_address)
        heapq.heappush(self.__dict__.setdefault("freed_addresses", []), offset)


@patch(Instance, "prep_nics")
def interfaces_end_with_the_instance(self: Any, nic_spec: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
    """AWS deletes the interfaces that it made for an instance; moto keeps them, unless told, and their addresses."""
    specs = [dict(nic) for nic in nic_spec] or [{}]
    for index, nic in enumerate(specs):
        nic.setdefault("DeviceIndex", index)
        if "NetworkInterfaceId" not in nic:
            nic.setdefault("DeleteOnTermination", True)
    interfaces_end_with_the_instance.original(self, specs, *args, **kwargs)


@patch(Instance, "terminate")
def forget_addresses(self: Any) -> Any:
    """An instance that is gone frees addresses again when Python forgets it, though others may have them by then."""
    previous = forget_addresses.original(self)
    self._private_ips = set()
    return previous


@patch(Subnet, "request_ip")
def ask_for(self: Any, ip: str, instance: Any) -> None:
    """Moto raises a bare Exception where an address is of another subnet or in use."""
    if not _in(self, ip):
        text = f"Address {ip} does not fall within the subnet's address range"
        raise EC2ClientError("InvalidParameterValue", text)
    if ip in self._subnet_ips:
        raise EC2ClientError("InvalidIPAddress.InUse", f"Address {ip} is in use.")
    self._subnet_ips[ip] = instance


@patch(NetworkInterfaceBackend, "create_network_interface")
def address_of_the_subnet(
    self: Any,
    subnet: Any,
    private_ip_address: Any,
    private_ip_addresses: Any = None,
    group_ids: Any = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """NAT gateways and endpoints come with a random address of no subnet; unknown security groups are made up."""
    for group in group_ids or []:
        if self.get_security_group_from_id(group) is None:
            raise EC2ClientError("InvalidGroup.NotFound", f"The security group '{group}' does not exist")
    home = self.get_subnet(subnet) if isinstance(subnet, str) else subnet
    if not private_ip_addresses and not isinstance(private_ip_address, list) and not _in(home, private_ip_address):
        private_ip_address = home.get_available_subnet_ip(None)
    return address_of_the_subnet.original(
        self, home, private_ip_address, private_ip_addresses, group_ids, *args, **kwargs
    )


def _in(subnet: Any, address: str | None) -> bool:
    return bool(address) and ipaddress.ip_address(str(address)) in subnet.cidr
