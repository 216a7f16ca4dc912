"""How fast and how many instances an account may launch.

Sources: "Request throttling for the Amazon EC2 API",
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html; "On-Demand Instances" (vCPU limits),
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

RESOURCE_BURST = 1000
RESOURCE_REFILL_PER_S = 2.0


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """A bucket that starts full; `tokens` is what it held at `at_s`."""

    burst: float = RESOURCE_BURST
    refill_per_s: float = RESOURCE_REFILL_PER_S
    tokens: float = RESOURCE_BURST
    at_s: float = 0.0

    def level(self, now_s: float) -> float:
        """Tokens held now."""
        return min(self.burst, self.tokens + (now_s - self.at_s) * self.refill_per_s)

    def take(self, wanted: int, now_s: float) -> tuple[TokenBucket, int]:
        """The bucket after as many of `wanted` whole tokens as it holds were taken, and how many those were."""
        level = self.level(now_s)
        granted = max(0, min(wanted, int(level)))
        return replace(self, tokens=level - granted, at_s=now_s), granted


def full(burst: float, refill_per_s: float) -> TokenBucket:
    """A full bucket."""
    return TokenBucket(burst, refill_per_s, burst)


def quota_room(vcpu_quota: int | None, vcpus_in_use: int, vcpus_each: int) -> int | None:
    """How many more instances the On-Demand quota takes; None without a quota.

    Running instances count; stopped ones, as in a warm pool, do not.
    """
    if vcpu_quota is None:
        return None
    return max(0, vcpu_quota - vcpus_in_use) // vcpus_each
