"""How many people are let in each second, by the service's law: what the servers take, held down by what is behind.

The functions run compiled or as plain Python (see `floodgate.rehearsal.compiling`); `Admission` is the same for hand
use.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from floodgate.rehearsal.compiling import Vector, kernel
from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.plan import Service

BINDINGS = ("servers", "cpu", "database", "latency", "cap")
SERVERS, CPU, DATABASE, LATENCY, CAP = (float(index) for index in range(len(BINDINGS)))

# what the readings hold: smoothed loads (1 is full) and latency, people who leave a second, whether there are any
# readings yet, and what set the rate last
LEAVING, BEGUN, BINDING = 3, 4, 5


class Law(NamedTuple):
    """The law's numbers; `targets` are those of CPU, database and latency."""

    per_server: float
    cap: float
    gain: float
    floor: float
    new: float
    targets: Vector


@kernel
def read(law: Law, readings: Vector, load: tuple[float, float, float], leaving_per_s: float) -> None:
    """Take in what the last second showed: loads (1 is full), latency, and people who left the inside.

    The first reading is believed at once, like by a leader who takes over.
    """
    new = law.new if readings[BEGUN] > 0.0 else 1.0
    readings[BEGUN] = 1.0
    for index in range(3):
        readings[index] += (load[index] - readings[index]) * new
    readings[LEAVING] += (leaving_per_s - readings[LEAVING]) * new


@kernel
def allowed_per_s(law: Law, readings: Vector, servers: float) -> float:
    """People that servers and database take in this second."""
    nominal = servers * law.per_server
    readings[BINDING] = SERVERS
    pressure = strongest = 0.0
    for index in range(3):
        share = readings[index] / law.targets[index]
        if share > pressure:
            pressure, strongest = share, index + 1.0
    held = readings[LEAVING] + law.gain * (1.0 - pressure) * nominal
    if held >= nominal:
        return nominal
    readings[BINDING] = strongest
    return max(held, nominal * law.floor)


@kernel
def room_under_cap(law: Law, inside: float, coming: float) -> float:
    """People who may still be called under the cap, those counted who were called and are expected."""
    return max(0.0, law.cap - inside - coming)


@kernel
def capped(law: Law, readings: Vector, allowed: float, inside: float, coming: float) -> float:
    """`allowed`, cut to the room under the cap."""
    room = room_under_cap(law, inside, coming)
    if room >= allowed:
        return allowed
    readings[BINDING] = CAP
    return room


class Admission:
    """A proportional controller on the number of people inside.

    The nominal rate is servers in service times `journeys_per_server_per_s`. The pressure is the largest of servers,
    database and latency, each as a share of its target. People are let in at the rate at which people leave, plus
    gain x (1 - pressure) x nominal, between the floor and the nominal rate. At a pressure of 1 the number inside
    therefore stays as it is; since load follows that number at once, this settles although a journey takes minutes.
    The cap on people inside is a hard bound that no term can exceed.

    `binding` names what set the rate last: ``servers``, ``cpu``, ``database``, ``latency`` or ``cap``.
    """

    def __init__(self, service: Service, parameters: Parameters) -> None:
        self.law = Law(
            per_server=float(service.journeys_per_server_per_s),
            cap=float("inf") if service.max_inside is None else float(service.max_inside),
            gain=parameters["admission.gain"],
            floor=parameters["admission.floor_share"],
            new=1.0 - math.exp(-1.0 / parameters["admission.smoothing_s"]),
            targets=[
                parameters["admission.cpu_headroom"],
                parameters["admission.database_headroom"],
                parameters["admission.latency_target_s"],
            ],
        )
        self.readings = [0.0] * (BINDING + 1)

    def read(self, cpu: float, database: float, latency_s: float, leaving_per_s: float) -> None:
        """See `read`."""
        read(self.law, self.readings, (cpu, database, latency_s), leaving_per_s)

    def allowed_per_s(self, servers: float) -> float:
        """See `allowed_per_s`."""
        return allowed_per_s(self.law, self.readings, servers)

    def room(self, inside: float, coming: float) -> float:
        """See `room_under_cap`."""
        return room_under_cap(self.law, inside, coming)

    def capped(self, allowed: float, inside: float, coming: float) -> float:
        """See `capped`."""
        return capped(self.law, self.readings, allowed, inside, coming)

    @property
    def binding(self) -> str:
        """What set the rate last."""
        return BINDINGS[int(self.readings[BINDING])]
