"""Counts of one worker, for Prometheus and for its report to the controller.

Every worker has a registry of its own and leaves its samples once a second where the internal port's process finds them
(`app.web.exposition`), each with its name as a label. The library's multiprocess mode was not chosen: it costs four
times as much for each count, is switched on by the environment before the first import, and adds up what was counted
by workers that died with what their successors count, which a rate takes for a jump.

Children are bound when they are first met, so a count is one addition; polls and pages are plain integers until they
are collected.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, Metric

LATENCY_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
LIGHTS = {"green": 0, "amber": 1, "red": 2}
POLL_ROUTE = "/queue/now-serving.json"


@dataclass(slots=True)
class Waits:
    """People whose wait was as shown when they joined, shorter than the range, longer than it."""

    true: int = 0
    low: int = 0
    high: int = 0


@dataclass(slots=True)
class _Route:
    """Bound children of one route."""

    latency: Any
    statuses: dict[int, Any] = field(default_factory=dict)


class Metrics:
    """What one worker counts.

    Attributes:
        registry: of this worker alone.
        polls: of the public document; increased by whoever answers one.
        pages: static files, the same way.
        checks: identity checks by provider and outcome, as `app.identity` counts them.
        limited: refusals by what was tried too often, and what could not be counted, as `app.line.limits` counts them.
        waits: how true the shown waits were.
        refused: refusals by problem code.
        booked: bookings confirmed.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.polls = 0
        self.pages = 0
        self.checks: Mapping[tuple[str, str], int] = {}
        self.limited: Mapping[str, int] = {}
        self.waits = Waits()
        self.refused: Tally[str] = Tally()
        self.booked = 0
        self._routes: dict[str, _Route] = {}
        self._requests = self._counter("requests", "Requests by route and status", "route", "status")
        self._latency = Histogram(
            "floodgate_request_seconds",
            "Time to answer by route",
            ("route",),
            buckets=LATENCY_BUCKETS_S,
            registry=self.registry,
        )
        self._refusals: dict[str, Any] = {}
        self._refusal_counter = self._counter("refusals", "Refusals by reason", "reason")
        self._events: dict[tuple[str, str], Any] = {}
        self._event_counter = self._counter("events", "Joins, entrances, holds, bookings and so on", "event", "kind")
        self._wait_counter = self._counter("shown_waits", "Waits against what was shown", "verdict")
        self._pool = self._gauge("pool_connections_in_use", "Share of the worker's database connections in use")
        self._age = self._gauge("document_age_seconds", "Age of the public document that is served")
        self._light = self._gauge("provider_light", "Identity providers: 0 green, 1 amber, 2 red", "provider")
        self._delay = self._gauge("expected_delay_seconds", "Delay that a new request must expect")
        self.registry.register(_Cheap(self))

    def observe(self, route: str, status: int, seconds: float) -> None:
        """One answered request, `route` as in the table."""
        bound = self._routes.get(route)
        if bound is None:
            bound = self._routes[route] = _Route(self._latency.labels(route))
        bound.latency.observe(seconds)
        count = bound.statuses.get(status)
        if count is None:
            count = bound.statuses[status] = self._requests.labels(route, str(status))
        count.inc()

    def refuse(self, reason: str) -> None:
        """One refusal, by its problem's code."""
        self.refused[reason] += 1
        count = self._refusals.get(reason)
        if count is None:
            count = self._refusals[reason] = self._refusal_counter.labels(reason)
        count.inc()

    def happened(self, event: str, kind: str = "new") -> None:
        """Something of the journey was done: ``join``, ``entrance``, ``proof``, ``hold``, ``booking``, …"""
        count = self._events.get((event, kind))
        if count is None:
            count = self._events[event, kind] = self._event_counter.labels(event, kind)
        count.inc()

    def waited(self, wait_s: float, low_s: float, high_s: float) -> None:
        """Somebody was let in after this wait, who had been shown that range."""
        verdict = "low" if wait_s < low_s else "high" if wait_s > high_s else "true"
        setattr(self.waits, verdict, getattr(self.waits, verdict) + 1)
        self._wait_counter.labels(verdict).inc()

    def state(self, pool_in_use: float, document_age_s: float, expected_delay_s: float, lights: dict[str, str]) -> None:
        """What is so at the moment, once a second."""
        self._pool.set(pool_in_use)
        self._age.set(document_age_s)
        self._delay.set(expected_delay_s)
        for provider, light in lights.items():
            self._light.labels(provider).set(LIGHTS[light])

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"floodgate_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"floodgate_{name}", text, labels, registry=self.registry)


class _Cheap:
    """Makes metrics of what is counted in plain integers when somebody collects."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        """All of them so far."""
        yield CounterMetricFamily("floodgate_polls", "Public documents served", value=self._metrics.polls)
        yield CounterMetricFamily("floodgate_pages", "Static files served", value=self._metrics.pages)
        checks = CounterMetricFamily("floodgate_identity_checks", "Identity checks", labels=("provider", "outcome"))
        for labels, count in self._metrics.checks.items():
            checks.add_metric(labels, count)
        yield checks
        limited = CounterMetricFamily("floodgate_limited", "Tried too often, or not counted", labels=("what",))
        for what, count in self._metrics.limited.items():
            limited.add_metric((what,), count)
        yield limited
