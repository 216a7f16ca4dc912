"""Where the line is kept."""

from infra.cache.cache import Cache, CacheArgs
from infra.cache.settings import CacheSettings

__all__ = ["Cache", "CacheArgs", "CacheSettings"]
