"""Groups that count in weights: what is launched and taken away keeps to AWS's limits, whatever is asked.

Which type of several is launched is the market's; here it is always the first.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from floodgate.awsrules.instances.launching import weighted_limit
from floodgate.awsrules.model import InstanceType, Member, ScheduledAction

from .conftest import START, Bench


@settings(max_examples=60, deadline=None)
@given(
    weight=st.integers(2, 9),
    desired=st.integers(0, 40),
    wanted=st.lists(st.integers(0, 60), min_size=1, max_size=4),
    boot_s=st.sampled_from([0, 90]),
)
def test_a_weighted_group_fills_what_is_desired_and_exceeds_it_by_less_than_one_server(
    weight: int, desired: int, wanted: list[int], boot_s: int
) -> None:
    """Source: "Configure instance weighting for Amazon EC2 Auto Scaling", in the user guide."""
    bench = Bench()
    schedules = tuple(
        ScheduledAction(f"set-{number}", start=START + timedelta(minutes=5 * (number + 1)), desired=size)
        for number, size in enumerate(wanted)
    )
    kind = InstanceType("c6i.large", 2, 4096, weight=weight)
    group = bench.group(instance_type=kind, max_size=60, desired=desired, schedules=schedules)
    fleet = bench.fleet(group, unknowns={"boot_s": boot_s})
    for minute in range(5 * len(wanted) + 5):
        bench.play(fleet, 60 * minute)
        units = (fleet.in_service + fleet.launching) * weight
        assert fleet.desired <= units <= weighted_limit(fleet.desired, weight)
    assert fleet.desired == wanted[-1]


def test_what_is_protected_stays_where_all_else_goes() -> None:
    bench = Bench()
    members = tuple(Member(f"i-{number}", "a", protected=number == 0) for number in range(3))
    kind = InstanceType("c6i.large", 2, 4096, weight=4)
    schedules = (ScheduledAction("none", start=START + timedelta(minutes=1), desired=0),)
    group = bench.group(instance_type=kind, desired=12, members=members, schedules=schedules)
    fleet = bench.fleet(group)
    bench.play(fleet, 300)
    assert (fleet.desired, fleet.in_service) == (0, 1)
