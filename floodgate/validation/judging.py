"""Create calls put before AWS's own rules, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from floodgate.awsrules.legality import CHECKS, Facts
from floodgate.awsrules.legality.facts import NotKnown, Params
from floodgate.awsrules.refusal import Refusal
from floodgate.offline import api_model
from floodgate.validation.request import Request, model
from floodgate.validation.told import Told


@dataclass(frozen=True, slots=True)
class Problem:
    """What AWS would refuse.

    Args:
        resource: what it would not make, by name.
        refusal: AWS's code; value, rule and remedy.
    """

    resource: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of the calls.

    Args:
        judged: how many were judged.
        problems: what AWS would refuse.
        unjudged: resource, and what of it could not be judged and why.
    """

    judged: int
    problems: tuple[Problem, ...]
    unjudged: tuple[tuple[str, str], ...]


def judge(requests: Iterable[Request], told: Told, now: datetime) -> Judgement:
    """Ask AWS's model and its rules of each call; a fact that the plan does not tell is skipped, and that is said.

    Args:
        requests: the calls.
        told: the account, as far as the plan tells it.
        now: the account's time.

    Raises:
        PlanError: the plan holds what AWS does not answer.
    """
    problems: list[Problem] = []
    unjudged: dict[tuple[str, str], None] = {}
    judged = 0
    for request in requests:
        gaps: list[str] = []
        missing = _lacks(request)
        if missing:
            gaps.append(f"{missing}, which AWS always tells")
        else:
            judged += 1
            problems += [Problem(request.resource, refusal) for refusal in _refusals(request, told, now, gaps)]
        unjudged |= dict.fromkeys((request.resource, gap) for gap in gaps)
    return Judgement(judged, tuple(problems), tuple(unjudged))


def _lacks(request: Request) -> str:
    shape = model(request.service, request.operation).input_shape
    assert shape is not None
    report = ParamValidator().validate(request.params, shape).generate_report()
    return next((line for line in report.splitlines() if line.startswith("Missing required")), "").replace('"', "'")


def _refusals(request: Request, told: Told, now: datetime, gaps: list[str]) -> list[Refusal]:
    broken = _broken_model(request)
    rule = CHECKS.get((request.service, request.operation))
    if broken or rule is None:
        return broken

    def lookup(call: str, asked: Params) -> list[dict[str, Any]]:
        items = told.lookup(call, asked)
        hidden, key, value = request.itself or ("", "", "")
        return [item for item in items if item.get(key) != value] if call == hidden else items

    try:
        rule(request.params, Facts(now, lookup, gaps.append))
    except Refusal as refusal:
        return [refusal]
    except NotKnown as gap:
        gaps.append(str(gap))
    return []


_BROKEN = re.compile(r"Value (?P<value>.*?) at '(?P<place>[^']*)' (?P<rule>.*?)(?=; Value |$)")


def _broken_model(request: Request) -> list[Refusal]:
    """What the service's own model refuses: enumerations, lengths, ranges and patterns."""
    params: Mapping[str, Any] = request.params
    try:
        api_model.check(request.service, model(request.service, request.operation), dict(params))
    except ClientError as error:
        told = error.response["Error"]
        message = " ".join(told["Message"].split())
        found = [_refusal(told["Code"], match) for match in _BROKEN.finditer(message)]
        return found or [Refusal(told["Code"], value=request.resource, rule=message, remedy="correct it")]
    return []


def _refusal(code: str, match: re.Match[str]) -> Refusal:
    place = match["place"]
    return Refusal(code, value=f"{place} is {match['value']}", rule=f"it {match['rule']}", remedy=f"correct {place}")
