"""The internal port's `/metrics`: what all processes of this server counted, each series with its process as a label.

Each process leaves a snapshot in one folder once a second; whoever has the internal port reads them when it is asked.
A process that is gone is told no more after `STALE_S`, and its successor's series begin at zero under the same label,
which is a restart as Prometheus understands it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric

from app.clock import Clock
from app.web.wire import Receive, Scope, Send

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
STALE_S = 15.0


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """One value with its labels."""

    name: str
    labels: dict[str, str]
    value: float


class Family(msgspec.Struct, frozen=True, array_like=True):
    """One metric with its samples."""

    name: str
    text: str
    kind: str
    samples: list[Sample]


def snapshot(registry: CollectorRegistry) -> bytes:
    """A registry's samples, to be left for the internal port."""
    families = [
        Family(
            metric.name,
            metric.documentation,
            metric.type,
            # when a series began is of no use to anybody here
            [
                Sample(sample.name, dict(sample.labels), sample.value)
                for sample in metric.samples
                if not sample.name.endswith("_created")
            ],
        )
        for metric in registry.collect()
    ]
    return msgspec.json.encode(families)


def leave(folder: Path, process: str, registry: CollectorRegistry) -> None:
    """Leave a snapshot, whole or not at all."""
    name = process.replace("/", "-")
    part = folder / f".{name}.part"
    part.write_bytes(snapshot(registry))
    part.rename(folder / f"{name}.json")


class Snapshots:
    """All snapshots of a folder that are not stale, as one collector."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock

    def collect(self) -> Iterator[Metric]:
        """One metric for each name, with the samples of all processes."""
        metrics: dict[str, Metric] = {}
        for path in sorted(self._folder.glob("*.json")):
            for family in _read(path, self._clock.now_s()):
                metric = metrics.setdefault(family.name, Metric(family.name, family.text, family.kind))
                for sample in family.samples:
                    metric.add_sample(sample.name, {**sample.labels, "process": path.stem}, sample.value)
        yield from metrics.values()


def create(folder: Path, clock: Clock) -> Exposition:
    """The application for the internal port."""
    return Exposition(folder, clock)


class Exposition:
    """Answers `/metrics` and nothing else."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(Snapshots(folder, clock))

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        found = scope["path"] == "/metrics" and scope["method"] in {"GET", "HEAD"}
        body = generate_latest(self._registry) if found else b""
        headers = [(b"content-type", CONTENT_TYPE), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200 if found else 404, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _read(path: Path, now_s: float) -> list[Family]:
    try:
        if now_s - path.stat().st_mtime > STALE_S:
            return []
        return msgspec.json.decode(path.read_bytes(), type=list[Family])
    except (OSError, msgspec.MsgspecError):
        return []
