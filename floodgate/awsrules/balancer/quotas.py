"""How much of everything a balancer may have before AWS is asked for more.

Source: "Quotas for your Application Load Balancers",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html.
"""

from __future__ import annotations

from collections.abc import Mapping

QUOTAS: dict[str, int] = {
    "load balancers per Region": 50,
    "listeners per load balancer": 50,
    "certificates per load balancer": 25,
    "target groups per load balancer": 100,
    "targets per load balancer": 1_000,
    "targets per target group": 1_000,
    "target groups per Region": 3_000,
    "rules per load balancer": 100,
    "target groups per action": 5,
    "reserved LCU per load balancer": 15_000,
    "reserved LCU per Region": 0,
}
FIXED = frozenset({"target groups per load balancer", "target groups per action"})
"""Those that AWS does not raise."""

SMALLEST_SUBNET_PREFIX = 27
FREE_ADDRESSES_PER_SUBNET = 8
MOST_ADDRESSES = 100
IDLE_TIMEOUT_S = 60


def exceeded(counts: Mapping[str, int], raised: Mapping[str, int] | None = None) -> dict[str, tuple[int, int]]:
    """What exceeds its quota: the count and the quota, by name; `raised` are those that the account has beyond AWS's.

    Raises:
        KeyError: a name that no quota has.
    """
    quotas = QUOTAS | dict(raised or {})
    return {name: (count, quotas[name]) for name, count in counts.items() if count > quotas[name]}


def subnet_suits(prefix_length: int, free_addresses: int) -> bool:
    """Whether a balancer may stand in a subnet: a /27 at least, with eight free addresses.

    Source: "Application Load Balancers",
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
    """
    return prefix_length <= SMALLEST_SUBNET_PREFIX and free_addresses >= FREE_ADDRESSES_PER_SUBNET
