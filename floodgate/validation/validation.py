"""A whole saved plan put before AWS's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from floodgate.plans.saved import SavedPlan
from floodgate.validation import balancer_requests, group_requests, store_requests
from floodgate.validation.between import actions_without_policy, policies_without_alarm, schedules_out_of_bounds
from floodgate.validation.judging import Problem, judge
from floodgate.validation.request import Request
from floodgate.validation.told import Told

_KINDS: tuple[Callable[[Told], Iterator[Request]], ...] = (
    balancer_requests.balancers,
    balancer_requests.balancer_attributes,
    balancer_requests.reservations,
    balancer_requests.target_groups,
    balancer_requests.target_group_attributes,
    balancer_requests.listeners,
    group_requests.groups,
    group_requests.hooks,
    group_requests.warm_pools,
    group_requests.policies,
    group_requests.schedules,
    group_requests.alarms,
    store_requests.clusters,
    store_requests.instances,
    store_requests.proxies,
    store_requests.proxy_pools,
    store_requests.caches,
)
_BETWEEN: tuple[Callable[[Told], Iterator[Problem]], ...] = (
    actions_without_policy,
    policies_without_alarm,
    schedules_out_of_bounds,
)


@dataclass(frozen=True, slots=True)
class Validation:
    """What AWS would say to a plan.

    Args:
        judged: how many create calls were judged.
        now: the time that was taken for the present, in UTC.
        why_now: where that time comes from.
        problems: what AWS would refuse.
        unjudged: resource, and what of it could not be judged and why.
        not_told: the files that are not there: what they would hold is not judged.
        notes: what else a person should know of the plan.
    """

    judged: int
    now: datetime
    why_now: str
    problems: tuple[Problem, ...]
    unjudged: tuple[tuple[str, str], ...]
    not_told: tuple[str, ...]
    notes: tuple[str, ...]


def validate(plan: SavedPlan) -> Validation:
    """Judge everything that a plan describes as if it were created now, and what stands between its things.

    Raises:
        PlanError: the plan holds what AWS does not answer.
    """
    told = Told(plan)
    now, why_now = told.as_of()
    judgement = judge((request for kind in _KINDS for request in kind(told)), told, now)
    between = tuple(problem for kind in _BETWEEN for problem in kind(told))
    return Validation(
        judgement.judged,
        now,
        why_now,
        judgement.problems + between,
        judgement.unjudged,
        tuple(told.gaps),
        tuple(plan.notes),
    )
