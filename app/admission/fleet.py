"""What the workers' reports say together."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean

import msgspec

from app.admission.law import Load
from app.admission.values import WorkerReport
from app.line.document import Light

# the code of the problem that somebody meets whom the cap keeps out
TURNED_AWAY = "inside-full"
MINUTE_S = 60.0
_DARKER: dict[Light, int] = {"green": 0, "amber": 1, "red": 2}
_decoder = msgspec.json.Decoder(WorkerReport)


@dataclass(frozen=True, slots=True)
class Fleet:
    """All workers together.

    Attributes:
        workers: how many have reported lately.
        load: their mean load; the mean latency of those who served bookings. None where nobody has reported.
        booked: bookings that they have confirmed since they began.
        refused: refusals since they began, by reason.
        lights: of each identity provider, as most workers see it.
    """

    workers: int = 0
    load: Load | None = None
    booked: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    lights: dict[str, Light] = field(default_factory=dict)


def summed(reports: Iterable[bytes]) -> Fleet:
    """The fleet as its workers report it; what cannot be read is left out, as if that worker had said nothing."""
    read = [report for report in map(_read, reports) if report is not None]
    if not read:
        return Fleet()
    latencies = [report.latency_p95_s for report in read if report.latency_p95_s > 0]
    load = Load(
        fmean(report.cpu for report in read),
        fmean(report.connections_in_use for report in read),
        fmean(latencies) if latencies else 0.0,
    )
    refused = sum((Counter(report.refused) for report in read), Counter())
    providers = {name for report in read for name in report.lights}
    lights = {name: majority([r.lights[name] for r in read if name in r.lights]) for name in providers}
    return Fleet(len(read), load, sum(report.booked for report in read), dict(refused), lights)


def majority(lights: Sequence[str]) -> Light:
    """The light that most see; the darker of two that equally many see. A colour that is none counts as red."""
    colours = Counter[Light](_colour(light) for light in lights)
    return max(colours, key=lambda light: (colours[light], _DARKER[light]))


class Rising:
    """The rise of a total over workers that come and go; a worker that begins anew takes nothing away."""

    def __init__(self) -> None:
        self._last: int | None = None

    def rise(self, total: int) -> int:
        """What has been added since the last look; nothing at the first."""
        last, self._last = self._last, total
        return 0 if last is None else max(0, total - last)


class PerMinute:
    """What rose within the last minute."""

    def __init__(self) -> None:
        self._rising = Rising()
        self._rises: deque[tuple[float, int]] = deque()

    def count(self, total: int, now_s: float) -> int:
        """Take in a total; the rise of the last minute."""
        self._rises.append((now_s, self._rising.rise(total)))
        while self._rises[0][0] <= now_s - MINUTE_S:
            self._rises.popleft()
        return sum(rise for _, rise in self._rises)


def _read(report: bytes) -> WorkerReport | None:
    try:
        return _decoder.decode(report)
    except msgspec.MsgspecError:
        return None


def _colour(light: str) -> Light:
    return "green" if light == "green" else "amber" if light == "amber" else "red"
