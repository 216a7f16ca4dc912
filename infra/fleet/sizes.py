"""How many servers, how many vCPUs, how large a warm pool: arithmetic without AWS."""

from __future__ import annotations

import math
from dataclasses import dataclass


def servers_for(journeys_per_s: float, journeys_per_server_per_s: float, headroom_percent: float = 0) -> int:
    """Servers that admit `journeys_per_s` people and still have `headroom_percent` to spare."""
    # the tolerance keeps 840.0000001 / 12 from costing a server
    return math.ceil(journeys_per_s * (1 + headroom_percent / 100) / journeys_per_server_per_s - 1e-9)


def vcpus_at_worst(max_size: int, rolling_percent: int, running_pool: int, vcpus: int) -> int:
    """Virtual CPUs that may run at one moment: the largest group during a replacement, and a running warm pool.

    Stopped servers do not count against the quota:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html
    """
    return (math.ceil(max_size * rolling_percent / 100) + running_pool) * vcpus


@dataclass(frozen=True, slots=True)
class PoolBounds:
    """A warm pool's two numbers as AWS takes them."""

    min_size: int
    max_prepared: int


def constant_pool(size: int) -> PoolBounds:
    """A warm pool that holds `size` servers whatever the group's desired capacity is.

    AWS holds ``max(min size, max prepared - desired)``; with both the same the pool neither swells while the group
    is small nor empties while it is large
    (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutWarmPool.html).
    """
    return PoolBounds(min_size=size, max_prepared=size)
