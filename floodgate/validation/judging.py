"""Create calls put before AWS's own rules, one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from floodgate.awsrules.legality import CHECKS, Facts
from floodgate.awsrules.refusal import Refusal
from floodgate.rehearsal.reading.calls import NotTold
from floodgate.validation.group_requests import Request


@dataclass(frozen=True, slots=True)
class Problem:
    """A create call that AWS would refuse."""

    resource: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Judgement:
    """Args: problems: what AWS would refuse; unjudged: resource and why, where the facts are not told."""

    problems: tuple[Problem, ...]
    unjudged: tuple[tuple[str, str], ...]


def judge(requests: Iterable[Request], facts: Facts) -> Judgement:
    """Ask the rules of each call; a fact that is not told (NotTold) leaves its call unjudged, and that is said."""
    problems, unjudged = [], []
    for request in requests:
        try:
            CHECKS[request.service, request.operation](request.params, facts)
        except Refusal as refusal:
            problems.append(Problem(request.resource, refusal))
        except NotTold as missing:
            unjudged.append((request.resource, str(missing)))
    return Judgement(tuple(problems), tuple(unjudged))
