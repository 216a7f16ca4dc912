"""Schedules against openings: what is there at which minute, and what is ready in time.

Times are arithmetic on what is declared; how long a server really boots is measured elsewhere.
"""

from datetime import UTC, datetime

import pytest

from policy.configuration import of_values
from policy.registry import RULES
from policy.rule import example
from policy.rules.openings import capacity_units

RULE = {rule.id: rule for rule in RULES}
NOW = datetime(2027, 8, 8, tzinfo=UTC)
# doors at 11:00 UTC, held until 15:00
NIGHT = {"name": "night", "at": "2027-08-09T20:00", "zone": "Asia/Seoul", "servers": 60}


def action(name, at, minimum, **more):
    given = {"autoscalingGroupName": "@servers", "startTime": f"2027-08-09T{at}:00Z", "minSize": minimum, **more}
    return ("autoscaling/schedule", name, given)


def fleet(*more, **properties):
    group = ("autoscaling/group", "servers", {"minSize": 6, "maxSize": 90, "defaultInstanceWarmup": 120, **properties})
    return (group, *more)


def messages(stack_of, id_, resources, now=NOW, opening=NIGHT, **values):
    settings = {"openings": [opening], "fleet": {"minSize": 6, "bootS": 120}, **values}
    return [f.message for f in RULE[id_].of_stack(stack_of(example(*resources)), of_values(settings, now))]


@pytest.mark.parametrize("at", ["09:00", "10:54"])
def test_an_action_in_time_is_right(stack_of, at):
    # 120 s late at worst, 120 s of boot, 120 s of warmup: six minutes
    assert messages(stack_of, "openings-scheduled", fleet(action("open", at, 60))) == []


def test_a_minute_too_late_is_refused_with_the_minute(stack_of):
    (message,) = messages(stack_of, "openings-scheduled", fleet(action("open", "10:55", 60)))

    assert message == (
        "opening night: the fleet's minimum is 6 at 2027-08-09T10:54Z and 60 only from 2027-08-09T10:55Z, "
        "but 60 servers are needed at 2027-08-09T11:00Z and take 360 s to count in full"
    )


@pytest.mark.parametrize(
    ("more", "seconds"),
    [
        ({"fleet": {"bootS": 600}}, 840),
        ({"fleet": {}}, 690),
    ],
    ids=["as configured", "the launch hook's timeout"],
)
def test_the_boot_is_what_the_configuration_or_else_the_launch_hook_says(stack_of, more, seconds):
    hook = {"lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING", "heartbeatTimeout": 450}
    resources = fleet(("autoscaling/lifecycleHook", "ready", {"autoscalingGroupName": "@servers", **hook}))

    (message,) = messages(stack_of, "openings-scheduled", resources, **more)
    assert f"take {seconds} s" in message


def test_without_either_the_health_checks_grace_period_stands_for_the_boot(stack_of):
    (message,) = messages(stack_of, "openings-scheduled", fleet(healthCheckGracePeriod=90), fleet={})

    assert "take 330 s" in message


def test_the_slow_start_of_the_target_group_is_waited_for(stack_of):
    resources = fleet(("lb/targetGroup", "web", {"slowStart": 300}), targetGroupArns=["@web"])

    (message,) = messages(stack_of, "openings-scheduled", resources)
    assert "take 660 s" in message


def test_too_few_servers_are_refused(stack_of):
    assert messages(stack_of, "openings-scheduled", fleet(action("open", "10:00", 59)))


def test_a_release_in_the_middle_is_refused(stack_of):
    early = fleet(action("open", "10:00", 60), action("release", "14:59", 6))

    (message,) = messages(stack_of, "openings-scheduled", early)
    assert "falls to 6 at 2027-08-09T14:59Z" in message
    assert messages(stack_of, "openings-scheduled", fleet(action("o", "10:00", 60), action("r", "15:00", 6))) == []


def test_a_minimum_that_is_always_that_high_needs_no_action(stack_of):
    assert messages(stack_of, "openings-scheduled", fleet(minSize=60)) == []


@pytest.mark.parametrize("minimum", [-1, None])
def test_an_action_that_leaves_the_minimum_as_it_is_raises_nothing(stack_of, minimum):
    assert messages(stack_of, "openings-scheduled", fleet(action("open", "10:00", minimum, desiredCapacity=60)))


def test_an_action_that_leaves_the_minimum_as_it_is_lowers_nothing(stack_of):
    unchanged = action("larger", "12:00", -1, maxSize=120)

    assert messages(stack_of, "openings-scheduled", fleet(action("open", "10:00", 60), unchanged)) == []


def test_during_an_opening_the_raised_minimum_is_what_counts(stack_of):
    during = datetime(2027, 8, 9, 12, tzinfo=UTC)

    assert messages(stack_of, "openings-scheduled", fleet(minSize=60), now=during) == []
    assert messages(stack_of, "openings-scheduled", fleet(minSize=6), now=during)


