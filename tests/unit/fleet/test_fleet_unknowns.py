"""What AWS leaves open changes what it is about, and nothing is open that nobody reads.

Which value is AWS's is not proven; the parameters' ranges say what is plausible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from floodgate.awsrules.model import LifecycleHook, Member, PredictiveScaling, ScheduledAction, SimpleScaling, Step
from floodgate.fleet import Unknowns

from .conftest import ARN, START, Bench


def breached(bench: Bench, points: Sequence[float | None], **unknowns: Any) -> list[tuple[str | int | None, int]]:
    """The states of an alarm of three periods that sees these datapoints, and when it changed."""
    policy = bench.tracking(100, name="t")
    made = bench.fleet(bench.group(policies=(policy,)), lambda end: points[end // 60 - 1], unknowns=unknowns)
    bench.play(made, 60 * len(points))
    return [
        (event.after, event.second) for event in made.events if event.kind == "alarm" and "High" in event.cause.name
    ]


def test_an_alarm_looks_back_over_gaps_as_far_as_its_range(bench: Bench) -> None:
    points = [150, 150, 150, None, None, None]
    far, near = (breached(bench, points, range_extra=extra) for extra in (5, 0))
    assert far == [("OK", 60), ("ALARM", 180)], "the last three datapoints are judged again"
    assert near == [("OK", 60), ("ALARM", 180), ("INSUFFICIENT_DATA", 360)], (
        "with none of them in the range nothing is known"
    )


def test_a_lone_young_breach_leaves_the_state_that_is_taken_for_it(bench: Bench) -> None:
    points = [None, None, None, None, 150, None]
    assert breached(bench, points, early_state="OK") == [("OK", 300)]
    assert breached(bench, points, early_state="INSUFFICIENT_DATA") == []


@pytest.mark.parametrize(("base", "size"), [("warm", 15), ("in service", 18)])
def test_while_servers_warm_up_cpu_is_taken_for_an_average_of_these(bench: Bench, base: Any, size: int) -> None:
    """Twelve in service of which ten are warm, at 75 % against 50 %."""
    cpu = bench.tracking(50, name="cpu", predefined="ASGAverageCPUUtilization", metric=None, warmup_s=3600)
    schedule = ScheduledAction("up", start=START + timedelta(seconds=30), desired=12)
    fleet = bench.fleet(bench.group(policies=(cpu,), schedules=(schedule,)), unknowns={"cpu_base": base}, cpu=75)
    bench.play(fleet, 180)
    assert fleet.desired == size


@pytest.mark.parametrize(("periods", "second"), [(3, 30), (6, 60)])
def test_a_high_resolution_alarm_has_as_many_periods_as_it_is_taken_to_have(
    bench: Bench, periods: int, second: int
) -> None:
    quick = bench.tracking(100, period_s=10)
    fleet = bench.fleet(bench.group(policies=(quick,)), lambda _: 150, unknowns={"high_periods": periods})
    assert bench.desired(fleet, 100)[0] == (second, 15)


@pytest.mark.parametrize(("minutes", "second"), [(15, 900), (5, 300)])
def test_its_low_alarm_waits_as_long_as_it_is_taken_to_wait(bench: Bench, minutes: float, second: int) -> None:
    quick = bench.tracking(100, period_s=10)
    fleet = bench.fleet(bench.group(policies=(quick,)), lambda _: 10, unknowns={"low_minutes": minutes})
    assert bench.desired(fleet, 1000)[0][0] == second


@pytest.mark.parametrize(("reading", "seconds"), [("draining begins", [60, 180]), ("draining ends", [60, 480])])
def test_a_cooldown_runs_from_where_draining_is_taken_to_count(bench: Bench, reading: Any, seconds: list[int]) -> None:
    watched = bench.stepping((Step(None, 0, -1),), 50, low=True, name="s").alarms[0]
    policy = SimpleScaling("s", ARN + "s", "ChangeInCapacity", -1, (watched,), cooldown_s=120)
    group = bench.group(policies=(policy,), behind_balancer=True)
    fleet = bench.fleet(group, lambda _: 10, unknowns={"drain_s": 300, "draining_reading": reading})
    assert [second for second, _ in bench.desired(fleet, 599)][:2] == seconds


@pytest.mark.parametrize(("share", "maximum"), [(1.0, 20), (0.8, 21)])
def test_a_forecast_close_to_the_maximum_raises_it_from_a_share_on(bench: Bench, share: float, maximum: int) -> None:
    policy = PredictiveScaling("p", ARN + "p", "ForecastAndScale", 300, "IncreaseMaxCapacity", 10)
    forecast = ((START, 10), (START + timedelta(hours=1), 19))
    group = bench.group(max_size=20, policies=(policy,))
    fleet = bench.fleet(group, forecast=forecast, unknowns={"close_share": share})
    bench.play(fleet, 3600)
    assert (fleet.desired, fleet.max_size) == (19, maximum)


def test_members_on_their_way_wait_for_their_hooks_too(bench: Bench) -> None:
    members = (Member("i-1", "a"), Member("i-2", "b", state="Pending:Wait"))
    group = bench.group(
        desired=2, members=members, hooks=(LifecycleHook("ready", "autoscaling:EC2_INSTANCE_LAUNCHING", 600),)
    )
    fleet = bench.fleet(group, unknowns={"boot_s": 50, "hook_s": 30})
    bench.play(fleet, 79)
    assert (fleet.in_service, fleet.launching) == (1, 1)
    bench.play(fleet, 80)
    assert (fleet.in_service, fleet.launching) == (2, 0)


@pytest.mark.parametrize("name", ["boot_s", "heartbeat_every_s", "marked_when_all", "range_extra"])
def test_a_number_below_zero_is_refused_with_its_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is -1"):
        replace(Unknowns(boot_s=0, warm_start_s=0), **{name: -1})
