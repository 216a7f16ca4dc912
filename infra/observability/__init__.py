"""Who is told what."""

from infra.observability.observability import Observability, ObservabilityArgs
from infra.observability.settings import ObservabilitySettings

__all__ = ["Observability", "ObservabilityArgs", "ObservabilitySettings"]
