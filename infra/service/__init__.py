"""What the service is told, as one parameter that servers and rehearsal read alike."""

from infra.service.service import Service, ServiceArgs
from infra.service.settings import ServiceSettings

__all__ = ["Service", "ServiceArgs", "ServiceSettings"]
