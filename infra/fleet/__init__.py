"""The servers: what they are, what they may do, how they start and how they are replaced."""

from infra.fleet.fleet import Fleet, FleetArgs, Stores
from infra.fleet.settings import ApplicationSettings, FleetSettings

__all__ = ["ApplicationSettings", "Fleet", "FleetArgs", "FleetSettings", "Stores"]
