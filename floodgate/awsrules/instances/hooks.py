"""Lifecycle hooks: how long an instance waits and what its result does.

Sources: "Amazon EC2 Auto Scaling lifecycle hooks",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html; "How lifecycle hooks work",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html; "PutLifecycleHook",
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from floodgate.awsrules.model import LifecycleHook

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
MAX_WAIT_S = 48 * 3600
MAX_HEARTBEATS = 100

Result = Literal["CONTINUE", "ABANDON"]


@dataclass(frozen=True, slots=True)
class Wait:
    """One instance waiting for one hook since `began_s`; `heard_s` is the last heartbeat, at first the beginning."""

    hook: LifecycleHook
    began_s: float
    heard_s: float

    def heartbeat(self, now_s: float) -> Wait:
        """The wait after `RecordLifecycleActionHeartbeat`: the heartbeat timeout begins anew, the global one does not.

        A heartbeat that comes after the wait is over changes nothing.
        """
        return replace(self, heard_s=now_s) if now_s < self.ends_s() else self

    def ends_s(self) -> float:
        """When the wait is over with the hook's default result, unless a result comes before."""
        return min(self.heard_s + self.hook.heartbeat_s, self.began_s + global_timeout_s(self.hook.heartbeat_s))


def begin(hook: LifecycleHook, now_s: float) -> Wait:
    """An instance reaches a hook."""
    return Wait(hook, now_s, now_s)


def of(hooks: Iterable[LifecycleHook], transition: str) -> tuple[LifecycleHook, ...]:
    """The hooks of one transition; they wait side by side, not one after the other."""
    return tuple(hook for hook in hooks if hook.transition == transition)


def global_timeout_s(heartbeat_s: float) -> float:
    """The longest that an instance can be kept waiting: 48 hours or 100 heartbeats, whichever is smaller."""
    return min(MAX_WAIT_S, MAX_HEARTBEATS * heartbeat_s)


def result_at(wait: Wait, work_s: float | None, result: Result = "CONTINUE") -> tuple[float, Result]:
    """When a wait ends and how: with the result of the work, or with the default result where that comes first.

    Args:
        wait: the wait.
        work_s: seconds from its beginning until somebody completes the lifecycle action, None for never.
        result: what is then told.
    """
    done_s = None if work_s is None else wait.began_s + work_s
    return (done_s, result) if done_s is not None and done_s <= wait.ends_s() else (wait.ends_s(), default_result(wait))


def default_result(wait: Wait) -> Result:
    """What a wait ends with that nobody completes: ABANDON where the hook does not say otherwise.

    The overview of hooks says that a launch then goes on, which holds for hooks that say CONTINUE.
    """
    return wait.hook.default_result


def ends(waits: Iterable[tuple[float, Result]]) -> tuple[float, Result]:
    """The end of all waits of one transition, given as moments and results; without any it ends at once.

    All have to be completed; the first ABANDON ends the others and stands.
    """
    waits = tuple(waits)
    abandoned = [at_s for at_s, result in waits if result == "ABANDON"]
    if abandoned:
        return min(abandoned), "ABANDON"
    return max((at_s for at_s, _ in waits), default=0.0), "CONTINUE"


def after(transition: str, result: Result) -> str:
    """The state that follows a transition's hooks.

    A launch that is abandoned is terminated, and the group launches another; a termination goes on either way.

    Raises:
        ValueError: there is no such transition.
    """
    if transition == TERMINATING:
        return "Terminating:Proceed"
    if transition == LAUNCHING:
        return "Pending:Proceed" if result == "CONTINUE" else "Terminating"
    raise ValueError(f"{transition!r} is no transition; use {LAUNCHING!r} or {TERMINATING!r}")


def replaced(transition: str, result: Result) -> bool:
    """Whether the group launches another instance: after a launch that was abandoned.

    Where hooks keep failing AWS launches more slowly; how slowly it does not say, see `launch_failures.next_try_s`.
    """
    return transition == LAUNCHING and result == "ABANDON"


def order(*, launching: bool, balanced: bool, hooked: bool) -> tuple[str, ...]:
    """What happens in which order between the launch or the end of service and the end of the transition.

    Behind a balancer an instance is registered after the launch hook and before it is in service, and deregistered,
    with its draining, before the termination hook.

    Source: "Amazon EC2 Auto Scaling instance lifecycle",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
    """
    steps = ("hook", "register", "InService") if launching else ("deregister", "hook", "Terminated")
    return tuple(
        step for step in steps if (step != "hook" or hooked) and (step not in {"register", "deregister"} or balanced)
    )
