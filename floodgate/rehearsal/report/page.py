"""The report as one HTML file: the story in order, the charts, their data and the program that draws them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any

import numpy as np

from floodgate.rehearsal.report import captions, charts, nights, robustness, tables
from floodgate.rehearsal.report.resampling import bands, draw, edges, local_milliseconds, night, waits
from floodgate.rehearsal.report.subject import Rehearsal

_HERE = files("floodgate.rehearsal.report")


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its place on the page, its caption and its words for who cannot see it."""

    name: str
    title: str
    caption: str
    spec: dict[str, Any]


def chart_program() -> str:
    """Vega, Vega-Lite and vega-embed as one script, so that the page asks nobody for anything.

    Takes a second or two; may be called early, in a thread of its own.
    """
    import altair as alt  # noqa: PLC0415 - half a second that only a written report needs
    import vl_convert  # noqa: PLC0415 - the same

    version = alt.SCHEMA_VERSION.removeprefix("v").rsplit(".", 1)[0]
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version)


def render(rehearsal: Rehearsal, program: str) -> str:
    """The whole page; `program` is `chart_program`'s."""
    import jinja2  # noqa: PLC0415 - as above

    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["unbroken"] = unbroken
    template = environment.from_string((_HERE / "page.html.j2").read_text(encoding="utf-8"))
    bounds = edges(len(rehearsal.outcome.series["limit"]), rehearsal.outcome.doors_s)
    limited = bands(rehearsal.outcome, bounds)
    return template.render(
        rehearsal=rehearsal,
        verdict=rehearsal.verdict,
        robustness=robustness.in_a_sentence(rehearsal.robustness) if rehearsal.robustness else "",
        campaign=nights.summary(rehearsal) if rehearsal.nights else "",
        day=f"{rehearsal.doors:%A}, {rehearsal.doors.day} {rehearsal.doors:%B %Y}",
        doors=f"{rehearsal.doors:%H:%M}",
        key_figures=tables.key_figures(rehearsal),
        figures={figure.name: figure for figure in _figures(rehearsal, [name for *_, name in limited])},
        assumed=sum(parameter.origin == "assumed" for parameter in rehearsal.parameters),
        tables=_tables(rehearsal, limited),
        spans=_spans(rehearsal),
        data=_script_safe(_data(rehearsal, bounds, limited)),
        style=(_HERE / "page.css").read_text(encoding="utf-8"),
        behaviour=(_HERE / "page.js").read_text(encoding="utf-8"),
        program=program,
    )


def unbroken(text: str) -> str:
    """The text with its figures held together with their units."""
    return re.sub(r"(?<=\d) (?=%|min\b|s\b|h\b|million\b|servers\b|people\b)", "\N{NO-BREAK SPACE}", text)


def _tables(rehearsal: Rehearsal, limited: Sequence[tuple[int, int, str]]) -> dict[str, tables.Table]:
    plan = rehearsal.plan
    return {
        "promises": tables.promise_table(rehearsal),
        "nights": nights.night_table(rehearsal),
        "doubts": robustness.doubt_table(rehearsal.robustness),
        "events": tables.event_table(rehearsal),
        "limits": tables.limit_table(rehearsal, limited),
        "plan": tables.plan_table(plan),
        "policies": tables.policy_table(plan.group.policies),
        "schedules": tables.schedule_table(plan.group.schedules, rehearsal.zone),
        "parameters": tables.parameter_table(rehearsal),
        "facts": tables.fact_table(rehearsal.scenario.facts),
    }


def _figures(rehearsal: Rehearsal, present: Sequence[str]) -> list[Figure]:
    said = captions.captions(rehearsal)
    promised = rehearsal.promises.longest_wait_minutes
    left_out = bool((rehearsal.outcome.series["receiving"] < rehearsal.outcome.series["in_service"]).any())
    moved = any(event.kind in ("schedule", "policy", "predictive") for event in rehearsal.outcome.events)
    drawn = {
        "people": charts.people,
        "crowd": charts.crowd,
        "servers": lambda text: charts.servers(text, moved=moved, left_out=left_out),
        "limits": lambda text: charts.limits(text, present),
        "loads": charts.loads,
        "requests": charts.requests,
    }
    if rehearsal.plan.service.waiting_room:
        drawn["waits"] = lambda text: charts.waits(text, promised)
    return [Figure(name, *said[name], draw(said[name][1])) for name, draw in drawn.items()]


def _data(rehearsal: Rehearsal, bounds: np.ndarray, limited: Sequence[tuple[int, int, str]]) -> dict[str, Any]:
    """The data sets of the charts as columns; the page turns them into rows."""
    outcome = rehearsal.outcome
    offset = rehearsal.doors.utcoffset() or timedelta()

    def local(second: float) -> int:
        return local_milliseconds(outcome, second, offset)

    times = [local(second) for second in bounds]
    waited = waits(outcome, bounds)
    bins = waited.pop("bin")
    telling = [e for e in tables.telling_events(outcome.events) if e.kind != "limit"]
    drawn = draw(outcome)
    return {
        "night": {"t": times, **night(outcome, bounds)},
        "draw": {"t": [local(outcome.doors_s)] * bool(drawn), **{name: [value] for name, value in drawn.items()}},
        "waits": {"t": [times[int(index)] for index in bins], **waited},
        "doors": {"t": [local(outcome.doors_s)], "zero": [0]},
        "limits": {
            "t": [local(start) for start, *_ in limited],
            "t2": [local(end) for _, end, _ in limited],
            "limit": [name for *_, name in limited],
        },
        "events": {
            "t": [local(e.second) for e in telling],
            "y": [float(outcome.series["desired"][min(e.second, len(outcome.series["desired"]) - 1)]) for e in telling],
            "kind": [e.kind for e in telling],
            "name": [e.name for e in telling],
            "change": [tables.change(e) for e in telling],
            "reason": [e.reason for e in telling],
        },
    }


def _spans(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """The stretches of the night that the reader can choose from; the first is shown."""
    outcome = rehearsal.outcome
    offset = rehearsal.doors.utcoffset() or timedelta()
    end = len(outcome.series["limit"])

    def span(title: str, before_minutes: float, after_minutes: float) -> dict[str, Any]:
        first = max(0, outcome.doors_s - int(before_minutes * 60))
        last = min(end, outcome.doors_s + int(after_minutes * 60))
        return {
            "title": title,
            "from": local_milliseconds(outcome, first, offset),
            "to": local_milliseconds(outcome, last, offset),
        }

    return [
        span("The first hour", 15, 60),
        span("The first ten minutes", 2, 10),
        span("The whole night", 24 * 60, 24 * 60),
    ]


def _script_safe(value: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).replace("</", "<\\/")
