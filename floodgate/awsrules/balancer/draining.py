"""Draining: what happens between a target's deregistration and its end.

Source: "Edit target group attributes for your Application Load Balancer", deregistration delay,
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html.
"""

from __future__ import annotations

from typing import Literal

DEFAULT_S = 300
LONGEST_S = 3600


def valid(delay_s: int) -> bool:
    """Whether AWS takes the setting: 0 to 3600 s."""
    return 0 <= delay_s <= LONGEST_S


def completes_s(deregistered_s: float, delay_s: float, idle_s: float | None = None) -> float:
    """When deregistration is complete, so that an Auto Scaling group goes on with the instance.

    Args:
        deregistered_s: when it was deregistered; from then on it gets no new requests.
        delay_s: the target group's deregistration delay.
        idle_s: when its last request was answered and its last connection closed, None while there are any. Without
            both the balancer does not wait for the delay.
    """
    over_s = deregistered_s + delay_s
    return over_s if idle_s is None else min(over_s, max(deregistered_s, idle_s))


def shown(now_s: float, deregistered_s: float, delay_s: float) -> Literal["draining", "unused"]:
    """What the balancer shows: draining until the delay is over, also where it was complete before."""
    return "draining" if now_s < deregistered_s + delay_s else "unused"


def cut_off(in_flight_s: float, delay_s: float) -> bool:
    """Whether a request that still takes so long is cut off by the end of the delay, and answered with an error."""
    return in_flight_s > delay_s
