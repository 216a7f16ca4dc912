"""Long series made short enough to draw, with every peak and every gap kept."""

from __future__ import annotations

from collections.abc import Sequence

BINS = 400
FEW = 2000
DAY_S = 86_400

Values = Sequence[float | None]


def kept(times_s: Sequence[int], columns: Sequence[Values], whole: tuple[int, int] = (0, 0)) -> list[int]:
    """The indices worth drawing: of every bin the first, the last, each column's least and greatest, and a gap.

    Args:
        times_s: ascending times.
        columns: values at those times, None where missing.
        whole: a stretch of time in which all are kept, from and to.
    """
    if len(times_s) <= FEW:
        return list(range(len(times_s)))
    found: set[int] = set()
    width = (times_s[-1] - times_s[0]) / BINS
    first, bound = 0, times_s[0] + width
    for index in range(len(times_s) + 1):
        if index < len(times_s) and times_s[index] < bound:
            continue
        found |= _telling(range(first, index), columns)
        first = index
        while index < len(times_s) and bound <= times_s[index]:
            bound += width
    found |= {index for index, time in enumerate(times_s) if whole[0] <= time < whole[1]}
    return sorted(found)


def _telling(indices: range, columns: Sequence[Values]) -> set[int]:
    if not indices:
        return set()
    found = {indices[0], indices[-1]}
    for column in columns:
        told = [(value, index) for index in indices if (value := column[index]) is not None]
        if told:
            found |= {min(told)[1], max(told)[1]}
        if len(told) < len(indices):
            found.add(next(index for index in indices if column[index] is None))
    return found


def busiest(times_s: Sequence[int], weights: Sequence[float], length_s: int, end_s: int) -> tuple[int, int]:
    """The stretch of a length, among whole multiples of half of it, in which most happened."""
    half = max(1, length_s // 2)
    sums: dict[int, float] = {}
    for time, weight in zip(times_s, weights, strict=True):
        for start in (time // half * half, (time // half - 1) * half):
            if start >= 0:
                sums[start] = sums.get(start, 0.0) + weight
    start = max(sums, key=lambda begin: (sums[begin], -begin), default=0)
    return start, min(start + length_s, end_s)
