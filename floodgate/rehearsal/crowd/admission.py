"""How many people are let in each second: what the servers take, held down by what is behind them."""

from __future__ import annotations

from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.plan import Service


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
        self._per_server = service.journeys_per_server_per_s
        self._cap = float("inf") if service.max_inside is None else float(service.max_inside)
        self._gain = parameters["admission.gain"]
        self._floor = parameters["admission.floor_share"]
        self._memory = 1.0 - 1.0 / parameters["admission.smoothing_s"]
        self._targets = (
            ("cpu", parameters["admission.cpu_headroom"]),
            ("database", parameters["admission.database_headroom"]),
            ("latency", parameters["admission.latency_target_s"]),
        )
        self._smooth = [0.0, 0.0, 0.0]
        self._leaving = 0.0
        self.nominal_per_s = 0.0
        self.binding = "servers"

    def read(self, cpu: float, database: float, latency_s: float, leaving_per_s: float) -> None:
        """Take in what the last second showed: loads (1 is full), latency, and people who left the inside."""
        memory, smooth = self._memory, self._smooth
        new = 1.0 - memory
        smooth[0] = smooth[0] * memory + cpu * new
        smooth[1] = smooth[1] * memory + database * new
        smooth[2] = smooth[2] * memory + latency_s * new
        self._leaving = self._leaving * memory + leaving_per_s * new

    def allowed_per_s(self, servers: float) -> float:
        """People that servers and database take in this second."""
        self.nominal_per_s = nominal = servers * self._per_server
        self.binding = "servers"
        pressure = 0.0
        strongest = "servers"
        for (name, target), value in zip(self._targets, self._smooth, strict=True):
            if value > pressure * target:
                pressure, strongest = value / target, name
        held = self._leaving + self._gain * (1.0 - pressure) * nominal
        if held >= nominal:
            return nominal
        self.binding = strongest
        return max(held, nominal * self._floor)

    def room(self, inside: float, called: float) -> float:
        """People who may still be called under the cap, those counted who were called and have not come yet."""
        return max(0.0, self._cap - inside - called)

    def capped(self, allowed: float, inside: float, called: float) -> float:
        """`allowed`, cut to the room under the cap."""
        room = self.room(inside, called)
        if room >= allowed:
            return allowed
        self.binding = "cap"
        return room
