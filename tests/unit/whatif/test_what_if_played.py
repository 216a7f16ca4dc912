"""What a plan holds beside its policies, played on records by hand-computed minutes; and the shortcut of the replay.

Proves when each thing happens with the parameters as given; cannot prove how long AWS takes in a region.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floodgate.awsrules.model import Metric, Signal, TargetTracking
from floodgate.fleet import Unknowns
from floodgate.fleet.recorded import Name, Recorded, Series
from floodgate.plans.saved import SavedPlan
from floodgate.rehearsal.reading import read_group_plan
from floodgate.whatif.playing import Recording, play
from floodgate.whatif.source import Clock, Replay
from floodgate.whatif.subject import subject
from tests.unit.whatif.groups import (
    ALWAYS_UP,
    alarm,
    changes,
    predictive,
    replay,
    rows,
    save,
    simple,
    stepping,
    tracking,
    write,
)

Capture = pytest.CaptureFixture[str]
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "plans"
START_S = int(datetime(2021, 8, 9, 11, tzinfo=UTC).timestamp())


def told(capsys: Capture, plan: Path, record: Path, kinds: tuple[str, ...], *more: str) -> list[tuple[Any, ...]]:
    """Time, kind, from and to of the events of some kinds."""
    only = [word for kind in kinds for word in ("--only", kind)]
    events = replay(capsys, plan, record, *only, *more)
    return [(event["time"][11:19], event["event"], event["from"], event["to"]) for event in events]


def describe(plan: Path, call: str, **answer: Any) -> None:
    """Add an answer to a saved plan."""
    (plan / f"describe-{call}.json").write_text(json.dumps(answer))


# -- tables of target tracking, minute by minute


@pytest.mark.parametrize(
    ("desired", "values", "table"),
    [
        # 1.5 of the target for three minutes: ten become fifteen
        (10, [75] * 4, [("11:03:00", 10, 15)]),
        # the need is rounded up: 3 x 51 / 50 is 3.06
        (3, [51] * 4, [("11:03:00", 3, 4)]),
        # at the target nothing happens, nor after two minutes above it
        (10, [50] * 20, []),
        (10, [90, 90, 50, 90, 90], []),
        # 35 is where the low alarm stands, and it asks for less than that
        (10, [35] * 20, []),
        # below for fifteen minutes: a tenth of the group at once, at least one, never below what the target needs
        (20, [20] * 17, [("11:15:00", 20, 18), ("11:16:00", 18, 17), ("11:17:00", 17, 16)]),
        (4, [34] * 16, [("11:15:00", 4, 3)]),
        # a minute without data is passed over: of the range 40, 40, 75, none, 75 the newest three are 40, 75, 75
        (10, [40, 40, 75, None, 75, 40], []),
        (10, [40, 75, 75, None, 75, 40], [("11:05:00", 10, 15)]),
    ],
)
def test_a_tracking_policy_answers_by_the_minute(
    tmp_path: Path, capsys: Capture, desired: int, values: list[float | None], table: list[tuple[str, int, int]]
) -> None:
    plan = save(tmp_path / "plan", [tracking("track", "Load", 50.0)], DesiredCapacity=desired)
    found = changes(capsys, plan, write(tmp_path, rows(values)), "--to", f"2021-08-09T11:{len(values):02}:00Z")
    assert [(at, before, after) for at, before, after, _ in found] == table


@pytest.mark.parametrize("state", ["ALARM", "INSUFFICIENT_DATA"])
def test_an_alarm_of_target_tracking_begins_in_the_state_that_was_saved(
    tmp_path: Path, capsys: Capture, state: str
) -> None:
    saved = alarm(
        "track", threshold=50.0, AlarmName="high", AlarmArn="arn:high", StateValue=state, EvaluationPeriods=3,
        DatapointsToAlarm=3, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    policy = {**tracking("track", "Load", 50.0), "Alarms": [{"AlarmName": "high", "AlarmARN": "arn:high"}]}
    plan, record = save(tmp_path / "plan", [policy], [saved]), write(tmp_path, rows([40] * 4))
    events = [event for event in replay(capsys, plan, record) if event["cause"]["name"] == "high"]
    assert events[0]["from"] == state
    assert events[-1]["to"] == "OK"


# -- instances


def test_a_launch_hook_makes_a_server_wait_until_its_work_is_done(tmp_path: Path, capsys: Capture) -> None:
    plan = save(tmp_path / "plan", [stepping("out", [ALWAYS_UP])], [alarm("out")])
    record, kinds = write(tmp_path, rows([70] + [10] * 6)), ("launch", "in_service")
    given_ = ("--boot", "60", "--param", "instance.hook_s=20")
    assert told(capsys, plan, record, kinds, *given_)[-1] == ("11:02:00", "in_service", 10, 13)
    hook = {"LifecycleHookName": "ready", "AutoScalingGroupName": "web", "HeartbeatTimeout": 300,
            "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING", "DefaultResult": "ABANDON",
            "GlobalTimeout": 30_000}  # fmt: skip
    describe(plan, "lifecycle-hooks", LifecycleHooks=[hook])
    assert told(capsys, plan, record, kinds, *given_)[-1] == ("11:02:20", "in_service", 10, 13)


def test_an_instance_that_was_saved_as_unhealthy_is_replaced(tmp_path: Path, capsys: Capture) -> None:
    instances = [
        {"InstanceId": f"i-{number}", "AvailabilityZone": "a", "LifecycleState": "InService",
         "InstanceType": "m6i.large", "HealthStatus": "Unhealthy" if number == 2 else "Healthy",
         "ProtectedFromScaleIn": False}
        for number in range(4)
    ]  # fmt: skip
    plan = save(tmp_path / "plan", [], DesiredCapacity=4, Instances=instances)
    events = replay(capsys, plan, write(tmp_path, rows([1] * 10)), "--boot", "60")
    gone = next(event for event in events if event["event"] == "terminate")
    assert (gone["from"], gone["to"], gone["cause"]["kind"]) == (4, 3, "health")
    assert [event["to"] for event in events if event["event"] == "in_service"] == [4]
    assert not [event for event in events if event["event"] == "desired"]


def test_instances_on_standby_do_not_serve(tmp_path: Path, capsys: Capture) -> None:
    """Of three, one on standby: two serve, and a need of half as much again is reckoned on these."""
    states = ("InService", "InService", "Standby")
    instances = [
        {"InstanceId": f"i-{number}", "AvailabilityZone": "a", "LifecycleState": state, "HealthStatus": "Healthy",
         "InstanceType": "m6i.large", "ProtectedFromScaleIn": False}
        for number, state in enumerate(states)
    ]  # fmt: skip
    plan = save(tmp_path / "plan", [tracking("track", "Load", 50.0)], DesiredCapacity=2, Instances=instances)
    assert changes(capsys, plan, write(tmp_path, rows([75] * 3)))[0][:3] == ("11:03:00", 2, 3)


@pytest.mark.parametrize(
    ("process", "desired", "launched"),
    [(None, True, True), ("AlarmNotification", False, False), ("Launch", True, False), ("Terminate", True, True)],
)
def test_a_suspended_process_does_nothing(
    tmp_path: Path, capsys: Capture, process: str | None, *, desired: bool, launched: bool
) -> None:
    suspended = [{"ProcessName": process, "SuspensionReason": "by hand"}] if process else []
    plan = save(tmp_path / "plan", [stepping("out", [ALWAYS_UP])], [alarm("out")], SuspendedProcesses=suspended)
    events = replay(capsys, plan, write(tmp_path, rows([70, 10, 10, 10])))
    kinds = {event["event"] for event in events}
    assert ("desired" in kinds, "launch" in kinds) == (desired, launched)
    assert "alarm" in kinds


# -- what is planned


def test_a_forecast_is_acted_on_before_its_hour_begins(tmp_path: Path, capsys: Capture) -> None:
    """The buffer is five minutes unless the policy says otherwise; a smaller forecast takes nothing away."""
    plan = save(tmp_path / "plan", [predictive("ahead")])
    forecast = tmp_path / "forecast.csv"
    forecast.write_text("time,capacity\n2021-08-09T12:00:00Z,14\n2021-08-09T13:00:00Z,4\n")
    record = write(tmp_path, rows([1] * 120))
    events = replay(capsys, plan, record, "--forecast", str(forecast), "--only", "desired")
    assert [(event["time"][11:19], event["from"], event["to"]) for event in events] == [("11:55:00", 10, 14)]
    assert events[0]["cause"] == {"kind": "predictive", "name": "ahead", "metric": 14.0}


def test_a_schedule_follows_its_zone_when_the_clocks_go_back(tmp_path: Path, capsys: Capture) -> None:
    """Nine in Berlin is seven o'clock in UTC in summer and eight in winter; the clocks went back on 31 October 2021."""
    action = {"AutoScalingGroupName": "web", "ScheduledActionName": "morning", "ScheduledActionARN": "arn:m",
              "Recurrence": "0 9 * * *", "TimeZone": "Europe/Berlin"}  # fmt: skip
    evening = {**action, "ScheduledActionName": "evening", "Recurrence": "0 21 * * *", "DesiredCapacity": 10}
    plan = save(tmp_path / "plan", [])
    describe(plan, "scheduled-actions", ScheduledUpdateGroupActions=[{**action, "DesiredCapacity": 20}, evening])
    window = ("--from", "2021-10-30T00:00:00Z", "--to", "2021-11-01T00:00:00Z")
    events = replay(capsys, plan, write(tmp_path, []), *window, "--only", "desired")
    assert [(event["time"][8:16], event["to"]) for event in events] == [
        ("30T07:00", 20),
        ("30T19:00", 10),
        ("31T08:00", 20),
        ("31T20:00", 10),
    ]


