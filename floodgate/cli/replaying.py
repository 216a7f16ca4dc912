"""One replay from request to output."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from floodgate.cli.wrong import Wrong
from floodgate.fleet.events import GroupEvent
from floodgate.fleet.recorded import Name, Series, alternatives
from floodgate.plans.saved import SavedPlan
from floodgate.rehearsal.errors import InputError, ParameterError
from floodgate.rehearsal.fleet import LaunchTimes
from floodgate.rehearsal.parameters import Parameters, load_parameters
from floodgate.rehearsal.reading import read_group_plan
from floodgate.whatif.metrics_file import instant, read_metrics
from floodgate.whatif.playing import play
from floodgate.whatif.subject import Subject, subject, watched

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line."""

    plan: Path
    metrics: Path
    begin: str | None = None
    end: str | None = None
    group: str | None = None
    boot: float | None = None
    params: tuple[str, ...] = ()
    closed_loop: bool = False
    as_json: bool = False
    only: tuple[str, ...] = ()


def replay(request: Request) -> int:
    """Do what was asked, and return the exit code.

    Raises:
        Wrong: the input is wrong.
    """
    try:
        parameters = _parameters(request)
        plan = read_group_plan(SavedPlan(request.plan), request.group)
        played = subject(plan.group)
        record = read_metrics(request.metrics)
        window = _window(request, record)
    except InputError as error:
        raise Wrong(error.problems) from error
    if plan.notes:
        click.echo(f"floodgate: note: {'; '.join(plan.notes)}", err=True)
    _warn(played, record)
    events = play(played, record, _times(parameters), window, closed_loop=request.closed_loop)
    _print(request, plan.group.name, window[0], events)
    return 0


def _parameters(request: Request) -> Parameters:
    # recorded metrics are told as published, schedules as planned
    values = {"metric.delay_s": 0.0, "schedule.delay_s": 0.0}
    for text in request.params:
        name, equals, value = text.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError:
            rule = "its value is a number" if equals else "it is NAME=VALUE"
            raise ParameterError(f"--param {text}: {rule}; write e.g. --param instance.boot_s=120") from None
    if request.boot is not None:
        values["instance.boot_s"] = request.boot
    return load_parameters(values)


def _times(parameters: Parameters) -> LaunchTimes:
    return LaunchTimes(
        boot_s=parameters["instance.boot_s"],
        warm_start_s=parameters["instance.warm_start_s"],
        hook_s=parameters["instance.hook_s"],
        warm_hook_s=parameters["instance.warm_hook_s"],
        vcpu_quota=int(parameters["quota.vcpus"]) or None,
        burst=int(parameters["launch.burst"]),
        refill_per_s=parameters["launch.refill_per_s"],
        metric_delay_s=int(parameters["metric.delay_s"]),
        low_ratio=parameters["target-tracking.low-ratio"],
        scale_in_share=parameters["target-tracking.scale-in-share"],
        schedule_delay_s=int(parameters["schedule.delay_s"]),
    )


def _window(request: Request, record: Mapping[Name, Series]) -> tuple[int, int]:
    begin = None if request.begin is None else _instant("--from", request.begin)
    end = None if request.end is None else _instant("--to", request.end)
    if not record and (begin is None or end is None):
        rule = "without a datapoint nobody can tell when to begin and to end"
        raise Wrong([f"{request.metrics} has no row: {rule}; add rows below the header, or give --from and --to"])
    first = min((series.times_s[0] for series in record.values()), default=begin or 0)
    last = max((series.times_s[-1] + MINUTE_S for series in record.values()), default=end or 0)
    begin, end = first if begin is None else begin, last if end is None else end
    if begin >= end:
        raise Wrong([f"the window is {_iso(begin)} to {_iso(end)}: it ends after it begins; correct --from or --to"])
    if begin >= last or end <= first:
        told = f"datapoints are from {_iso(first)} to {_iso(last)}"
        raise Wrong([f"the window is {_iso(begin)} to {_iso(end)}: {told}; choose a window among them"])
    return begin, end


def _instant(option: str, text: str) -> int:
    found = instant(text)
    if found is None:
        raise Wrong([f"{option} {text}: a time is ISO 8601 in UTC; write it like 2021-08-09T11:00:00Z"])
    return found


def _warn(played: Subject, record: Mapping[Name, Series]) -> None:
    missing = dict.fromkeys(
        f"{policy} ({metric.namespace} {metric.name})"
        for policy, metrics in watched(played)
        for metric in metrics
        if not any(name in record for name in alternatives(metric))
    )
    if missing:
        click.echo(f"floodgate: warning: no row in the metrics for {', '.join(missing)}", err=True)


def _print(request: Request, group: str, start_s: int, events: Iterable[GroupEvent]) -> None:
    rows = [_row(group, start_s, event) for event in events if not request.only or event.kind in request.only]
    if request.as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    from rich.console import Console  # noqa: PLC0415 - JSON needs nothing of it
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table("time (UTC)", "event", "from", "to", "cause", "reason", box=None)
    for row in rows:
        size = ["" if row[end] is None else str(row[end]) for end in ("from", "to")]
        table.add_row(row["time"], row["event"], *size, row["cause"]["name"], row["reason"])
    Console().print(table if rows else "Nothing would have changed.", markup=False)


def _row(group: str, start_s: int, event: GroupEvent) -> dict[str, Any]:
    cause = {"kind": event.cause.kind, "name": event.cause.name, "metric": event.cause.metric}
    return {
        "time": _iso(start_s + event.second), "event": event.kind, "group": group,
        "from": event.before, "to": event.after, "cause": cause, "reason": event.reason,
    }  # fmt: skip


def _iso(unix_s: int) -> str:
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
