"""For how long an instance is paid.

Sources: "Amazon EC2 instance state changes",
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html; "Amazon EC2 Auto Scaling instance
lifecycle", https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html.
"""

from __future__ import annotations

LEAST_S = 60

# preparing to hibernate is paid, preparing to stop is not
PAID = frozenset({"running", "hibernating"})


def is_paid(ec2_state: str) -> bool:
    """Whether EC2 charges for an instance in a state of EC2; whether it is in service, or on standby, does not matter.

    A stopped or hibernated instance of a warm pool costs its volumes and addresses, not itself.
    """
    return ec2_state in PAID


def billed_s(running_s: float) -> float:
    """The seconds that are paid for one stretch of running: by the second, a minute at least."""
    return max(float(LEAST_S), running_s) if running_s > 0 else 0.0
