"""The picture of a replay as one HTML file that asks no server for anything."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from floodgate.rehearsal.report.page import unbroken
from floodgate.whatif import plot_charts, plot_data
from floodgate.whatif.plot_data import Replayed
from floodgate.whatif.thinning import DAY_S

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its title, its caption and its specification."""

    name: str
    title: str
    caption: str
    spec: dict[str, Any]


def render(replayed: Replayed, program: str, *, assumed: Sequence[str] = ()) -> str:
    """The whole page.

    Args:
        replayed: what was played.
        program: `floodgate.rehearsal.report.page.chart_program`'s.
        assumed: what was taken and what is not played, each as a sentence.
    """
    import jinja2  # noqa: PLC0415 - only a page needs it

    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["unbroken"] = unbroken
    here, report = files("floodgate.whatif"), files("floodgate.rehearsal.report")
    template = environment.from_string((here / "plot.html.j2").read_text(encoding="utf-8"))
    return template.render(
        group=replayed.group,
        headline=_headline(replayed),
        begin=_clock(replayed, 0),
        end=_clock(replayed, replayed.length_s),
        figures=_figures(replayed),
        spans=_spans(replayed),
        rows=_rows(replayed),
        more=max(0, len(replayed.changes) - MOST_ROWS),
        assumed=assumed,
        data=_script_safe(plot_data.columns(replayed)),
        style=(report / "page.css").read_text(encoding="utf-8"),
        behaviour=(report / "page.js").read_text(encoding="utf-8"),
        program=program,
    )


def _headline(replayed: Replayed) -> str:
    desired = [size[1] for size in replayed.trace.sizes]
    by = {"policy": 0, "schedule": 0}
    for event in replayed.changes:
        if event.kind == "desired":
            by[event.cause.kind] = by.get(event.cause.kind, 0) + 1
    refused = sum(event.kind == "refused" for event in replayed.changes)
    moved = f"{_times(by['policy'])} by policies and {_times(by['schedule'])} by schedules"
    limits = f" Limits refused more {_times(refused)}." if refused else ""
    return (
        f"The group began with {desired[0]:,} instances, wanted {min(desired):,} at the least and {max(desired):,} "
        f"at the most, and ended with {desired[-1]:,}; its desired capacity was changed {moved}.{limits}"
    )


def _times(count: int) -> str:
    if not count:
        return "never"
    return "once" if count == 1 else f"{count:,} times"


def _figures(replayed: Replayed) -> list[Figure]:
    changes = len(replayed.changes)
    marked = f" Of {changes:,} changes the {plot_data.MOST_MARKS} largest and those of the busiest day are marked." if (
        changes > plot_data.MOST_MARKS
    ) else ""  # fmt: skip
    text = f"Triangles are policies, diamonds schedules, crosses what was refused.{marked}"
    domain = _domain([size for _, *both in replayed.trace.sizes for size in both])
    found = [Figure("sizes", "Desired and in service", text, plot_charts.sizes(domain, text))]
    for number, seen in enumerate(replayed.trace.seen):
        limits = "; ".join(f"{alarm.name}: {plot_data.threshold(alarm)}" for alarm in seen.alarms)
        missing = "" if any(value is not None for value in seen.values) else "No datapoint of it was recorded. "
        busy = plot_data.too_many_states(replayed, seen)
        dots = "Dots tell when one changed its state" + (", on the busiest day alone." if busy else ".")
        said = f"{missing}Alarms: {limits}. {dots}"
        bounds = [(plot_data.threshold(alarm), alarm.threshold) for alarm in seen.alarms]
        domain = _domain([*(value for value in seen.values if value is not None), *(bound for _, bound in bounds)])
        spec = plot_charts.metric(number, plot_data.statistic_of(seen.metric), bounds, domain, said)
        found.append(Figure(f"metric{number}", plot_data.name_of(seen.metric), said, spec))
    return found


def _domain(values: Sequence[float]) -> tuple[float, float]:
    """Zero to a little more than the greatest, and below zero where values are."""
    low, high = min(0.0, *values), max(0.0, *values)
    return low * 1.08, high * 1.08 or 1.0


def _spans(replayed: Replayed) -> list[dict[str, Any]]:
    """The stretches that the reader can choose from; the first is shown."""
    found = [("All of it", (0, replayed.length_s))]
    if replayed.length_s > 2 * DAY_S:
        found.append(("The busiest day", replayed.busiest_day))
    elif replayed.length_s >= 2 * 3600:
        found.append(("The busiest hour", replayed.busiest_hour))
    return [
        {"title": title, "from": plot_data.milliseconds(replayed, begin), "to": plot_data.milliseconds(replayed, end)}
        for title, (begin, end) in found
    ]


def _rows(replayed: Replayed) -> list[tuple[str, ...]]:
    return [
        (_clock(replayed, event.second), event.kind, f"{event.before:,} \N{RIGHTWARDS ARROW} {event.after:,}",
         f"{event.cause.kind} {event.cause.name}", event.reason)
        for event in replayed.changes[:MOST_ROWS]
    ]  # fmt: skip


def _clock(replayed: Replayed, second: int) -> str:
    return datetime.fromtimestamp(replayed.window[0] + second, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _script_safe(value: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
