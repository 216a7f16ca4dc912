"""Instances on their way: launched or started as far as limits allow, hooked, checked, and then in service.

The rules are those of `floodgate.awsrules.instances`: `warm_pool`, `launching`, `launch_failures`, `hooks`.
"""

from __future__ import annotations

from math import inf

from floodgate.awsrules.instances import hooks, launch_failures, protection, suspended, warm_pool
from floodgate.awsrules.instances.launch_failures import Outcome
from floodgate.awsrules.model import LifecycleHook
from floodgate.awsrules.scaling import weights
from floodgate.fleet.account import Account
from floodgate.fleet.agenda import TRANSITION, WAKE
from floodgate.fleet.context import Context
from floodgate.fleet.departures import Departures
from floodgate.fleet.events import Cause
from floodgate.fleet.instance import Instance
from floodgate.fleet.shortage import Shortage, after_placing, of_quota, of_rate

SIZE = Cause("size", "desired capacity")
POOL = Cause("warm pool", "warm pool")
WARM_START = Cause("size", "warm pool")


class Launches:
    """Brings instances into service and into the warm pool."""

    def __init__(self, context: Context, account: Account, departures: Departures) -> None:
        self._context, self._account, self._departures = context, account, departures
        group = context.group
        self._hooks = hooks.of(group.hooks, hooks.LAUNCHING)
        self._kinds = {kind.name: kind for kind in account.types}
        self.shortage: Shortage | None = None
        self._pool_shortage: Shortage | None = None
        self.finished_s = 0
        self._failures = 0
        self._failing_since_s: float | None = None
        self._retry_s = inf

    # -- asking for more

    def fill(self, missing: int, second: int) -> None:
        """Start or launch what is missing from the desired capacity, in instances or in units."""
        weight = self._context.group.instance_type.weight
        wanted = weights.launches(missing, 0, weight)
        share = warm_pool.scale_out(wanted, len(self._startable()))
        started = self._start(share.warm, second) if share.warm else 0
        cold = wanted - started
        if started == share.warm and cold > 0:
            self._fill_cold(missing, started, cold, second)

    def _fill_cold(self, missing: int, started: int, cold: int, second: int) -> None:
        context = self._context
        if not (context.group.weighted and self._account.short):
            self.launch(cold, second, pooled=False)
            return
        # other types have other weights, so the rest is known only after each
        goal = context.roster.units + missing - started * context.group.instance_type.weight
        while context.roster.units < goal and self.launch(1, second, pooled=False):
            pass

    def launch(self, wanted: int, second: int, *, pooled: bool) -> int:
        """Launch new instances into the group or into its pool; how many it could be."""
        account, context = self._account, self._context
        room = account.room(context.group.instance_type)
        allowed = wanted if room is None else min(wanted, room)
        placed = self._placed(allowed)
        granted = account.take_runs(placed.launched, second)
        if granted:
            self._commit(placed if granted == placed.launched else self._placed(granted), second, pooled=pooled)
        # what is short is told beside what has been launched
        self._explain(wanted, allowed, placed, granted, pooled=pooled)
        return granted

    def _placed(self, wanted: int) -> Outcome:
        group, roster = self._context.group, self._context.roster
        counts = {zone: roster.by_zone.get(zone, 0) for zone in group.zones or ("",)}
        kinds = [kind.name for kind in self._account.types]
        return launch_failures.place(wanted, counts, kinds, self._account.market(), group.zone_strategy)

    def _commit(self, placed: Outcome, second: int, *, pooled: bool) -> None:
        context, roster = self._context, self._context.roster
        before = roster.size
        batch = [
            roster.add(
                launch.zone,
                self._kinds[launch.instance_type],
                context.version,
                second,
                "preparing" if pooled else "launching",
                "Warmed:Pending" if pooled else "Pending",
            )
            for launch in placed.launches
            for _ in range(launch.count)
        ]
        if pooled:
            before = roster.count("preparing") - len(batch)
        words = "servers launched for the warm pool" if pooled else "servers launched"
        cause = POOL if pooled else SIZE
        context.log.count(second, "launch", (before, before + len(batch)), cause, words)
        self._failures, self._failing_since_s = 0, None
        self.expect(batch, second)

    def expect(self, batch: list[Instance], second: int) -> None:
        """New instances are on their way since `second`, into service or into the pool."""
        unknowns = self._context.unknowns
        booted_s = second + unknowns.boot_s * self._account.slow_boots
        for pooled in (False, True):
            place = "preparing" if pooled else "launching"
            # a pooled one has no balancer yet
            check_s = 0 if pooled else unknowns.first_check_s
            self._wait([one for one in batch if one.place == place], booted_s, unknowns.hook_s, check_s)

    def _startable(self) -> list[Instance]:
        pool = self._context.roster.at["pool"]
        if not pool or not self._account.short:
            return list(pool.values())
        return [one for one in pool.values() if self._account.has(one.zone, one.kind.name)]

    def _start(self, wanted: int, second: int) -> int:
        """Take instances out of the pool, from the zones with the fewest first; how many it could be."""
        context, account, roster = self._context, self._account, self._context.roster
        stopped = context.group.warm_pool is not None and context.group.warm_pool.state != "Running"
        room = account.room(context.group.instance_type) if stopped else None
        allowed = wanted if room is None else min(wanted, room)
        granted = account.take_starts(allowed, second) if stopped else allowed
        before, batch = roster.size, self._balanced(granted)
        for one in batch:
            roster.move(one, "launching", "Pending")
        if granted < wanted:
            self.shortage = of_quota(context, wanted - allowed) if allowed < wanted else of_rate(account)
        cause = Cause("size", "warm pool")
        context.log.count(
            second, "launch", (before, before + len(batch)), cause, "servers started out of the warm pool"
        )
        unknowns = context.unknowns
        began_s = second + unknowns.warm_start_s * account.slow_boots
        self._wait(batch, began_s, unknowns.warm_hook_s, unknowns.first_check_s)
        return len(batch)

    def _balanced(self, wanted: int) -> list[Instance]:
        waiting: dict[str, list[Instance]] = {}
        for one in self._startable():
            waiting.setdefault(one.zone, []).append(one)
        sizes, taken = {zone: self._context.roster.by_zone.get(zone, 0) for zone in waiting}, []
        for line in waiting.values():
            line.reverse()
        while len(taken) < wanted:
            zone = min((zone for zone in waiting if waiting[zone]), key=sizes.__getitem__)
            taken.append(waiting[zone].pop())
            sizes[zone] += 1
        return taken

    # -- on the way

    def _wait(self, batch: list[Instance], booted_s: float, work_s: float, check_s: float) -> None:
        if not batch:
            return
        waits = (hooks.result_at(self._heard(hook, booted_s, work_s), work_s) for hook in self._hooks)
        ends_s, result = hooks.ends(waits)
        numbers = [(one, one.batch) for one in batch]
        if result == "ABANDON":
            self._context.agenda.add(ends_s, TRANSITION, lambda second: self._abandon(numbers, second))
            return
        ready_s = max(ends_s, booted_s) + check_s
        self._context.agenda.add(ready_s, TRANSITION, lambda second: self._arrive(numbers, second))

    def _heard(self, hook: LifecycleHook, began_s: float, work_s: float) -> hooks.Wait:
        """The wait for a hook with all heartbeats of the work that it waits for."""
        wait, every_s = hooks.begin(hook, began_s), self._context.unknowns.heartbeat_every_s
        beat_s = began_s + every_s
        while every_s and beat_s < min(began_s + work_s, wait.ends_s()):
            wait = wait.heartbeat(beat_s)
            beat_s += every_s
        return wait

    def _abandon(self, numbers: list[tuple[Instance, int]], second: int) -> None:
        gone = [one for one, batch in numbers if one.batch == batch]
        cause = Cause("hook", self._hooks[0].name)
        self._failures += 1
        self._departures.terminate(gone, second, cause, "servers terminated, since their launch hook was abandoned")

    def _arrive(self, numbers: list[tuple[Instance, int]], second: int) -> None:
        ready = [one for one, batch in numbers if one.batch == batch]
        pooled = [one for one in ready if one.place == "preparing"]
        if pooled:
            self._rest(pooled, second)
        serving = [one for one in ready if one.place == "launching"]
        if serving:
            self._serve(serving, second)

    def _rest(self, pooled: list[Instance], second: int) -> None:
        context, roster = self._context, self._context.roster
        assert context.group.warm_pool is not None
        before, resting = roster.count("pool"), warm_pool.resting_state(context.group.warm_pool)
        for one in pooled:
            roster.move(one, "pool", resting)
            one.protected = False
        context.log.count(second, "warm", (before, roster.count("pool")), POOL, "servers ready in the warm pool")

    def _serve(self, serving: list[Instance], second: int) -> None:
        context, roster = self._context, self._context.roster
        before = roster.count("in service")
        roster.slow.add(second, len(serving), before)
        for one in serving:
            roster.move(one, "in service", "InService", second)
            one.protected = protection.inherited(group_protects_new=context.group.protect_new)
            if one.version in context.bad:
                roster.fail(one)
                context.failed.append(one)
            elif context.group.behind_balancer and not context.able.register:
                # it runs and is in service, yet no request reaches it, nor does a check of the balancer
                roster.fail(one)
        self.finished_s = second
        context.log.count(second, "in_service", (before, roster.count("in service")), SIZE, "servers in service")

    # -- what is short

    def _short(self, shortage: Shortage, *, pooled: bool) -> None:
        if pooled:
            self._pool_shortage = shortage
        else:
            self.shortage = shortage

    def _explain(self, wanted: int, allowed: int, placed: Outcome, granted: int, *, pooled: bool) -> None:
        if granted >= wanted:
            return
        if allowed < wanted:
            self._short(of_quota(self._context, wanted - allowed), pooled=pooled)
        elif placed.launched < allowed:
            self._short(after_placing(self._account, placed), pooled=pooled)
        else:
            self._short(of_rate(self._account), pooled=pooled)

    def clear(self) -> None:
        """Begin to ask anew: what was short may be there."""
        self.shortage = self._pool_shortage = None

    def retry(self, second: int) -> None:
        """Say what is short, once until it changes, and try again later; a pool that waits does not limit the group."""
        log = self._context.log
        for what, shortage in (("launch", self.shortage), ("warm pool", self._pool_shortage)):
            if shortage is None:
                log.refuse(second, what, None)
            else:
                log.refuse(second, what, shortage.cause, shortage.reason, self._sizes(pooled=what != "launch"))
        if self._retry_s <= second:
            self._failures += 1
            self._retry_s = inf
        self._give_up(second)
        short = [shortage for shortage in (self.shortage, self._pool_shortage) if shortage is not None]
        if not short:
            return
        again_s = min(self._again_s(shortage, second) for shortage in short)
        if again_s < self._retry_s:
            self._retry_s = again_s
            self._context.agenda.add(again_s, WAKE, lambda _: None)

    def _give_up(self, second: int) -> None:
        """After a day in which every launch failed AWS suspends launching until somebody resumes it."""
        context = self._context
        if self.shortage is None or not context.able.scale_out:
            self._failing_since_s = None
            return
        if self._failing_since_s is None:
            self._failing_since_s = second
        if launch_failures.suspended_by_aws(self._failing_since_s, second):
            context.able = suspended.able({*context.group.suspended, "Launch"})
            words = "no launch has succeeded for more than 24 hours, so AWS suspends Launch until somebody resumes it"
            context.log.refuse(second, "suspension", Cause("limit", "administrative suspension"), words)
            self.clear()

    def _sizes(self, *, pooled: bool) -> tuple[int | None, int | None]:
        """What there is or is on the way, and what is asked for."""
        roster = self._context.roster
        return (roster.count("pool") + roster.count("preparing"), None) if pooled else (roster.size, self._wanted())

    def _wanted(self) -> int:
        return -(-self._context.bounds.desired // self._context.group.instance_type.weight)

    def _again_s(self, shortage: Shortage, second: int) -> float:
        if shortage.cause.kind == "throttling":
            return self._account.ready_s(second)
        unknowns = self._context.unknowns
        retry_s = max(1.0, unknowns.retry_s)
        longest_s = max(retry_s, unknowns.retry_longest_s)
        return launch_failures.next_try_s(second, self._failures + 1, retry_s, longest_s)
