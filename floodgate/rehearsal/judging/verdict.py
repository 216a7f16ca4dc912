"""Judges a played opening against what its stack promises: each promise held or broken, when, by how much and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal

import numpy as np

from floodgate.awsrules.instances import maintenance, zones
from floodgate.awsrules.model import MaintenancePolicy
from floodgate.rehearsal.judging.because import because
from floodgate.rehearsal.judging.standstill import standstill
from floodgate.rehearsal.outcome import Limit, Outcome, Series
from floodgate.rehearsal.plan import Plan
from floodgate.rehearsal.wording import clock, count, duration, fullness, percent

State = Literal["held", "broken", "no line", "no promise"]
NEVER_EXCEEDED = "never exceeded"
REPLACING = ", while servers were replaced"
NO_LINE = "there is no line, who is refused tries again"


@dataclass(frozen=True, slots=True)
class Promises:
    """What a stack promises to its crowd; shares are 0 to 1, None is no promise.

    `refused_share` bounds the share of people who are refused or failed, `shown_wait_truth` is the least share of
    people whose wait falls inside the range they were shown when they joined.
    """

    longest_wait_minutes: float | None = None
    refused_share: float | None = None
    shown_wait_truth: float | None = None


@dataclass(frozen=True, slots=True)
class Ceilings:
    """Limits that hold whatever else is promised, None where there is none; and whether people stand in a line.

    `maintenance` is the group's policy for replacing servers.
    """

    vcpus_per_server: int
    vcpu_quota: int | None = None
    max_inside: int | None = None
    has_line: bool = True
    maintenance: MaintenancePolicy | None = None

    @classmethod
    def of(cls, plan: Plan, vcpu_quota: int | None) -> Ceilings:
        """The ceilings of a plan in an account with this vCPU quota."""
        room = plan.service.waiting_room
        max_inside = plan.service.max_inside if room else None
        group = plan.group
        return cls(group.instance_type.vcpus, vcpu_quota, max_inside, has_line=room, maintenance=group.maintenance)

    def briefly(self, maximum: int) -> int:
        """The most servers that a group of this maximum may hold while some are replaced or rebalanced."""
        replacing = maintenance.bounds(maximum, self.maintenance)[1] if self.maintenance else maximum
        return max(zones.limit(maximum), replacing)


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise and what became of it; `second` is when it broke, and `reason` says why."""

    promise: str
    promised: str
    measured: str
    state: State
    second: int | None = None
    limited_by: Limit = "none"
    reason: str = ""

    @property
    def held(self) -> bool:
        """Whether nothing was broken; what was not promised or had no object cannot break."""
        return self.state != "broken"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every finding, and the whole in one sentence."""

    held: bool
    headline: str
    findings: tuple[Finding, ...]

    @property
    def reason(self) -> str:
        """The headline without its first word, for where the verdict itself already stands."""
        words = self.headline.partition(": ")[2]
        return words[:1].upper() + words[1:]

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The findings that did not hold."""
        return tuple(f for f in self.findings if not f.held)


@dataclass(frozen=True, slots=True)
class _Case:
    """What is judged, with the words for it."""

    outcome: Outcome
    zone: tzinfo
    has_line: bool

    def series(self, name: str) -> Series:
        return self.outcome.series[name]

    def clock(self, second: float) -> str:
        return clock(self.outcome.start, second, self.zone)

    def limit_around(self, first: int, last: int) -> Limit:
        """What limited most of the seconds from `first` to `last`; "none" where nothing did."""
        window = self.series("limit")[max(0, first) : last + 1].astype(int)
        counts = np.bincount(window, minlength=len(self.outcome.limits))
        counts[[i for i, limit in enumerate(self.outcome.limits) if limit == "none"]] = 0
        return self.outcome.limits[int(counts.argmax())] if counts.any() else "none"

    def finding(self, promise: str, promised: str, measured: str, *, broke: int | None, since: int) -> Finding:
        """A finding that broke at second `broke` (None: it held) of what began at second `since`."""
        if broke is None:
            return Finding(promise, promised, measured, "held" if promised else "no promise")
        limit = self.limit_around(since, broke)
        return Finding(promise, promised, measured, "broken", broke, limit, because(self.outcome, limit, broke))