# -- the window


def test_minutes_stay_whole_where_the_window_begins_within_one(tmp_path: Path, capsys: Capture) -> None:
    plan = save(tmp_path / "plan", [stepping("out", [ALWAYS_UP])], [alarm("out")])
    record = write(tmp_path, rows([10, 10, 70, 10, 10]))
    for begin in ("11:00:00", "11:01:30", "11:02:59"):
        found = changes(capsys, plan, record, "--from", f"2021-08-09T{begin}Z")
        assert found == [("11:03:00", 10, 13, "out")], begin


def test_nothing_is_told_after_the_window(tmp_path: Path, capsys: Capture) -> None:
    plan = save(tmp_path / "plan", [stepping("out", [ALWAYS_UP])], [alarm("out")])
    record = write(tmp_path, rows([10, 10, 70, 10]))
    assert changes(capsys, plan, record, "--to", "2021-08-09T11:02:59Z") == []
    assert changes(capsys, plan, record, "--to", "2021-08-09T11:03:00Z") == [("11:03:00", 10, 13, "out")]


# -- what is told


def test_the_example_tells_every_kind_of_event_in_one_form(tmp_path: Path, capsys: Capture) -> None:
    page = tmp_path / "picture.html"
    events = replay(capsys, EXAMPLE / "ticket-shop", EXAMPLE / "ticket-shop.csv", "--plot", str(page))
    assert {event["event"] for event in events} == {
        "desired", "launch", "in_service", "warm", "terminate", "alarm", "refused",
    }  # fmt: skip
    for event in events:
        assert list(event) == ["time", "event", "group", "from", "to", "cause", "reason"]
        assert list(event["cause"]) == ["kind", "name", "metric"]
        assert event["reason"]
    assert [event["time"] for event in events] == sorted(event["time"] for event in events)
    desired = [(event["from"], event["to"]) for event in events if event["event"] == "desired"]
    assert all(after == before for (_, after), (before, _) in pairwise(desired))
    assert "ticket-shop" in page.read_text()


