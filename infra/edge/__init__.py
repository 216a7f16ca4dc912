"""What a country meets first."""

from infra.edge.edge import Edge, EdgeArgs
from infra.edge.settings import EdgeSettings

__all__ = ["Edge", "EdgeArgs", "EdgeSettings"]