def judge(outcome: Outcome, promises: Promises, ceilings: Ceilings, zone: tzinfo) -> Verdict:
    """The verdict on one played opening; clock times in its texts are in `zone`."""
    case = _Case(outcome, zone, ceilings.has_line)
    findings = (
        _longest_wait(case, promises.longest_wait_minutes),
        _refused(case, promises.refused_share),
        _truth(case, promises.shown_wait_truth),
        *_ceilings(case, ceilings),
    )
    held = all(f.held for f in findings)
    return Verdict(held, _praise(case, findings) if held else _blame(case, findings), findings)


def longest_wait_s(outcome: Outcome) -> tuple[float, float]:
    """The longest wait that at least one whole person had, and the second since which that person waited.

    Whoever came before the doors waits since the doors. People still in the line at the end count with their wait
    so far.
    """
    waits, end = outcome.waits, len(outcome.series["waiting"])
    so_far = outcome.totals["wait_max_s"]
    order = np.argsort(-waits.wait_s, kind="stable")
    if not len(order):
        return so_far, end - so_far
    if so_far > waits.wait_s[order[0]] and outcome.series["waiting"][-1] >= 1:
        return so_far, end - so_far
    whole = int(np.searchsorted(np.cumsum(waits.people[order]), 1.0))
    at = order[min(whole, len(order) - 1)]
    return float(waits.wait_s[at]), float(waits.joined_s[at])


def _longest_wait(case: _Case, most_minutes: float | None) -> Finding:
    waits = case.outcome.waits
    most_s = None if most_minutes is None else most_minutes * 60
    promised = "" if most_s is None else f"at most {duration(most_s)}"
    if not case.has_line:
        return Finding("Longest wait", promised, NO_LINE, "no line")
    wait, joined = longest_wait_s(case.outcome)
    broke, since = None, 0
    if most_s is not None and wait > most_s:
        late = waits.joined_s[(waits.wait_s > most_s) & (waits.people >= 1)]
        since = int(min([*late, joined]))
        broke = min(int(since + most_s), len(case.series("limit")) - 1)
    measured = f"{duration(wait)}, for who joined at {case.clock(joined)}"
    return case.finding("Longest wait", promised, measured, broke=broke, since=since)


def _refused(case: _Case, most: float | None) -> Finding:
    arrived = max(1.0, float(case.series("arrived").sum()))
    lost = np.cumsum(case.series("refused_people")) / arrived
    share = float(lost[-1])
    broke = int(np.argmax(lost > most)) if most is not None and share > most else None
    since = int(np.argmax(lost > 0)) if broke is not None else 0
    measured = f"{percent(share)}, {count(share * arrived)} people"
    promised = "" if most is None else f"at most {percent(most)}"
    return case.finding("Refused or failed", promised, measured, broke=broke, since=since)


def _truth(case: _Case, least: float | None) -> Finding:
    waits = case.outcome.waits
    people = float(waits.people.sum())
    promised = "" if least is None else f"true for at least {percent(least)}"
    if not case.has_line:
        return Finding("Shown wait", promised, NO_LINE, "no line")
    if people <= 0:
        # a line that never moved: whatever was shown was not true
        broke = None if least is None else len(case.series("limit")) - 1
        never = "never true: nobody got through"
        return case.finding("Shown wait", promised, never, broke=broke, since=case.outcome.doors_s)
    true = (waits.wait_s >= waits.shown_low_s) & (waits.wait_s <= waits.shown_high_s)
    share = float(waits.people[true].sum()) / people
    broke, since = None, 0
    if least is not None and share < least:
        first = int(np.argmax(~true & (waits.people > 0)))
        since = int(waits.joined_s[first])
        broke = min(int(since + waits.wait_s[first]), len(case.series("limit")) - 1)
    return case.finding("Shown wait", promised, f"true for {percent(share)}", broke=broke, since=since)