def test_what_is_over_is_not_judged(stack_of):
    assert messages(stack_of, "openings-scheduled", fleet(), now=datetime(2027, 8, 9, 15, tzinfo=UTC)) == []


def test_an_opening_nobody_gave_servers_is_refused_in_production_unless_something_raises_the_fleet(stack_of):
    unsaid = {key: value for key, value in NIGHT.items() if key != "servers"}

    assert messages(stack_of, "openings-scheduled", fleet(), opening=unsaid)
    assert messages(stack_of, "openings-scheduled", fleet(action("open", "10:00", 20)), opening=unsaid) == []
    assert messages(stack_of, "openings-scheduled", fleet(), opening=unsaid, environment="development") == []


def test_several_groups_count_together(stack_of):
    second = ("autoscaling/group", "more", {"minSize": 30, "maxSize": 40, "defaultInstanceWarmup": 120})

    assert messages(stack_of, "openings-scheduled", fleet(second, action("open", "10:00", 30))) == []
    assert messages(stack_of, "openings-scheduled", fleet(second, action("open", "10:00", 29)))


def test_an_action_that_repeats_is_believed(stack_of):
    nightly = action("nightly", "00:00", 60, recurrence="0 10 * * *")

    assert messages(stack_of, "openings-scheduled", fleet(nightly)) == []


def tracking(kind="TargetTrackingScaling"):
    return ("autoscaling/policy", kind, {"autoscalingGroupName": "@servers", "policyType": kind})


@pytest.mark.parametrize(
    ("resources", "servers", "refused"),
    [
        (fleet(tracking()), 60, True),
        (fleet(tracking()), 13, True),
        # twice as many as on any other day is what target tracking can follow
        (fleet(tracking()), 12, False),
        (fleet(tracking()), None, True),
        (fleet(tracking(), action("open", "10:00", 60)), 60, False),
        (fleet(tracking(), tracking("StepScaling")), 60, False),
        (fleet(), 60, False),
    ],
    ids=["alone", "just over twice", "twice", "nobody said", "with a schedule", "with steps", "no policy at all"],
)
def test_target_tracking_is_not_alone_before_a_surge(stack_of, resources, servers, refused):
    found = messages(stack_of, "tracking-not-alone", resources, opening={**NIGHT, "servers": servers})

    assert bool(found) == refused


@pytest.mark.parametrize(
    ("reserved", "servers", "refused"),
    [(0, 60, True), (259, 60, True), (260, 60, False), (0, 12, False), (100, 20, False), (99, 20, True)],
)
def test_the_balancer_holds_what_the_ramp_needs(stack_of, reserved, servers, refused):
    capacity = {"minimumLoadBalancerCapacity": {"capacityUnits": reserved}} if reserved else {}
    balancer = ("lb/loadBalancer", "balancer", {"internal": False, **capacity})
    found = messages(
        stack_of,
        "balancer-ready",
        fleet(balancer),
        opening={**NIGHT, "servers": servers},
        service={"journeysPerServerPerS": 12},
        balancer={"reservation": {"kilobytesPerJourney": 100, "connectionsPerJourney": 1, "connectionS": 10}},
    )

    # 60 servers admit 720 people/s of 100 kB: 259.2 GB/h
    assert bool(found) == refused


@pytest.mark.parametrize("kind", [{"internal": True}, {"loadBalancerType": "network"}], ids=str)
def test_other_balancers_need_no_units(stack_of, kind):
    assert messages(stack_of, "balancer-ready", fleet(("lb/loadBalancer", "balancer", kind))) == []


def test_units_are_those_of_the_dimension_used_most():
    journey = of_values({}, NOW).journey

    # 12 requests, 3 connections of 60 s, 120 kB: 1,000 people/s open 3,000 connections/s, and hold 180,000 of them
    assert capacity_units(1_000, journey) == max(3_000 / 25, 180_000 / 3_000, 432)


def test_openings_are_read_with_their_defaults_in_their_zone():
    values = {
        "openings": [{"name": "n", "at": "2027-08-09T20:00"}],
        "openingDefaults": {"zone": "Asia/Seoul", "servers": 3},
    }

    (opening,) = of_values(values, NOW).openings
    assert (opening.doors, opening.servers) == (datetime(2027, 8, 9, 11, tzinfo=UTC), 3)


@pytest.mark.parametrize(
    "entry", [{}, {"at": "soon", "zone": "Asia/Seoul"}, {"at": "2027-08-09T20:00", "zone": "X"}, 7]
)
def test_an_opening_that_the_program_refuses_crashes_no_rule(entry):
    assert of_values({"openings": [entry]}, NOW).openings == ()
