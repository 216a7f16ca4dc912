"""A target group's health checks: when a target turns healthy and unhealthy, to the second.

Source: "Health checks for Application Load Balancer target groups",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

State = Literal["initial", "healthy", "unhealthy"]


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A target group's health check; the defaults are AWS's.

    Where AWS says that checks have to "exceed" a threshold, and that the threshold is the number required, the number
    is taken. When the first check comes it does not say: `phase_s` of the functions below, from 0 to the interval, is
    the time from registration to the first one.
    """

    interval_s: float = 30.0
    timeout_s: float = 5.0
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2

    def first_pass_s(self) -> tuple[float, float]:
        """Least and most time until a newly registered target is healthy: it needs one pass only."""
        return 0.0, self.interval_s

    def unhealthy_after_s(self) -> tuple[float, float]:
        """Least and most time from a target's death until it is unhealthy."""
        waits = (self.unhealthy_threshold - 1) * self.interval_s
        return waits, waits + self.interval_s + self.timeout_s

    def recovered_after_s(self) -> tuple[float, float]:
        """Least and most time from a target's recovery until it is healthy again."""
        waits = (self.healthy_threshold - 1) * self.interval_s
        return waits, waits + self.interval_s


@dataclass(frozen=True, slots=True)
class Health:
    """What a balancer knows of a target: its state, and checks in a row that spoke against it."""

    state: State = "initial"
    against: int = 0


def after(health: Health, check: HealthCheck, *, passed: bool) -> Health:
    """The health after one more check: a new target needs one pass, one that was unhealthy the healthy threshold."""
    if passed == (health.state == "healthy"):
        return replace(health, against=0) if health.against else health
    against = health.against + 1
    if health.state == "healthy":
        needed = check.unhealthy_threshold
    elif health.state == "unhealthy":
        needed = check.healthy_threshold
    else:
        needed = 1
    if against < needed:
        return replace(health, against=against)
    return Health("unhealthy" if health.state == "healthy" else "healthy")


def after_initial_failure(failures: int, check: HealthCheck) -> Health:
    """The health of a new target that has only failed: initial, then unhealthy from the threshold on."""
    return Health("unhealthy" if failures >= check.unhealthy_threshold else "initial")


def checks_s(check: HealthCheck, registered_s: float, phase_s: float = 0.0) -> Iterator[float]:
    """The moments of all checks of a target, without end; an answer's time does not shift the next one."""
    at_s = registered_s + phase_s
    while True:
        yield at_s
        at_s += check.interval_s


def next_check_s(check: HealthCheck, registered_s: float, phase_s: float, now_s: float) -> float:
    """The first check at or after a moment."""
    first_s = registered_s + phase_s
    return first_s + max(0, ceil((now_s - first_s) / check.interval_s - 1e-9)) * check.interval_s


def healthy_s(check: HealthCheck, registered_s: float, answers_s: float, phase_s: float = 0.0) -> float:
    """When a new target that answers from `answers_s` on is healthy.

    With its first pass, unless it has failed so often before that it was unhealthy: then after the healthy threshold.
    """
    first_s = next_check_s(check, registered_s, phase_s, max(answers_s, registered_s))
    failed = round((first_s - registered_s - phase_s) / check.interval_s)
    passes = 1 if failed < check.unhealthy_threshold else check.healthy_threshold
    return first_s + (passes - 1) * check.interval_s


def unhealthy_s(
    check: HealthCheck, registered_s: float, dies_s: float, phase_s: float = 0.0, *, hangs: bool = False
) -> float:
    """When a healthy target that fails from `dies_s` on is unhealthy.

    A refused or wrong answer fails a check at once, one that never comes (`hangs`) after the timeout.
    """
    first_s = next_check_s(check, registered_s, phase_s, dies_s)
    waits_s = (check.unhealthy_threshold - 1) * check.interval_s
    return first_s + waits_s + (check.timeout_s if hangs else 0.0)


def recovered_s(check: HealthCheck, registered_s: float, answers_s: float, phase_s: float = 0.0) -> float:
    """When an unhealthy target that answers from `answers_s` on is healthy again."""
    first_s = next_check_s(check, registered_s, phase_s, answers_s)
    return first_s + (check.healthy_threshold - 1) * check.interval_s


def passes(check: HealthCheck, answer_s: float | None, code: int = 200, success: range = range(200, 201)) -> bool:
    """Whether one check passes: an answer within the timeout, with one of the success codes."""
    return answer_s is not None and answer_s < check.timeout_s and code in success


def changes(
    check: HealthCheck, registered_s: float, until_s: float, answers: Callable[[float], bool], phase_s: float = 0.0
) -> tuple[tuple[float, State], ...]:
    """Every change of a target's state until a moment, from what it answers when it is asked.

    Args:
        check: the target group's settings.
        registered_s: when the target was registered.
        until_s: until when it is watched.
        answers: whether a check at a moment passes.
        phase_s: from registration to the first check.
    """
    health, failures, found = Health(), 0, []
    for at_s in checks_s(check, registered_s, phase_s):
        if at_s > until_s:
            break
        passed = answers(at_s)
        if health.state == "initial" and not passed:
            failures += 1
            following = after_initial_failure(failures, check)
        else:
            following = after(health, check, passed=passed)
        if following.state != health.state:
            found.append((at_s, following.state))
        health = following
    return tuple(found)
