"""When people come: one draw of whole people for every second, from the scenario's cumulative curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from floodgate.rehearsal.scenarios.scenario import Scenario
from floodgate.rehearsal.timeline import Timeline


def expected_shares(scenario: Scenario, timeline: Timeline) -> NDArray[np.float64]:
    """The share of all people who come in each second; the last entry is who comes after the horizon.

    The curve is linear between its points. Who came before the first second counts as coming in it.
    """
    minutes, shares = np.array(scenario.arrivals, dtype=np.float64).T
    edges = (np.arange(timeline.seconds + 1) - timeline.doors_s) / 60.0
    come_by = np.interp(edges, minutes, shares, left=0.0, right=1.0)
    come_by[0] = 0.0
    return np.diff(np.append(come_by, 1.0)).clip(min=0.0)


def arrivals_per_second(scenario: Scenario, timeline: Timeline, generator: np.random.Generator) -> NDArray[np.int64]:
    """People who come in each second, whole people whose total is exact, drawn once for a rehearsal.

    A multinomial draw: each person comes at a moment of the curve independently of all others, which is a Poisson
    stream with a rate that varies, given its total. Recorded demand is taken as it is.
    """
    if scenario.demand is not None:
        return scenario.demand.between(-timeline.doors_s, timeline.seconds)
    shares = expected_shares(scenario, timeline)
    return generator.multinomial(scenario.people, shares / shares.sum())[:-1]
