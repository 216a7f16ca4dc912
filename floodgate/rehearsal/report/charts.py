"""The report's charts as Vega-Lite specifications; their data is on the page once, under the names used here.

Every chart spans the page's width and takes its time from the page's signals `from` and `to` (milliseconds).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

INK, GRID = "#1c2733", "#e3e8ee"
BLUE, TEAL, AMBER, RED, GREY, VIOLET = "#1f5f99", "#1b8a7a", "#c77f0a", "#b3261e", "#8493a3", "#6b4fa0"

LIMIT_COLOURS = {
    "waiting room": "#9db8d2",
    "fleet": AMBER,
    "launch rate": "#e0b04c",
    "balancer": RED,
    "database": VIOLET,
    "quota": "#7a3b12",
    "identity": TEAL,
    "no capacity": "#9c5a7b",
    "addresses": "#5d6d2e",
}

_CLOCK = alt.Tooltip("clock:N", title="time")
_AXIS_WIDTH = 56  # the same on every chart, so that their times stand below one another
_COUNT = "datum.value >= 1e6 ? format(datum.value / 1e6, '.1f') + ' m' : format(datum.value, ',.0f')"
_PERCENT = "format(datum.value * 100, '.0f') + ' %'"


@dataclass(frozen=True, slots=True)
class Line:
    """One series of a chart: its column, its name in the legend, its colour and dash."""

    column: str
    title: str
    colour: str
    dash: tuple[int, int] = (1, 0)


def _time(title: str | None = None) -> alt.X:
    return alt.X(
        "t:T",
        title=title,
        scale=alt.Scale(type="utc", domainMin=alt.ExprRef("from"), domainMax=alt.ExprRef("to"), nice=False),
        axis=alt.Axis(format="%H:%M", grid=False, labelFlush=True, tickCount={"expr": "width / 60"}),
    )


def _amount(field: str, title: str, *, labels: str = _COUNT, top: float | None = None) -> alt.Y:
    scale = alt.Scale(domainMin=0, domainMax=top) if top else alt.Scale(domainMin=0)
    axis = alt.Axis(labelExpr=labels, minExtent=_AXIS_WIDTH, maxExtent=_AXIS_WIDTH, tickCount=5)
    return alt.Y(field, title=title, scale=scale, axis=axis)


def _marks(data: str, kind: Literal["area", "line", "point", "rect", "rule"], **look: Any) -> alt.Chart:
    """Marks of one kind for a named data set; whatever lies outside the chosen stretch of time is cut."""
    return alt.Chart(alt.NamedData(name=data), mark=alt.MarkDef(type=kind, clip=True, **look))


def _legend() -> alt.Legend:
    return alt.Legend(orient="top", title=None, symbolType="stroke", symbolStrokeWidth=3)


def _lines(lines: Sequence[Line], title: str, *, data: str = "night", step: bool = False, **amount: Any) -> alt.Chart:
    names = [line.title for line in lines]
    base = _marks(data, "line", strokeWidth=2, interpolate="step-after" if step else "linear")
    labels = "{" + ", ".join(f"'{line.column}': '{line.title}'" for line in lines) + "}"
    return (
        base.transform_fold([line.column for line in lines], as_=["column", "value"])
        .transform_calculate(series=f"({labels})[datum.column]")
        .encode(
            x=_time(),
            y=_amount("value:Q", title, **amount),
            color=alt.Color(
                "series:N", scale=alt.Scale(domain=names, range=[x.colour for x in lines]), legend=_legend()
            ),
            strokeDash=alt.StrokeDash(
                "series:N", scale=alt.Scale(domain=names, range=[list(x.dash) for x in lines]), legend=None
            ),
        )
    )


def _hover(tooltips: Sequence[alt.Tooltip], *, data: str = "night") -> alt.Chart:
    """A hairline at the nearest time that tells every figure of the chart."""
    nearest = alt.selection_point(nearest=True, on="pointerover", clear="pointerout", fields=["t"], empty=False)
    return (
        _marks(data, "rule", color=INK)
        .encode(
            x=_time(),
            opacity=alt.condition(nearest, alt.value(0.35), alt.value(0)),
            tooltip=[_CLOCK, *tooltips],
        )
        .add_params(nearest)
    )


def _doors() -> alt.Chart:
    return _marks("doors", "rule", color=INK, strokeDash=[2, 3]).encode(x=_time())


def _tips(lines: Sequence[Line], format_: str = ",.0f") -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{line.column}:Q", title=line.title.lower(), format=format_) for line in lines]


def _chart(*layers: alt.Chart, height: int, description: str) -> dict[str, Any]:
    chart = alt.layer(*layers).properties(width="container", height=height, description=description)
    spec = chart.configure_view(stroke=None).to_dict()
    spec["params"] = [*spec.get("params", []), {"name": "from", "value": 0}, {"name": "to", "value": 1}]
    return spec


def people(description: str) -> dict[str, Any]:
    """How many came, were let in, booked and gave up, counted from the start."""
    lines = (
        Line("came", "Came", GREY),
        Line("let_in", "Let in", BLUE, (6, 3)),
        Line("have_booked", "Booked", TEAL),
        Line("left", "Gave up", RED),
    )
    return _chart(_doors(), _lines(lines, "people"), _hover(_tips(lines)), height=250, description=description)


def crowd(description: str) -> dict[str, Any]:
    """How many wait and how many are inside."""
    lines = (Line("waiting", "Waiting", BLUE), Line("inside", "Inside", TEAL))
    area = _marks("night", "area", color=BLUE, opacity=0.12).encode(x=_time(), y=_amount("waiting:Q", "people"))
    return _chart(_doors(), area, _lines(lines, "people"), _hover(_tips(lines)), height=190, description=description)


def servers(description: str, *, moved: bool, left_out: bool) -> dict[str, Any]:
    """Servers wanted by the load, by the group, starting and in service.

    Where they `moved` also what moved them, and where the balancer `left_out` some how many got requests.
    """
    lines = (
        Line("in_service", "In service", BLUE),
        Line("desired", "Desired by the group", TEAL, (6, 3)),
        Line("launching", "Starting", AMBER),
        Line("wanted", "Needed by the load", RED, (2, 2)),
        Line("max_size", "At most", GREY, (1, 3)),
        *([Line("receiving", "Get requests", VIOLET)] if left_out else []),
    )
    area = _marks("night", "area", color=BLUE, opacity=0.12, interpolate="step-after").encode(
        x=_time(), y=_amount("in_service:Q", "servers")
    )
    marks = _marks("events", "point", filled=True, size=70, opacity=1, yOffset=-6).encode(
        x=_time(),
        y=alt.Y("y:Q"),
        shape=alt.Shape(
            "kind:N",
            scale=alt.Scale(domain=["schedule", "policy"], range=["diamond", "triangle-up"]),
            legend=alt.Legend(orient="top", title=None, symbolFillColor=INK),
        ),
        color=alt.value(INK),
        tooltip=[_CLOCK, "kind:N", "name:N", "change:N", "reason:N"],
    )
    return _chart(
        _doors(),
        area,
        _lines(lines, "servers", step=True),
        _hover(_tips(lines)),
        *([marks] if moved else []),
        height=270,
        description=description,
    )


def limits(description: str, present: Sequence[str]) -> dict[str, Any]:
    """What limited when, as a band of colours."""
    shown = [name for name in LIMIT_COLOURS if name in present]
    band = _marks("limits", "rect").encode(
        x=_time(),
        x2="t2:T",
        color=alt.Color(
            "limit:N",
            scale=alt.Scale(domain=shown, range=[LIMIT_COLOURS[name] for name in shown]),
            legend=alt.Legend(orient="top", title=None, symbolType="square"),
        ),
        tooltip=["limit:N", alt.Tooltip("clock:N", title="from"), alt.Tooltip("clock2:N", title="to")],
    )
    pad = _marks("doors", "rule", opacity=0).encode(
        x=_time(),
        y=alt.Y(
            "zero:Q",
            title=" ",
            axis=alt.Axis(
                labels=False, ticks=False, domain=False, grid=False, minExtent=_AXIS_WIDTH, maxExtent=_AXIS_WIDTH
            ),
        ),
    )
    return _chart(band, pad, _doors(), height=34, description=description)


def loads(description: str) -> dict[str, Any]:
    """How full servers, balancer and database were."""
    lines = (
        Line("load_fleet", "Servers", AMBER),
        Line("load_balancer", "Balancer", RED),
        Line("load_database", "Database", VIOLET),
        Line("load_connections", "Database connections", VIOLET, (2, 2)),
    )
    full = _marks("doors", "rule", color=INK, strokeWidth=1).encode(y=alt.datum(1, type="quantitative"))
    plotted = _lines(lines, "load, 100 % is full", labels=_PERCENT, top=1.5)
    return _chart(_doors(), full, plotted, _hover(_tips(lines, ".0%")), height=190, description=description)


def requests(description: str) -> dict[str, Any]:
    """Requests a second that were served, refused and failed."""
    lines = (
        Line("served", "Served", TEAL),
        Line("rejected", "Refused by the balancer", RED),
        Line("failed", "Failed at servers or database", AMBER),
    )
    tips = [*_tips(lines), alt.Tooltip("polls_edge:Q", title="polls answered at the edge", format=",.0f")]
    return _chart(_doors(), _lines(lines, "requests a second"), _hover(tips), height=190, description=description)


def waits(description: str, promised_minutes: float | None) -> dict[str, Any]:
    """The wait people had against the wait they were shown when they joined."""
    had = Line("had", "Wait they had", BLUE)
    shown = _marks("waits", "area", color=AMBER, opacity=0.28).encode(
        x=_time(), y=_amount("shown_low:Q", "minutes"), y2="shown_high:Q"
    )
    drawn = _marks("draw", "rule", color=BLUE, strokeWidth=4, opacity=0.6).encode(
        x=_time(),
        y=_amount("least:Q", "minutes"),
        y2="longest:Q",
        tooltip=[alt.Tooltip(f"{name}:Q", title=f"{name}, min", format=".1f") for name in ("least", "mean", "longest")],
    )
    rule = _marks("doors", "rule", color=RED, strokeDash=[4, 3])
    promise = () if promised_minutes is None else (rule.encode(y=alt.datum(promised_minutes, type="quantitative")),)
    tips = [
        alt.Tooltip("had:Q", title="wait they had, min", format=".1f"),
        alt.Tooltip("shown_low:Q", title="shown from, min", format=".1f"),
        alt.Tooltip("shown_high:Q", title="shown to, min", format=".1f"),
    ]
    return _chart(
        _doors(),
        shown,
        *promise,
        drawn,
        _lines((had,), "minutes", data="waits"),
        _hover(tips, data="waits"),
        height=220,
        description=description,
    )
