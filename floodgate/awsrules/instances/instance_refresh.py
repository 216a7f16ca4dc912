"""An instance refresh: how many instances it replaces when, with checkpoints, waits, failure and rollback.

Sources: "Use an instance refresh to update instances in an Auto Scaling group",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html; "Understand the default values for an
instance refresh", https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-instance-refresh-default-values.html;
"Add checkpoints to an instance refresh",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-adding-checkpoints-instance-refresh.html; "Undo changes with a
rollback", https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from floodgate.awsrules.instances import maintenance
from floodgate.awsrules.instances.maintenance import Replacement
from floodgate.awsrules.model import MaintenancePolicy

MIN_HEALTHY_PERCENT = 90
MAX_HEALTHY_PERCENT = 100
CHECKPOINT_DELAY_S = 3600
STUCK_S = 3600
LONGEST_S = 14 * 86_400

Status = Literal["InProgress", "Baking", "Successful", "Failed", "RollbackInProgress", "RollbackSuccessful",
                 "RollbackFailed", "Cancelled"]  # fmt: skip
Standby = Literal["Wait", "Ignore", "Terminate"]
Protected = Literal["Wait", "Ignore", "Refresh"]

ACTIVE = frozenset({"InProgress", "Baking", "RollbackInProgress"})
NOTHING = Replacement(0, 0)


@dataclass(frozen=True, slots=True)
class Preferences:
    """How an instance refresh replaces; the defaults are those of the API, and None is "as the group says".

    `checkpoints` are percentages in ascending order; the last one is what is replaced altogether.
    """

    min_healthy_percent: int | None = None
    max_healthy_percent: int | None = None
    warmup_s: int | None = None
    skip_matching: bool = False
    checkpoints: tuple[int, ...] = ()
    checkpoint_delay_s: int = CHECKPOINT_DELAY_S
    standby: Standby = "Wait"
    protected: Protected = "Wait"
    auto_rollback: bool = False
    bake_s: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the group stands, in instances.

    Args:
        desired: its desired capacity.
        old: in service with the old configuration, and free to be replaced.
        new_ready: in service with the new configuration, healthy and past their warmup; also those that matched.
        new_pending: with the new configuration and not yet so.
        standby: old ones on standby.
        protected: old ones in service that are protected from scale in.
    """

    desired: int
    old: int
    new_ready: int = 0
    new_pending: int = 0
    standby: int = 0
    protected: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """What a refresh remembers: since when it runs, what it has reached, until when it waits.

    `passed` counts checkpoints, `ready` is the most instances that were new and ready; both fall back where the group
    grows, since checkpoints are percentages. `moved_s` is when it last got on, `baking_s` since when all is done.
    """

    began_s: float
    moved_s: float
    status: Status = "InProgress"
    passed: int = 0
    waits_until_s: float = 0.0
    baking_s: float | None = None
    ready: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What happens now: the refresh afterwards, what is replaced, and standby instances that are terminated."""

    progress: Progress
    replace: Replacement = NOTHING
    end_standby: int = 0
    reached_percent: int | None = None


def begin(now_s: float) -> Progress:
    """A refresh that begins now."""
    return Progress(now_s, now_s)


def percentages(preferences: Preferences, policy: MaintenancePolicy | None = None) -> MaintenancePolicy:
    """The healthy percentages that hold: the refresh's own, else the maintenance policy's, else 90 and 100."""
    low = policy.min_healthy_percent if policy else MIN_HEALTHY_PERCENT
    high = policy.max_healthy_percent if policy else MAX_HEALTHY_PERCENT
    own_low, own_high = preferences.min_healthy_percent, preferences.max_healthy_percent
    return MaintenancePolicy(low if own_low is None else own_low, high if own_high is None else own_high)


def warmup_s(preferences: Preferences, default_warmup_s: int | None, grace_s: int) -> int:
    """How long a new instance is waited for: the refresh's own, else the default warmup, else the grace period."""
    if preferences.warmup_s is not None:
        return preferences.warmup_s
    return default_warmup_s if default_warmup_s is not None and default_warmup_s >= 0 else grace_s


def outdated(version: str, wanted: str, *, skip_matching: bool) -> bool:
    """Whether an instance is to be replaced: each one, or with skip matching those of another configuration."""
    return not skip_matching or version != wanted


