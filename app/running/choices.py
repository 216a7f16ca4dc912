"""What whoever runs the service on one machine has chosen, and the settings that follow from it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.errors import SetupError
from app.opening import Opening
from app.running import opening_file, problems
from app.running.state import State
from app.settings import Admission, Provider, Settings, Stores

DOORS_IN_S = 90.0
PROVIDERS = {
    "mobile": {"ko": "휴대전화 인증 (연습용)", "en": "Mobile identity (stand-in)"},
    "certificate": {"ko": "인증서 (연습용)", "en": "Certificate (stand-in)"},
}
# what a fleet's servers would not spare: pages look often, so that the demonstration feels alive
POLL_INTERVAL_S = 2


@dataclass(frozen=True, slots=True)
class Choices:
    """Options of ``serve``, None where nothing was chosen.

    Attributes:
        host: address to listen on.
        port: for people; 0 takes a free one.
        internal_port: for metrics; None: 9464, or a free one where that is taken.
        workers: web processes; None: one for each processor, two at least and four at most.
        data: folder that is kept between runs.
        fresh: forget what is in it.
        opening: TOML file of an opening.
        doors_in_s: seconds until the doors of a new opening.
        shape: how much is seeded.
        hold_minutes: how long a new opening stays open.
        servers: that the rate counts on.
        rate_per_s: people whom one of them takes in each second.
        max_inside: people inside at once.
        connections: to PostgreSQL, all processes together.
        shed_after_s: requests that would wait longer are refused.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8080
    internal_port: int | None = None
    workers: int | None = None
    fresh: bool = False
    opening: Path | None = None
    doors_in_s: float | None = None
    shape: str = "demo"
    hold_minutes: float | None = None
    servers: int = 1
    rate_per_s: float | None = None
    max_inside: int | None = None
    connections: int = 20
    shed_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """The opening of this run, and whether it was there before."""

    opening: Opening
    kept: bool


def plan(choices: Choices, state: State, now: datetime) -> Planned:
    """The opening to go on with, where one is not over yet; else a new one.

    Whoever goes on keeps its name and its doors, because tickets and the draw hang on them; the rest may have been
    changed in the file.

    Raises:
        SetupError: the file is not as it must be, or is of another opening than the one that is under way.
    """
    values = opening_file.read(choices.opening or opening_file.DEMO)
    if choices.hold_minutes is not None:
        values["hold_minutes"] = choices.hold_minutes
    under_way = [opening for opening in state.openings if opening.closes_at > now]
    if not under_way:
        return Planned(_new(choices, values, now), kept=False)
    going_on = under_way[-1]
    if not going_on.name.startswith(f"{values['name']}-"):
        raise SetupError(
            f"opening {going_on.name} in {choices.data} is open until {going_on.closes_at.astimezone():%H:%M}, "
            f"but {choices.opening or 'the built-in one'} is {values['name']}; "
            "use --fresh, or another folder with --data"
        )
    opening = _checked({**values, "name": going_on.name, "doors_at": going_on.doors_at}, choices)
    return Planned(opening, kept=True)


def settings_of(
    choices: Choices, state: State, stores: Stores, providers_url: str, operators: dict[str, str]
) -> Settings:
    """What all processes are told.

    Raises:
        SetupError: the choices break a rule; one line for each.
    """
    rate = {} if choices.rate_per_s is None else {"journeys_per_server_per_s": choices.rate_per_s}
    try:
        return Settings(
            host=choices.host,
            port=choices.port,
            internal_port=choices.internal_port or 0,
            workers=workers_of(choices),
            secret=state.secret,
            operators=operators,
            shed_after_s=choices.shed_after_s,
            stores=stores,
            admission=Admission(
                poll_interval_s=POLL_INTERVAL_S, servers=choices.servers, max_inside=choices.max_inside, **rate
            ),
            openings=state.openings,
            providers=tuple(
                Provider(name=name, title=title, url=f"{providers_url}/{name}") for name, title in PROVIDERS.items()
            ),
        )
    except ValidationError as error:
        raise SetupError("\n".join(problems.told(error, "settings"))) from error


def workers_of(choices: Choices) -> int:
    """How many web processes."""
    return choices.workers or min(4, max(2, len(os.sched_getaffinity(0))))


def _new(choices: Choices, values: dict[str, Any], now: datetime) -> Opening:
    doors_at = values.get("doors_at")
    if choices.doors_in_s is not None or doors_at is None:
        wait_s = DOORS_IN_S if choices.doors_in_s is None else choices.doors_in_s
        doors_at = (now + timedelta(seconds=wait_s)).replace(microsecond=0)
    name = f"{values['name']}-{now.astimezone(UTC):%m%d-%H%M%S}"
    opening = _checked({**values, "name": name, "doors_at": doors_at}, choices)
    if opening.closes_at <= now:
        raise SetupError(
            f"{choices.opening}: doors_at is {opening.doors_at.isoformat()}, so the opening is over; "
            "set it to a time to come, or give --doors-in"
        )
    return opening


def _checked(values: dict[str, Any], choices: Choices) -> Opening:
    try:
        return Opening.model_validate(values)
    except ValidationError as error:
        raise SetupError("\n".join(problems.told(error, str(choices.opening or opening_file.DEMO)))) from error
