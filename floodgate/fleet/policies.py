"""What a group's policies want at one evaluation of their alarms.

The rules are those of `floodgate.awsrules.scaling`; here they are given what they ask about the group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from floodgate.awsrules.model import AlarmState, PredictiveScaling, SimpleScaling, StepScaling, TargetTracking
from floodgate.awsrules.scaling import (
    cooldowns,
    several_policies,
    simple_scaling,
    step_scaling,
    target_tracking,
    warmup,
)
from floodgate.awsrules.scaling.capacity import Wish
from floodgate.awsrules.scaling.target_tracking import Vote
from floodgate.fleet.alarms import Watch, tracking, watching
from floodgate.fleet.context import Context
from floodgate.fleet.events import Cause


@dataclass(frozen=True, slots=True)
class Decision:
    """What is carried out, what was asked for beyond the group's maximum, and on which metric."""

    wish: Wish | None
    beyond: Wish | None
    metric: float | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """On which value of which alarm a policy wants what it wants; put into words only where it wins."""

    watch: Watch
    value: float | None
    limit: float
    word: str = "threshold"

    def words(self) -> str:
        """The metric against its limit."""
        return self.watch.reason(self.value, self.limit, self.word)


class Policies:
    """All policies of a group that follow alarms."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._tracking: list[tuple[TargetTracking, Watch, Watch]] = []
        self._stepping: list[Watch] = []
        for policy in sorted(context.group.policies, key=lambda policy: policy.name):
            if isinstance(policy, PredictiveScaling) or not policy.enabled:
                continue
            if isinstance(policy, TargetTracking):
                self._tracking.append((policy, *tracking(policy, context.group, context.unknowns)))
            else:
                self._stepping += [watching(alarm, policy, context.unknowns) for alarm in policy.alarms]
        self._group_warmup_s = warmup.group_warmup_s(context.group)
        self._cooldown_s: int | None = None
        self._cooldown_ends_s = 0.0
        self._grounds: dict[str, Ground] = {}
        self._warmups_s = {policy.name: warmup.warmup_s(policy, context.group) for policy in _warming(context)}
        self._weight = context.group.instance_type.weight if context.group.weighted else 1

    def watches(self) -> Iterator[Watch]:
        """Every alarm, in an order that does not depend on the policies'."""
        for _, high, low in self._tracking:
            yield high
            yield low
        yield from self._stepping

    @property
    def pressing(self) -> bool:
        """Whether an alarm that may add capacity is in ALARM."""
        return any(watch.state == "ALARM" for watch in self.watches() if watch.alarm.comparison[:4] == "Grea")

    def decide(self, second: int, forecast: Wish | None, finished_s: float) -> Decision:
        """Which capacity the policies want, if another than there is.

        Args:
            second: now.
            forecast: what predictive scaling holds now.
            finished_s: when the last instance came into service or left.
        """
        self._grounds.clear()
        self._cool(finished_s)
        bounds = self._context.bounds
        votes = [self._vote(*tracked, second) for tracked in self._tracking]
        wishes = [wish for wish in self._answers(second) if wish is not None]
        blocked = self._scale_in_blocked(second)
        won = several_policies.decide(bounds, votes, wishes, forecast=forecast, scale_in_blocked=blocked)
        asked = [vote.wish for vote in votes if vote.says == "out"] + wishes + ([forecast] if forecast else [])
        beyond = max((wish for wish in asked if wish.capacity > bounds.maximum), key=_capacity, default=None)
        if won is None:
            return Decision(None, beyond)
        self._begin_cooldown(won)
        ground = self._grounds.get(won.policy)
        if ground is None:
            return Decision(won, beyond)
        return Decision(Wish(won.policy, won.capacity, ground.words()), beyond, ground.value)

    # -- what each kind wants

    def _vote(self, policy: TargetTracking, high: Watch, low: Watch, second: int) -> Vote:
        roster = self._context.roster
        sizes = target_tracking.Sizes(
            desired=self._context.bounds.desired,
            warm=roster.warm(second, self._warmups_s[policy.name]) * self._weight,
            in_service=roster.units_in_service,
            terminating=self._terminating(),
        )
        metric = high.newest if high.newest is not None else low.newest
        self._grounds[policy.name] = Ground(high, metric, policy.target, "target")
        return target_tracking.vote(
            policy,
            (_heard(high), _heard(low)),
            metric,
            sizes,
            capacity_base=target_tracking.base(high.alarm.metric, sizes, self._context.unknowns.cpu_base),
            scale_in_share=self._context.unknowns.scale_in_share,
        )

    def _answers(self, second: int) -> Iterator[Wish | None]:
        for watch in self._stepping:
            if not watch.acts:
                continue
            if isinstance(watch.policy, StepScaling):
                yield self._step(watch, watch.policy, second)
            elif isinstance(watch.policy, SimpleScaling) and self._may_act(second):
                self._grounds[watch.policy.name] = Ground(watch, watch.newest, watch.alarm.threshold)
                capacity = simple_scaling.propose(watch.policy, self._context.bounds.desired)
                yield Wish(watch.policy.name, capacity, "")

    def _step(self, watch: Watch, policy: StepScaling, second: int) -> Wish | None:
        roster = self._context.roster
        warm = roster.warm(second, self._warmups_s[policy.name])
        found = step_scaling.answer(
            policy,
            watch.points[-watch.alarm.evaluation_periods :],
            watch.alarm.threshold,
            warm=warm * self._weight,
            desired=self._context.bounds.desired,
            terminating=self._terminating(),
            warming=roster.size - warm,
        )
        stuck = Cause("policy", policy.name) if found.outcome in ("no step", "no data") else None
        self._context.log.refuse(second, policy.name, stuck, found.words)
        if found.outcome not in ("out", "in"):
            return None
        self._grounds[policy.name] = Ground(watch, found.metric, watch.alarm.threshold)
        return Wish(policy.name, found.capacity, "")

    def _terminating(self) -> int:
        roster = self._context.roster
        return (roster.count("terminating") + roster.returning) * self._weight

    # -- waiting

    def _scale_in_blocked(self, second: int) -> bool:
        roster = self._context.roster
        warming = roster.count("in service") - roster.warm(second, self._group_warmup_s)
        blocked = warmup.scale_in_blocked(launching=roster.count("launching"), warming=warming)
        cooling = self._cooldown_s is not None or cooldowns.waits(
            "target tracking", scale_in=True, now_s=second, ends_s=self._cooldown_ends_s
        )
        return blocked or cooling

    def _busy(self) -> bool:
        roster, group = self._context.roster, self._context.group
        early = group.behind_balancer and self._context.unknowns.draining_reading == "draining begins"
        leaving = 0 if early else roster.count("terminating") + roster.returning
        return bool(roster.count("launching") or leaving)

    def _may_act(self, second: int) -> bool:
        return self._cooldown_s is None and simple_scaling.may_act(
            now_s=second, activity_in_progress=self._busy(), cooldown_ends_s=self._cooldown_ends_s
        )

    def _cool(self, finished_s: float) -> None:
        """Begin the cooldown once the activity of a simple policy has ended."""
        if self._cooldown_s is not None and not self._busy():
            self._cooldown_ends_s = finished_s + self._cooldown_s
            self._cooldown_s = None

    def _begin_cooldown(self, won: Wish) -> None:
        for watch in self._stepping:
            if isinstance(watch.policy, SimpleScaling) and watch.acts and watch.policy.name == won.policy:
                self._cooldown_s = simple_scaling.cooldown_s(watch.policy, self._context.group)


def _warming(context: Context) -> Iterator[TargetTracking | StepScaling]:
    for policy in context.group.policies:
        if isinstance(policy, (TargetTracking, StepScaling)):
            yield policy


def _capacity(wish: Wish) -> tuple[int, str]:
    return wish.capacity, wish.policy


def _heard(watch: Watch) -> AlarmState:
    """The state of an alarm as its policy hears it; one whose actions are disabled tells nothing of a breach."""
    return "OK" if watch.state == "ALARM" and not watch.alarm.actions_enabled else watch.state
