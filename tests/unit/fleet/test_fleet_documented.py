"""AWS's own worked examples played in time.

They prove that the group applies the rules of `awsrules` at the right moment to the right numbers; the rules themselves
are proven beside them.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.awsrules.instances.instance_refresh import Preferences
from floodgate.awsrules.model import SimpleScaling, Step, WarmPool
from floodgate.fleet.faults import InstanceRefresh

from .conftest import ARN

GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/"


def test_a_backlog_of_150_per_instance_against_100_takes_ten_to_fifteen(bench: Any) -> None:
    """Source: GUIDE/as-using-sqs-queue.html."""
    fleet = bench.fleet(bench.group(policies=(bench.tracking(100),)), lambda _: 150)
    assert bench.desired(fleet, 180) == [(180, 15)]


def test_while_instances_warm_up_a_breach_asks_only_for_more_than_is_coming(bench: Any) -> None:
    """Ten warm at 150 are fifteen; again at 150 nothing; at 180 eighteen. Source: GUIDE/as-scaling-target-tracking."""
    group = bench.group(policies=(bench.tracking(100, warmup_s=600),))
    fleet = bench.fleet(group, lambda end: 180 if end >= 300 else 150)
    assert bench.desired(fleet, 360) == [(180, 15), (300, 18)]


def test_steps_take_ten_to_eleven_and_after_warmup_to_fourteen(bench: Any) -> None:
    """Source: GUIDE/as-scaling-simple-step.html."""
    steps = (Step(0, 10, 0), Step(10, 20, 10), Step(20, None, 30))
    group = bench.group(policies=(bench.stepping(steps, 50, warmup_s=60),))
    fleet = bench.fleet(group, lambda end: {60: 60, 120: 55}.get(end, 70))
    assert bench.desired(fleet, 180) == [(60, 11), (180, 14)]


def test_a_repeated_breach_adds_nothing_while_the_first_answer_warms_up(bench: Any) -> None:
    """Source: GUIDE/as-scaling-simple-step.html."""
    steps = (Step(0, 10, 10), Step(10, None, 30))
    group = bench.group(policies=(bench.stepping(steps, 60, warmup_s=300),))
    fleet = bench.fleet(group, lambda end: 60 if end < 120 else 62)
    assert bench.desired(fleet, 240) == [(60, 11)]


@pytest.mark.parametrize(("maximum", "current", "added", "expected"), [(3, 2, 3, 3), (100, 2, 3, 5)])
def test_a_policy_never_leaves_the_maximum(bench: Any, maximum: int, current: int, added: int, expected: int) -> None:
    """Source: GUIDE/as-scale-based-on-demand.html."""
    policy = bench.stepping((Step(0, None, added),), 50, adjustment_type="ChangeInCapacity", warmup_s=300)
    group = bench.group(max_size=maximum, desired=current, policies=(policy,))
    fleet = bench.fleet(group, lambda _: 60)
    assert bench.desired(fleet, 60) == [(60, expected)]
    refused = [event.cause.name for event in fleet.events if event.kind == "refused"]
    assert refused == (["max size"] if maximum == 3 else [])


def test_a_policy_never_leaves_the_minimum(bench: Any) -> None:
    """Source: GUIDE/as-scale-based-on-demand.html."""
    policy = bench.stepping((Step(None, 0, -2),), 50, low=True, adjustment_type="ChangeInCapacity")
    group = bench.group(min_size=2, desired=3, policies=(policy,))
    assert bench.desired(bench.fleet(group, lambda _: 40), 60) == [(60, 2)]


def test_of_two_policies_the_larger_capacity_wins(bench: Any) -> None:
    """Source: GUIDE/as-scale-based-on-demand.html."""
    added = [
        bench.stepping(
            (Step(0, None, count),), 50, adjustment_type="ChangeInCapacity", name=f"add-{count}", warmup_s=99
        )
        for count in (1, 2)
    ]
    assert bench.desired(bench.fleet(bench.group(policies=tuple(added)), lambda _: 60), 60) == [(60, 12)]


def test_a_simple_policy_answers_again_after_its_cooldown(bench: Any) -> None:
    """Two more, a pause, two more where the alarm is still there. Source: GUIDE/ec2-auto-scaling-scaling-cooldowns."""
    watched = bench.stepping((Step(0, None, 2),), 50).alarms[0]
    alarm = type(watched)(**{name: getattr(watched, name) for name in watched.__slots__} | {"actions": (ARN + "s",)})
    policy = SimpleScaling("s", ARN + "s", "ChangeInCapacity", 2, (alarm,), cooldown_s=300)
    fleet = bench.fleet(bench.group(policies=(policy,)), lambda _: 60, unknowns={"boot_s": 30})
    # in service at 90, so the cooldown ends at 390 and the next minute is 420
    assert bench.desired(fleet, 450) == [(60, 12), (420, 14)]


@pytest.mark.parametrize(
    ("desired", "maximum", "pool", "expected"),
    [
        (6, 10, WarmPool(), 4),
        (6, 20, WarmPool(max_prepared=8), 2),
        (6, 20, WarmPool(min_size=10, max_prepared=10), 10),
        (12, 20, WarmPool(max_prepared=8), 0),
        (12, 20, WarmPool(max_prepared=8, min_size=3), 3),
    ],
)
def test_a_warm_pool_holds_what_is_prepared_beyond_the_desired_capacity(
    bench: Any, desired: int, maximum: int, pool: WarmPool, expected: int
) -> None:
    """Source: GUIDE/ec2-auto-scaling-warm-pools.html."""
    fleet = bench.fleet(bench.group(desired=desired, max_size=maximum, warm_pool=pool))
    bench.play(fleet, 60)
    assert (fleet.pool, fleet.in_service) == (expected, desired)


def test_a_refresh_with_checkpoints_replaces_two_then_two_then_one(bench: Any) -> None:
    """Source: GUIDE/asg-adding-checkpoints-instance-refresh.html."""
    how = Preferences(min_healthy_percent=80, warmup_s=600, checkpoints=(20, 50), checkpoint_delay_s=900)
    fleet = bench.fleet(bench.group(version="shop:1"), faults=(InstanceRefresh(0, "shop:2", preferences=how),))
    events = bench.play(fleet, 3600)
    gone = [(event.second, event.before - event.after) for event in events if event.kind == "terminate"]
    assert gone == [(0, 2), (25 * 60, 2), (35 * 60, 1)]
    assert fleet.refreshes == ("Successful",)
