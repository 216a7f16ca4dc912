"""An Auto Scaling group in time, made of `floodgate.awsrules`; what-if and rehearsal play the same one."""

from __future__ import annotations

from floodgate.fleet.fleet import Fleet
from floodgate.fleet.unknowns import Unknowns

__all__ = ["Fleet", "Unknowns"]
