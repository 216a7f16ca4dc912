"""The address plan as arithmetic: every range of sizes, no AWS.

What this cannot prove is that AWS accepts the subnets; `tests/infra` deploys them.
"""

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.network.address_plan import (
    BALANCER_PREFIX,
    RESERVED_ADDRESSES,
    ServerDemand,
    narrowest_prefix,
    plan_addresses,
    usable_addresses,
)

VPC = IPv4Network("10.64.0.0/16")
demands = st.builds(
    ServerDemand,
    max_size=st.integers(1, 1500),
    warm_pool=st.integers(0, 500),
    rolling_percent=st.integers(100, 200),
)
zones = st.sampled_from([2, 3])


def subnets(plan):
    return [*plan.public, *plan.app, *plan.data]


@given(demand=demands, zones=zones)
def test_no_two_subnets_overlap_and_all_are_inside_the_vpc(demand, zones):
    plan = plan_addresses(VPC, zones, demand)
    everything = subnets(plan)
    for index, subnet in enumerate(everything):
        assert subnet.subnet_of(VPC)
        assert not any(subnet.overlaps(other) for other in everything[index + 1 :])


@given(demand=demands, zones=zones)
def test_each_tier_has_one_subnet_in_each_zone(demand, zones):
    plan = plan_addresses(VPC, zones, demand)
    assert [len(plan.public), len(plan.app), len(plan.data)] == [zones] * 3


@given(demand=demands, zones=zones, endpoints=st.integers(0, 20))
def test_the_largest_fleet_fits_with_one_zone_lost(demand, zones, endpoints):
    plan = plan_addresses(VPC, zones, demand, endpoints)
    left = [usable_addresses(subnet) - endpoints for subnet in plan.app[1:]]
    assert sum(left) >= demand.addresses, "the other zones must carry everybody"


@given(demand=demands, zones=zones)
def test_every_public_subnet_suits_a_load_balancer(demand, zones):
    plan = plan_addresses(VPC, zones, demand)
    for subnet in plan.public:
        assert subnet.prefixlen <= BALANCER_PREFIX
        assert usable_addresses(subnet) >= 100 + 8 + 1, "the balancer's hundred, its eight free ones and a NAT gateway"


@given(smaller=demands, larger=demands, zones=zones)
def test_another_fleet_never_moves_or_resizes_a_subnet(smaller, larger, zones):
    assert plan_addresses(VPC, zones, smaller) == plan_addresses(VPC, zones, larger)


@given(demand=demands)
def test_a_third_zone_leaves_the_subnets_of_the_other_two_where_they_are(demand):
    two, three = plan_addresses(VPC, 2, demand), plan_addresses(VPC, 3, demand)
    assert (three.public[:2], three.app[:2], three.data[:2]) == (two.public, two.app, two.data)


@given(addresses=st.integers(1, 60_000))
def test_the_narrowest_prefix_holds_the_addresses_and_half_of_it_would_not(addresses):
    prefix = narrowest_prefix(addresses)
    assert 2 ** (32 - prefix) - RESERVED_ADDRESSES >= addresses
    assert prefix == 28 or 2 ** (32 - prefix - 1) - RESERVED_ADDRESSES < addresses


@pytest.mark.parametrize(
    ("demand", "addresses"),
    [
        (ServerDemand(90), 99),  # rebalancing over zones may exceed the maximum by a tenth
        (ServerDemand(4), 5),  # … or by one server
        (ServerDemand(90, warm_pool=30), 129),
        (ServerDemand(90, warm_pool=30, rolling_percent=150), 165),
    ],
)
def test_demand_counts_warm_pool_and_the_worst_of_rolling_and_rebalancing(demand, addresses):
    assert demand.addresses == addresses


def test_a_subnet_is_the_whole_of_its_share():
    plan = plan_addresses(VPC, 3, ServerDemand(90, warm_pool=30, rolling_percent=110), endpoints=5)
    assert [str(s) for s in plan.app] == ["10.64.64.0/18", "10.64.128.0/18", "10.64.192.0/18"]
    assert [str(s) for s in plan.public] == ["10.64.0.0/21", "10.64.8.0/21", "10.64.16.0/21"]
    assert [str(s) for s in plan.data] == ["10.64.32.0/21", "10.64.40.0/21", "10.64.48.0/21"]


def test_a_range_too_narrow_for_the_fleet_is_told_with_what_it_needs():
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/22, but 99 servers over 3 zones need a /19 or wider; widen"):
        plan_addresses(IPv4Network("10.0.0.0/22"), 3, ServerDemand(90))
