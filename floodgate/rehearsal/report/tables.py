"""The tables of a report: rows of text, ready to be printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from floodgate.awsrules.model import (
    Group,
    Policy,
    PredictiveScaling,
    ScheduledAction,
    SimpleScaling,
    StepScaling,
    TargetTracking,
)
from floodgate.rehearsal.judging.verdict import Finding
from floodgate.rehearsal.outcome import Event
from floodgate.rehearsal.plan import Plan, TargetGroup
from floodgate.rehearsal.report.subject import Rehearsal
from floodgate.rehearsal.scenarios.scenario import Fact
from floodgate.rehearsal.wording import count, duration, percent

Row = tuple[str, ...]
MOST_EVENTS = 24


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its heading row; `more` tells what was left out."""

    head: Row
    rows: tuple[Row, ...]
    more: str = ""


def plan_table(plan: Plan) -> Table:
    """What stands there, part by part, as it was read."""
    return Table(("Part", "Name", "As read"), tuple(_plan_rows(plan)))


def _plan_rows(plan: Plan) -> Iterator[Row]:
    group, service = plan.group, plan.service
    sizes = f"{group.min_size} to {group.max_size} servers, {group.desired} desired"
    if group.min_size == group.max_size:
        sizes = f"always {group.max_size} servers"
    kind = group.instance_type
    yield "Fleet", group.name, f"{sizes}; {kind.name} ({kind.vcpus} vCPU) in {len(group.zones)} zones"
    if group.warm_pool:
        pool = group.warm_pool
        most = "the group's maximum" if pool.max_prepared is None else f"{pool.max_prepared} servers"
        yield "Warm pool", group.name, f"{pool.state.lower()}, at least {pool.min_size}, prepared up to {most}"
    else:
        yield "Warm pool", "none", "every new server boots from nothing"
    yield "Waiting room", *_waiting_room(plan)
    if plan.balancer:
        reserved = (
            f"{plan.balancer.reserved_lcu:,} LCU reserved" if plan.balancer.reserved_lcu else "no capacity reserved"
        )
        slow = plan.balancer.target_group.slow_start_s
        start = f", slow start {slow} s" if slow else ""
        yield "Balancer", plan.balancer.name, f"{plan.balancer.zones} zones, {reserved}{start}"
        yield "Health check", plan.balancer.target_group.name, _health_check(plan.balancer.target_group, plan.group)
    if plan.edge:
        yield "Edge", plan.edge.domain, "answers itself: " + (", ".join(plan.edge.cached_paths) or "nothing")
    else:
        yield "Edge", "none", "every poll reaches the balancer"
    if plan.database:
        base = plan.database
        proxy = f", {base.usable_connections:,} through the proxy" if base.proxy_max_connections_percent else ""
        size = f"{base.instance_class} ({base.vcpus} vCPU), {base.readers} readers"
        yield "Database", base.name, f"{base.engine}, {size}; {base.max_connections:,} connections{proxy}"
    if plan.cache:
        yield "Cache", plan.cache.name, f"{plan.cache.nodes} x {plan.cache.node_type}"
    shed = "never" if service.shed_after_s is None else f"after {service.shed_after_s:g} s"
    made = f"built for {service.journeys_per_server_per_s:g} journeys a second on each server"
    yield "Service", "", f"{made}, {service.connections_per_server} connections each; sheds load {shed}"


def _health_check(targets: TargetGroup, group: Group) -> str:
    asked = "and then replaced" if group.health_check_type != "EC2" else "and not replaced for that"
    counts = {" servers": targets.routing.count, " %": targets.routing.percent}
    few = " or ".join(f"{number}{unit}" for unit, number in counts.items() if number is not None)
    below = "where none is" if few == "1 servers" else f"below {few}"
    opened = f"; {below} healthy all get requests" if few else ""
    return (
        f"every {targets.health_interval_s} s, an answer within {targets.health_timeout_s} s; left out after "
        f"{targets.unhealthy_threshold} failures {asked}{opened}"
    )


