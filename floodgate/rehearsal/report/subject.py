"""What a report is about: one rehearsal with everything that led to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from floodgate.rehearsal.campaign import Night
from floodgate.rehearsal.judging.verdict import Promises, Verdict
from floodgate.rehearsal.outcome import Outcome
from floodgate.rehearsal.parameters import Parameter
from floodgate.rehearsal.plan import Plan
from floodgate.rehearsal.robust.findings import Robustness
from floodgate.rehearsal.scenarios.scenario import Scenario
from floodgate.rehearsal.wording import clock


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One rehearsal; `read_from` tells where the plan was read, `command` and `versions` how to do it again.

    Of a campaign all `nights` are kept, and the rehearsal itself is the worst of them; else there are none.
    `robustness` is of that night, where it was asked for.
    """

    stack: str
    opening: str
    zone: ZoneInfo
    read_from: str
    scenario: Scenario
    plan: Plan
    parameters: tuple[Parameter, ...]
    promises: Promises
    outcome: Outcome
    verdict: Verdict
    seed: int
    command: str
    versions: Mapping[str, str]
    nights: tuple[Night, ...] = ()
    robustness: Robustness | None = None

    @property
    def held(self) -> bool:
        """Whether every promise of every night held."""
        return self.verdict.held and all(night.verdict.held for night in self.nights)

    @property
    def doors(self) -> datetime:
        """The doors in the opening's own zone."""
        return self.outcome.doors.astimezone(self.zone)

    def clock(self, second: float, *, seconds: bool = True) -> str:
        """The local time of a second of the rehearsal."""
        return clock(self.outcome.start, second, self.zone, seconds=seconds)
