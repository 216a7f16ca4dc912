"""The public document of one second, and what operators see of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from app.admission.values import Checkpoint, Controls
from app.line.document import Draw, Light, NowServing, Phase, ProviderLight
from app.line.draw import commitment
from app.opening import Opening
from app.settings import Provider, Settings

# a document that is older was not written by a leader who is well
STALE_S = 3


class Snapshot(msgspec.Struct, frozen=True):
    """What the controller did in its last second; for operators, metrics and the scaling of the fleet.

    Attributes:
        opening: its name.
        at_s: when.
        phase: of the public document.
        binding: what set the rate, see `app.admission.law.Allowance`.
        epoch: of the leader.
        joined, serving, lapsed: of the line.
        waiting: numbers given and not called.
        inside: people inside.
        coming: people called and expected.
        called_per_s: places called each second, lately.
        allowed_per_s: people who may come in each second, now.
        nominal_per_s: people whom the servers in service take each second.
        pressure: largest load as a share of its target.
        show_share: learned share of those called who come.
        servers: in service.
        workers: that report.
        booked_per_minute: bookings of the last minute.
        refused: refusals by reason, since the workers began.
        lights: identity providers.
        failures: of what the controller needs, since it began.
    """

    opening: str
    at_s: float
    phase: Phase
    binding: str
    epoch: int
    joined: int
    serving: int
    lapsed: int
    waiting: int
    inside: int
    coming: float
    called_per_s: float
    allowed_per_s: float
    nominal_per_s: float
    pressure: float
    show_share: float
    servers: float
    workers: int
    booked_per_minute: int
    refused: dict[str, int] = {}
    lights: dict[str, Literal["green", "amber", "red"]] = {}
    failures: dict[str, int] = {}


def key(opening: str) -> str:
    """Where the public document is kept."""
    return f"now-serving/{opening}"


def snapshot_key(opening: str) -> str:
    """Where the snapshot is kept."""
    return f"admission/{opening}"


@dataclass(frozen=True, slots=True)
class Moment:
    """What changes from second to second.

    Attributes:
        now_s: seconds since 1970.
        phase: of the line.
        checkpoint: the line as the database has it; the draw's secret is told only once its pre-queue stands there.
        secret: of the draw.
        wait: lowest and highest share of the estimated wait.
        lights: of providers, as most workers see them.
        controls: of the operators.
    """

    now_s: float
    phase: Phase
    checkpoint: Checkpoint
    secret: bytes
    wait: tuple[float, float] = (1.0, 1.0)
    lights: Mapping[str, Light] = field(default_factory=dict)
    controls: Controls = field(default_factory=Controls)


def compose(opening: Opening, settings: Settings, moment: Moment) -> NowServing:
    """The public document.

    Args:
        opening: the opening.
        settings: poll interval and providers.
        moment: all else.
    """
    checkpoint, controls, secret = moment.checkpoint, moment.controls, moment.secret
    drawn = checkpoint.prequeue is not None
    return NowServing(
        opening=opening.name,
        title=opening.title,
        phase=moment.phase,
        at_s=int(moment.now_s),
        doors_s=int(opening.doors_s),
        closes_s=int(opening.closes_at.timestamp()),
        zone=opening.zone,
        joined=checkpoint.joined,
        serving=checkpoint.serving,
        lapsed=checkpoint.lapsed,
        rate_per_s=round(checkpoint.rate_per_s, 3),
        wait_low=round(moment.wait[0], 3),
        wait_high=round(moment.wait[1], 3),
        poll_s=settings.admission.poll_interval_s,
        draw=Draw(commitment(secret), checkpoint.prequeue, secret.hex() if drawn else None),
        challenge_bits=opening.rules.challenge_bits,
        birth_digits=opening.rules.birth_digits,
        providers=tuple(_lit(provider, moment.lights, controls) for provider in settings.providers),
        announcement=controls.announcement,
        prequeue_s=int(opening.prequeue_from.timestamp()),
        come_within_s=opening.come_within_s,
    )


def paused(document: NowServing, opening: Opening, now_s: float, joined: int) -> NowServing | None:
    """What a document becomes that no leader has renewed for `STALE_S`; None while it is younger or says so already.

    Its `at_s` stays, so that pages tell how old it is. Joining goes on, so the count of it does as well.
    """
    if now_s - document.at_s < STALE_S:
        return None
    stands = document.phase == "open" or (document.phase == "prequeue" and now_s >= opening.doors_s)
    phase: Phase = "paused" if stands else document.phase
    changed = msgspec.structs.replace(document, phase=phase, joined=max(joined, document.joined))
    return None if changed == document else changed


def _lit(provider: Provider, lights: Mapping[str, Light], controls: Controls) -> ProviderLight:
    closed = provider.name in controls.providers_closed
    light: Light = "red" if closed else lights.get(provider.name, "green")
    return ProviderLight(provider.name, provider.title, light, closed)
