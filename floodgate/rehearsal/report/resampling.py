"""Series of one value a second thinned for a page: fine around the doors, coarse far from them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from floodgate.rehearsal.outcome import Outcome, Series

Edges = NDArray[np.int64]

# minutes from the doors up to which one value stands for so many seconds
_RESOLUTION = ((-10, 60), (-1, 10), (3, 2), (15, 5), (60, 20), (24 * 60, 60))

_FLOWS = ("requests", "served", "rejected", "failed", "polls_edge", "polls_origin", "booked", "latency_s")
_STOCKS = ("waiting", "inside", "desired", "launching", "in_service", "warm_pool", "max_size", "wanted")
_LOADS = ("load_fleet", "load_balancer", "load_database", "load_connections")
_LEAST = ("receiving",)
_SUMS = {"arrived": "came", "admitted": "let_in", "booked": "have_booked", "gave_up": "left"}


def edges(seconds: int, doors_s: int) -> Edges:
    """The seconds at which bins begin, and the end: at most about 700 bins whatever the length of the night."""
    found = [0]
    for until_minutes, width in _RESOLUTION:
        until = min(doors_s + until_minutes * 60, seconds)
        found.extend(range(found[-1] + width, until + 1, width))
    if found[-1] != seconds:
        found.append(seconds)
    return np.array(found, dtype=np.int64)


def local_milliseconds(outcome: Outcome, second: float, offset: timedelta) -> int:
    """The wall clock of the opening as if it were UTC, so that every browser shows the opening's own time."""
    moment = outcome.start + timedelta(seconds=float(second)) + offset
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def night(outcome: Outcome, bounds: Edges) -> dict[str, list[float]]:
    """Columns of one value an edge: mean flows, greatest loads and least capacity of what follows it, else at it."""
    first = bounds[:-1]
    at = np.append(first, bounds[-1] - 1)
    widths = np.diff(bounds)
    series = outcome.series
    columns: dict[str, Series] = {}
    for name in _FLOWS:
        columns[name] = _to_the_end(np.add.reduceat(series[name], first) / widths)
    for name in _STOCKS:
        columns[name] = series[name][at]
    for name in _LOADS:
        columns[name] = _to_the_end(np.maximum.reduceat(series[name], first))
    for name in _LEAST:
        columns[name] = _to_the_end(np.minimum.reduceat(series[name], first))
    for name, as_sum in _SUMS.items():
        columns[as_sum] = np.cumsum(series[name])[at]
    return {name: [_short(value) for value in values] for name, values in columns.items()}


def _to_the_end(values: Series) -> Series:
    """The last value once more, for the edge at which the night ends."""
    return np.append(values, values[-1])


def waits(outcome: Outcome, bounds: Edges) -> dict[str, list[float]]:
    """For each bin in which people joined after the doors: its index, their mean wait and the range shown, minutes."""
    had = outcome.waits
    after = had.joined_s > outcome.doors_s
    bins = len(bounds) - 1
    at = np.clip(np.searchsorted(bounds, had.joined_s[after], side="right") - 1, 0, bins - 1)
    people = np.bincount(at, weights=had.people[after], minlength=bins)
    filled = np.flatnonzero(people > 0)

    def mean(values: Series) -> list[float]:
        weighted = np.bincount(at, weights=(had.people * values)[after], minlength=bins)[filled]
        return [_short(value) for value in weighted / people[filled] / 60]

    return {
        "bin": [int(index) for index in filled],
        "had": mean(had.wait_s),
        "shown_low": mean(had.shown_low_s),
        "shown_high": mean(had.shown_high_s),
    }


def draw(outcome: Outcome) -> dict[str, float]:
    """The waits of who came before the doors and drew a place then: least, mean and longest, in minutes."""
    had = outcome.waits
    early = (had.joined_s <= outcome.doors_s) & (had.people > 0)
    people = float(had.people[early].sum())
    if not people:
        return {}
    mean = float((had.people * had.wait_s)[early].sum()) / people
    least, longest = had.wait_s[early].min(), had.wait_s[early].max()
    return {"least": _short(least / 60), "mean": _short(mean / 60), "longest": _short(longest / 60)}


def bands(outcome: Outcome, bounds: Edges) -> list[tuple[int, int, str]]:
    """What limited when: (from, to, limit) with neighbours of the same limit joined and "none" left out."""
    found: list[tuple[int, int, str]] = []
    limits = outcome.series["limit"].astype(np.int64)
    unlimited = [index for index, limit in enumerate(outcome.limits) if limit == "none"]
    for start, end in pairwise(bounds):
        counts = np.bincount(limits[start:end], minlength=len(outcome.limits))
        counts[unlimited] = 0
        if not counts.any():
            continue
        limit = outcome.limits[int(counts.argmax())]
        if found and found[-1][1] == start and found[-1][2] == limit:
            found[-1] = (found[-1][0], int(end), limit)
        else:
            found.append((int(start), int(end), limit))
    return found


def _short(value: float) -> float:
    """Four significant digits are more than a plot can show."""
    rounded = float(f"{value:.4g}") if abs(value) < 1e4 else float(round(value))
    return int(rounded) if rounded.is_integer() else rounded
