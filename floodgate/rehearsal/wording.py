"""Figures as people say them: counts, shares, durations and clock times."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo


def count(value: float) -> str:
    """A count that can be read aloud: ``1.90 million``, ``48,200``, ``7``."""
    if value >= 999_500:
        return f"{value / 1e6:.2f} million"
    if value >= 10_000:
        return f"{round(value, -2):,.0f}"
    return f"{value:,.0f}"


def rate(value: float) -> str:
    """A rate a second, with a decimal where it is small."""
    return f"{value:,.1f}" if value < 10 else count(value)


def percent(share: float) -> str:
    """A share of 0 to 1 as per cent, exact enough to tell little from nothing."""
    if 0 < share < 0.0001:
        return "under 0.01 %"
    if share < 0.1 and round(share * 100, 2) % 1:
        return f"{share * 100:.2f}".rstrip("0").rstrip(".") + " %"
    return f"{share * 100:.0f} %"


def fullness(load: float) -> str:
    """A load, 1 being full: ``71 % full``, ``77 times capacity``."""
    return f"{load * 100:.0f} % full" if load < 2 else f"{load:,.0f} times capacity"


def duration(seconds: float) -> str:
    """A duration: ``41 s``, ``11 min 48 s``, ``3 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def clock(start: datetime, second: float, zone: tzinfo, *, seconds: bool = True) -> str:
    """The local time of a second of the rehearsal, e.g. ``20:00:41``."""
    moment = (start + timedelta(seconds=float(second))).astimezone(zone)
    return moment.strftime("%H:%M:%S" if seconds else "%H:%M")
