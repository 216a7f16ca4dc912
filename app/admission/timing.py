"""How often the controller looks, and how long it may lead without being renewed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Times of a controller; every controller of a database must have the same lease.

    Attributes:
        lease_s: length of the lease, by the database's clock.
        interval_s: from one look to the next.
        monotonic: this machine's clock that never goes back, in seconds.
    """

    lease_s: float = 2.0
    interval_s: float = 1.0
    monotonic: Callable[[], float] = time.monotonic
