"""Figures as people read them; the same words on the terminal and on the page."""

from __future__ import annotations

from app.load.summary import Check, Row, Summary, Truth

COLUMNS = ("step", "requests", "refused", "failed", "p50", "p95", "p99", "longest", "p95 from sending")


def duration(seconds: float | None) -> str:
    """Seconds with the unit that fits."""
    if seconds is None:
        return "–"
    if seconds < 0.9995:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def verdict(check: Check) -> str:
    """Held, broken, or not judged."""
    return {True: "held", False: "BROKEN", None: "not judged"}[check.held]


def cells(row: Row) -> tuple[str, ...]:
    """A step's row."""
    quantiles = (row.p50_s, row.p95_s, row.p99_s, row.longest_s, row.p95_sent_s)
    counts = (row.requests, row.refused, row.errors)
    return row.step, *(f"{count:,}" for count in counts), *(duration(value) for value in quantiles)


def headline(summary: Summary) -> str:
    """The run in one line."""
    setting = summary.setting
    state = "Everything held" if summary.held else "NOT everything held"
    return (
        f"{state}: {setting.people:,} people of {setting.scenario} at scale {setting.scale:g} and speed "
        f"{setting.speed:g}, sent to {setting.url}"
    )


def facts(summary: Summary) -> tuple[tuple[str, str], ...]:
    """What is told beside checks and steps."""
    line = summary.line_s
    waits = ", ".join(f"{name} {duration(value)}" for name, value in line.items() if value is not None)
    found = [
        ("opening", summary.setting.opening),
        ("how evenings ended", ", ".join(f"{count:,} {end}" for end, count in summary.ends.items() if count)),
        ("from the intended join to the call", waits or "nobody was called"),
        ("shown waits, as pages word them", _truth(summary.read)),
        ("shown waits, to the second", _truth(summary.truth)),
        ("bookings a minute, in the busiest minute", f"{summary.bookings_per_minute:,.0f}"),
        ("busiest second", ", ".join(f"{count:,} {what}" for what, count in summary.busiest_per_s.items())),
        ("refusals by reason", _counts(summary.refusals)),
        ("errors", _counts(summary.errors)),
        ("the generator itself was late by (p99)", duration(summary.late_p99_s)),
        ("seed, processes", f"{summary.setting.seed}, {summary.setting.processes}"),
        ("began, lasted", f"{summary.setting.began:%Y-%m-%d %H:%M:%S} UTC, {duration(summary.setting.lasted_s)}"),
    ]
    return tuple(found)


NOTE = (
    "Latencies count from the moment at which a request should have been sent. Measured from the sending, as in the "
    "last column, a service that stalls would look better than it is: the requests that wait behind the stall are not "
    "sent yet (coordinated omission)."
)


def compressed(summary: Summary) -> str:
    """What scale and speed do to rates."""
    setting = summary.setting
    return (
        f"Arrivals a second are {setting.scale * setting.speed:.3g} times those of the scenario (scale x speed). "
        "People's clocks run at this speed, the service's own (rate of admission, holds, passes, Retry-After) do not."
    )


def _truth(truth: Truth | None) -> str:
    if truth is None:
        return "none was shown to anybody who was called"
    share = truth.within / truth.people
    return (
        f"{share:.1%} of {truth.people:,} were true, give or take {duration(truth.slack_s)}; {truth.shorter:,} "
        f"waited less than shown, {truth.longer:,} longer"
    )


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.items()) or "none"
