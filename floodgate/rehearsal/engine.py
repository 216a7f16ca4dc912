"""Plays one opening; the cost of a second does not depend on how many people it holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np

from floodgate.rehearsal.compiling import as_arrays, can_compile, compiled, is_ready, keep_ready
from floodgate.rehearsal.crowd.arrivals import arrivals_per_second
from floodgate.rehearsal.crowd.waiting_room import longest_present_s, waits_of
from floodgate.rehearsal.disturbances import fault_events
from floodgate.rehearsal.fleet_faults import fleet_faults
from floodgate.rehearsal.group_in_time import GroupInTime
from floodgate.rehearsal.limits import BALANCER, DATABASE, IDENTITY, LIMITS, limit_events, servers_missing
from floodgate.rehearsal.load.database import DatabaseLoad
from floodgate.rehearsal.night import stretch_player
from floodgate.rehearsal.night_beginning import night_of
from floodgate.rehearsal.night_state import COLUMNS as NOTED
from floodgate.rehearsal.night_state import Night, Stretch
from floodgate.rehearsal.outcome import Event, Outcome, Series
from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.plan import Plan
from floodgate.rehearsal.rehearsed_group import RehearsedGroup
from floodgate.rehearsal.scenarios.scenario import Scenario
from floodgate.rehearsal.summing_up import totals
from floodgate.rehearsal.timeline import Timeline, lay
from floodgate.rehearsal.unknowns import checks_of, unknowns_of

OF_THE_GROUP = ("desired", "launching", "in_service", "receiving", "lost", "warm_pool", "max_size")
HIDDEN = ("passed", "busy", "places", "pressure", "load_identity")
COLUMNS = (*(name for name in NOTED if name not in HIDDEN), *OF_THE_GROUP)
LONGEST_STRETCH_S = 60
PROGRESS_EVERY_S = 300


def play(
    plan: Plan,
    scenario: Scenario,
    parameters: Parameters,
    doors: datetime,
    seed: int,
    progress: Callable[[float], None] | None = None,
    *,
    fast: bool = False,
) -> Outcome:
    """Play `scenario` against `plan`, from its lead before `doors` to its horizon after.

    Args:
        plan: what is deployed.
        scenario: the crowd's shape.
        parameters: every number that neither of them says; those that are read count as used afterwards.
        doors: the announced instant, aware.
        seed: of the draw of arrivals; equal arguments give equal outcomes.
        progress: called now and then with the share of the seconds that is played.
        fast: play with machine code, which pays where many are played, or a few when it is at hand (`is_fast`).

    Raises:
        ParameterError: a journey step is of a kind whose costs are not known.
        ScenarioError: a fault names a zone or an instance type that the group does not have.
        ValueError: `doors` carries no zone.
    """
    timeline = lay(scenario, doors)
    unknowns = unknowns_of(plan, parameters)
    faults = fleet_faults(scenario.faults, timeline.doors_s, plan.group)
    checks = checks_of(plan, parameters)
    fleet = RehearsedGroup(
        plan.group, unknowns, timeline.start, faults, checks=checks, forecast=plan.forecast, seed=seed
    )
    opening = Opening(plan, scenario, parameters, timeline, fleet, fast=fast)
    return opening.play(np.random.default_rng(seed), progress)


def is_fast() -> bool:
    """Whether machine code is at hand, so that a few nights are worth loading it."""
    return is_ready(stretch_player)


class Opening:
    """One opening, to be played once; `fleet` is the group in time and may be any object that behaves like one."""

    def __init__(
        self,
        plan: Plan,
        scenario: Scenario,
        parameters: Parameters,
        timeline: Timeline,
        fleet: GroupInTime,
        *,
        fast: bool = False,
    ) -> None:
        self.scenario, self.timeline, self.fleet = scenario, timeline, fleet
        self._slow_start_s = plan.balancer.target_group.slow_start_s if plan.balancer else 0
        self._database = DatabaseLoad(plan, parameters)
        night = night_of(plan, scenario, parameters, timeline)
        self._fast = fast and can_compile()
        self._night: Night = as_arrays(night) if self._fast else night
        self._play = compiled(stretch_player) if self._fast else stretch_player("")
        self._out = np.zeros(len(NOTED) * timeline.seconds)
        self._group = {name: np.zeros(timeline.seconds) for name in OF_THE_GROUP}

    def play(self, generator: np.random.Generator, progress: Callable[[float], None] | None = None) -> Outcome:
        """Draw the arrivals, play every second, and sum up."""
        timeline, out = self.timeline, self._out
        arrivals: Any = arrivals_per_second(self.scenario, timeline, generator).astype(float)
        if not self._fast:
            arrivals = arrivals.tolist()
        second, told_s = 0, 0
        while second < timeline.seconds:
            if progress is not None and second >= told_s:
                progress(second / timeline.seconds)
                told_s = second + PROGRESS_EVERY_S
            self.fleet.step(second)
            stretch = self._stretch(second)
            second = self._play(self._night, stretch, arrivals, out)
            self._tell_group(stretch.begin, second)
        if self._fast:
            keep_ready(stretch_player)
        if progress is not None:
            progress(1.0)
        return self._outcome()

    def _stretch(self, second: int) -> Stretch:
        """The seconds until the group changes."""
        fleet = self.fleet
        until = min(self.timeline.seconds, second + LONGEST_STRETCH_S, fleet.next_s)
        end = max(second + 1, int(until))
        self._database.serve(fleet.serving)
        slow_start_s = self._slow_start_s
        first = fleet.effective(second, slow_start_s)
        # only a slow start changes from second to second
        if first == fleet.working:
            effective = [first] * (end - second)
        else:
            effective = [first, *(float(fleet.effective(at, slow_start_s)) for at in range(second + 1, end))]
        return Stretch(
            begin=second,
            end=end,
            in_service=float(fleet.serving),
            writer=self._database.writer,
            missing=servers_missing(fleet.limited_by),
            effective=np.array(effective) if self._fast else effective,
            lost=float(fleet.lost),
            late_s=float(fleet.late_s),
        )

    def _tell_group(self, begin: int, end: int) -> None:
        """Tell the group what it sees of a stretch, and note what it was."""
        fleet = self.fleet
        targets = (fleet.in_service, fleet.receiving, fleet.lost)
        state = (fleet.desired, fleet.launching, *targets, fleet.pool, fleet.max_size)
        for name, value in zip(OF_THE_GROUP, state, strict=True):
            self._group[name][begin:end] = value
        names = ("passed", "busy", "places", "latency_s")
        passed, busy, places, answers_s = (self._column(name)[begin:end].tolist() for name in names)
        fleet.observe_span(passed, [share * 100.0 for share in busy], {"PeopleWaiting": places}, answers_s)

    def _column(self, name: str) -> Series:
        seconds, at = self.timeline.seconds, NOTED.index(name)
        return self._out[at * seconds : (at + 1) * seconds]

    def _outcome(self) -> Outcome:
        timeline, line = self.timeline, self._night.line
        doors_s = timeline.doors_s
        series = {name: self._column(name) for name in NOTED if name not in HIDDEN} | self._group
        series["refused_people"][-1] += sum(self._night.people.retrying)
        loads = {
            BALANCER: series["load_balancer"],
            DATABASE: self._column("pressure"),
            IDENTITY: self._column("load_identity"),
        }
        in_line = np.where(np.arange(timeline.seconds) >= doors_s, self._column("places"), 0.0)
        doors = Event(doors_s, "doors", "doors open", None, None, f"{self.scenario.title}")
        faults = fault_events(self.scenario.faults, timeline)
        told = [doors, *faults, *limit_events(series["limit"], loads, in_line), *self.fleet.told()]
        waits = waits_of(line)
        return Outcome(
            start=timeline.start,
            doors=timeline.doors,
            doors_s=doors_s,
            series=series,
            limits=LIMITS,
            events=tuple(sorted(told, key=lambda event: event.second)),
            waits=waits,
            totals=totals(series, waits, doors_s, longest_present_s(line, timeline.seconds)),
        )
