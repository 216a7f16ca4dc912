"""The leader's snapshot as Prometheus metrics, in a registry of the controller's own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge

from app.admission.document import Snapshot

PHASES = ("before", "prequeue", "open", "paused", "closed")
_VALUES = {
    "joined": "Numbers given",
    "serving": "Places below are called",
    "lapsed": "Places below have lost their turn",
    "waiting": "Numbers given and not called",
    "inside": "People inside",
    "coming": "People called and expected",
    "called_per_s": "Places called each second, lately",
    "allowed_per_s": "People who may come in each second, now",
    "nominal_per_s": "People whom the servers in service take each second",
    "pressure": "Largest load as a share of its target",
    "show_share": "Learned share of those called who come",
    "servers": "Servers in service",
    "workers": "Workers that report",
    "booked_per_minute": "Bookings of the last minute",
    "epoch": "Grows with every change of leader",
}


class Gauges:
    """An observer of the controller that keeps its last snapshot for whoever collects.

    Attributes:
        registry: where the gauges are, each named ``floodgate_admission_…``.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._values = {name: self._gauge(name, text) for name, text in _VALUES.items()}
        self._phase = self._gauge("phase", "1 for the phase that the line is in", "phase")
        self._binding = self._gauge("binding", "1 for what sets the rate", "binding")
        self._failures = self._gauge("failures", "Failures of what the controller needs", "what")

    def observe(self, snapshot: Snapshot) -> None:
        """Take the values over."""
        for name, gauge in self._values.items():
            gauge.set(getattr(snapshot, name))
        for phase in PHASES:
            self._phase.labels(phase).set(phase == snapshot.phase)
        # only what binds is told, so the one that bound before must go
        self._binding.clear()
        self._binding.labels(snapshot.binding).set(1)
        for what, count in snapshot.failures.items():
            self._failures.labels(what).set(count)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"floodgate_admission_{name}", text, labels, registry=self.registry)