@pytest.mark.parametrize(
    ("param", "first"), [("target-tracking.low-ratio=0.6", None), ("target-tracking.low-ratio=0.95", "11:15:00")]
)
def test_a_parameter_of_what_aws_leaves_open_changes_the_answer(
    tmp_path: Path, capsys: Capture, param: str, first: str | None
) -> None:
    plan = save(tmp_path / "plan", [tracking("track", "Load", 50.0)])
    found = changes(capsys, plan, write(tmp_path, rows([40] * 16)), "--param", param)
    assert (found[0][0] if found else None) == first


# -- the shortcut

VALUES = st.lists(
    st.tuples(st.sampled_from([None, 5.0, 30.0, 49.0, 60.0, 90.0]), st.integers(1, 20)), min_size=1, max_size=9
)
POLICIES = (
    [tracking("a", "A", 50.0)],
    [tracking("a", "A", 50.0), tracking("b", "B", 50.0)],
    [tracking("a", "A", 50.0, DisableScaleIn=True), stepping("out", [ALWAYS_UP])],
    [tracking("a", "A", 50.0), simple("add", 2, Cooldown=180)],
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.integers(0, len(POLICIES) - 1),
    first=VALUES,
    second=VALUES,
    smallest=st.integers(1, 10),
    extra=st.integers(0, 3),
)
def test_passing_over_quiet_minutes_changes_nothing(
    tmp_path: Path, kind: int, first: Any, second: Any, smallest: int, extra: int
) -> None:
    alarms = [alarm(name, "B", 80.0, EvaluationPeriods=2, DatapointsToAlarm=2) for name in ("out", "add")]
    plan = save(tmp_path / "plan", POLICIES[kind], alarms, MinSize=smallest, DefaultInstanceWarmup=90)
    played = subject(read_group_plan(SavedPlan(plan), None).group)
    record = {name: series for name, runs in (("A", first), ("B", second)) for name, series in told_of(name, runs)}
    recording = Recording(record, (START_S, START_S + 3 * 3600))
    early = ("INSUFFICIENT_DATA", "OK")[extra % 2]
    unknowns = Unknowns(boot_s=60, warm_start_s=30, range_extra=extra, early_state=early)
    quick = list(play(played, recording, unknowns))
    assert quick == list(play(played, recording, unknowns, leap=False))


