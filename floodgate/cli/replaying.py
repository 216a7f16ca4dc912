"""One replay from request to output."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from shutil import get_terminal_size

import click

from floodgate.awsrules.model import Group
from floodgate.cli.wrong import Wrong
from floodgate.fleet import Unknowns
from floodgate.fleet.events import GroupEvent
from floodgate.fleet.recorded import Name, Series, alternatives
from floodgate.plans.saved import SavedPlan
from floodgate.rehearsal.errors import InputError, ParameterError
from floodgate.rehearsal.parameters import Parameters, load_parameters
from floodgate.rehearsal.reading import read_group_plan
from floodgate.rehearsal.unknowns import left_open
from floodgate.whatif.forecast_file import Forecast, read_forecast
from floodgate.whatif.left_out import left_out
from floodgate.whatif.metrics_file import instant, read_metrics
from floodgate.whatif.output import as_row, json_lines, table_lines, utc
from floodgate.whatif.playing import Recording, Trace, play
from floodgate.whatif.plot_data import Replayed
from floodgate.whatif.subject import Subject, subject, watched

MINUTE_S = 60
UNBOUNDED = 10_000  # columns where no terminal is: nothing is wrapped for a file
LONGEST_S = 455 * 86_400


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
    plot: Path | None = None
    forecast: Path | None = None


def replay(request: Request) -> int:
    """Do what was asked, and return the exit code.

    Raises:
        Wrong: the input is wrong.
    """
    with _uncollected():
        return _replay(request)


@contextmanager
def _uncollected() -> Generator[None]:
    """No garbage collection: it would walk a month's datapoints again and again, and they hold no cycles."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _replay(request: Request) -> int:
    try:
        parameters = _parameters(request)
        plan = read_group_plan(SavedPlan(request.plan), request.group)
        played = subject(plan.group)
        record = read_metrics(request.metrics)
        forecast = read_forecast(request.forecast) if request.forecast else ()
        window = _window(request, record)
    except InputError as error:
        raise Wrong(error.problems) from error
    said = _said(played, plan.notes, record, forecast)
    for line in said:
        click.echo(f"floodgate: {line}", err=True)
    trace = Trace() if request.plot else None
    recording = Recording(record, window, request.closed_loop, forecast)
    events = play(played, recording, _unknowns(parameters, plan.group), trace)
    if request.plot is None or trace is None:
        _print(request, plan.group.name, window[0], events)
        return 0
    happened = tuple(events)
    _plot(request.plot, Replayed(plan.group.name, window, happened, trace), said)
    _print(request, plan.group.name, window[0], happened)
    return 0


def _plot(path: Path, replayed: Replayed, said: list[str]) -> None:
    from floodgate.rehearsal.report.page import chart_program  # noqa: PLC0415 - only a page needs it
    from floodgate.whatif.plot_page import render  # noqa: PLC0415 - as above

    page = render(replayed, chart_program(), assumed=said)
    try:
        path.write_text(page, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise Wrong([f"--plot {path}: {error.strerror or error}; name a file that can be written"]) from error


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


def _unknowns(parameters: Parameters, group: Group) -> Unknowns:
    return Unknowns(
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
        **left_open(parameters, group),
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
        raise Wrong([f"the window is {utc(begin)} to {utc(end)}: it ends after it begins; correct --from or --to"])
    if end - begin > LONGEST_S:
        rule = "a replay is at most 455 days long, as long as CloudWatch keeps metrics"
        raise Wrong([f"the window is {utc(begin)} to {utc(end)}: {rule}; give --from and --to"])
    if begin >= last or end <= first:
        told = f"datapoints are from {utc(first)} to {utc(last)}"
        raise Wrong([f"the window is {utc(begin)} to {utc(end)}: {told}; choose a window among them"])
    return begin, end


def _instant(option: str, text: str) -> int:
    found = instant(text)
    if found is None:
        raise Wrong([f"{option} {text}: a time is ISO 8601 in UTC; write it like 2021-08-09T11:00:00Z"])
    return found


def _said(played: Subject, notes: tuple[str, ...], record: Mapping[Name, Series], forecast: Forecast) -> list[str]:
    """What a reader must know before believing the answer, a line each."""
    found = [f"note: {'; '.join(notes)}"] if notes else []
    missing = dict.fromkeys(
        f"{policy} ({metric.namespace} {metric.name})"
        for policy, metrics in watched(played)
        for metric in metrics
        if not any(name in record for name in alternatives(metric))
    )
    if missing:
        found.append(f"warning: no row in the metrics for {', '.join(missing)}")
    if skipped := left_out(played.group, forecast=bool(forecast)):
        found.append(f"warning: not played: {'; '.join(skipped)}")
    return found


def _print(request: Request, group: str, start_s: int, events: Iterable[GroupEvent]) -> None:
    rows = (as_row(group, start_s, event) for event in events if not request.only or event.kind in request.only)
    first = next(rows, None)
    if first is None:
        if not request.as_json:
            click.echo("Nothing would have changed.")
        return
    told = chain([first], rows)
    width = get_terminal_size().columns if sys.stdout.isatty() or "COLUMNS" in os.environ else UNBOUNDED
    lines = json_lines(told) if request.as_json else table_lines(told, width)
    try:
        for line in lines:
            sys.stdout.write(_encodable(line) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # whoever reads has read enough; Python's own flush at exit must not complain of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _encodable(line: str) -> str:
    """The line with what the output's encoding cannot tell written as escapes."""
    if line.isascii():
        return line
    encoding = sys.stdout.encoding or "utf-8"
    return line.encode(encoding, "backslashreplace").decode(encoding)
