"""Percentiles, trimmed and winsorized means and percentile ranks, as alarms name them.

Source: "CloudWatch statistics definitions",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html.
AWS does not say how it interpolates; a percentile is taken for the highest value of those that it leaves, as the page
explains p99, and a share of a value that lies on a boundary counts as that share.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from floodgate.awsrules.cloudwatch.signal_error import StatisticError

BASIC = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")
NUMBER = r"\d{1,15}(?:\.\d{1,10})?"
_SHORT = re.compile(rf"(p|tm|wm|tc|ts)({NUMBER})")
_RANGE = re.compile(rf"(TM|WM|TC|TS)\((?:({NUMBER})%)?:(?:({NUMBER})%)?\)")
_FIXED = re.compile(rf"(TM|WM|TC|TS|PR)\(({NUMBER})?:({NUMBER})?\)")

Weighted = Sequence[tuple[float, float]]  # a value and how many times it was seen


@dataclass(frozen=True, slots=True)
class Extended:
    """A statistic that needs raw values: its kind and its boundaries, in percent or as values."""

    kind: str
    low: float
    high: float
    percent: bool


@lru_cache(maxsize=1024)
def parse(name: str) -> Extended:
    """Read the name of an extended statistic, such as p99, tm90, TM(10%:90%), IQM or PR(:300).

    Raises:
        StatisticError: if CloudWatch has no such statistic.
    """
    if name == "IQM":
        return Extended("TM", 25, 75, percent=True)
    found = _SHORT.fullmatch(name)
    if found:
        return _bounded(name, Extended(found[1].upper(), 0, float(found[2]), percent=True))
    found = _RANGE.fullmatch(name)
    if found and (found[2] or found[3]):
        return _bounded(name, Extended(found[1], float(found[2] or 0), float(found[3] or 100), percent=True))
    found = _FIXED.fullmatch(name)
    if found and (found[2] or found[3]):
        low, high = (float(part) if part else bound for part, bound in ((found[2], -inf), (found[3], inf)))
        return _bounded(name, Extended(found[1], low, high, percent=False))
    raise _unknown(name, "CloudWatch has no such statistic")


def _bounded(name: str, wanted: Extended) -> Extended:
    if wanted.percent and wanted.high > 100:
        raise _unknown(name, "percentages end at 100")
    # p0 is the lowest value, but nothing lies between equal boundaries
    if wanted.low >= wanted.high and wanted.kind != "P":
        raise _unknown(name, "the lower boundary must be below the higher one")
    return wanted


def _unknown(name: str, rule: str) -> StatisticError:
    basic = ", ".join(BASIC)
    return StatisticError(f"statistic {name[:80]!r}", rule, f"use {basic}, or one such as p99, tm90 or TM(10%:90%)")


def evaluate(wanted: Extended, values: Weighted) -> float | None:
    """An extended statistic of raw values; None where there are none, or where one is negative.

    Args:
        wanted: the statistic.
        values: each value with the number of times that it was seen, in any order.
    """
    ordered = sorted((value, weight) for value, weight in values if weight > 0)
    # AWS offers none of these statistics where a value of the metric is negative
    if not ordered or ordered[0][0] < 0:
        return None
    if wanted.kind == "P":
        return _percentile(ordered, wanted.high)
    if wanted.kind == "WM":
        return _mean(_winsorized(ordered, wanted))
    kept = _trimmed(ordered, wanted)
    count = sum(weight for _, weight in kept)
    if wanted.kind == "PR":
        return 100 * count / sum(weight for _, weight in ordered)
    if wanted.kind == "TC":
        return count
    return sum(value * weight for value, weight in kept) if wanted.kind == "TS" else _mean(kept)


def _percentile(ordered: Weighted, percent: float) -> float:
    """The highest value of the lowest `percent` of them."""
    rank = percent / 100 * sum(weight for _, weight in ordered)
    seen = 0.0
    for value, weight in ordered:
        seen += weight
        # summing shares leaves a rest in the last digits
        if seen >= rank * (1 - 1e-12):
            return value
    return ordered[-1][0]


def _trimmed(ordered: Weighted, wanted: Extended) -> Weighted:
    """What lies between the boundaries; a fixed lower one is exclusive and a fixed higher one inclusive."""
    if not wanted.percent:
        return [(value, weight) for value, weight in ordered if wanted.low < value <= wanted.high]
    count = sum(weight for _, weight in ordered)
    first, last = wanted.low / 100 * count, wanted.high / 100 * count
    kept: list[tuple[float, float]] = []
    seen = 0.0
    for value, weight in ordered:
        share = min(seen + weight, last) - max(seen, first)
        if share > 1e-9 * count:
            kept.append((value, share))
        seen += weight
    return kept


def _winsorized(ordered: Weighted, wanted: Extended) -> Weighted:
    """All of them, those outside of the boundaries taken for the value at the nearer boundary."""
    low, high = wanted.low, wanted.high
    if wanted.percent:
        low, high = _percentile(ordered, low), _percentile(ordered, high)
    return [(min(max(value, low), high), weight) for value, weight in ordered]


def _mean(values: Weighted) -> float | None:
    count = sum(weight for _, weight in values)
    return sum(value * weight for value, weight in values) / count if count else None
