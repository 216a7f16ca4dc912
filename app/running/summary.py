"""What ``serve`` says when everything runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.running.choices import Planned
from app.running.listening import address_in_network
from app.running.place import Place
from app.settings import Settings

_EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104  compared with, not listened on


@dataclass(frozen=True, slots=True)
class Summary:
    """What is told.

    Attributes:
        settings: of all processes.
        planned: the opening.
        place: where data is.
        port: for people.
        internal_port: for metrics.
        operator: name of the console's only operator.
        password: of theirs, told here and nowhere else.
    """

    settings: Settings
    planned: Planned
    place: Place
    port: int
    internal_port: int
    operator: str
    password: str


def summary(told: Summary) -> Iterator[str]:
    """Lines for people."""
    settings = told.settings
    host = "127.0.0.1" if settings.host in _EVERYWHERE else settings.host
    base = f"http://{f'[{host}]' if ':' in host else host}:{told.port}"
    yield f"Floodgate runs with {settings.workers} workers."
    yield f"  waiting room  {base}/wait/"
    if settings.host in _EVERYWHERE and (address := address_in_network()):
        yield f"  from a phone  http://{address}:{told.port}/wait/"
    yield f"  the draw      {base}/draw/"
    yield f"  console       {base}/operator/   sign in as {told.operator} with {told.password}"
    yield f"  metrics       http://127.0.0.1:{told.internal_port}/metrics"
    yield f"  opening       {_opening(told.planned)}"
    yield f"  data          {_short(told)}"
    yield "Ctrl-C stops everything and keeps the data."


def _opening(planned: Planned) -> str:
    opening = planned.opening
    doors = opening.doors_at.astimezone(ZoneInfo(opening.zone))
    going_on = ", gone on with" if planned.kept else ""
    return f"{opening.name}: doors at {doors:%H:%M:%S} {opening.zone}{going_on}"


def _short(told: Summary) -> str:
    place = told.place
    where = os.path.relpath(place.folder)
    text = str(place.folder) if where.startswith("..") else where
    if not place.postgres.is_relative_to(place.folder):
        text += f", PostgreSQL's in {place.postgres.parent}"
    return f"{text}; what all processes say: {place.log.name} there"
