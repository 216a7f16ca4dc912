"""Termination policies: which instances a scale in, a rebalancing or a refresh takes first.

Sources: "Work with Amazon EC2 Auto Scaling termination policies",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html; "Control which Auto
Scaling instances terminate during scale in",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-instance-termination.html.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

HOUR_S = 3600

Draw = Callable[[], float]
"""Chance, given by the caller: a number from 0 to 1 at each call, e.g. ``random.Random(seed).random``."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What termination looks at in one instance.

    Args:
        id: the instance.
        zone: its Availability Zone.
        launched_s: when it was launched.
        protected: whether it is protected from scale in.
        template: its launch template, empty where it came from a launch configuration.
        version: the version of that template.
        configured_s: when its launch configuration, or its launch template, was created.
        instance_type: its type.
    """

    id: str
    zone: str
    launched_s: float = 0.0
    protected: bool = False
    template: str = ""
    version: int = 0
    configured_s: float = 0.0
    instance_type: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the group launches now: its template, and how dear each instance type is to its allocation strategy.

    `ranks` are places in the strategy's order, 0 for the type that it prefers; a type without one is the least wanted.
    AWS publishes the order only for ``prioritized``, where it is the order of the types in the group.
    """

    template: str = ""
    ranks: Mapping[str, int] = field(default_factory=dict)


Key = Callable[[Candidate, float, Wanted], tuple[float, ...]]


def _allocation(candidate: Candidate, _: float, wanted: Wanted) -> tuple[float, ...]:
    return (-wanted.ranks.get(candidate.instance_type, len(wanted.ranks)) if wanted.ranks else 0.0,)


def _oldest_template(candidate: Candidate, _: float, wanted: Wanted) -> tuple[float, ...]:
    # templates other than the group's own first, oldest first, then the lowest version of its own
    current = candidate.template == wanted.template
    return (float(current), 0.0 if current else candidate.configured_s, float(candidate.version))


def _oldest_configuration(candidate: Candidate, _: float, __: Wanted) -> tuple[float, ...]:
    return (float(bool(candidate.template)), 0.0 if candidate.template else candidate.configured_s)


def _next_hour(candidate: Candidate, now_s: float, _: Wanted) -> tuple[float, ...]:
    return (-((now_s - candidate.launched_s) % HOUR_S),)


def _newest(candidate: Candidate, _: float, __: Wanted) -> tuple[float, ...]:
    return (-candidate.launched_s,)


def _oldest(candidate: Candidate, _: float, __: Wanted) -> tuple[float, ...]:
    return (candidate.launched_s,)


KEYS: dict[str, tuple[Key, ...]] = {
    "Default": (_allocation, _oldest_configuration, _oldest_template, _next_hour),
    "AllocationStrategy": (_allocation,),
    "OldestLaunchTemplate": (_oldest_template,),
    "OldestLaunchConfiguration": (_oldest_configuration,),
    "ClosestToNextInstanceHour": (_next_hour,),
    "NewestInstance": (_newest,),
    "OldestInstance": (_oldest,),
}
"""What each policy puts first, the smallest; several policies apply in their order, each among those still equal."""


def choose(
    candidates: Iterable[Candidate],
    count: int,
    policies: Sequence[str],
    now_s: float,
    draw: Draw,
    wanted: Wanted | None = None,
) -> tuple[Candidate, ...]:
    """The instances that go, in the order in which they are chosen.

    The balance of zones comes before every policy: each time, the zones with the most instances that have an
    unprotected one are looked at, all zones together where they are level. Among equals chance decides. Protected
    instances count for the balance and never go, so fewer than `count` may be named.

    Args:
        candidates: the group's instances in service.
        count: how many shall go.
        policies: the group's termination policies, in order.
        now_s: now, on the clock of the candidates.
        draw: chance.
        wanted: what the group launches now.

    Raises:
        KeyError: AWS has no such termination policy, or it is one of your own (a Lambda function).
    """
    candidates = tuple(candidates)
    queues = {zone: deque(line) for zone, line in _lines(candidates, policies, now_s, draw, wanted or Wanted()).items()}
    sizes = Counter(candidate.zone for candidate in candidates)
    chosen = []
    while queues and len(chosen) < count:
        most = max(sizes[zone] for zone in queues)
        zone = min((zone for zone in queues if sizes[zone] == most), key=lambda zone: queues[zone][0][0])
        chosen.append(queues[zone].popleft()[1])
        sizes[zone] -= 1
        if not queues[zone]:
            del queues[zone]
    return tuple(chosen)


def order(
    candidates: Iterable[Candidate], policies: Sequence[str], now_s: float, draw: Draw, wanted: Wanted | None = None
) -> tuple[Candidate, ...]:
    """All unprotected candidates in the order of the policies alone, without regard to zones.

    Raises:
        KeyError: AWS has no such termination policy.
    """
    ranked = _lines((candidate for candidate in candidates), policies, now_s, draw, wanted or Wanted())
    return tuple(candidate for _, candidate in sorted((pair for line in ranked.values() for pair in line), key=_first))


def _first(pair: tuple[tuple[float, ...], Candidate]) -> tuple[float, ...]:
    return pair[0]


def _lines(
    candidates: Iterable[Candidate], policies: Sequence[str], now_s: float, draw: Draw, wanted: Wanted
) -> dict[str, list[tuple[tuple[float, ...], Candidate]]]:
    keys = [key for policy in policies or ("Default",) for key in KEYS[policy]]
    lines: dict[str, list[tuple[tuple[float, ...], Candidate]]] = {}
    for candidate in candidates:
        if not candidate.protected:
            key = (*(part for of in keys for part in of(candidate, now_s, wanted)), draw())
            lines.setdefault(candidate.zone, []).append((key, candidate))
    for line in lines.values():
        line.sort(key=_first)
    return lines
