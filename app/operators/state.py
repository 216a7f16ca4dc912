"""What the console shows, put together from what others tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.admission.document import STALE_S, Snapshot
from app.admission.values import Controls, WorkerReport
from app.line.document import NowServing
from app.line.values import LineState
from app.operators.messages import (
    ControlsState,
    Entry,
    LineNumbers,
    OperatorState,
    ProviderState,
    Waits,
    Workers,
)
from app.settings import Provider


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was asked for; None where it did not answer."""

    line: LineState | None
    snapshot: Snapshot | None
    reports: Sequence[WorkerReport] | None
    controls: Controls | None
    recent: Sequence[Entry]


def compose(
    operator: str,
    now_s: float,
    document: NowServing,
    gathered: Gathered,
    providers: Sequence[Provider],
) -> OperatorState:
    """All of it at `now_s`, as seen by one worker."""
    age_s = max(0.0, now_s - document.at_s)
    answers = {
        "database": gathered.controls is not None,
        "line": gathered.line is not None,
        "controller": age_s < STALE_S,
    }
    return OperatorState(
        operator=operator,
        at_s=now_s,
        opening=document.opening,
        title=document.title,
        phase=document.phase,
        document_age_s=age_s,
        doors_s=document.doors_s,
        closes_s=document.closes_s,
        line=_numbers(gathered.line),
        controller=gathered.snapshot,
        workers=_workers(gathered.reports),
        waits=_waits(gathered.reports),
        providers=_providers(providers, document, gathered),
        controls=_controls(gathered.controls),
        recent=list(gathered.recent),
        away=[name for name, here in answers.items() if not here],
    )


def _numbers(line: LineState | None) -> LineNumbers | None:
    if line is None:
        return None
    return LineNumbers(
        joined=line.joined,
        prequeue=line.prequeue,
        serving=line.serving,
        lapsed=line.lapsed,
        waiting=max(0, line.joined - line.serving),
        inside=line.inside,
        entered=line.entered,
        left=line.left,
    )


def _workers(reports: Sequence[WorkerReport] | None) -> Workers | None:
    if reports is None:
        return None
    refused: Counter[str] = Counter()
    for report in reports:
        refused.update(report.refused)
    return Workers(
        reporting=len(reports),
        latency_p95_s=max((report.latency_p95_s for report in reports), default=0.0),
        connections_in_use=max((report.connections_in_use for report in reports), default=0.0),
        cpu=max((report.cpu for report in reports), default=0.0),
        booked=sum(report.booked for report in reports),
        refused=dict(refused.most_common()),
    )


def _waits(reports: Sequence[WorkerReport] | None) -> Waits | None:
    if reports is None:
        return None
    return Waits(
        true=sum(report.waits_true for report in reports),
        shorter=sum(report.waits_low for report in reports),
        longer=sum(report.waits_high for report in reports),
    )


def _providers(providers: Sequence[Provider], document: NowServing, gathered: Gathered) -> list[ProviderState]:
    shown = {provider.name: provider for provider in document.providers}
    closed = gathered.controls.providers_closed if gathered.controls else None
    states = []
    for provider in providers:
        public = shown.get(provider.name)
        seen = Counter(
            report.lights[provider.name] for report in gathered.reports or () if provider.name in report.lights
        )
        states.append(
            ProviderState(
                name=provider.name,
                title=provider.title,
                light=public.light if public else "green",
                closed=provider.name in closed if closed is not None else bool(public and public.closed),
                seen=dict(seen),
            )
        )
    return states


def _controls(controls: Controls | None) -> ControlsState | None:
    if controls is None:
        return None
    return ControlsState(controls.paused, controls.share, controls.announcement, controls.providers_closed)