def _ceilings(case: _Case, ceilings: Ceilings) -> list[Finding]:
    servers, starting, most = case.series("in_service"), case.series("launching"), case.series("max_size")
    of = "{:,.0f} of {:,.0f} "
    sizes, places = np.unique(most, return_inverse=True)
    more = np.array([float(ceilings.briefly(int(size))) for size in sizes])[places]
    found = [
        _ceiling(case, "Servers in the group", "fleet", servers, most, f"{of}servers", more),
        _ceiling(case, "Load of the balancer", "balancer", case.series("load_balancer"), 1.0),
        _ceiling(case, "Database connections", "database", case.series("load_connections"), 1.0),
    ]
    if ceilings.max_inside is not None:
        inside = case.series("inside")
        found.append(_ceiling(case, "People inside", "waiting room", inside, ceilings.max_inside, f"{of}people"))
    if ceilings.vcpu_quota is not None:
        vcpus = (servers + starting) * ceilings.vcpus_per_server
        found.append(_ceiling(case, "vCPU quota", "quota", vcpus, ceilings.vcpu_quota, f"{of}vCPUs"))
    return found


def _ceiling(
    case: _Case,
    name: str,
    limit: Limit,
    used: Series,
    most: Series | float,
    words: str = "",
    for_a_while: Series | None = None,
) -> Finding:
    """A limit that is never exceeded, `for_a_while` aside; a thousandth above it is rounding.

    Without `words` the figures are loads.
    """
    bound = np.broadcast_to(np.asarray(most, dtype=float), used.shape)
    over = used > (bound if for_a_while is None else for_a_while) * 1.001 + 1e-6
    peak = int(np.argmax(used / np.maximum(bound, 1e-9)))
    figure = words.format(used[peak], bound[peak]) if words else fullness(float(used[peak]))
    measured = f"{figure} at {case.clock(peak)}"
    if not over.any():
        beyond = used[peak] > bound[peak] * 1.001 + 1e-6
        return Finding(name, NEVER_EXCEEDED, measured + REPLACING * bool(beyond), "held")
    broke = int(np.argmax(over))
    return Finding(name, NEVER_EXCEEDED, measured, "broken", broke, limit, because(case.outcome, limit, broke))


def _praise(case: _Case, findings: tuple[Finding, ...]) -> str:
    waiting, refused = findings[:2]
    servers = case.series("in_service")
    peak = int(np.argmax(servers))
    came, booked = count(case.series("arrived").sum()), count(case.series("booked").sum())
    wait = duration(longest_wait_s(case.outcome)[0])
    promised = f" ({waiting.promised} promised)" if waiting.promised else ""
    waited = f"the longest wait was {wait}{promised}" if case.has_line else "there was no line"
    return (
        f"Holds: {came} people came and {booked} booked; {waited}, {refused.measured.split(',')[0]} of people were "
        f"refused or failed, and {servers[peak]:.0f} of at most {case.series('max_size')[peak]:.0f} servers were used."
    )


def _blame(case: _Case, findings: tuple[Finding, ...]) -> str:
    """The first cause and all that followed; what people felt counts before what a part of the stack felt."""
    broken = [f for f in findings if not f.held]
    felt = [f for f in broken if f.promise in _FELT] or broken
    first = min(felt, key=lambda f: f.second or 0)
    still = standstill(case.outcome)
    followed = [still.words(case.clock)] if still else []
    followed += [_FELT[f.promise](f) for f in broken if f.promise in _FELT]
    others = [f for f in broken if f.promise not in _FELT and f.limited_by != first.limited_by]
    followed += [f"{f.promise[0].lower()}{f.promise[1:]}: {f.measured}" for f in others or ([] if followed else broken)]
    return f"Broken: at {case.clock(first.second or 0)} {first.reason}; " + "; ".join(followed) + "."


_FELT: dict[str, Callable[[Finding], str]] = {
    "Longest wait": lambda f: f"the longest wait was {f.measured.split(',')[0]} ({f.promised} promised)",
    "Refused or failed": lambda f: (
        f"{f.measured.split(',')[0]} of people were refused or failed ({f.promised} promised)"
    ),
    "Shown wait": lambda f: f"the shown wait was {f.measured} ({f.promised} promised)",
}
