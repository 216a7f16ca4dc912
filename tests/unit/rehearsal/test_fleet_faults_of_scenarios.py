"""What a scenario lets go wrong with the group reaches the group, from its minute on, and changes what it must.

How the group answers is proved beside it; here a whole night is played for each kind.
"""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from floodgate.awsrules.model import InstanceType, ScheduledAction
from floodgate.fleet import faults as of_the_fleet
from floodgate.rehearsal.engine import play
from floodgate.rehearsal.errors import ScenarioError
from floodgate.rehearsal.fleet_faults import fleet_faults
from floodgate.rehearsal.parameters import load_parameters
from floodgate.rehearsal.scenarios.faults import KINDS, Fault
from tests.unit.rehearsal.engine_cases import DOORS, crowd_of, plan_of

SHORT = {"arrivals": ((-5.0, 0.0), (0.0, 0.3), (10.0, 1.0)), "lead_minutes": 6, "horizon_minutes": 25}
DOORS_S = 360
AROUND = {"database-failover", "identity-down", "bots"}
AMOUNTS = {"instances-fail": 4, "instances-hang": 4, "slow-boots": 3}


def group(**changes):
    base = plan_of(12).group
    settings = {"max_size": 40, "version": "web:3", "health_check_type": "ELB", "default_warmup_s": 0}
    return replace(base, **(settings | changes))


def night(*faults, **changes):
    """A night without a crowd to speak of on twelve servers in three zones."""
    plan = replace(plan_of(12), group=group(**changes))
    crowd = crowd_of(1_000, **SHORT, faults=faults)
    parameters = load_parameters({"instance.boot_s": 60, "metric.delay_s": 0, "schedule.delay_s": 0})
    return play(plan, crowd, parameters, DOORS, seed=1)


def fault(kind, at_minutes=5.0, for_minutes=math.inf, name=""):
    usual = AMOUNTS.get(kind, KINDS[kind].usual)
    return Fault(kind, at_minutes, for_minutes, None if usual is None else float(usual), name)


def grow(minutes, desired):
    """A schedule so many minutes after the doors."""
    return ScheduledAction("grow", start=DOORS + timedelta(minutes=minutes), desired=desired)


def test_every_kind_befalls_either_the_group_or_what_is_around_it():
    kinds = [kind for kind in KINDS if fleet_faults([fault(kind)] if kind not in AROUND else [], DOORS_S, group())]

    assert set(kinds) | AROUND == set(KINDS)
    assert fleet_faults([Fault("bots", 0, 5, 10.0)], DOORS_S, group()) == ()


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (fault("zone-lost", 5, 10), of_the_fleet.ZoneLost(660, "a", 1260)),
        (fault("zone-lost", -6, name="c"), of_the_fleet.ZoneLost(0, "c")),
        (fault("zone-lost", -60, name="c"), of_the_fleet.ZoneLost(0, "c")),
        (fault("no-capacity", 0), of_the_fleet.NoCapacity(360, instance_type="c7g.xlarge")),
        (fault("no-capacity", 0, name="b"), of_the_fleet.NoCapacity(360, zone="b")),
        (fault("no-capacity", 0, name="c7g.xlarge"), of_the_fleet.NoCapacity(360, instance_type="c7g.xlarge")),
        (fault("instances-hang", 0.5), of_the_fleet.InstancesFail(390, 4, "hangs")),
        (fault("slow-boots", 0, 1), of_the_fleet.SlowBoots(360, 3, 420)),
        (fault("launch-throttling", 0, 0.001), of_the_fleet.LaunchThrottling(360, 0.2, 361)),
        (fault("metrics-delayed", 0), of_the_fleet.MetricsDelayed(360, 300)),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_an_entry_becomes_the_fault_of_the_group(given, made):
    assert fleet_faults([given], DOORS_S, group()) == (made,)


