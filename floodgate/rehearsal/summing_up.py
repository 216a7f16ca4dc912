"""The figures of a whole opening out of its series."""

from __future__ import annotations

import numpy as np

from floodgate.rehearsal.outcome import Series, Waits

FIRST_MINUTES_S = 30 * 60
PERCENTILES = (50, 90, 95, 99)
PEAKS = ("requests", "waiting", "inside", "in_service", "wanted", "polls_edge", "polls_origin", "booked")
SUMS = ("arrived", "joined", "admitted", "booked", "gave_up", "requests", "rejected", "failed", "identity_checks")


def totals(series: dict[str, Series], waits: Waits, doors_s: int, still_waited_s: float) -> dict[str, float]:
    """Sums, peaks, shares and waits of one opening.

    ``refused_share`` is the share of people who came and gave up because a request was refused or failed, or who were
    still trying again at the end; ``down_s`` are seconds after the doors in which more than half of the requests
    failed; ``shown_wait_true_share`` the share of admitted people whose wait lay in the range they were shown.

    Args:
        series: as in `Outcome`.
        waits: of everybody who was let in.
        doors_s: index of the doors.
        still_waited_s: how long the first of those still in line at the end has waited.
    """
    sums = {name: float(series[name].sum()) for name in SUMS}
    arrived = max(1.0, sums["arrived"])
    first = series["booked"][: doors_s + FIRST_MINUTES_S].sum()
    lost = series["rejected"] + series["failed"]
    down = (lost > series["requests"] * 0.5) & (series["requests"] > 1.0)
    return {
        **sums,
        **{f"peak_{name}": float(series[name].max()) for name in PEAKS},
        "waiting_at_end": float(series["waiting"][-1]),
        "inside_at_end": float(series["inside"][-1]),
        "refused_people": float(series["refused_people"].sum()),
        "refused_share": float(series["refused_people"].sum()) / arrived,
        "failed_requests_share": float(lost.sum()) / max(1.0, sums["requests"]),
        "booked_share": sums["booked"] / arrived,
        "booked_first_30_min_share": float(first) / max(1.0, sums["booked"]),
        "identity_checks_per_booking": sums["identity_checks"] / max(1.0, sums["booked"]),
        "down_s": float(down[doors_s:].sum()),
        **_waits(waits, still_waited_s),
    }


def _waits(waits: Waits, still_waited_s: float) -> dict[str, float]:
    people = float(waits.people.sum())
    if people <= 0.0:
        return {"wait_mean_s": 0.0, "wait_max_s": still_waited_s, "shown_wait_true_share": 1.0} | {
            f"wait_p{percent}_s": 0.0 for percent in PERCENTILES
        }
    order = np.argsort(waits.wait_s, kind="stable")
    come_by = np.cumsum(waits.people[order]) / people
    at = np.minimum(np.searchsorted(come_by, np.array(PERCENTILES) / 100.0), len(order) - 1)
    true = (waits.wait_s >= waits.shown_low_s) & (waits.wait_s <= waits.shown_high_s)
    return {
        "wait_mean_s": float(waits.people @ waits.wait_s) / people,
        "wait_max_s": max(still_waited_s, float(waits.wait_s.max())),
        "shown_wait_true_share": float(waits.people[true].sum()) / people,
        **{f"wait_p{percent}_s": float(waits.wait_s[order][i]) for percent, i in zip(PERCENTILES, at, strict=True)},
    }
