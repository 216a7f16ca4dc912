"""How fast a load balancer grows by itself with its load.

Source: "Using load balancer capacity unit reservation to prepare for sharp increases in traffic",
https://aws.amazon.com/blogs/networking-and-content-delivery/using-load-balancer-capacity-unit-reservation-to-prepare-for-sharp-increases-in-traffic.
"""

from __future__ import annotations

from math import inf, log2

DOUBLING_S = 300.0
MOST_DOUBLINGS = 500
NETWORK_GBPS = 3.0
NETWORK_GBPS_PER_MINUTE = 3.0


def ramped(capacity: float, elapsed_s: float, doubling_s: float = DOUBLING_S) -> float:
    """What an Application Load Balancer of `capacity` can have grown to after `elapsed_s` of a load that asks for more.

    It doubles in five minutes; AWS gives no shape within them, taken is an even exponential growth.
    """
    return capacity * 2.0 ** min(MOST_DOUBLINGS, elapsed_s / doubling_s)


def ready_s(capacity: float, wanted: float, doubling_s: float = DOUBLING_S) -> float:
    """How long a balancer of `capacity` takes to grow to what is wanted; never from nothing."""
    if wanted <= capacity:
        return 0.0
    return doubling_s * log2(wanted / capacity) if capacity > 0 else inf


def refused_share(offered: float, capacity: float) -> float:
    """The share of connections that a balancer turns away, counted in RejectedConnectionCount.

    That it refuses is documented, how many is not: taken is all that exceeds its capacity.

    Source: "CloudWatch metrics for your Application Load Balancer",
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    return 0.0 if offered <= capacity else 1.0 - capacity / offered


def network_ramped(elapsed_s: float) -> float:
    """What a Network Load Balancer takes after `elapsed_s` of growing load, in Gbps, by contrast."""
    return NETWORK_GBPS + NETWORK_GBPS_PER_MINUTE * elapsed_s / 60.0
