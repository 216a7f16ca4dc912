"""Where everything stands, and who may call whom."""

from infra.network.address_plan import ServerDemand
from infra.network.network import Network, NetworkArgs
from infra.network.settings import NetworkSettings

__all__ = ["Network", "NetworkArgs", "NetworkSettings", "ServerDemand"]
