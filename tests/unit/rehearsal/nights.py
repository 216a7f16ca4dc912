"""Nights made by hand, ten minutes long with the doors after one, for what judges and reports; no test stands here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from floodgate.awsrules.model import Alarm, Group, InstanceType, Metric, ScheduledAction, Step, StepScaling, WarmPool
from floodgate.rehearsal.judging.verdict import Ceilings, Promises, judge
from floodgate.rehearsal.outcome import Event, Outcome, Waits
from floodgate.rehearsal.parameters import load_parameters
from floodgate.rehearsal.plan import Balancer, Database, Edge, Plan, Service, TargetGroup
from floodgate.rehearsal.report.subject import Rehearsal
from floodgate.rehearsal.scenarios.loading import load_scenario

SEOUL = ZoneInfo("Asia/Seoul")
DOORS = datetime(2027, 8, 9, 20, 0, tzinfo=SEOUL)
DOORS_S, SECONDS = 60, 600
LIMITS = (
    "none",
    "fleet",
    "launch rate",
    "balancer",
    "database",
    "quota",
    "identity",
    "waiting room",
    "no capacity",
    "addresses",
)
PROMISES = Promises(longest_wait_minutes=5, refused_share=0.01, shown_wait_truth=0.9)
CEILINGS = Ceilings(vcpus_per_server=4, vcpu_quota=400, max_inside=5000)

_CALM = {
    "arrived": 100, "joined": 100, "called": 100, "admitted": 100, "booked": 90, "requests": 1000, "served": 1000,
    "waiting": 200, "inside": 1000, "desired": 60, "in_service": 60, "max_size": 90, "wanted": 40, "load_fleet": 0.5,
    "load_balancer": 0.4, "load_database": 0.3, "load_connections": 0.2, "latency_s": 0.1, "polls_edge": 500,
}  # fmt: skip
_STILL = (
    "gave_up", "refused_people", "rejected", "failed", "polls_origin", "launching", "warm_pool", "shown_wait_s",
    "limit", "lost",
)  # fmt: skip


def outcome_of(*, waits=((100.0, 60.0, 120.0, 60.0, 180.0),), still_waited_s=0.0, events=(), **changes):
    """A calm night; `changes` are series: a number, an array, or {(from, to): number}.

    All servers in service get requests unless `receiving` says otherwise.
    """
    changes = {"receiving": changes.get("in_service", _CALM["in_service"]), **changes}
    series = {name: np.full(SECONDS, float(value)) for name, value in _CALM.items()}
    series["receiving"] = series["in_service"].copy()
    series |= {name: np.zeros(SECONDS) for name in _STILL}
    for name, change in changes.items():
        if isinstance(change, dict):
            for (first, last), value in change.items():
                series[name][first:last] = LIMITS.index(value) if isinstance(value, str) else value
        else:
            series[name][:] = change
    had = Waits(*np.array(waits, dtype=float).reshape(-1, 5).T)
    longest = max([still_waited_s, *had.wait_s])
    start = (DOORS - timedelta(seconds=DOORS_S)).astimezone(UTC)
    return Outcome(
        start, DOORS.astimezone(UTC), DOORS_S, series, LIMITS, tuple(events), had, {"wait_max_s": float(longest)}
    )


def verdict_of(outcome, promises=PROMISES, ceilings=CEILINGS):
    return judge(outcome, promises, ceilings, SEOUL)


def plan_of():
    alarm = Alarm("deep", Metric("Floodgate", "PeopleWaiting"), "GreaterThanThreshold", 50_000, 60, 1, 1)
    return Plan(
        "ap-northeast-2",
        Group(
            "fleet", 6, 90, 6, InstanceType("c7g.xlarge", 4, 8192), ("a", "b", "c"),
            policies=(StepScaling("line", "arn:line", "ChangeInCapacity", (Step(0, None, 5),), (alarm,)),),
            schedules=(ScheduledAction("night-1", start=DOORS.astimezone(UTC), min_size=60, desired=60),),
            warm_pool=WarmPool("Stopped", 20),
        ),
        Service(waiting_room=True, max_inside=5000),
        Balancer("front", "arn:front", 3, 2000, TargetGroup("servers", slow_start_s=30)),
        Edge("d1.cloudfront.net", ("/wait/*",)),
        Database("bookings", "aurora-postgresql", "db.r8g.4xlarge", 16, 131_072, 2, 5000, 90),
        notes=("alarm 'x' computes its metric and is not rehearsed",),
    )  # fmt: skip


def rehearsal_of(outcome, promises=PROMISES, **changes):
    parameters = load_parameters()
    assert parameters["instance.boot_s"]
    assert parameters["identity.rate_per_s"]  # who is read counts as used
    whole = Rehearsal(
        stack="opening", opening="night-1", zone=SEOUL, read_from="the AWS of this machine",
        scenario=load_scenario("kdca-august-2021"), plan=plan_of(), promises=promises,
        parameters=tuple(parameters.describe()), outcome=outcome, verdict=verdict_of(outcome, promises), seed=7,
        command="floodgate rehearse --stack opening", versions={"floodgate": "0.1.0"},
    )  # fmt: skip
    return replace(whole, **changes)


def policy_step(second, before, after):
    return Event(second, "policy", "cpu", before, after, "CPU was at 70 % against a target of 60 %")
