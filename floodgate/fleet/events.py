"""What happens to a group, one change each, with its cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["desired", "launch", "in_service", "warm", "terminate", "alarm", "refused"]
CauseKind = Literal[
    "policy", "schedule", "predictive", "health", "rebalancing", "refresh", "lifetime", "standby", "warm pool",
    "capacity", "quota", "addresses", "throttling", "hook", "size", "alarm", "limit", "fault",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cause:
    """Why: the kind, the name of policy, action, alarm or limit, and the metric's value where there is one."""

    kind: CauseKind
    name: str
    metric: float | None = None


@dataclass(frozen=True, slots=True)
class GroupEvent:
    """One change.

    Args:
        second: seconds since the beginning.
        kind: ``desired`` capacity; ``launch``, ``in_service``, ``warm`` (pool) and ``terminate`` count instances;
            ``alarm`` changes its state; ``refused`` is what was asked for and cannot be had.
        before, after: the number before and after; of an alarm its states; of what was refused what there is or may be,
            and what was asked for; None where there is none.
        cause: why.
        reason: the same in words that a person understands.
    """

    second: int
    kind: Kind
    before: int | str | None
    after: int | str | None
    cause: Cause
    reason: str
