"""An instance refresh in time; the rule is `floodgate.awsrules.instances.instance_refresh`."""

from __future__ import annotations

from floodgate.awsrules.instances import instance_refresh
from floodgate.awsrules.instances.instance_refresh import Preferences, Progress, Standing, Step
from floodgate.fleet.context import Context
from floodgate.fleet.departures import Departures
from floodgate.fleet.events import Cause
from floodgate.fleet.instance import Instance


class Refreshing:
    """Replaces the instances of a group by those of another version, and back where that fails."""

    def __init__(self, context: Context, departures: Departures) -> None:
        self._context, self._departures = context, departures
        self._preferences = Preferences()
        self._progress: Progress | None = None
        self._old: set[str] = set()
        self._before = context.version
        self._ended: list[str] = []

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses of all refreshes so far; a rollback is one of its own."""
        now = (self._progress.status,) if self._progress is not None else ()
        return (*self._ended, *now)

    @property
    def active(self) -> bool:
        """Whether one is going on."""
        return self._progress is not None and self._progress.status in instance_refresh.ACTIVE

    def begin(self, version: str, preferences: Preferences, second: int) -> None:
        """Start a refresh; while another is going on AWS takes none."""
        context = self._context
        if self.active:
            words = f"a refresh to {version} cannot start while another is in progress"
            context.log.refuse(second, "refresh", Cause("refresh", version), words)
            return
        if self._progress is not None:
            self._ended.append(self._progress.status)
        self._before, context.version = context.version, version
        self._start(preferences, instance_refresh.begin(second))

    def _start(self, preferences: Preferences, progress: Progress) -> None:
        context = self._context
        self._preferences, self._progress = preferences, progress
        self._old = {
            one.id
            for place in ("in service", "launching", "standby", "pool", "preparing")
            for one in context.roster.at[place].values()
            if instance_refresh.outdated(one.version, context.version, skip_matching=preferences.skip_matching)
        }

    def settle(self, second: int) -> None:
        """Do what the refresh does now."""
        context = self._context
        if self._progress is None or not self.active or not context.able.refresh:
            return
        standing = self._standing(second)
        takes_s = context.unknowns.boot_s + context.unknowns.first_check_s + self._warmup_s
        step = instance_refresh.step(
            self._preferences, standing, self._progress, second, context.group.maintenance, takes_s
        )
        self._progress = step.progress
        self._replace(step, second)
        if step.progress.status in ("Failed", "RollbackFailed"):
            self._fail(step.progress, second)
        elif not self.active:
            self._renew_pool(second)

    @property
    def _warmup_s(self) -> int:
        group = self._context.group
        return instance_refresh.warmup_s(self._preferences, group.default_warmup_s, group.health_check_grace_s)

    def _standing(self, second: int) -> Standing:
        context, roster, warmup_s = self._context, self._context.roster, self._warmup_s
        there = roster.at["in service"].values()
        old = [one for one in there if one.id in self._old]
        new = [one for one in there if one.id not in self._old]
        ready = sum(one.healthy and second - one.in_service_s >= warmup_s for one in new)
        # old ones that are still on their way take room, and are replaced once they have come
        coming = roster.count("launching")
        protected = sum(one.protected for one in old)
        return Standing(
            desired=-(-context.bounds.desired // context.group.instance_type.weight),
            old=len(old) - protected,
            new_ready=ready,
            new_pending=coming + len(new) - ready,
            standby=sum(one.id in self._old for one in roster.at["standby"].values()),
            protected=protected,
        )

    def _replace(self, step: Step, second: int) -> None:
        context, roster = self._context, self._context.roster
        cause, words = Cause("refresh", context.version), f"servers replaced by the refresh to {context.version}"
        if step.end_standby:
            standby = [one for one in roster.at["standby"].values() if one.id in self._old]
            self._departures.terminate(standby, second, cause, words)
        order = self._order(second) if step.replace.launch or step.replace.terminate else []
        gone, left = order[: step.replace.terminate], order[step.replace.terminate :]
        self._departures.terminate(gone, second, cause, words)
        missing = (context.bounds.desired - roster.units) // context.group.instance_type.weight
        for one in [one for one in left if not one.outgoing][: max(0, step.replace.launch - max(0, missing))]:
            roster.mark(one, "refresh")

    def _order(self, second: int) -> list[Instance]:
        """What is to be replaced: first what already has a replacement, then by the termination policies."""
        old = {key: one for key, one in self._context.roster.at["in service"].items() if key in self._old}
        outgoing = [one for one in old.values() if one.outgoing]
        rest = [one for one in old.values() if not one.outgoing]
        chosen = [old[candidate.id] for candidate in self._departures.choose(rest, len(rest), second)]
        protected = [one for one in rest if one.protected] if self._preferences.protected == "Refresh" else []
        return [*outgoing, *chosen, *protected]

    def _fail(self, failed: Progress, second: int) -> None:
        context = self._context
        words = f"the refresh to {context.version} has failed, since it could not get on"
        context.log.refuse(second, "refresh", Cause("refresh", context.version), words)
        for one in [one for one in context.roster.outgoing.values() if one.outgoing == "refresh"]:
            context.roster.mark(one, "")
        after = instance_refresh.after_failure(self._preferences, failed, second)
        if after.status == "RollbackInProgress":
            self._ended.append(failed.status)
            context.version = self._before
            self._start(instance_refresh.rolled_back(self._preferences), after)

    def _renew_pool(self, second: int) -> None:
        """After the group its pool is renewed: what is old in it goes, and it is refilled."""
        old = [one for one in self._context.roster.at["pool"].values() if one.id in self._old]
        cause = Cause("refresh", self._context.version)
        self._departures.terminate(old, second, cause, "servers of the warm pool replaced by the refresh")
