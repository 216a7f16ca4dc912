"""NAT gateways: the address that was asked for, and nothing left of one that could not be made."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.responses.nat_gateways import NatGateways

from floodgate.offline.repairs.patching import patch


@patch(NatGateways, "create_nat_gateway")
def with_the_address_asked_for(self: Any) -> Any:
    """Moto never looks at PrivateIpAddress."""
    wanted = self._get_param("PrivateIpAddress")
    result = with_the_address_asked_for.original(self)
    if wanted:
        gateway = result.result["NatGateway"]
        try:
            _move(gateway, wanted)
        except EC2ClientError:
            self.ec2_backend.delete_nat_gateway(gateway.id)
            del self.ec2_backend.nat_gateways[gateway.id]
            raise
    return result


def _move(gateway: Any, address: str) -> None:
    interface = gateway._eni  # noqa: SLF001 - moto's own
    interface.subnet.request_ip(address, None)
    interface.subnet.del_subnet_ip(interface.private_ip_address)
    interface.private_ip_address = gateway.address_set[0]["privateIp"] = address
    interface.private_ip_addresses = [{**interface.private_ip_addresses[0], "PrivateIpAddress": address}]


@patch(NatGatewayBackend, "create_nat_gateway")
def whole_or_not_at_all(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Moto leaves the interface of a gateway whose public address is in use already."""
    before = set(self.enis)
    try:
        return whole_or_not_at_all.original(self, *args, **kwargs)
    except Exception:
        for id_ in set(self.enis) - before:
            self.enis[id_].delete()
        raise
