"""The sentence below each chart: what it shows, with the figure that matters; also its words for who cannot see it."""

from __future__ import annotations

import numpy as np

from floodgate.rehearsal.judging.verdict import longest_wait_s
from floodgate.rehearsal.outcome import Series
from floodgate.rehearsal.report.subject import Rehearsal
from floodgate.rehearsal.wording import count, duration, fullness, percent, rate

Said = tuple[str, str]


def captions(rehearsal: Rehearsal) -> dict[str, Said]:
    """Title and caption of every chart by its name."""
    return {
        "people": _people(rehearsal),
        "crowd": _crowd(rehearsal),
        "servers": _servers(rehearsal),
        "limits": ("What held people back", "The colour tells what held people back, blank is nothing."),
        "loads": _loads(rehearsal),
        "requests": _requests(rehearsal),
        "waits": _waits(rehearsal),
    }


def _series(rehearsal: Rehearsal, name: str) -> Series:
    return rehearsal.outcome.series[name]


def _peak(rehearsal: Rehearsal, name: str) -> tuple[float, str]:
    values = _series(rehearsal, name)
    at = int(np.argmax(values))
    return float(values[at]), rehearsal.clock(at)


def _people(rehearsal: Rehearsal) -> Said:
    totals = {name: float(_series(rehearsal, name).sum()) for name in ("arrived", "admitted", "booked", "gave_up")}
    text = (
        f"{count(totals['arrived'])} people came, {count(totals['admitted'])} were let in, "
        f"{count(totals['booked'])} booked and {count(totals['gave_up'])} gave up. Counted from the start."
    )
    return "People, counted from the start", text


def _crowd(rehearsal: Rehearsal) -> Said:
    waiting, waiting_at = _peak(rehearsal, "waiting")
    inside, inside_at = _peak(rehearsal, "inside")
    text = (
        f"At most {count(waiting)} people waited at once ({waiting_at}) and {count(inside)} were inside ({inside_at})."
    )
    return "People waiting and inside", text


def _servers(rehearsal: Rehearsal) -> Said:
    wanted, wanted_at = _peak(rehearsal, "wanted")
    doors = rehearsal.outcome.doors_s
    at_doors = _series(rehearsal, "in_service")[doors]
    most, most_at = _peak(rehearsal, "in_service")
    later = f", {most:,.0f} at the most ({most_at})" if most > at_doors else " and no more later"
    text = (
        f"{at_doors:,.0f} servers were in service when the doors opened{later}; the load needed up to {wanted:,.0f} "
        f"({wanted_at}). {_left_out(rehearsal)}Diamonds are scheduled actions, triangles are steps of policies."
    )
    return "Servers needed, starting and in service", text


def _left_out(rehearsal: Rehearsal) -> str:
    """How few servers got requests at times, where the balancer left some out."""
    receiving, there = _series(rehearsal, "receiving"), _series(rehearsal, "in_service")
    if not (receiving < there).any():
        return ""
    at = int(np.argmin(receiving - there))
    few = f"only {receiving[at]:,.0f} of {there[at]:,.0f} got requests"
    return f"At {rehearsal.clock(at)} {few}, since the others failed their health check. "


def _loads(rehearsal: Rehearsal) -> Said:
    names = {"load_fleet": "servers", "load_balancer": "the balancer", "load_database": "the database"}
    peaks = [f"{title} {fullness(_peak(rehearsal, name)[0])}" for name, title in names.items()]
    return "How full each part was", f"At the most: {', '.join(peaks)}. The line at 100 % is all that a part takes."


def _requests(rehearsal: Rehearsal) -> Said:
    most, at = _peak(rehearsal, "requests")
    edge, _ = _peak(rehearsal, "polls_edge")
    lost = float(_series(rehearsal, "rejected").sum() + _series(rehearsal, "failed").sum())
    asked = max(1.0, float(_series(rehearsal, "requests").sum()))
    polls = (
        f"The edge answered up to {rate(edge)} polls a second by itself."
        if edge
        else "No poll was answered by an edge."
    )
    came = (
        f"Up to {rate(most)} requests a second came to the balancer ({at}); {percent(lost / asked)} of all were lost."
    )
    return "Requests at the balancer", f"{came} {polls}"


def _waits(rehearsal: Rehearsal) -> Said:
    title = "How long who waited, by the minute at which they joined"
    had = rehearsal.outcome.waits
    longest, joined = longest_wait_s(rehearsal.outcome)
    people = float(had.people.sum())
    mean = f"{duration(float((had.people * had.wait_s).sum()) / people)} on average" if people else "nobody got through"
    text = (
        f"The longest wait was {duration(longest)}, for who joined at {rehearsal.clock(joined)}; {mean}. "
        f"The band is the wait people were shown when they joined, the dashed line what is promised, and the bar at "
        f"the doors the waits of those who had come before and drew their places then."
    )
    return title, text
