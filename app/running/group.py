"""Which Auto Scaling group a server belongs to; admission counts that group's servers."""

from __future__ import annotations

import time
from typing import Any

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from app.running.lookups import BOTO

# the group may not know its newest server yet
ATTEMPTS = 3
PAUSE_S = 1.0


def group_of(session: Any, instance: str | None, pause_s: float = PAUSE_S) -> str | None:
    """The group's name; None outside of a group, and where AWS does not say.

    Fail-open: a server must be able to serve while AWS's own interfaces are away, and one that leads without knowing
    its group calls people as one server alone, which is repaired when the surroundings are looked at again.
    """
    if instance is None:
        return None
    client = session.client("autoscaling", config=BOTO)
    for attempt in range(ATTEMPTS):
        try:
            found = client.describe_auto_scaling_instances(InstanceIds=[instance])["AutoScalingInstances"]
        except (BotoCoreError, ClientError) as error:
            structlog.get_logger().error("group-unknown", error=type(error).__name__)
            return None
        if found:
            return found[0]["AutoScalingGroupName"]
        if attempt < ATTEMPTS - 1:
            time.sleep(pause_s)
    return None