def test_a_shortcut_that_passes_over_too_much_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the comparison above."""
    plan = save(tmp_path / "plan", [tracking("a", "A", 50.0)])
    played = subject(read_group_plan(SavedPlan(plan), None).group)
    recording = Recording(dict(told_of("A", [(90.0, 20)])), (START_S, START_S + 3600))
    monkeypatch.setattr("floodgate.whatif.quiet.finder", lambda *_: lambda end_s: end_s < 3600)
    quick = list(play(played, recording, Unknowns(boot_s=60, warm_start_s=30)))
    assert quick != list(play(played, recording, Unknowns(boot_s=60, warm_start_s=30), leap=False))


class Sized:
    """A group of a size that a test sets."""

    in_service = 10

    def shown(self, signal: Signal, end_s: int, period_s: int) -> float | None:
        """Nothing of its own."""


def test_a_closed_loop_divides_by_what_served_when_each_minute_ended(tmp_path: Path) -> None:
    """Servers that come while a datapoint is late do not change what it was, nor do those that come after it."""
    plan = save(tmp_path / "plan", [tracking("a", "A", 50.0)])
    played = subject(read_group_plan(SavedPlan(plan), None).group)
    record = Recorded(dict(told_of("A", [(1000.0, 10)])), START_S)
    source, fleet = Replay(played, record, Clock(60, 60, 10), START_S, closed_loop=True), Sized()
    source.follow(fleet)
    (policy,) = played.group.policies
    assert isinstance(policy, TargetTracking)
    metric = policy.metric
    assert isinstance(metric, Metric)
    source.begin(120)
    assert source.values(metric, 120, 60, 2) == [100.0, 100.0]
    source.note(120)
    source.begin(150)
    fleet.in_service = 20
    assert source.values(metric, 120, 60, 2) == [100.0, 100.0]
    source.note(150)
    source.begin(240)
    fleet.in_service = 25
    assert source.values(metric, 240, 60, 3) == [100.0, 50.0, 40.0]
    source.note(240)
    source.begin(300)
    assert source.values(metric, 300, 60, 4) == [100.0, 50.0, 40.0, 40.0]


def told_of(metric: str, runs: list[tuple[float | None, int]]) -> list[tuple[Name, Series]]:
    """A metric that keeps each value for some minutes."""
    minutes = [value for value, length in runs for _ in range(length)]
    points = [(START_S + 60 * number, value) for number, value in enumerate(minutes) if value is not None]
    if not points:
        return []
    times, values = zip(*points, strict=True)
    return [(("Own", metric, ()), Series(times, values))]
