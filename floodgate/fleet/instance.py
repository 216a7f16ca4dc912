"""One instance of a group in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from floodgate.awsrules.model import InstanceType

Place = Literal["launching", "in service", "standby", "pool", "preparing", "terminating", "terminated"]
"""Where an instance stands: on the way into service, in it, beside it, in the pool, on the way there, leaving, gone."""


@dataclass(slots=True, eq=False)
class Instance:
    """An instance; its roster alone moves it.

    Args:
        id: its name.
        zone: its Availability Zone.
        kind: its type, with weight and vCPUs.
        version: launch template and version that it was launched from.
        launched_s: when, in seconds since the group's beginning; before it is negative.
        place: where it stands.
        state: AWS's lifecycle state.
        protected: whether scale in spares it.
        healthy: whether it answers; what does not is in service and serves nobody.
        in_service_s: since when it is in service.
        healthy_s: since when its balancer sends it requests.
        outgoing: why it goes as soon as another is in its place, empty where it stays.
        batch: number of the transition that it is waiting for; an older one means nothing to it.
        returning: whether it drains on its way back into the warm pool.
    """

    id: str
    zone: str
    kind: InstanceType
    version: str
    launched_s: float
    place: Place
    state: str
    protected: bool = False
    healthy: bool = True
    in_service_s: float = 0.0
    healthy_s: float = 0.0
    outgoing: str = ""
    batch: int = 0
    returning: bool = False
