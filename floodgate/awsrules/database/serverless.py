"""Aurora Serverless v2: capacity units, what they bring, and how capacity follows the load.

Sources: "How Aurora Serverless v2 works",
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html; "Performance and
scaling for Aurora Serverless v2",
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html.
"""

from __future__ import annotations

from math import floor

GIB_PER_ACU = 2.0
STEP_ACU = 0.5
MOST_DOUBLINGS = 100
FOLLOWING_TIERS = frozenset({0, 1})


def memory_gib(acu: float) -> float:
    """The memory of so many capacity units, about 2 GiB each."""
    return acu * GIB_PER_ACU


def comparable_acu(memory_gib: float) -> float:
    """The capacity units whose memory is that of an instance class."""
    return memory_gib / GIB_PER_ACU


def scaled(
    acu: float, wanted_acu: float, elapsed_s: float, minimum: float, maximum: float, doubling_s: float, halving_s: float
) -> float:
    """The capacity after some seconds of a load that asks for `wanted_acu`, before it is rounded to steps.

    AWS documents that it grows the faster the larger it is, and that no more than the cluster's range is had; not how
    fast. Taken is that it doubles in `doubling_s` and falls by half in `halving_s`.
    """
    target = max(minimum, min(wanted_acu, maximum))
    if target > acu:
        # from nothing a doubling would never begin
        return min(target, max(acu, STEP_ACU) * 2.0 ** min(MOST_DOUBLINGS, elapsed_s / doubling_s))
    return max(target, acu * 0.5 ** (elapsed_s / halving_s))


def in_steps(acu: float) -> float:
    """The capacity that is had: in steps of half a unit, as small as they get."""
    return floor(acu / STEP_ACU + 1e-9) * STEP_ACU


def follows_writer(tier: int) -> bool:
    """Whether a reader has the writer's size: in promotion tiers 0 and 1; the others scale by themselves."""
    return tier in FOLLOWING_TIERS


def reader_acu(tier: int, writer_acu: float, own_acu: float) -> float:
    """The capacity of a reader: at least the writer's in tiers 0 and 1, its own in the others."""
    return max(writer_acu, own_acu) if follows_writer(tier) else own_acu


def max_connections_acu(applied_maximum: float, maximum: float, *, rebooted: bool) -> float:
    """The maximum that the connection limit goes by: a new one counts from the next reboot on."""
    return maximum if rebooted else applied_maximum


def cluster_acu(instances: int, minimum: float, maximum: float) -> tuple[float, float]:
    """What a cluster takes when it is idle, and at the most."""
    return instances * minimum, instances * maximum
