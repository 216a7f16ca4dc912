"""The report in about twenty lines for a terminal; plain text where nobody looks."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from floodgate.rehearsal.judging.verdict import NEVER_EXCEEDED, Finding
from floodgate.rehearsal.report.nights import night_table, summary
from floodgate.rehearsal.report.resampling import bands, edges
from floodgate.rehearsal.report.robustness import doubt_table, in_a_sentence
from floodgate.rehearsal.report.subject import Rehearsal
from floodgate.rehearsal.report.tables import key_figures, limit_table
from floodgate.rehearsal.robust.findings import Robustness


def print_summary(rehearsal: Rehearsal, console: Console) -> None:
    """Verdict and reason, the night in figures, what limited, and the promises."""
    verdict = rehearsal.verdict
    colour = "green" if verdict.held else "red"
    doors = f"{rehearsal.doors:%Y-%m-%d %H:%M} {rehearsal.zone.key}"
    console.print(f"{rehearsal.stack} against {rehearsal.scenario.name}, doors {doors}", style="bold", highlight=False)
    if rehearsal.nights:
        colours = "green" if rehearsal.held else "red"
        console.print(Text(summary(rehearsal), style=colours), highlight=False)
    console.print(Text(verdict.headline, style=colour), highlight=False)
    console.print()
    console.print(_figures(rehearsal))
    limited = _limited(rehearsal)
    if limited:
        console.print(f"limited by  {limited}", highlight=False)
    console.print()
    console.print(_promises(rehearsal))
    if rehearsal.nights:
        console.print()
        console.print(_nights(rehearsal))
    if rehearsal.robustness:
        console.print()
        console.print(in_a_sentence(rehearsal.robustness), highlight=False)
        console.print(_doubts(rehearsal.robustness))


def _figures(rehearsal: Rehearsal) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right", style="bold")
    for value, name, remark in key_figures(rehearsal):
        grid.add_row(value, name, Text(remark, style="dim"))
    return grid


def _limited(rehearsal: Rehearsal) -> str:
    outcome = rehearsal.outcome
    found = bands(outcome, edges(len(outcome.series["limit"]), outcome.doors_s))
    rows = limit_table(rehearsal, found).rows
    return "; ".join(f"{limit} {first} to {last} ({total} in all)" for limit, first, last, total in rows)


def _promises(rehearsal: Rehearsal) -> Table:
    grid = Table.grid(padding=(0, 2))
    for finding in rehearsal.verdict.findings:
        mark = Text(finding.state, style="green") if finding.held else Text("BROKEN", style="bold red")
        grid.add_row(mark, finding.promise, _measured(rehearsal, finding))
    return grid


def _nights(rehearsal: Rehearsal) -> Table:
    told = night_table(rehearsal)
    grid = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in told.head:
        grid.add_column(name, justify="left" if name in ("Night", "Doors", "Promises") else "right")
    for row in told.rows:
        grid.add_row(*row[:-1], Text(row[-1], style="green" if row[-1] == "held" else "bold red"))
    return grid


def _doubts(found: Robustness) -> Table:
    told = doubt_table(found)
    grid = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_header=bool(told.rows))
    for name in told.head:
        grid.add_column(name)
    for row in told.rows:
        grid.add_row(*map(Text, row))
    return grid


def _measured(rehearsal: Rehearsal, finding: Finding) -> str:
    """The figure and what was promised, short enough for one line of eighty columns."""
    promised = "" if finding.promised in ("", NEVER_EXCEEDED) else f" ({finding.promised})"
    since = "" if finding.second is None else f"; {finding.limited_by} from {rehearsal.clock(finding.second)}"
    return f"{finding.measured.split(',')[0] if promised else finding.measured}{promised}{since}"