def _waiting_room(plan: Plan) -> tuple[str, str]:
    service = plan.service
    if not service.waiting_room:
        return "none", "everybody goes straight to the servers"
    most = "no limit" if service.max_inside is None else f"at most {service.max_inside:,} people"
    return "on", f"{most} inside; people ask every {service.poll_interval_s} s"


def policy_table(policies: Sequence[Policy]) -> Table:
    """The scaling policies in words."""
    return Table(("Policy", "Kind", "What it does"), tuple((p.name, *_policy(p)) for p in policies))


def _policy(policy: Policy) -> tuple[str, str]:
    match policy:
        case TargetTracking():
            metric = policy.predefined or (policy.metric.name if policy.metric else "")
            inward = "; never scales in" if policy.disable_scale_in else ""
            return "target tracking", f"keeps {metric} at {policy.target:g}{inward}"
        case StepScaling():
            alarms = "; ".join(f"{a.metric.name} {a.comparison} {a.threshold:g}" for a in policy.alarms)
            steps = ", ".join(f"{s.adjustment:+d}" for s in policy.steps)
            unit = " %" if policy.adjustment_type == "PercentChangeInCapacity" else ""
            return "step", f"when {alarms or 'no alarm'}: {steps}{unit}"
        case SimpleScaling():
            alarms = "; ".join(f"{a.metric.name} {a.comparison} {a.threshold:g}" for a in policy.alarms)
            return "simple", f"when {alarms or 'no alarm'}: {policy.adjustment:+d}"
        case PredictiveScaling():
            return "predictive", "forecasts only" if policy.mode == "ForecastOnly" else "forecasts and scales"


def schedule_table(schedules: Sequence[ScheduledAction], zone: ZoneInfo) -> Table:
    """The scheduled actions, in the opening's local time."""
    head = ("Scheduled action", f"When ({zone.key})", "Least", "Most", "Desired")
    return Table(
        head, tuple((a.name, _when(a, zone), *map(_size, (a.min_size, a.max_size, a.desired))) for a in schedules)
    )


def _when(action: ScheduledAction, zone: ZoneInfo) -> str:
    if action.recurrence:
        return f"{action.recurrence} ({action.time_zone})"
    return f"{action.start.astimezone(zone):%Y-%m-%d %H:%M}" if action.start else "at once"


def _size(value: int | None) -> str:
    return "as it is" if value is None else str(value)


def promise_table(rehearsal: Rehearsal) -> Table:
    """Every promise with what became of it; when and why only where one broke."""
    findings = rehearsal.verdict.findings
    rows = tuple((f.promise, f.promised or "nothing", f.measured, f.state) for f in findings)
    head = ("Promise", "Promised", "Rehearsed", "Outcome")
    if rehearsal.verdict.held:
        return Table(head, rows)
    whens = ("" if f.second is None else rehearsal.clock(f.second) for f in findings)
    told = tuple((*row, when, f.reason) for row, when, f in zip(rows, whens, findings, strict=True))
    return Table((*head, "Broke at", "Because"), told)


def parameter_table(rehearsal: Rehearsal) -> Table:
    """The parameters that the rehearsal read, assumed ones first."""
    weight = {"assumed": 0, "measured": 1, "documented": 2, "declared": 3}
    used = sorted(rehearsal.parameters, key=lambda p: (weight[p.origin], p.name))
    rows = tuple((p.name, f"{p.value:g} {p.unit}", f"{p.low:g} to {p.high:g}", p.origin, p.source) for p in used)
    return Table(("Parameter", "Value", "Plausible", "Origin", "Source or reason"), rows)


def fact_table(facts: Sequence[Fact]) -> Table:
    """The figures of the real opening with their sources."""
    rows = tuple((f.figure, f"{f.value:,.10g} {f.unit}".strip(), _origin(f), f.source) for f in facts)
    return Table(("Figure", "Value", "Origin", "Source or reason"), rows)


def _origin(fact: Fact) -> str:
    return "assumed" if fact.assumed else "derived" if fact.derived else "reported"


