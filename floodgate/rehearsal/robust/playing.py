"""Plays many settings of one night on every core, in the order asked for whatever finishes first."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from zoneinfo import ZoneInfo

from floodgate.rehearsal.engine import play
from floodgate.rehearsal.judging.verdict import Ceilings, Promises, judge
from floodgate.rehearsal.parameters import Parameter, Parameters
from floodgate.rehearsal.plan import Plan
from floodgate.rehearsal.robust.design import Setting
from floodgate.rehearsal.scenarios.scenario import Scenario

FIGURES = ("wait_max_s", "refused_share", "shown_wait_true_share", "booked_share", "peak_inside", "peak_in_service")
CHUNK = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """The night that is played: everything but the setting."""

    plan: Plan
    scenario: Scenario
    doors: datetime
    zone: ZoneInfo
    promises: Promises
    vcpu_quota: int | None
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """What one setting came to: whether every promise held, which broke, and the figures by name."""

    setting: Setting
    held: bool
    broken: tuple[str, ...]
    headline: str
    figures: dict[str, float]


Play = Callable[[Sequence[Setting]], Iterator[Played]]


def play_setting(subject: Subject, setting: Setting, *, fast: bool = True) -> Played:
    """Play and judge the night in this setting.

    Raises:
        ParameterError: the setting has a parameter that does not exist.
    """
    parameters = Parameters({each.name: each for each in subject.parameters}).with_values(setting.values)
    outcome = play(subject.plan, subject.scenario, parameters, subject.doors, setting.seed, fast=fast)
    ceilings = Ceilings.of(subject.plan, subject.vcpu_quota)
    verdict = judge(outcome, subject.promises, ceilings, subject.zone)
    broken = tuple(finding.promise for finding in verdict.broken)
    return Played(setting, verdict.held, broken, verdict.headline, {name: outcome.totals[name] for name in FIGURES})


@contextmanager
def on_every_core(subject: Subject, processes: int | None = None) -> Generator[Play]:
    """What plays settings, in processes that are started afresh, since a fork would copy threads in the middle.

    Args:
        subject: the night.
        processes: how many; as many as there are cores without it.
    """
    count = processes or len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(count, get_context("spawn"), _remember, (subject,)) as pool:
        yield lambda settings: pool.map(_play, settings, chunksize=CHUNK)


_SUBJECT: list[Subject] = []


def _remember(subject: Subject) -> None:
    _SUBJECT[:] = [subject]


def _play(setting: Setting) -> Played:
    return play_setting(_SUBJECT[0], setting)
