"""The summary as one HTML file that needs nothing else: tables, and curves drawn as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from app.load.report.wording import COLUMNS, NOTE, cells, compressed, facts, headline, verdict
from app.load.summary import Summary

WIDTH, HEIGHT, LEFT, BOTTOM = 900, 300, 60, 30
COLOURS = {"joined": "#0072b2", "called": "#e69f00", "entered": "#009e73", "booked": "#cc79a7"}
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;margin:1rem 0;width:100%}
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}
.steps td:not(:first-child),.steps th:not(:first-child){text-align:right;font-variant-numeric:tabular-nums}
.BROKEN{color:#a40000;font-weight:bold}.held{color:#006b3c}
svg{width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:#333}
p.note{color:#555}
"""


def page(summary: Summary) -> str:
    """The whole page."""
    title = escape(headline(summary))
    checks = _table(
        ("", "what must hold", "counted"), [(verdict(c), c.name, c.told) for c in summary.checks], marks=True
    )
    steps = _table(COLUMNS, [cells(row) for row in summary.rows], style="steps")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"<h1>{title}</h1>{checks}<h2>The evening</h2>{chart(summary)}"
        f"<h2>Steps</h2>{steps}<p class=note>{escape(NOTE)}</p>"
        f"<h2>Figures</h2>{_table(('', ''), facts(summary))}<p class=note>{escape(compressed(summary))}</p></html>"
    )


def chart(summary: Summary) -> str:
    """How many had joined, were called, had entered and had booked by each second from the doors."""
    curves = {what: _cumulated(summary.seconds.get(what, {})) for what in COLOURS}
    points = [point for curve in curves.values() for point in curve]
    if not points:
        return "<p>Nobody came.</p>"
    first, last = min(second for second, _ in points), max(second for second, _ in points) + 1
    most = max(count for _, count in points)
    lines = [_curve(curve, COLOURS[what], first, last, most) for what, curve in curves.items() if curve]
    words = [
        f'<text x="{LEFT + 10 + 110 * n}" y="14" style="fill:{colour}">{what} {curves[what][-1][1]:,}</text>'
        for n, (what, colour) in enumerate(COLOURS.items())
        if curves[what]
    ]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="People by second from the doors">'
        f"{''.join(lines)}{''.join(words)}{_axes(first, last, most)}</svg>"
    )


def _cumulated(seconds: dict[int, int]) -> list[tuple[int, int]]:
    total, curve = 0, []
    for second, count in sorted(seconds.items()):
        total += count
        curve.append((second, total))
    return curve


def _curve(curve: Sequence[tuple[int, int]], colour: str, first: int, last: int, most: int) -> str:
    # nothing has happened before its first second
    steps = [(first, 0), (curve[0][0] - 1, 0), *curve, (last, curve[-1][1])]
    points = " ".join(f"{_x(second, first, last):.1f},{_y(count, most):.1f}" for second, count in steps)
    return f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{points}"/>'


def _axes(first: int, last: int, most: int) -> str:
    marks = [
        f'<text x="{_x(second, first, last):.0f}" y="{HEIGHT - 10}" text-anchor="middle">{second:+,} s</text>'
        for second in _ticks(first, last)
    ]
    marks += [
        f'<text x="{LEFT - 6}" y="{_y(count, most) + 4:.0f}" text-anchor="end">{count:,}</text>' for count in (0, most)
    ]
    axis = f"M{LEFT} 20V{HEIGHT - BOTTOM}H{WIDTH - 10}"
    doors = _x(0, first, last)
    dash = f'<path d="M{doors:.1f} 20V{HEIGHT - BOTTOM}" stroke="#999" stroke-dasharray="4 4"/>' if first <= 0 else ""
    return f'<path d="{axis}" fill="none" stroke="#333"/>{dash}{"".join(marks)}'


def _ticks(first: int, last: int) -> range:
    step = next(step for step in (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 10**9) if (last - first) / step <= 12)
    return range(-(-first // step) * step, last + 1, step)


def _x(second: float, first: int, last: int) -> float:
    return LEFT + (second - first) / max(1, last - first) * (WIDTH - LEFT - 10)


def _y(count: float, most: int) -> float:
    return HEIGHT - BOTTOM - count / max(1, most) * (HEIGHT - BOTTOM - 20)


def _table(columns: Iterable[str], rows: Iterable[Sequence[str]], style: str = "", *, marks: bool = False) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(_cell(text, marked=marks and n == 0) for n, text in enumerate(row)) + "</tr>" for row in rows
    )
    return f'<table class="{style}"><tr>{head}</tr>{body}</table>'


def _cell(text: str, *, marked: bool) -> str:
    return f'<td class="{escape(text)}">{escape(text)}</td>' if marked else f"<td>{escape(text)}</td>"
