"""What the leader tells: people by the public document, operators, metrics and the fleet's scaling by a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from app.admission import document
from app.admission.deciding import Decision
from app.admission.fleet import PerMinute
from app.admission.leading import Leading
from app.admission.troubles import Troubles
from app.admission.values import Controls
from app.errors import Unavailable
from app.keys import Keys
from app.line import draw
from app.line.document import NowServing, Phase
from app.line.estimate import Shown
from app.line.store import LineStore
from app.line.values import LineLost
from app.opening import Opening
from app.settings import Settings

# long after the last leader, pages still tell dates and rules
KEPT_S = 86_400
SNAPSHOT_KEPT_S = 60


class Publisher:
    """Composes and puts what is told of one second.

    Args:
        settings: providers, poll interval and the secret of the draw.
        line: where it is put.
        observers: who is told on this machine.
        troubles: whose counts are told as well.
    """

    def __init__(
        self,
        settings: Settings,
        line: LineStore,
        observers: Sequence[Callable[[document.Snapshot], None]],
        troubles: Troubles,
    ) -> None:
        self._settings, self._line, self._observers, self._troubles = settings, line, observers, troubles
        self._keys = Keys(settings.secret.get_secret_value())
        self._shown: tuple[str, int, Shown] | None = None
        self._wait = (1.0, 1.0)
        self._booked = PerMinute()

    async def publish(
        self, leading: Leading, decision: Decision | None, opening: Opening, now_s: float, controls: Controls
    ) -> None:
        """Tell everybody what was written.

        Raises:
            Unavailable: the line's store is away.
        """
        checkpoint, fleet = leading.checkpoint, leading.fleet
        phase: Phase = _quiet(opening, now_s) if decision is None else decision.phase
        secret = draw.secret(self._keys, opening.name)
        wait = self._range(leading, phase, now_s)
        moment = document.Moment(now_s, phase, checkpoint, secret, wait, fleet.lights, controls)
        told = document.compose(opening, self._settings, moment)
        await self._line.put(document.key(opening.name), msgspec.json.encode(told), KEPT_S)
        snapshot = self._snapshot(leading, decision, told, now_s)
        await self._line.put(document.snapshot_key(opening.name), msgspec.json.encode(snapshot), SNAPSHOT_KEPT_S)
        for observe in self._observers:
            observe(snapshot)

    async def say_paused(self, opening: Opening, now_s: float) -> None:
        """With PostgreSQL away nobody leads; whoever notices says so in the document that was left, if it is old.

        Fail-open: where the line's store is away as well, workers go on serving what they have.
        """
        try:
            found = await self._line.get(document.key(opening.name))
            if found is None:
                return
            joined = (await self._line.state(opening.name, now_s)).joined
            changed = document.paused(msgspec.json.decode(found, type=NowServing), opening, now_s, joined)
            if changed is not None:
                await self._line.put(document.key(opening.name), msgspec.json.encode(changed), KEPT_S)
        except (Unavailable, LineLost, msgspec.MsgspecError) as error:
            self._troubles.failed("line", error)

    def _range(self, leading: Leading, phase: Phase, now_s: float) -> tuple[float, float]:
        """Which range of the estimated wait is true; of a new leader or opening it is learned anew."""
        checkpoint = leading.checkpoint
        if self._shown is None or self._shown[:2] != (leading.memory.opening.name, checkpoint.epoch):
            self._shown = (leading.memory.opening.name, checkpoint.epoch, Shown())
            self._wait = self._shown[2].factors(now_s, 0, 0, 0.0)
        if phase == "open":
            known = (checkpoint.joined, checkpoint.serving, checkpoint.rate_per_s)
            self._wait = self._shown[2].factors(now_s, *known)
        return self._wait

    def _snapshot(
        self, leading: Leading, decision: Decision | None, told: NowServing, now_s: float
    ) -> document.Snapshot:
        fleet, checkpoint = leading.fleet, leading.checkpoint
        allowance = decision.allowance if decision else None
        return document.Snapshot(
            opening=told.opening,
            at_s=now_s,
            phase=told.phase,
            binding=allowance.binding if allowance else "doors",
            epoch=checkpoint.epoch,
            joined=told.joined,
            serving=told.serving,
            lapsed=told.lapsed,
            waiting=told.joined - told.serving,
            inside=checkpoint.inside,
            coming=round(leading.memory.turnout.coming, 1),
            called_per_s=told.rate_per_s,
            allowed_per_s=round(allowance.people_per_s, 3) if allowance else 0.0,
            nominal_per_s=round(allowance.nominal_per_s, 3) if allowance else 0.0,
            pressure=round(allowance.pressure, 3) if allowance else 0.0,
            show_share=round(checkpoint.show_share, 4),
            servers=leading.servers,
            workers=fleet.workers,
            booked_per_minute=self._booked.count(fleet.booked, now_s),
            refused=fleet.refused,
            lights=fleet.lights,
            failures=dict(self._troubles.counted),
        )


def _quiet(opening: Opening, now_s: float) -> Phase:
    return "before" if now_s < opening.prequeue_from.timestamp() else "closed"
