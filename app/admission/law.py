"""How many people are let in each second: what the servers take, held down by what is behind them.

The law is *proportional control of the number inside, with the departures fed forward*, saturated between a floor and
the nominal rate (Astrom and Murray, Feedback Systems, 2021, chapters 11 and 12, https://fbswiki.org):

    pressure   p = the largest of CPU, database and latency, each as a share of its target
    let in     r = departures + gain x (1 - p) x nominal,   floor <= r <= nominal

The number inside changes by what comes in less what goes out. Feeding the departures forward cancels the second, so
the number grows by gain x (1 - p) x nominal alone, and stands still where p is 1: the plant with its control is an
integrator under proportional feedback, which settles without an offset. An integral of our own would only add
something to wind up while an operator pauses or the rate is saturated; there is none.

Readings are smoothed, since latency over a second is noise. Everything here is arithmetic: no clock, no store.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, inf
from typing import Literal

from app.admission.values import Controls
from app.settings import Admission

Binding = Literal["servers", "cpu", "database", "latency", "cap", "operators", "paused", "line", "doors", "away"]

SMOOTHING_S = 5.0


@dataclass(frozen=True, slots=True)
class Load:
    """What stands behind the door: CPU and database connections in use (1 is full), and latency."""

    cpu: float
    database: float
    latency_s: float


@dataclass(frozen=True, slots=True)
class Allowance:
    """People who may come in.

    Attributes:
        people_per_s: how many each second.
        nominal_per_s: what the servers in service take, times the operators' share.
        pressure: the largest load as a share of its target.
        binding: what set the rate: ``servers``, ``cpu``, ``database``, ``latency``, ``cap``, the ``operators`` or
            their pause; further on also the ``line`` where it is shorter, closed ``doors``, and ``away`` where nobody
            can be served.
    """

    people_per_s: float
    nominal_per_s: float
    pressure: float
    binding: Binding

    def within(self, room: float, elapsed_s: float) -> Allowance:
        """The same, cut to the room under the cap."""
        if self.people_per_s * elapsed_s <= room:
            return self
        return replace(self, people_per_s=max(0.0, room) / elapsed_s, binding="cap")


class Law:
    """The control law with its smoothed readings; begins with the first reading, as a leader does who takes over.

    Args:
        admission: rates, targets, gain and floor.
        smoothing_s: time over which readings are averaged.
    """

    def __init__(self, admission: Admission, smoothing_s: float = SMOOTHING_S) -> None:
        self._admission = admission
        self._smoothing_s = smoothing_s
        self._load: Load | None = None
        self._leaving_per_s: float | None = None

    def read(self, load: Load | None, leaving_per_s: float | None, elapsed_s: float) -> None:
        """Take in the last moments; None where nothing is known, which leaves what was."""
        new = 1.0 - exp(-elapsed_s / self._smoothing_s)
        if load is not None:
            old = self._load or load
            self._load = Load(
                _towards(old.cpu, load.cpu, new),
                _towards(old.database, load.database, new),
                _towards(old.latency_s, load.latency_s, new),
            )
        if leaving_per_s is not None:
            old_rate = leaving_per_s if self._leaving_per_s is None else self._leaving_per_s
            self._leaving_per_s = _towards(old_rate, leaving_per_s, new)

    def allow(self, servers: float, controls: Controls) -> Allowance:
        """People that servers and database take each second, as far as operators let them."""
        nominal = servers * self._admission.journeys_per_server_per_s * controls.share
        pressure, strongest = self._pressure()
        if controls.paused:
            return Allowance(0.0, nominal, pressure, "paused")
        held = (self._leaving_per_s or 0.0) + self._admission.gain * (1.0 - pressure) * nominal
        if held >= nominal:
            return Allowance(nominal, nominal, pressure, "operators" if controls.share < 1 else "servers")
        return Allowance(max(held, nominal * self._admission.floor_share), nominal, pressure, strongest)

    def _pressure(self) -> tuple[float, Binding]:
        load, admission = self._load, self._admission
        if load is None:
            return 0.0, "servers"
        shares: list[tuple[float, Binding]] = [
            (load.cpu / admission.cpu_headroom, "cpu"),
            (load.database / admission.database_headroom, "database"),
            (load.latency_s / admission.latency_target_s, "latency"),
        ]
        # the first of equals, and none where all is quiet
        return max([(0.0, "servers"), *shares], key=lambda share: share[0])


def room(max_inside: int | None, inside: float, coming: float) -> float:
    """People who may still be called under the cap, those counted who have been called and are still to come."""
    return inf if max_inside is None else max(0.0, max_inside - inside - coming)


def _towards(old: float, new: float, share: float) -> float:
    return old + (new - old) * share
