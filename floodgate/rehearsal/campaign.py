"""A campaign: a crowd's shares on several openings, each night played from its own beginning and judged by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from floodgate.rehearsal.judging.verdict import Verdict
from floodgate.rehearsal.outcome import Outcome
from floodgate.rehearsal.scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Night:
    """One night of a campaign: the stack's opening of it, what happened, and what was promised of it."""

    opening: str
    scenario: Scenario
    outcome: Outcome
    verdict: Verdict
    seed: int

    @property
    def longest_wait_s(self) -> float:
        """The longest anybody waited."""
        return self.outcome.totals["wait_max_s"]


def nights_of(scenario: Scenario) -> tuple[Scenario, ...]:
    """The scenario of each night: the same evening for its share of the people, whole people that add up to all.

    What goes wrong goes wrong on the first night; a campaign is meant to go on after it.
    """
    if len(scenario.nights) == 1:
        return (scenario,)
    shares, before, nights = 0.0, 0, []
    for number, share in enumerate(scenario.nights):
        shares += share
        until = round(scenario.people * shares)
        faults = scenario.faults if number == 0 else ()
        nights.append(replace(scenario, people=until - before, nights=(1.0,), faults=faults))
        before = until
    return tuple(nights)


def worst(nights: Sequence[Night]) -> Night:
    """The night to look at: the first that breaks a promise, else the one with the longest wait."""
    broken = [night for night in nights if not night.verdict.held]
    return broken[0] if broken else max(nights, key=lambda night: night.longest_wait_s)
