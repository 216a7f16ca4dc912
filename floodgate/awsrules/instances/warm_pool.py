"""How many instances a warm pool holds.

Sources: "Warm pools for Auto Scaling groups",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html; "PutWarmPool",
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutWarmPool.html.
"""

from __future__ import annotations

from floodgate.awsrules.model import WarmPool


def size(pool: WarmPool, maximum: int, desired: int) -> int:
    """The pool's own desired capacity: what is prepared beyond the group's desired capacity, at least its minimum.

    The minimum size is a floor also where the group has already outgrown what is prepared. A `max_prepared` of -1
    means that it is cleared, as None does.
    """
    prepared = maximum if pool.max_prepared in (None, -1) else pool.max_prepared
    assert prepared is not None
    return max(pool.min_size, prepared - desired)
