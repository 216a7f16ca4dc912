"""A group in time: schedules, alarms, policies, launches and limits, second by second.

Proves the timing against rules that AWS documents; how long a real boot takes is a parameter, not proved here.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from floodgate.awsrules.model import (
    Alarm,
    Group,
    InstanceType,
    LifecycleHook,
    Metric,
    ScheduledAction,
    SimpleScaling,
    Step,
    StepScaling,
    TargetTracking,
    WarmPool,
)
from floodgate.fleet import Unknowns

from .nights import Night

START = datetime(2027, 8, 9, 10, tzinfo=UTC)
LARGE = InstanceType("c7g.xlarge", 4, 8192)
TIMES = Unknowns(boot_s=100, warm_start_s=30)
WAITING = Metric("Floodgate", "PeopleWaiting", (("Stack", "opening"),), "Maximum")
HOOK = LifecycleHook("ready", "autoscaling:EC2_INSTANCE_LAUNCHING")
REQUESTS = TargetTracking("requests", "arn:requests", 6000, predefined="ALBRequestCountPerTarget", warmup_s=120)
CPU = TargetTracking("cpu", "arn:cpu", 50, predefined="ASGAverageCPUUtilization", warmup_s=120)
OUT = Alarm("many", WAITING, "GreaterThanThreshold", 1000, 60, 1, 1)
STEPS = StepScaling(
    "line", "arn:line", "ChangeInCapacity", (Step(0, 9_000, 5), Step(9_000, None, 20)), (OUT,), warmup_s=120
)


WEB = Group("web", 2, 40, 10, LARGE, ("a", "b"), default_warmup_s=120, detailed_monitoring=True)


def group(**settings):
    return replace(WEB, **settings)


def action(name, after_s, **settings):
    return ScheduledAction(name, start=START + timedelta(seconds=after_s), time_zone="Asia/Seoul", **settings)


def play(fleet, seconds, requests=0.0, cpu=0.0, waiting=None, *, since=0):
    """The desired capacity at the end of each second; loads may be functions of the second."""
    desired = []
    for second in range(since, since + seconds):
        fleet.step(second)
        load, heat, line = (value(second) if callable(value) else value for value in (requests, cpu, waiting))
        fleet.observe(load, heat, {} if line is None else {"PeopleWaiting": line})
        desired.append(fleet.desired)
    return desired


def told(fleet, kind):
    """Events of a kind; changes of the desired capacity by the kind of their cause."""
    return [
        (event.second, event.cause.name, event.before, event.after)
        for event in fleet.events
        if kind in (event.kind, event.cause.kind if event.kind == "desired" else "")
    ]


def test_a_group_without_policies_stays_as_it_is():
    fleet = Night(group(), TIMES, START)

    assert set(play(fleet, 3600, requests=1e6, cpu=100, waiting=1e6)) == {10}
    assert [event for event in fleet.events if event.kind != "alarm"] == []


def test_a_schedule_fires_on_its_second_and_servers_come_after_their_boot():
    fleet = Night(group(schedules=(action("up", 600, min_size=20, desired=30),)), TIMES, START)

    desired = play(fleet, 800)

    assert desired[599:601] == [10, 30]
    assert told(fleet, "schedule") == [(600, "up", 10, 30)]
    assert told(fleet, "in_service") == [(700, "desired capacity", 10, 30)]
    assert (fleet.min_size, fleet.in_service, fleet.launching) == (20, 30, 0)
    assert "2027-08-09 19:10 Asia/Seoul" in next(event for event in fleet.events if event.kind == "desired").reason


def test_a_schedule_of_a_minimum_alone_lifts_the_desired_capacity():
    fleet = Night(group(schedules=(action("floor", 60, min_size=15), action("roof", 120, max_size=12))), TIMES, START)

    desired = play(fleet, 130)

    assert (desired[59], desired[60], desired[120]) == (10, 15, 12)


def test_a_late_schedule_is_late_and_a_suspended_one_does_not_fire():
    late = Night(group(schedules=(action("up", 60, desired=20),)), Unknowns(100, 30, schedule_delay_s=120), START)
    suspended = Night(
        group(schedules=(action("up", 60, desired=20),), suspended=frozenset({"ScheduledActions"})), TIMES, START
    )

    assert play(late, 200).index(20) == 180
    assert set(play(suspended, 200)) == {10}


def test_target_tracking_acts_after_three_minutes_of_breach_and_the_delay_of_the_metric():
    fleet = Night(group(policies=(REQUESTS,)), Unknowns(100, 30, metric_delay_s=20), START)

    # 10 servers at 150 requests a second each: 9,000 a minute against 6,000
    desired = play(fleet, 300, requests=lambda second: 1500 if second >= 60 else 100)

    assert desired.index(15) == 60 + 3 * 60 + 20
    policy = next(event for event in fleet.events if event.kind == "desired")
    assert (policy.before, policy.after) == (10, 15)
    assert policy.reason == "requests per target were 9,000 a minute against a target of 6,000"


def test_repeated_breaches_that_need_no_more_launch_no_more():
    fleet = Night(group(policies=(REQUESTS,)), Unknowns(600, 30), START)

    assert max(play(fleet, 600, requests=1500)) == 15, "the same need is counted once while servers boot"
    assert play(fleet, 120, requests=1800, since=600)[-1] == 18, "a larger need is met"


def test_a_metric_at_its_target_changes_nothing():
    fleet = Night(group(policies=(REQUESTS,)), TIMES, START)

    assert set(play(fleet, 1200, requests=1000)) == {10}


def test_target_tracking_takes_away_gradually_after_fifteen_quiet_minutes():
    fleet = Night(group(policies=(REQUESTS,)), TIMES, START)

    desired = play(fleet, 3600, requests=300)

    assert desired.index(9) == 15 * 60
    assert desired[-1] == 4, "at 4,500 a minute and server the low alarm, at 4,200, is over"
    assert all(before - after in (0, 1) for before, after in pairwise(desired))


def test_terminating_servers_count_until_they_have_drained():
    fleet = Night(group(policies=(REQUESTS,)), Unknowns(100, 30, drain_s=300), START)

    desired = play(fleet, 1500, requests=300)

    changes = [second for second in range(1, 1500) if desired[second] != desired[second - 1]]
    assert changes == [900, 1200], "a second removal waits until the first is gone"


def test_scale_in_waits_while_anything_warms_up():
    quick = Night(group(policies=(REQUESTS,), schedules=(action("up", 850, desired=20),)), TIMES, START)

    desired = play(quick, 1200, requests=100)

    assert desired.index(18) == 1080, "launched at 850, in service at 950, warm at 1070"


def test_one_busy_policy_keeps_the_servers_that_another_would_give_back():
    fleet = Night(group(policies=(REQUESTS, CPU)), TIMES, START)

    assert set(play(fleet, 1800, requests=10, cpu=45)) == {10}
    assert play(fleet, 1800, requests=10, cpu=5, since=1800)[-1] < 10


def test_without_data_target_tracking_does_not_scale_in():
    blind = TargetTracking("own", "arn:own", 50, metric=Metric("Floodgate", "Unknown"))
    fleet = Night(group(policies=(REQUESTS, blind)), TIMES, START)

    assert set(play(fleet, 1800, requests=10)) == {10}


def test_a_policy_that_may_not_scale_in_does_not():
    fleet = Night(
        group(policies=(TargetTracking("r", "a", 6000, "ALBRequestCountPerTarget", disable_scale_in=True),)),
        TIMES,
        START,
    )

    assert set(play(fleet, 1800, requests=10)) == {10}


def test_basic_monitoring_reacts_later_than_detailed():
    def first(**settings):
        fleet = Night(group(policies=(CPU,), **settings), TIMES, START)
        return next(second for second, desired in enumerate(play(fleet, 1800, cpu=90)) if desired > 10)

    assert first() == 180
    assert first(detailed_monitoring=False) > 300, "one datapoint in five minutes"


def test_a_step_policy_takes_the_step_of_the_breach_and_repeats_it_once_warm():
    fleet = Night(group(policies=(STEPS,)), TIMES, START)

    desired = play(fleet, 600, waiting=2_000)

    assert desired[60] == 15, "one datapoint suffices"
    assert set(desired[60:300]) == {15}, "what is on its way is not asked for again"
    assert desired[300] == 20, "launched at 60, in service at 160, warm at 280, judged again at 300"
    assert Night(group(policies=(STEPS,)), TIMES, START).step(0) is None


def test_the_largest_of_several_policies_wins():
    fleet = Night(group(policies=(STEPS, REQUESTS)), TIMES, START)

    desired = play(fleet, 200, requests=1500, waiting=20_000)

    assert desired[60] == 30
    assert [name for _, name, _, _ in told(fleet, "policy")] == ["line"]


def test_a_step_policy_that_takes_away_counts_the_terminating():
    low = Alarm("few", WAITING, "LessThanThreshold", 10, 60, 1, 1)
    policy = StepScaling("less", "arn:less", "ChangeInCapacity", (Step(None, 0, -2),), (low,))
    fleet = Night(group(policies=(policy,)), Unknowns(100, 30, drain_s=150), START)

    assert play(fleet, 400, waiting=0)[60::60] == [8, 8, 8, 6, 6, 6]


def test_a_simple_policy_waits_for_its_launch_and_then_for_its_cooldown():
    policy = SimpleScaling("more", "arn:more", "ChangeInCapacity", 2, (OUT,), cooldown_s=300)
    fleet = Night(group(policies=(policy,)), TIMES, START)

    desired = play(fleet, 1200, waiting=5_000)

    changes = [second for second in range(1, 1200) if desired[second] != desired[second - 1]]
    assert changes == [60, 480, 900], "in service at 160, cooled down at 460, judged again at 480"


def test_the_cooldown_of_a_simple_policy_holds_back_what_others_would_take_away():
    more = SimpleScaling("more", "arn:more", "ChangeInCapacity", 2, (OUT,), cooldown_s=600)
    low = Alarm("few", WAITING, "LessThanThreshold", 10, 60, 1, 1)
    less = StepScaling("less", "arn:less", "ChangeInCapacity", (Step(None, 0, -2),), (low,), warmup_s=0)
    fleet = Night(group(policies=(more, less), default_warmup_s=0), TIMES, START)

    desired = play(fleet, 900, waiting=lambda second: 5_000 if second < 60 else 0)

    assert desired.index(12) == 60
    assert desired.index(10, 60) == 780, "in service at 160, cooled down at 760, judged again at 780"


def test_a_maximum_binds_every_policy_and_is_told():
    fleet = Night(group(policies=(STEPS,), max_size=22), TIMES, START)

    assert play(fleet, 100, waiting=50_000)[-1] == 22
    assert fleet.limited_by == "max size"
    assert any("the group's maximum is 22" in event.reason for event in fleet.events)
    play(fleet, 400, waiting=0, since=100)
    assert fleet.limited_by == ""


def test_suspended_alarms_change_nothing():
    fleet = Night(group(policies=(STEPS,), suspended=frozenset({"AlarmNotification"})), TIMES, START)

    assert set(play(fleet, 600, waiting=50_000)) == {10}


def test_a_high_resolution_alarm_is_judged_each_ten_seconds():
    quick = Alarm("many", WAITING, "GreaterThanThreshold", 1000, 10, 2, 2)
    policy = StepScaling("line", "arn", "ChangeInCapacity", (Step(0, None, 5),), (quick,), warmup_s=0)
    fleet = Night(group(policies=(policy,)), TIMES, START)

    assert play(fleet, 60, waiting=5_000).index(15) == 20


def test_alarms_keep_to_whole_minutes_whatever_second_the_play_begins_in():
    fleet = Night(group(policies=(STEPS,)), TIMES, START + timedelta(seconds=45))

    assert play(fleet, 60, waiting=5_000).index(15) == 15


def test_warm_servers_come_first_and_sooner_and_the_pool_is_filled_again():
    plan = group(warm_pool=WarmPool(max_prepared=16), hooks=(HOOK,), schedules=(action("up", 60, desired=20),))
    fleet = Night(plan, Unknowns(100, 30, hook_s=50, first_check_s=5), START)

    assert fleet.pool == 6
    play(fleet, 300)

    assert [(second, after) for second, _, _, after in told(fleet, "in_service")] == [(95, 16), (215, 20)]
    assert fleet.pool == 0, "the group has outgrown what is prepared"


def test_a_pool_follows_a_group_that_shrinks():
    plan = group(warm_pool=WarmPool(max_prepared=16), schedules=(action("down", 60, desired=8),))
    fleet = Night(plan, TIMES, START)

    play(fleet, 161)

    assert (fleet.in_service, fleet.pool, fleet.terminated) == (8, 8, 2)


def test_with_reuse_servers_return_to_the_pool():
    plan = group(warm_pool=WarmPool(max_prepared=16, reuse_on_scale_in=True), schedules=(action("d", 60, desired=8),))
    fleet = Night(plan, TIMES, START)

    play(fleet, 100)

    assert (fleet.in_service, fleet.pool, fleet.terminated, fleet.launched) == (8, 8, 0, 16)


def test_launches_beyond_the_burst_come_two_a_second():
    plan = group(max_size=3000, schedules=(action("up", 60, desired=1210),))
    fleet = Night(plan, TIMES, START)

    play(fleet, 100)
    assert fleet.limited_by == "launch rate"
    assert fleet.launching == 1000 + 2 * 39
    play(fleet, 200, since=100)

    assert (fleet.in_service, fleet.limited_by) == (1210, "")
    assert len(fleet.events) < 20, "what drips is told by the minute"


def test_the_vcpu_quota_stops_launches_until_there_is_room():
    plan = group(schedules=(action("up", 60, desired=30), action("down", 600, desired=5)))
    fleet = Night(plan, Unknowns(100, 30, vcpu_quota=80), START)

    play(fleet, 500)

    assert (fleet.in_service, fleet.desired, fleet.limited_by) == (20, 30, "quota")
    refused = [event for event in fleet.events if event.kind == "refused"]
    assert [(event.cause.kind, event.reason) for event in refused] == [
        ("quota", "the account may run 80 vCPUs, 80 run; 10 servers wait")
    ]
    play(fleet, 200, since=500)
    assert (fleet.in_service, fleet.limited_by) == (5, "")


def test_stopped_warm_servers_take_no_quota_and_running_ones_do():
    for state, held in (("Stopped", 20), ("Running", 20)):
        pool = WarmPool(state, max_prepared=20)
        fleet = Night(
            group(warm_pool=pool, schedules=(action("up", 60, desired=20),)), Unknowns(100, 30, vcpu_quota=80), START
        )
        play(fleet, 400)
        assert fleet.in_service == held, state

    short = Night(
        group(warm_pool=WarmPool("Running", max_prepared=20), schedules=(action("up", 60, desired=25),)),
        Unknowns(100, 30, vcpu_quota=80),
        START,
    )
    play(short, 400)
    assert (short.in_service, short.limited_by) == (20, "quota")


def test_slow_start_counts_a_new_server_by_its_age():
    fleet = Night(group(schedules=(action("up", 60, desired=20),)), TIMES, START)
    fleet.effective(0, 60)

    play(fleet, 191)

    assert fleet.effective(190, 60) == pytest.approx(10 + 10 * 30 / 60), "in service at 160"
    play(fleet, 100, since=191)
    assert fleet.effective(290, 60) == 20


def test_without_an_old_server_new_ones_get_their_full_share():
    fleet = Night(group(min_size=0, desired=0, schedules=(action("up", 60, desired=5),)), TIMES, START)
    fleet.effective(0, 60)

    play(fleet, 170)

    assert fleet.effective(169, 60) == 5


def test_what_still_boots_goes_before_what_serves():
    fleet = Night(group(schedules=(action("up", 60, desired=30), action("down", 100, desired=12))), TIMES, START)

    play(fleet, 120)

    assert (fleet.in_service, fleet.launching, fleet.terminated) == (10, 2, 18)


def test_a_negative_duration_is_refused_with_its_name():
    with pytest.raises(ValueError, match="boot_s is -1"):
        Unknowns(boot_s=-1, warm_start_s=30)
