"""One Auto Scaling group in time, made of AWS's rules; what-if and rehearsal play the same one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random

from floodgate.awsrules.cloudwatch.evaluation_range import RANGE_EXTRA
from floodgate.awsrules.cloudwatch.premature_alarm import EARLY
from floodgate.awsrules.instances import suspended
from floodgate.awsrules.model import Group, Signal
from floodgate.awsrules.scaling.capacity import Bounds
from floodgate.fleet.account import Account
from floodgate.fleet.alarms import Watch
from floodgate.fleet.beginning import begin
from floodgate.fleet.context import Context
from floodgate.fleet.departures import Departures
from floodgate.fleet.disturbing import Disturbing
from floodgate.fleet.evaluation import Evaluation
from floodgate.fleet.events import GroupEvent
from floodgate.fleet.faults import Fault
from floodgate.fleet.launches import Launches
from floodgate.fleet.policies import Policies
from floodgate.fleet.pool import Pool
from floodgate.fleet.replacing import Replacing
from floodgate.fleet.roster import Roster
from floodgate.fleet.seeing import MetricSource
from floodgate.fleet.timetable import Forecast, Predicting, Timetable
from floodgate.fleet.unknowns import Unknowns


class Fleet:
    """An Auto Scaling group in time.

    It begins with the instances that were read, else with its desired capacity in service and warm and its pool full.
    Call ``advance(second)`` with rising seconds, at the latest when `next_s` has come; between two of its seconds
    nothing changes. Equal arguments give equal events.

    Args:
        group: the group with its policies, schedules, hooks, warm pool and instances.
        unknowns: what AWS does not publish or a plan does not tell.
        start: the instant of second 0, aware; alarms keep to its wall clock's minutes.
        metrics: what its alarms can see.
        forecast: capacity by hour for predictive scaling.
        faults: what goes wrong.
        seed: of what AWS draws among equals.

    Raises:
        ValueError: a fault names a zone or an instance type that the group does not have.
    """

    def __init__(
        self,
        group: Group,
        unknowns: Unknowns,
        start: datetime,
        metrics: MetricSource,
        *,
        forecast: Forecast = (),
        faults: Sequence[Fault] = (),
        seed: int = 0,
    ) -> None:
        bounds = Bounds(group.min_size, group.max_size, group.desired)
        able, roster = suspended.able(group.suspended), Roster(group.zones or ("",))
        self._context = context = Context(group, unknowns, start, able, bounds, roster, group.version, Random(seed))
        coming, unhealthy = begin(context)
        account, self._departures = Account(context), Departures(context)
        self._launches = Launches(context, account, self._departures)
        self._launches.expect(coming, 0)
        self._pool = Pool(context, self._launches, self._departures)
        self._replacing = Replacing(context, account, self._departures)
        self._replacing.mark_unhealthy(unhealthy)
        Timetable(context)
        policies = Policies(context)
        self._evaluation = Evaluation(context, policies, Predicting(context, forecast), metrics, self._finished_s)
        self._disturbing = Disturbing(context, account, self._replacing, self._evaluation, faults)
        self._policies = policies
        self._settled = False

    # -- read-outs

    @property
    def desired(self) -> int:
        """Desired capacity, in units where the group has weights."""
        return self._context.bounds.desired

    @property
    def min_size(self) -> int:
        """Minimum size, as schedules have set it."""
        return self._context.bounds.minimum

    @property
    def max_size(self) -> int:
        """Maximum size, as schedules and predictive scaling have set it."""
        return self._context.bounds.maximum

    @property
    def in_service(self) -> int:
        """Servers in service."""
        return self._context.roster.count("in service")

    @property
    def serving(self) -> int:
        """Servers in service that answer."""
        return self._context.roster.serving

    @property
    def launching(self) -> int:
        """Servers on the way into service."""
        return self._context.roster.count("launching")

    @property
    def pool(self) -> int:
        """Servers ready in the warm pool."""
        return self._context.roster.count("pool")

    @property
    def preparing(self) -> int:
        """Servers on the way into the warm pool."""
        return self._context.roster.count("preparing")

    @property
    def standby(self) -> int:
        """Servers on standby."""
        return self._context.roster.count("standby")

    @property
    def terminating(self) -> int:
        """Servers out of service that are not gone yet."""
        return self._context.roster.count("terminating")

    @property
    def launched(self) -> int:
        """Servers ever launched, those of the beginning included."""
        return self._context.roster.launched

    @property
    def terminated(self) -> int:
        """Servers that are gone."""
        return self._context.roster.terminated

    @property
    def zones(self) -> dict[str, int]:
        """Servers in service or on the way there, by zone."""
        return dict(self._context.roster.by_zone)

    @property
    def limited_by(self) -> str:
        """What keeps the group from the size that is wanted.

        "", "launch rate", "quota", "no capacity", "addresses" or "max size".
        """
        shortage = self._launches.shortage
        return shortage.name if shortage else "max size" if self._evaluation.beyond else ""

    @property
    def next_s(self) -> float:
        """The next second at which something is due; until then nothing changes."""
        return self._context.agenda.next_s if self._settled else 0

    @property
    def events(self) -> list[GroupEvent]:
        """What has happened so far, in order."""
        return self._context.log.events

    @property
    def alarms(self) -> tuple[Watch, ...]:
        """The alarms with their states and the datapoints they were last judged on."""
        return tuple(self._policies.watches())

    def shown(self, signal: Signal, end_s: int, period_s: int) -> float | None:
        """The datapoint of a signal that ends at a second that has passed, as the group's alarms see it."""
        return self._evaluation.shown(signal, end_s, period_s)

    @property
    def refreshes(self) -> tuple[str, ...]:
        """The statuses of the instance refreshes so far, as AWS calls them."""
        return self._replacing.statuses

    def effective(self, second: int, slow_start_s: float) -> float:
        """Servers that answer, those in the target group's slow start by their linear share."""
        slow = self._context.roster.slow
        slow.duration_s = slow_start_s
        return self._context.roster.serving - slow.missing(second)

    # -- what happens

    def tell_each_second(self) -> None:
        """Tell launches and the like by the second, where they are told together within a minute otherwise."""
        self._context.log.together_s = 1

    def pass_over(self, quiet: Callable[[int], bool]) -> None:
        """From now on leave out the evaluations of periods that end at a quiet second.

        `quiet` must hold only where evaluating changes no alarm's state and no size, as long as nothing else happens.
        """
        # what is quiet is told by alarms as AWS's documentation has them
        if self._context.unknowns.range_extra == RANGE_EXTRA and self._context.unknowns.early_state == EARLY:
            self._evaluation.quiet = quiet

    def advance(self, second: int) -> None:
        """Let everything happen that is due at or before `second`, in order."""
        agenda = self._context.agenda
        if not self._settled:
            self._do_due(0)
            self._settled = True
        while agenda.next_s <= second:
            self._do_due(int(agenda.next_s))

    def _do_due(self, now: int) -> None:
        agenda = self._context.agenda
        while agenda.next_s <= now:
            agenda.pop()[1](now)
        self._settle(now)

    def _settle(self, second: int) -> None:
        """Launch, start or terminate what the desired capacity and the pool ask for, as far as limits allow."""
        context = self._context
        self._replacing.settle(second)
        self._launches.clear()
        missing = context.bounds.desired - context.roster.units
        if missing < 0 and context.able.scale_in:
            self._departures.shrink(-missing, second)
        elif missing > 0 and context.able.scale_out:
            self._launches.fill(missing, second)
        self._pool.settle(second)
        self._launches.retry(second)
        self._replacing.after(second)

    def _finished_s(self) -> float:
        return max(self._launches.finished_s, self._departures.finished_s)
