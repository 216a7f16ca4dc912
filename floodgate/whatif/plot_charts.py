"""The charts of a replay as Vega-Lite specifications; their data is on the page once, under the names used here.

Every chart spans the page's width and takes its time from the page's signals `from` and `to` (milliseconds).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from floodgate.rehearsal.report.charts import BLUE, GREY, INK, RED, TEAL

AXIS_WIDTH = 56
_WHEN = "utcFormat(datum.t, '%Y-%m-%d %H:%M:%S')"
_LABELS = (
    "utchours(datum.value) + utcminutes(datum.value) == 0"
    " ? utcFormat(datum.value, '%d %b') : utcFormat(datum.value, '%H:%M')"
)
_KINDS = ("policy", "schedule", "refused")
Domain = tuple[float, float]


def sizes(domain: Domain, description: str) -> dict[str, Any]:
    """Desired capacity and instances in service, with what changed them."""
    area = _marks("sizes", "area", color=BLUE, opacity=0.12, interpolate="step-after").encode(
        x=_time(), y=_amount("in_service:Q", "instances", domain)
    )
    names, colours = ["In service", "Desired"], [BLUE, TEAL]
    lines = (
        _marks("sizes", "line", strokeWidth=2, interpolate="step-after")
        .transform_fold(["in_service", "desired"], as_=["column", "value"])
        .transform_calculate(series="datum.column == 'desired' ? 'Desired' : 'In service'")
        .encode(
            x=_time(),
            y=_amount("value:Q", "instances", domain),
            color=alt.Color("series:N", scale=alt.Scale(domain=names, range=colours), legend=_legend("stroke")),
            strokeDash=alt.StrokeDash("series:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 3]]), legend=None),
        )
    )
    look = {"filled": True, "size": 60, "opacity": 1}
    marks = (
        _marks("changes", "point", **look)
        .transform_calculate(when=_WHEN)
        .encode(
            x=_time(),
            y=alt.Y("y:Q"),
            shape=alt.Shape(
                "kind:N",
                scale=alt.Scale(domain=list(_KINDS), range=["triangle-up", "diamond", "cross"]),
                legend=None,
            ),
            color=alt.condition("datum.kind == 'refused'", alt.value(RED), alt.value(INK)),
            tooltip=_tips("kind", "name", "change", "reason"),
        )
    )
    return _chart(area, lines, marks, height=270, description=description)


def metric(
    number: int, unit: str, thresholds: Sequence[tuple[str, float]], domain: Domain, description: str
) -> dict[str, Any]:
    """A metric with the thresholds of its alarms, and with the moments at which they changed their states."""
    data = f"metric{number}"
    line = _marks(data, "line", color=INK, strokeWidth=1.5, point={"size": 8, "color": INK, "opacity": 0.5}).encode(
        x=_time(), y=_amount("value:Q", unit, domain)
    )
    rules: list[alt.Chart] = []
    for words, bound in thresholds:
        colour = BLUE if words.startswith(("below", "at most")) else RED
        bounded = alt.datum(bound, type="quantitative")
        rules.append(_marks("one", "rule", color=colour, strokeDash=[5, 3]).encode(y=bounded))
        place = {"x": alt.value(alt.ExprRef("width")), "y": bounded, "text": alt.value(words)}
        look = {"align": "right", "dx": -4, "dy": -6, "fontSize": 12}
        # a white halo, since the words may stand on the line
        rules.append(_marks("one", "text", stroke="white", strokeWidth=4, **look).encode(**place))
        rules.append(_marks("one", "text", color=colour, **look).encode(**place))
    states = (
        _marks(f"alarms{number}", "point", filled=True, size=50, opacity=1)
        .transform_calculate(when=_WHEN)
        .encode(
            x=_time(),
            y=alt.Y("y:Q"),
            color=alt.Color(
                "state:N",
                scale=alt.Scale(domain=["ALARM", "OK", "INSUFFICIENT_DATA"], range=[RED, TEAL, GREY]),
                legend=_legend("circle"),
            ),
            tooltip=_tips("name", "change", "reason"),
        )
    )
    return _chart(line, *rules, states, height=210, description=description)


def _time() -> alt.X:
    return alt.X(
        "t:T",
        title=None,
        scale=alt.Scale(type="utc", domainMin=alt.ExprRef("from"), domainMax=alt.ExprRef("to"), nice=False),
        axis=alt.Axis(
            labelExpr=_LABELS,
            grid=False,
            labelFlush=True,
            labelSeparation=8,
            labelOverlap=True,
            tickCount={"expr": "width / 80"},
        ),
    )


def _amount(field: str, title: str, domain: Domain) -> alt.Y:
    # a number of thousands would make zero "0k"
    words = "datum.value ? datum.label : '0'"
    axis = alt.Axis(format="~s", labelExpr=words, minExtent=AXIS_WIDTH, maxExtent=AXIS_WIDTH, tickCount=5)
    return alt.Y(field, title=title, scale=alt.Scale(domain=list(domain), nice=False), axis=axis)


def _marks(data: str, kind: Any, **look: Any) -> alt.Chart:
    return alt.Chart(alt.NamedData(name=data), mark=alt.MarkDef(type=kind, clip=True, **look))


def _legend(symbol: str) -> alt.Legend:
    return alt.Legend(orient="top", title=None, symbolType=symbol, symbolStrokeWidth=3 if symbol == "stroke" else 1)


def _tips(*fields: str) -> list[alt.Tooltip]:
    return [alt.Tooltip("when:N", title="time (UTC)"), *(alt.Tooltip(f"{field}:N") for field in fields)]


def _chart(*layers: alt.Chart, height: int, description: str) -> dict[str, Any]:
    chart = alt.layer(*layers).properties(width="container", height=height, description=description)
    spec = chart.resolve_scale(shape="independent").configure_view(stroke=None).to_dict()
    spec["params"] = [*spec.get("params", []), {"name": "from", "value": 0}, {"name": "to", "value": 1}]
    return spec
