"""The group of a rehearsal: what it sees of the night, and how its events are told.

What the group itself does is proved beside it, in the tests of the group in time.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from floodgate.awsrules.balancer.health_checks import HealthCheck
from floodgate.awsrules.model import (
    Alarm,
    Group,
    InstanceType,
    MaintenancePolicy,
    Member,
    Metric,
    MetricMath,
    PredictiveScaling,
    Query,
    ScheduledAction,
    Step,
    StepScaling,
    TargetTracking,
)
from floodgate.awsrules.scaling.target_tracking_alarms import metric_of
from floodgate.fleet.faults import InstancesFail, NoCapacity
from floodgate.fleet.targets import Checks
from floodgate.fleet.unknowns import Unknowns
from floodgate.rehearsal.outcome import Event
from floodgate.rehearsal.parameters import load_parameters
from floodgate.rehearsal.plan import Plan, Service, playable
from floodgate.rehearsal.rehearsed_group import RehearsedGroup
from floodgate.rehearsal.unknowns import unknowns_of
from tests.unit.rehearsal.engine_cases import plan_of

START = datetime(2027, 8, 9, 10, tzinfo=UTC)
WAITING = Metric("Floodgate", "PeopleWaiting", (("Stack", "opening"),), "Maximum")
REQUESTS = TargetTracking("requests", "arn:requests", 6000, predefined="ALBRequestCountPerTarget", warmup_s=120)
CPU = TargetTracking("cpu", "arn:cpu", 50, predefined="ASGAverageCPUUtilization", warmup_s=120)
LINE = StepScaling(
    "line",
    "arn:line",
    "ChangeInCapacity",
    (Step(0, None, 5),),
    (Alarm("many", WAITING, "GreaterThanThreshold", 1000, 60, 1, 1),),
    warmup_s=120,
)
WEB = Group(
    "web", 2, 40, 10, InstanceType("c7g.xlarge", 4, 8192), ("a", "b"), default_warmup_s=120, detailed_monitoring=True
)
UNKNOWNS = Unknowns(boot_s=100, warm_start_s=30)


def group(*policies, faults=(), unknowns=UNKNOWNS, **changes):
    return RehearsedGroup(replace(WEB, policies=policies, **changes), unknowns, START, faults)


def play(fleet, seconds, *, requests=0.0, cpu=0.0, waiting=0.0, answers_s=0.1):
    """Step by step in stretches that end where something is due, as a night is played."""
    second = 0
    while second < seconds:
        fleet.step(second)
        end = int(min(seconds, second + 60, max(second + 1, fleet.next_s)))
        length = end - second
        fleet.observe_span([requests] * length, [cpu] * length, waits(waiting, length), [answers_s] * length)
        second = end
    fleet.step(seconds)
    return fleet.told()


def waits(waiting, seconds):
    return {"PeopleWaiting": [waiting] * seconds}


def test_what_the_night_counts_reaches_the_policies():
    by_requests = group(REQUESTS)
    by_cpu = group(CPU)
    by_line = group(LINE)

    # 10 servers at 150 requests a second each: 9,000 a minute against 6,000
    told = [event for event in play(by_requests, 200, requests=1500.0) if event.kind == "policy"]
    reason = "requests per target were 9,000 a minute against a target of 6,000"
    assert told == [Event(180, "policy", "requests", 10, 15, reason)]
    play(by_cpu, 200, cpu=75.0)
    play(by_line, 61, waiting=2000.0)
    assert (by_requests.desired, by_cpu.desired, by_line.desired) == (15, 15, 15)


def test_without_a_server_that_answers_there_is_no_cpu_to_measure():
    hung = (InstancesFail(0, 10, "hangs"),)
    fleet = group(CPU, faults=hung, suspended=frozenset({"Terminate", "HealthCheck", "ReplaceUnhealthy"}))

    told = play(fleet, 200, cpu=75.0)

    assert not [event for event in told if event.kind == "policy"]
    assert (fleet.in_service, fleet.serving, fleet.effective(200, 0)) == (10, 0, 0)


def test_an_alarm_is_told_with_its_states():
    told = play(group(LINE), 61, waiting=2000.0)

    assert (told[0].kind, told[0].name) == ("alarm", "many")
    assert told[0].reason.startswith("INSUFFICIENT_DATA to ALARM: PeopleWaiting was 2,000")


def test_a_schedule_and_the_servers_that_follow_it_are_told_by_name():
    action = ScheduledAction("up", start=START + timedelta(seconds=60), desired=30)

    told = [(event.second, event.kind, event.name, event.after) for event in play(group(schedules=(action,)), 300)]

    assert told[0] == (60, "schedule", "up", 30)
    assert [(kind, after) for _, kind, _, after in told[1:]] == [("launch", 30), ("in_service", 30)]


@pytest.mark.parametrize(
    ("unknowns", "faults", "limit"),
    [
        (replace(UNKNOWNS, vcpu_quota=60), (), "quota"),
        (replace(UNKNOWNS, burst=2, refill_per_s=0.1), (), "launch rate"),
        (UNKNOWNS, (NoCapacity(0, instance_type="c7g.xlarge"),), "no capacity"),
    ],
)
def test_what_keeps_servers_away_is_told_by_the_name_of_the_limit(unknowns, faults, limit):
    action = ScheduledAction("up", start=START + timedelta(seconds=60), desired=30)
    fleet = group(schedules=(action,), unknowns=unknowns, faults=faults)

    told = play(fleet, 61)

    assert fleet.limited_by == limit
    assert [event.name for event in told if event.kind == "limit"] == [limit]


def test_policies_beyond_the_maximum_are_told_as_that_limit():
    told = play(group(REQUESTS, max_size=12), 200, requests=1500.0)

    assert [event.name for event in told if event.kind == "limit"] == ["max size"]


def plan(*policies):
    return Plan("ap-northeast-2", replace(WEB, policies=policies), Service(waiting_room=True))


def test_policies_on_what_a_rehearsal_counts_are_played():
    in_service = Metric("AWS/AutoScaling", "GroupInServiceInstances", (("AutoScalingGroupName", "web"),))
    queries = (Query("a", WAITING), Query("b", in_service), Query("c", expression="a / b"))
    by_share = TargetTracking("share", "arn:share", 1000, metric=MetricMath(queries, "c"))
    whole = plan(REQUESTS, CPU, LINE, by_share, PredictiveScaling("forecast", "arn:forecast"))

    assert playable(whole) == whole


def test_policies_on_anything_else_are_left_out_and_told():
    by_queue = TargetTracking("queue", "arn:queue", 100, metric=Metric("AWS/SQS", "NumberOfMessages"))
    by_network = TargetTracking("network", "arn:network", 100, predefined="ASGAverageNetworkIn")

    left = playable(plan(REQUESTS, by_queue, by_network))

    assert [policy.name for policy in left.group.policies] == ["requests"]
    assert "policy 'queue' follows NumberOfMessages" in left.notes[0]
    assert "policy 'network' follows NetworkIn" in left.notes[1]


def test_math_on_the_line_and_the_size_of_the_group_scales_it():
    in_service = Metric("AWS/AutoScaling", "GroupInServiceInstances", (("AutoScalingGroupName", "web"),))
    queries = (Query("a", WAITING), Query("b", in_service), Query("c", expression="a / b"))
    fleet = group(TargetTracking("share", "arn:share", 1000, metric=MetricMath(queries, "c"), warmup_s=120))

    play(fleet, 200, waiting=20_000.0)

    assert fleet.desired == 20


def test_predictive_scaling_has_its_forecast_in_service_before_the_hour():
    forecast = ((START + timedelta(hours=1), 25), (START + timedelta(hours=2), 4))
    policy = PredictiveScaling("forecast", "arn:forecast", "ForecastAndScale", buffer_s=300)
    fleet = RehearsedGroup(replace(WEB, policies=(policy,)), UNKNOWNS, START, forecast=forecast)

    told = [event for event in play(fleet, 3600) if event.kind == "predictive"]

    assert [(event.second, event.before, event.after) for event in told] == [(3300, 10, 25)]
    assert fleet.in_service == 25


@pytest.mark.parametrize(("mode", "noted"), [("ForecastAndScale", True), ("ForecastOnly", False)])
def test_a_policy_that_would_scale_by_a_forecast_says_so_where_there_is_none(mode, noted):
    alone = plan(PredictiveScaling("forecast", "arn:forecast", mode))
    given = replace(alone, forecast=((START, 10),))

    assert [("--forecast" in note) for note in playable(alone).notes] == [True] * noted
    assert playable(given).notes == ()


def test_without_a_balancer_nothing_is_checked_and_nothing_drains():
    alone = unknowns_of(plan(), load_parameters())

    assert (alone.first_check_s, alone.failed_checks_s, alone.drain_s) == (0, 0, 0)
    assert unknowns_of(plan_of(4), load_parameters()).drain_s == 300


CHECKS = Checks(HealthCheck(10, 4, 2, 3), late_s=4.0)


def checked(*, asks="ELB", grace_s=0, checks=CHECKS, when_all=1, **changes):
    """Ten servers behind a balancer whose checks are told to the group."""
    web = replace(WEB, health_check_type=asks, health_check_grace_s=grace_s, behind_balancer=True, **changes)
    unknowns = replace(UNKNOWNS, marked_when_all=when_all)
    return RehearsedGroup(web, unknowns, START, checks=checks)


def spells(fleet, *spells):
    """Spells of (seconds, how late servers answer), each second told by itself."""
    second = 0
    for length, answers_s in spells:
        for now in range(second, second + length):
            fleet.step(now)
            fleet.observe_span([0.0], [50.0], waits(0.0, 1), [answers_s])
        second += length
    return [event for event in fleet.told() if event.name == "health check"]


@pytest.mark.parametrize(("asks", "replaced"), [("ELB", True), ("EC2", False)])
def test_servers_that_are_too_slow_for_their_check_are_replaced_where_the_group_asks_the_balancer(asks, replaced):
    assert bool(spells(checked(asks=asks), (60, 9.0), (600, 0.1))) is replaced


def test_who_passes_again_within_the_grace_period_is_spared():
    # ten servers come into service after 100 s
    up = {"min_size": 0, "desired": 0, "schedules": (ScheduledAction("up", start=START, desired=10),)}
    assert spells(checked(grace_s=300, **up), (110, 0.1), (60, 9.0), (900, 0.1)) == []
    assert spells(checked(grace_s=0, **up), (110, 0.1), (60, 9.0), (900, 0.1))
    # who still fails then is not
    assert spells(checked(grace_s=300, **up), (110, 0.1), (400, 9.0), (300, 0.1))[0].second == 400


def test_what_is_marked_goes_although_it_passes_again_and_the_others_stay():
    gone = {
        when_all: sum(event.before - event.after for event in spells(fleet, (40, 9.0), (3600, 0.1)))
        for when_all in (1, 10)
        for fleet in [checked(when_all=when_all)]
    }
    # those that were found before all were found are marked whatever is marked of a whole group
    assert 1 <= gone[1] < gone[10] == 10


def test_without_a_balancer_nobody_is_left_out():
    fleet = checked(checks=None)
    assert spells(fleet, (60, 9.0)) == []
    assert (fleet.receiving, fleet.working, fleet.lost, fleet.late_s) == (10, 10, 0.0, float("inf"))


def test_the_metric_of_requests_counts_the_targets_that_are_healthy():
    counted = {}
    for answers_s in (0.1, 9.0):
        fleet = checked(asks="EC2", policies=(REQUESTS,))
        for second in range(61):
            fleet.step(second)
            # checks fail from second 50 to 59
            fleet.observe_span([2000.0], [50.0], waits(0.0, 1), [answers_s if second >= 30 else 0.1])
        counted[answers_s] = fleet.shown(metric_of(REQUESTS, "web"), 60, 60)
    assert counted == {0.1: 12_000, 9.0: pytest.approx(120_000)}


def test_what_changed_for_the_targets_is_told_beside_what_was_just_before():
    # ten servers come into service after 100 s, and all fail
    up = {"min_size": 0, "desired": 0, "schedules": (ScheduledAction("up", start=START, desired=10),)}
    fleet = checked(asks="EC2", **up)
    spells(fleet, (110, 0.1), (60, 9.0))
    some, opened = (event for event in fleet.told() if event.kind == "balancer")
    assert (some.name, some.before, opened.name, opened.after) == ("some unhealthy", 10, "fail open", 0)
    assert 0 < some.after < 10
    left_out = f"{10 - some.after:g} of 10 servers fail the balancer's health check and get no requests"
    assert some.reason == f"{left_out}; {some.after:g} get all"


def test_coming_and_going_of_targets_is_told_once_in_a_quarter_of_an_hour():
    fleet = checked(asks="EC2")
    spells(fleet, *((60, 9.0), (60, 0.1)) * 10)
    told = [(event.second, event.name) for event in fleet.told() if event.kind == "balancer"]
    for name in ("some unhealthy", "fail open", "all healthy"):
        seconds = [second for second, other in told if other == name]
        assert len(seconds) == 2
        assert seconds[1] - seconds[0] >= 900


def test_the_names_that_aws_gave_to_instances_change_nothing():
    told = []
    for letter in "abc":
        members = tuple(Member(f"i-{letter}{n * 7919 % 101:04d}", "a" if n % 2 else "b") for n in range(10))
        fleet = checked(members=members)
        told.append(
            (spells(fleet, (25, 9.0), (300, 0.1)), [event for event in fleet.told() if event.kind == "balancer"])
        )
    assert told[0] == told[1] == told[2]
    assert all(told[0])


def test_what_was_marked_stays_marked_although_all_are_found_before_they_pass_again():
    fleet = checked(maintenance=MaintenancePolicy(100, 110))
    replaced = spells(fleet, (40, 9.0), (3600, 0.1))
    # the tenth was found a second after the ninth, when the others were marked already
    assert sum(event.before - event.after for event in replaced) == 9
    assert replaced[0].second > 100


def test_servers_that_are_not_registered_lose_no_requests():
    more = (ScheduledAction("up", start=START, desired=12),)
    fleet = checked(suspended=frozenset({"AddToLoadBalancer"}), schedules=more)
    spells(fleet, (105, 0.1))
    assert (fleet.in_service, fleet.serving, fleet.receiving, fleet.lost) == (12, 10, 10, 0.0)
