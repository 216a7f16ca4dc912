"""What a check may know beside the request: the time, and what the account already holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """The account around a request.

    Args:
        now: the account's time, aware, in UTC.
        lookup: answers a describe call with its first list, e.g.
            ``lookup("autoscaling.describe_policies", {"AutoScalingGroupName": "web"})``.
    """

    now: datetime
    lookup: Callable[[str, Params], list[dict[str, Any]]]


Check = Callable[[Params, Facts], None]
