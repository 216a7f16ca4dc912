"""What everything in a group shares: its settings, its instances, its agenda, its bounds and its log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from floodgate.awsrules.instances.suspended import Able
from floodgate.awsrules.model import Group
from floodgate.awsrules.scaling.capacity import Bounds
from floodgate.fleet.agenda import Agenda
from floodgate.fleet.events import Cause, GroupEvent
from floodgate.fleet.instance import Instance
from floodgate.fleet.log import Log
from floodgate.fleet.roster import Roster
from floodgate.fleet.unknowns import Unknowns


@dataclass(slots=True)
class Context:
    """The state of a group.

    Args:
        group: as it was read; `version` below is what it launches now.
        unknowns: what AWS does not publish.
        start: the instant of second 0.
        able: what its suspended processes leave it.
        bounds: minimum, maximum and desired capacity now.
        roster: its instances.
        version: launch template and version of new instances.
        chance: what is drawn among equals.
        bad: versions whose instances never answer.
        failed: instances of such a version that have come into service, until health checks look at them.
    """

    group: Group
    unknowns: Unknowns
    start: datetime
    able: Able
    bounds: Bounds
    roster: Roster
    version: str
    chance: Random
    agenda: Agenda = field(default_factory=Agenda)
    log: Log = field(default_factory=Log)
    bad: set[str] = field(default_factory=set)
    failed: list[Instance] = field(default_factory=list)

    def instant(self, second: float) -> datetime:
        """The instant of a second."""
        return self.start + timedelta(seconds=second)

    def resize(self, second: int, bounds: Bounds, cause: Cause, reason: str) -> None:
        """Set the bounds; a change of the desired capacity is an event."""
        before, self.bounds = self.bounds, bounds
        if before.desired != bounds.desired:
            self.log.tell(GroupEvent(second, "desired", before.desired, bounds.desired, cause, reason))