TELLING = (
    "schedule", "policy", "predictive", "limit", "fault", "balancer", "health", "refresh", "hook", "lifetime",
    "rebalancing",
)  # fmt: skip
# of these a step follows the other
RUNNING = ("policy", "health", "refresh", "lifetime", "rebalancing")


def telling_events(events: Sequence[Event]) -> list[Event]:
    """The events that changed what the group wants, the limits it met, and what else befell its servers."""
    return [e for e in events if e.kind in TELLING]


def event_table(rehearsal: Rehearsal) -> Table:
    """What moved the fleet, in order; steps of one policy in one direction, or of one cause, are told together."""
    runs = _runs(telling_events(rehearsal.outcome.events))
    rows = tuple(_run_row(rehearsal, run) for run in runs[:MOST_EVENTS])
    left = len(runs) - len(rows)
    return Table(("Time", "What", "Name", "Servers", "Reason"), rows, f"and {left} more" if left > 0 else "")


def _runs(events: Sequence[Event]) -> list[list[Event]]:
    found: list[list[Event]] = []
    for event in events:
        if found and event.kind in RUNNING and _same_run(found[-1][-1], event):
            found[-1].append(event)
        else:
            found.append([event])
    return found


def _same_run(earlier: Event, later: Event) -> bool:
    return (earlier.kind, earlier.name, _direction(earlier)) == (later.kind, later.name, _direction(later))


def _direction(event: Event) -> bool:
    return (event.after or 0) > (event.before or 0)


def _run_row(rehearsal: Rehearsal, run: Sequence[Event]) -> Row:
    first, last = run[0], run[-1]
    if len(run) == 1:
        return rehearsal.clock(first.second), first.kind, first.name, change(first), first.reason
    time = f"{rehearsal.clock(first.second)} to {rehearsal.clock(last.second)}"
    moved = f"{first.before:g} to {last.after:g} in {len(run)} steps"
    if first.kind != "policy":
        moved = f"{sum(abs((event.after or 0) - (event.before or 0)) for event in run):g} in {len(run)} steps"
    return time, first.kind, first.name, moved, f"at first {first.reason}"


def change(event: Event) -> str:
    """What an event changed, e.g. ``4 to 60``."""
    if event.before is None or event.after is None:
        return ""
    return f"{event.before:g} to {event.after:g}"


def limit_table(rehearsal: Rehearsal, bands: Sequence[tuple[int, int, str]]) -> Table:
    """For how long each limit held the night back, and since when."""
    rows = []
    for limit in dict.fromkeys(name for *_, name in bands):
        own = [(start, end) for start, end, name in bands if name == limit]
        total = sum(end - start for start, end in own)
        rows.append((limit, rehearsal.clock(own[0][0]), rehearsal.clock(own[-1][1]), duration(total)))
    return Table(("What limited", "First", "Last", "In all"), tuple(rows))


def key_figures(rehearsal: Rehearsal) -> list[tuple[str, str, str]]:
    """The night in a handful of figures: value, name, remark."""
    series, doors = rehearsal.outcome.series, rehearsal.outcome.doors_s
    booked = float(series["booked"].sum())
    early = float(series["booked"][: doors + 1800].sum()) / booked if booked else 0.0
    findings = {f.promise: f for f in rehearsal.verdict.findings}
    wait, refused = findings["Longest wait"], findings["Refused or failed"]
    return [
        (count(series["arrived"].sum()), "people came", f"{count(rehearsal.scenario.people)} in the scenario"),
        (count(booked), "booked", f"{percent(round(early, 2))} of them in the first 30 minutes"),
        (wait.measured.split(",")[0] if wait.state != "no line" else "no line", "longest wait", _promised(wait)),
        (refused.measured.split(",")[0], "refused or failed", _promised(refused)),
        (
            f"{series['in_service'].max():,.0f}",
            "servers, at the most",
            f"the group allows {series['max_size'].max():,.0f}",
        ),
        (count(series["gave_up"].sum()), "gave up", f"{count(series['waiting'][-1])} still waiting at the end"),
    ]


def _promised(finding: Finding) -> str:
    return f"promised {finding.promised}" if finding.promised else "nothing is promised"
