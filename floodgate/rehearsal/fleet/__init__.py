"""One Auto Scaling group in time."""

from floodgate.rehearsal.fleet.fleet import Fleet
from floodgate.rehearsal.fleet.times import LaunchTimes

__all__ = ["Fleet", "LaunchTimes"]