@pytest.mark.parametrize(("version", "newer"), [("web:3", "web:4"), ("web:main", "web:main, newer"), ("", ", newer")])
def test_a_deployment_brings_a_version_that_the_group_does_not_have(version, newer):
    (made,) = fleet_faults([fault("deployment")], DOORS_S, group(version=version))

    assert isinstance(made, of_the_fleet.InstanceRefresh)
    assert (made.version, made.bad, made.preferences.auto_rollback) == (newer, False, False)


@pytest.mark.parametrize("kind", ["zone-lost", "no-capacity"])
def test_a_name_that_the_group_does_not_have_is_refused_with_those_that_it_has(kind):
    with pytest.raises(ScenarioError, match=r"'z9' is none of the group's: the group has .*a, b, c; name one"):
        fleet_faults([fault(kind, name="z9")], DOORS_S, group())


def test_a_lost_zone_takes_its_servers_and_the_others_replace_them():
    ill = night(fault("zone-lost", 5, name="b"))

    assert ill.series["in_service"][659] == 12
    assert ill.series["in_service"][660] == 8
    assert ill.series["in_service"][-1] == 12
    assert next(event.name for event in ill.events if event.kind == "fault") == "zone-lost"


def test_servers_that_stop_are_replaced_and_those_that_hang_are_found_by_the_balancer():
    stopped, hung = night(fault("instances-fail")), night(fault("instances-hang"))

    assert (stopped.series["in_service"][660], stopped.series["in_service"][-1]) == (8, 12)
    assert hung.series["in_service"][660:].min() == 11, "AWS replaces a tenth at a time"
    assert hung.series["in_service"][-1] == 12
    assert "health" in [event.kind for event in hung.events]


def test_servers_that_hang_are_found_by_nobody_where_the_group_asks_ec2_alone():
    ill = night(fault("instances-hang"), health_check_type="EC2")

    assert set(ill.series["in_service"]) == {12}
    assert not [event for event in ill.events if event.kind == "health"]


@pytest.mark.parametrize(
    ("kind", "limit"), [("no-capacity", "no capacity"), ("launch-throttling", "launch rate"), ("slow-boots", None)]
)
def test_what_keeps_servers_from_coming_makes_them_come_later(kind, limit):
    schedules = (grow(6, 30),)
    well, ill = night(schedules=schedules), night(fault(kind, 5, 8), schedules=schedules)
    at = [int((outcome.series["in_service"] >= 30).argmax()) for outcome in (well, ill)]

    assert at[0] == 360 + 6 * 60 + 60 + 15, "boot and first health check"
    assert at[1] > at[0] + 60
    assert ([event.name for event in ill.events if event.kind == "limit"] or [None])[0] == limit


def test_no_capacity_of_the_first_type_is_made_good_by_the_next_one():
    other = (InstanceType("c7gn.xlarge", 4, 8192),)
    ill = night(fault("no-capacity", 5), schedules=(grow(6, 30),), other_types=other)

    assert ill.series["in_service"][-1] == 30
    assert not [event for event in ill.events if event.kind == "limit"]


def test_a_deployment_replaces_every_server_and_keeps_nine_of_ten():
    ill = night(fault("deployment", 0))

    assert ill.series["in_service"].min() == 11
    assert "refresh" in [event.kind for event in ill.events]


def test_a_bad_version_costs_servers_until_the_refresh_is_rolled_back():
    long = {"lead_minutes": 6, "horizon_minutes": 150, "arrivals": ((-5.0, 0.0), (0.0, 0.3), (10.0, 1.0))}
    plan = replace(plan_of(12), group=group(health_check_grace_s=60))
    crowd = crowd_of(1_000, **long, faults=(fault("bad-version", 0),))
    ill = play(plan, crowd, load_parameters({"instance.boot_s": 60}), DOORS, seed=1)
    refused = [event for event in ill.events if event.kind == "limit"]

    assert [event.name for event in refused] == ["web:4"]
    assert "could not get on" in refused[0].reason
    assert ill.series["in_service"][-1] == 12
