"""The summary on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from app.load.report.wording import COLUMNS, NOTE, cells, compressed, facts, headline, verdict
from app.load.summary import Summary

PLAIN_WIDTH = 140  # where nobody looks, a line may be as long as it needs


def print_summary(summary: Summary, console: Console | None = None) -> None:
    """Print it as tables."""
    if console is None:
        console = Console()
        console = console if console.is_terminal else Console(width=PLAIN_WIDTH)
    console.print(f"\n[bold]{headline(summary)}[/bold]\n", highlight=False)
    _print(console, ("", "what must hold", "counted"), [(verdict(c), c.name, c.told) for c in summary.checks])
    _print(console, COLUMNS, [cells(row) for row in summary.rows], numbers_from=1)
    _print(console, ("", ""), list(facts(summary)))
    console.print(f"{NOTE}\n{compressed(summary)}", highlight=False, style="dim")


def _print(console: Console, columns: tuple[str, ...], rows: list[tuple[str, ...]], numbers_from: int = 99) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=any(columns))
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number >= numbers_from else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table, highlight=False)
    console.print()
