"""One load run from request to report."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from app.errors import SetupError
from app.line.document import NowServing
from app.load.client import Client, Target, Unanswered
from app.load.counting import count_sold
from app.load.generator import Evening, play
from app.load.log import Log
from app.load.nearby import database_nearby
from app.load.person import Habits
from app.load.report.page import page
from app.load.report.terminal import print_summary
from app.load.schedule import Crowd, crowd_of
from app.load.summary import Setting, Sold, Summary, summarise
from app.load.watching import PATH, read_document
from app.running.place import DEFAULT
from floodgate.rehearsal.errors import InputError
from floodgate.rehearsal.scenarios.loading import load_scenario
from floodgate.rehearsal.scenarios.scenario import Scenario

HELD, BROKEN, WRONG = 0, 1, 2
KINDS = ("enter", "identity", "search", "hold", "confirm")
SOON_S = 1.0
GRACE_S = 120.0
# appointments are looked for on so many days from the doors on
MOST_DAYS = 21


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line."""

    scenario: str
    scale: float = 0.001
    speed: float = 1.0
    url: str = "http://127.0.0.1:8080"
    database: str | None = None
    data: Path | None = None
    processes: int = 1
    connections: int = 1000
    polls: str = "shared"
    knock: float = 0.01
    twice: float = 0.02
    seed: int | None = None
    stop_after: float | None = None
    errors: float = 0.001
    report: Path | None = None


def run(request: Request) -> int:
    """Do what was asked; the exit code. Wrong input is told in one line each on stderr."""
    try:
        _check_report(request.report)
        crowd = _crowd(request)
        document = asyncio.run(_document(_target(request.url)))
        evening = _evening(request, crowd, document)
        _announce(crowd, document, evening)
        began = datetime.now(UTC)
        log = play(evening, request.processes, _progress)
        summary = _summary(request, evening, document, log, began)
    except InputError as error:
        return _wrong(error.problems)
    except (ValueError, SetupError) as error:
        return _wrong([str(error)])
    print_summary(summary)
    _write(request.report, summary)
    return HELD if summary.held else BROKEN


def checked_scenario(name: str) -> Scenario:
    """A scenario whose people can be sent.

    Raises:
        InputError: it is unknown or broken.
        ValueError: it has steps that no request stands for.
    """
    scenario = load_scenario(name)
    unknown = [step.kind for step in scenario.journey if step.kind not in KINDS]
    if unknown:
        raise ValueError(
            f"scenario '{name}' has a step of the kind '{unknown[0]}', but only {', '.join(KINDS)} can be sent; "
            "change the step"
        )
    return scenario


def _crowd(request: Request) -> Crowd:
    seed = secrets.randbelow(10**6) if request.seed is None else request.seed
    return crowd_of(checked_scenario(request.scenario), request.scale, request.speed, seed)


def _target(url: str) -> Target:
    try:
        return Target.of(url)
    except ValueError as error:
        raise ValueError(f"--{error}") from error


async def _document(target: Target) -> NowServing:
    client = Client(target, timeout_s=10)
    try:
        answer = await client.request("GET", PATH)
    except Unanswered as error:
        address = f"{target.host}:{target.port}"
        raise ValueError(
            f"--url: nothing answers at {address} ({error}); start it with `python -m app serve`"
        ) from None
    finally:
        await client.close()
    if answer.status != 200:
        raise ValueError(f"--url: {PATH} answers with {answer.status}; is that the service, and is there an opening?")
    document = read_document(answer)
    if document.phase == "closed":
        raise ValueError(f"opening '{document.opening}' is closed, nobody can join; start with a new one, e.g. --fresh")
    return document


def _evening(request: Request, crowd: Crowd, document: NowServing) -> Evening:
    now_s = time.time()
    begins_s = max(now_s + SOON_S, float(document.prequeue_s))
    # where the doors are open already, the whole curve comes from now on
    doors_s = float(document.doors_s) if document.doors_s > now_s else begins_s + crowd.lead_s
    stop_s = crowd.lasts_s * 2 + GRACE_S if request.stop_after is None else request.stop_after
    first = datetime.fromtimestamp(document.doors_s, ZoneInfo(document.zone)).date()
    return Evening(
        target=_target(request.url),
        crowd=crowd,
        habits=Habits(request.knock, request.twice, request.polls == "each"),
        connections=request.connections,
        doors_s=doors_s,
        begins_s=begins_s,
        ends_s=doors_s + stop_s,
        days=tuple((first + timedelta(days=day)).isoformat() for day in range(MOST_DAYS)),
    )


def _announce(crowd: Crowd, document: NowServing, evening: Evening) -> None:
    first_s = max(evening.begins_s, evening.doors_s - crowd.lead_s) - time.time()
    doors = "opens its doors" if document.doors_s > time.time() else "has its doors open; the curve's doors are"
    click.echo(
        f"{crowd.people:,} people of {crowd.scenario.name}, seed {crowd.seed}, to opening '{document.opening}', which "
        f"{doors} in {evening.doors_s - time.time():.0f} s; the first come in {first_s:.0f} s",
        err=True,
    )


def _progress(offset_s: float, log: Log, present: int) -> None:
    count = {what: sum(seconds.values()) for what, seconds in log.seconds.items()}
    words = ", ".join(f"{count.get(what, 0):,} {what}" for what in ("joined", "called", "entered", "booked"))
    click.echo(f"{offset_s:+7.0f} s from the doors: {words}, {present:,} there", err=True)


def _summary(request: Request, evening: Evening, document: NowServing, log: Log, began: datetime) -> Summary:
    sold = _sold(request, evening, document.opening, log.references)
    setting = Setting(
        url=request.url,
        opening=document.opening,
        scenario=evening.crowd.scenario.name,
        people=evening.crowd.people,
        scale=request.scale,
        speed=request.speed,
        processes=request.processes,
        seed=evening.crowd.seed,
        began=began,
        lasted_s=(datetime.now(UTC) - began).total_seconds(),
        poll_s=evening.crowd.poll_s(document.poll_s),
    )
    return summarise(log, setting, sold, request.errors)


def _sold(request: Request, evening: Evening, opening: str, references: list[str]) -> Sold | None:
    """The database's count; None where there is no database to ask, or only one without this opening."""
    url = request.database or database_nearby(evening.target, request.data or DEFAULT)
    if url is None:
        return None
    try:
        sold = asyncio.run(count_sold(url, opening, references))
    except SetupError:
        if request.database:
            raise
        return None
    return sold if request.database or sold.capacity else None


def _check_report(report: Path | None) -> None:
    if report is None:
        return
    if report.suffix not in (".html", ".json"):
        raise ValueError(f"--report {report} must end with .html or .json; name it so")
    if not report.absolute().parent.is_dir():
        raise ValueError(f"--report {report} cannot be written: its folder does not exist; make it or choose another")


def _write(report: Path | None, summary: Summary) -> None:
    import json  # noqa: PLC0415  only for a report

    if report is None:
        return
    text = page(summary) if report.suffix == ".html" else json.dumps(summary.as_json(), indent=2, ensure_ascii=False)
    report.write_text(text, encoding="utf-8")
    click.echo(f"report: {report}", err=True)


def _wrong(problems: object) -> int:
    for problem in problems if isinstance(problems, (list, tuple)) else [problems]:
        click.echo(f"app load: {' '.join(str(problem).split())}", err=True)
    return WRONG
