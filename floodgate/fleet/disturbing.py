"""Lets faults happen to a group, and lets them end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from floodgate.fleet.account import ANY, Account
from floodgate.fleet.agenda import FAULT
from floodgate.fleet.context import Context
from floodgate.fleet.evaluation import Evaluation
from floodgate.fleet.events import Cause
from floodgate.fleet.faults import (
    Fault,
    InstanceRefresh,
    InstancesFail,
    LaunchThrottling,
    MetricsDelayed,
    NoCapacity,
    OnStandby,
    SlowBoots,
    ZoneLost,
)
from floodgate.fleet.replacing import Replacing
from floodgate.fleet.standing_by import StandingBy


class Disturbing:
    """Plans the faults of a group."""

    def __init__(
        self,
        context: Context,
        account: Account,
        replacing: Replacing,
        evaluation: Evaluation,
        faults: Sequence[Fault],
    ) -> None:
        self._context, self._account = context, account
        self._replacing, self._evaluation = replacing, evaluation
        self._standing_by = StandingBy(context)
        self._zones = frozenset(context.roster.by_zone)
        for fault in faults:
            self._check(fault)
            context.agenda.add(fault.second, FAULT, self._beginning(fault))

    def _check(self, fault: Fault) -> None:
        kinds = {kind.name for kind in self._account.types}
        for what, named, known in (
            ("zone", getattr(fault, "zone", ""), self._zones),
            ("instance type", getattr(fault, "instance_type", ""), kinds),
        ):
            if named and named not in known:
                raise ValueError(f"{what} {named!r}: the group has {', '.join(sorted(known))}; name one of these")

    def _until(self, until: int | None, deed: Callable[[int], None]) -> None:
        if until is not None:
            self._context.agenda.add(until, FAULT, deed)

    def _beginning(self, fault: Fault) -> Callable[[int], None]:
        begins: dict[type, Callable[..., None]] = {
            ZoneLost: self._lose,
            NoCapacity: self._run_out,
            SlowBoots: self._slow,
            LaunchThrottling: self._throttle,
            InstanceRefresh: self._refresh,
            InstancesFail: self._fail,
            MetricsDelayed: self._delay,
            OnStandby: self._stand_by,
        }
        begin = begins[type(fault)]
        return lambda now: begin(fault, now)

    def _lose(self, fault: ZoneLost, now: int) -> None:
        self._close(fault.zone, ANY, fault.until)
        lost = [one for place in self._context.roster.at.values() for one in place.values() if one.zone == fault.zone]
        self._replacing.health.stop(lost, now, Cause("fault", f"zone {fault.zone} lost"))

    def _run_out(self, fault: NoCapacity, _: int) -> None:
        self._close(fault.zone or ANY, fault.instance_type or ANY, fault.until)

    def _close(self, zone: str, kind: str, until: int | None) -> None:
        self._account.close(zone, kind)
        self._until(until, lambda _: self._reopen(zone, kind))

    def _reopen(self, zone: str, kind: str) -> None:
        self._account.reopen(zone, kind)
        self._replacing.rebalancing.active = True

    def _slow(self, fault: SlowBoots, _: int) -> None:
        self._account.slow_boots *= fault.factor
        self._until(fault.until, lambda _: self._hurry(fault.factor))

    def _hurry(self, factor: float) -> None:
        self._account.slow_boots /= factor

    def _throttle(self, fault: LaunchThrottling, now: int) -> None:
        unknowns = self._context.unknowns
        self._account.refill(now, fault.refill_per_s, max(1.0, fault.refill_per_s))
        self._until(fault.until, lambda end: self._account.refill(end, unknowns.refill_per_s, unknowns.burst))

    def _refresh(self, fault: InstanceRefresh, now: int) -> None:
        if fault.bad:
            self._context.bad.add(fault.version)
        self._replacing.refreshing.begin(fault.version, fault.preferences, now)

    def _fail(self, fault: InstancesFail, now: int) -> None:
        there = self._context.roster.at["in service"].values()
        well = sorted((one for one in there if one.healthy), key=lambda one: (one.in_service_s, one.id))
        failing = well[: fault.count]
        if fault.how == "stops":
            self._replacing.health.stop(failing, now, Cause("fault", "instances fail"))
        else:
            self._replacing.health.hang(failing, now, impaired=fault.how == "impaired")

    def _delay(self, fault: MetricsDelayed, _: int) -> None:
        self._evaluation.late_s += fault.delay_s
        self._until(fault.until, lambda _: self._in_time(fault.delay_s))

    def _stand_by(self, fault: OnStandby, now: int) -> None:
        gone = self._standing_by.enter(fault.count, now, decrement=fault.decrement)
        self._until(fault.until, lambda end: self._standing_by.leave(gone, end, decremented=fault.decrement))

    def _in_time(self, delay_s: int) -> None:
        self._evaluation.late_s -= delay_s