def target(total: int, percent: int) -> int:
    """How many of `total` instances have to be new so that a checkpoint is reached: not fewer than its percentage."""
    return -(-total * percent // 100)


def step(
    preferences: Preferences,
    standing: Standing,
    progress: Progress,
    now_s: float,
    policy: MaintenancePolicy | None = None,
    takes_s: float = 0,
) -> Step:
    """What an instance refresh does now.

    It replaces what the healthy percentages allow and no more than the next checkpoint asks for, waits until those are
    warm, waits at the checkpoint, and goes on. It ends after the last checkpoint, or when all that may be replaced is;
    it fails after an hour in which it could not get on, and after 14 days.

    Args:
        preferences: how it replaces.
        standing: where the group stands.
        progress: what it remembers.
        now_s: now, on the clock of the progress.
        policy: the group's maintenance policy.
        takes_s: what a new instance takes until it is ready, with hooks and warmup, which is no standstill.
    """
    if progress.status not in ACTIVE:
        return Step(progress)
    progress, reached = _noted(preferences, standing, progress, now_s)
    if finished(preferences, standing):
        return Step(_baked(preferences, progress, now_s), reached_percent=reached)
    if expired(progress, now_s, takes_s if standing.new_pending else 0):
        return Step(_ended(progress, "Failed"), reached_percent=reached)
    change = _replacement(preferences, standing, progress, now_s, policy)
    ended = standing.standby if preferences.standby == "Terminate" else 0
    # what is launched in the place of new ones that failed gets nothing on
    if change.terminate or ended:
        progress = replace(progress, moved_s=max(progress.moved_s, now_s))
    return Step(progress, change, ended, reached)


def _targets(preferences: Preferences, standing: Standing) -> tuple[int, ...]:
    total = _total(standing)
    return tuple(target(total, percent) for percent in preferences.checkpoints or (100,))


def _total(standing: Standing) -> int:
    """The group's instances, without those that are only there until their replacements are ready."""
    active = standing.old + standing.new_ready + standing.new_pending + standing.protected
    return active - _surplus(standing) + standing.standby


def _surplus(standing: Standing) -> int:
    """Instances beyond the desired capacity: old ones, where their replacements were launched first."""
    active = standing.old + standing.new_ready + standing.new_pending + standing.protected
    return max(0, active - standing.desired)


def _noted(
    preferences: Preferences, standing: Standing, progress: Progress, now_s: float
) -> tuple[Progress, int | None]:
    """The progress with what is ready and with checkpoints reached; the highest one reached now, if any."""
    moved_s = max(progress.moved_s, now_s) if standing.new_ready > progress.ready else progress.moved_s
    passed = sum(standing.new_ready >= goal for goal in _targets(preferences, standing)[:-1])
    reached = preferences.checkpoints[passed - 1] if passed > progress.passed else None
    waits_s = now_s + preferences.checkpoint_delay_s if reached is not None else progress.waits_until_s
    # a wait at a checkpoint is no standstill
    moved_s = max(moved_s, waits_s) if reached is not None else moved_s
    noted = replace(progress, passed=passed, waits_until_s=waits_s, moved_s=moved_s, ready=standing.new_ready)
    return noted, reached


def finished(preferences: Preferences, standing: Standing) -> bool:
    """Whether all that is to be replaced is, and warm."""
    if standing.new_pending or (_surplus(standing) and _free(preferences, standing)):
        return False
    goal = _targets(preferences, standing)[-1]
    return standing.new_ready >= goal or (_free(preferences, standing) == 0 and _waited_for(preferences, standing) == 0)


def expired(progress: Progress, now_s: float, takes_s: float = 0) -> bool:
    """Whether the refresh fails for time: an hour without getting on, beyond what launches take, or 14 days."""
    return now_s - progress.moved_s >= STUCK_S + takes_s or now_s - progress.began_s >= LONGEST_S


def _free(preferences: Preferences, standing: Standing) -> int:
    return standing.old + (standing.protected if preferences.protected == "Refresh" else 0)


def _waited_for(preferences: Preferences, standing: Standing) -> int:
    standby = 0 if preferences.standby == "Ignore" else standing.standby
    return standby + (standing.protected if preferences.protected == "Wait" else 0)


def _replacement(
    preferences: Preferences, standing: Standing, progress: Progress, now_s: float, policy: MaintenancePolicy | None
) -> Replacement:
    goal = _targets(preferences, standing)[min(progress.passed, max(0, len(preferences.checkpoints) - 1))]
    waits = now_s < progress.waits_until_s
    wanted = 0 if waits else max(0, goal - standing.new_ready - standing.new_pending)
    in_service = standing.old + standing.protected + standing.new_ready
    outgoing = min(_free(preferences, standing), wanted + _surplus(standing))
    return maintenance.replace(
        outgoing, in_service - outgoing, standing.new_pending, standing.desired, percentages(preferences, policy)
    )


def _baked(preferences: Preferences, progress: Progress, now_s: float) -> Progress:
    since_s = now_s if progress.baking_s is None else progress.baking_s
    done = now_s - since_s >= preferences.bake_s
    baked = replace(progress, baking_s=since_s)
    return _ended(baked, "Successful") if done else replace(baked, status="Baking")


def _ended(progress: Progress, status: Literal["Successful", "Failed"]) -> Progress:
    if progress.status == "RollbackInProgress":
        return replace(progress, status="RollbackSuccessful" if status == "Successful" else "RollbackFailed")
    return replace(progress, status=status)


def after_failure(preferences: Preferences, progress: Progress, now_s: float) -> Progress:
    """A refresh after it has failed, for time or for an alarm that it watches: rolled back where that is wanted.

    A rollback replaces what is new with the configuration that the group had, in the same way and without
    checkpoints. Without it, what was replaced stays.
    """
    if progress.status == "Failed" and preferences.auto_rollback:
        return Progress(now_s, now_s, "RollbackInProgress")
    return progress


def fail(progress: Progress) -> Progress:
    """A refresh that fails now, as when an alarm that it watches goes into ALARM."""
    return _ended(progress, "Failed") if progress.status in ACTIVE else progress


def cancel(progress: Progress) -> Progress:
    """A refresh that somebody cancels: nothing more is replaced, and nothing is rolled back."""
    return replace(progress, status="Cancelled") if progress.status in ACTIVE else progress


def rolled_back(preferences: Preferences) -> Preferences:
    """How a rollback replaces: by the same percentages, all that is new, without checkpoints or baking."""
    return replace(preferences, checkpoints=(), bake_s=0, auto_rollback=False, skip_matching=True)
