"""The same night as a SimPy model with one process for every person: what the rehearsal's speed is held against.

It is what a textbook would write: a person is a process, the servers are a resource with a queue, the line is a list,
the controller is a process that calls places once a second. Crowd, patience, journey, CPU times and rate are those of
the plan; edge, balancer and database are left out, which spares SimPy work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from floodgate.rehearsal.load.costs import Costs, costs_by_slot
from floodgate.rehearsal.parameters import load_parameters
from floodgate.rehearsal.plan import Plan
from floodgate.rehearsal.scenarios.scenario import Scenario
from floodgate.rehearsal.timeline import Timeline

Process = Generator[Any, Any, None]


class PersonNight:
    """One night of people; after `play`, `booked`, `gave_up` and everybody's `waits_s`."""

    def __init__(self, plan: Plan, scenario: Scenario, timeline: Timeline, seed: int) -> None:
        parameters = load_parameters()
        self._scenario, self._timeline = scenario, timeline
        self._costs: Costs = costs_by_slot(plan, scenario, parameters)
        self._rate_per_s = plan.group.desired * plan.service.journeys_per_server_per_s
        self._notice_s = plan.service.poll_interval_s / 2
        self._random = np.random.default_rng(seed)
        self._env = simpy.Environment()
        workers = plan.group.desired * plan.group.instance_type.vcpus
        self._servers = simpy.Resource(self._env, capacity=workers)
        self._slowdown = 1.0 / parameters["server.utilisation_ceiling"]
        self._line: deque[simpy.Event] = deque()
        self.booked = self.gave_up = 0
        self.waits_s: list[float] = []

    def play(self, arrivals: np.ndarray) -> PersonNight:
        """Play the night with so many people coming in each second."""
        self._env.process(self._come(arrivals))
        self._env.process(self._call())
        self._env.run(until=self._timeline.seconds)
        return self

    def _come(self, arrivals: np.ndarray) -> Process:
        for people in arrivals.tolist():
            for _ in range(people):
                self._env.process(self._person())
            yield self._env.timeout(1.0)

    def _call(self) -> Process:
        """Call places once a second, as many more as do not come lately."""
        yield self._env.timeout(self._timeline.doors_s)
        self._shuffle()
        credit, share = 0.0, 1.0
        while True:
            credit = min(credit + self._rate_per_s / share, 2.0 * self._rate_per_s / share)
            called = came = 0
            while credit >= 1.0 and self._line:
                turn = self._line.popleft()
                credit -= 1.0
                called += 1
                if turn.callbacks:
                    came += 1
                    turn.succeed()
            if called:
                share += (max(0.2, came / called) - share) / 60.0
            yield self._env.timeout(1.0)

    def _shuffle(self) -> None:
        places = list(self._line)
        self._line = deque(places[at] for at in self._random.permutation(len(places)))

    def _person(self) -> Process:
        yield from self._request(0)
        joined_s = max(self._env.now, float(self._timeline.doors_s))
        turn = self._env.event()
        self._line.append(turn)
        patience_s = joined_s - self._env.now + self._random.exponential(self._scenario.patience_s)
        if (yield turn | self._env.timeout(patience_s)) and not turn.triggered:
            # nobody hears this turn any more
            turn.callbacks = []
            self.gave_up += 1
            return
        yield self._env.timeout(self._random.exponential(self._notice_s))
        self.waits_s.append(self._env.now - joined_s)
        for slot, step in enumerate(self._scenario.journey, start=1):
            for _ in range(self._random.geometric(1.0 / step.repeats)):
                yield self._env.timeout(self._random.exponential(step.think_s))
                yield from self._request(slot)
        self.booked += 1

    def _request(self, slot: int) -> Process:
        with self._servers.request() as free:
            yield free
            yield self._env.timeout(self._costs.cpu_s[slot] * self._slowdown)
