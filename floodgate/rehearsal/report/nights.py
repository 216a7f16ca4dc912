"""The nights of a campaign, one row each."""

from __future__ import annotations

from datetime import tzinfo

from floodgate.rehearsal.campaign import Night
from floodgate.rehearsal.report.subject import Rehearsal
from floodgate.rehearsal.report.tables import Table
from floodgate.rehearsal.wording import count, duration, percent

HEAD = ("Night", "Doors", "Came", "Booked", "Longest wait", "Refused", "Servers", "Promises")


def night_table(rehearsal: Rehearsal) -> Table:
    """What each night came to; empty where there is only one."""
    return Table(HEAD, tuple(_row(night, rehearsal.zone) for night in rehearsal.nights))


def _row(night: Night, zone: tzinfo) -> tuple[str, ...]:
    totals, series = night.outcome.totals, night.outcome.series
    return (
        night.opening,
        f"{night.outcome.doors.astimezone(zone):%Y-%m-%d %H:%M}",
        count(totals["arrived"]),
        count(totals["booked"]),
        duration(night.longest_wait_s),
        percent(totals["refused_share"]),
        f"{totals['peak_in_service']:,.0f} of {series['max_size'].max():,.0f}",
        "held" if night.verdict.held else "broken",
    )


def summary(rehearsal: Rehearsal) -> str:
    """The whole campaign in a sentence."""
    nights = rehearsal.nights
    held = sum(night.verdict.held for night in nights)
    came = count(sum(night.outcome.totals["arrived"] for night in nights))
    booked = count(sum(night.outcome.totals["booked"] for night in nights))
    every = f"all {len(nights)} nights hold" if held == len(nights) else f"{held} of {len(nights)} nights hold"
    return f"{every}: {came} people came and {booked} booked; shown is {rehearsal.opening}, the worst of them"
