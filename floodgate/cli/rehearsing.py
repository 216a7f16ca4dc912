"""One rehearsal from request to report: the only place where project, offline AWS and rehearsal meet."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from floodgate.cli.exploring import explored
from floodgate.cli.saved_plans import saved_plan, service_file
from floodgate.cli.steps import Steps
from floodgate.cli.wrong import Wrong
from floodgate.openings import Opening
from floodgate.project import Project, ProjectError, Stack, find_project, load_stack
from floodgate.rehearsal.calibration import read_calibration
from floodgate.rehearsal.campaign import Night, nights_of, worst
from floodgate.rehearsal.demand.reading import read_demand
from floodgate.rehearsal.engine import is_fast, play
from floodgate.rehearsal.errors import InputError
from floodgate.rehearsal.judging.verdict import Ceilings, Promises, judge
from floodgate.rehearsal.parameters import Parameters, load_parameters
from floodgate.rehearsal.plan import Plan, playable
from floodgate.rehearsal.reading import Session, read_plan
from floodgate.rehearsal.reading.service import ASSUMED
from floodgate.rehearsal.report.machine import as_json
from floodgate.rehearsal.report.page import chart_program, render
from floodgate.rehearsal.report.subject import Rehearsal
from floodgate.rehearsal.report.terminal import print_summary
from floodgate.rehearsal.scenarios.loading import load_scenario
from floodgate.rehearsal.scenarios.scenario import Scenario
from floodgate.whatif.forecast_file import Forecast, read_forecast

DAY = timedelta(days=1)
# nights: loading machine code takes half a second
WORTH_LOADING = 3
HELD, WOULD_FAIL = 0, 1
PLAIN_WIDTH = 140  # where nobody looks, a line may be as long as it needs


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line."""

    stack: str
    scenario: str
    source: str
    opening: str | None
    group: str | None
    seed: int
    params: tuple[str, ...]
    report: Path | None
    as_json: bool
    project: Path
    calibration: Path | None = None
    demand: Path | None = None
    demand_doors: str | None = None
    service: Path | None = None
    forecast: Path | None = None
    robust: bool = False
    seeds: int = 3

    def command(self) -> str:
        """The command that does the same again."""
        words = ["floodgate", "rehearse", "--stack", self.stack, "--scenario", self.scenario]
        chosen = {
            "--from": None if self.source == "offline" else self.source,
            "--opening": self.opening,
            "--group": self.group,
            "--demand": None if self.demand is None else str(self.demand),
            "--demand-doors": self.demand_doors,
            "--service": None if self.service is None else str(self.service),
            "--forecast": None if self.forecast is None else str(self.forecast),
            "--calibration": None if self.calibration is None else str(self.calibration),
            "--project": None if self.project == Path() else str(self.project),
        }
        words += [word for option, value in chosen.items() if value for word in (option, value)]
        words += ["--robust", "--seeds", str(self.seeds)] if self.robust else []
        words += [word for param in self.params for word in ("--param", param)]
        return shlex.join([*words, "--seed", str(self.seed)])


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a request names, found and checked before anything takes time."""

    project: Project
    stack: Stack
    openings: tuple[Opening, ...]
    scenario: Scenario
    parameters: Parameters
    forecast: Forecast = ()


def rehearse(request: Request) -> int:
    """Do what was asked, and return the exit code: 0 held, 1 would fail.

    Raises:
        Wrong: the input is wrong.
    """
    steps = Steps()
    try:
        prepared = _prepared(request)
        # the page's program takes two seconds of another core, so it starts first
        with ThreadPoolExecutor(1, "charts") as pool:
            program = pool.submit(chart_program) if request.report else None
            rehearsal = _rehearsed(request, prepared, steps)
            if request.robust:
                rehearsal = explored(
                    rehearsal, prepared.parameters, prepared.stack.account.vcpu_quota, request.seeds, steps
                )
            _tell(request, rehearsal, steps, program)
    except (InputError, ProjectError) as error:
        raise Wrong(error.problems) from error
    return HELD if rehearsal.held else WOULD_FAIL


def parameter_values(texts: tuple[str, ...]) -> dict[str, float]:
    """The values of ``NAME=VALUE`` texts.

    Raises:
        Wrong: one of them is not of that form, or its value is no number.
    """
    values = {}
    for text in texts:
        name, equals, value = text.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError:
            rule = "its value must be a number" if equals else "it must be NAME=VALUE"
            raise Wrong([f"--param {text}: {rule}; write e.g. --param instance.boot_s=120"]) from None
    return values


def choose_openings(stack: Stack, name: str | None, nights: int) -> tuple[Opening, ...]:
    """As many openings as there are nights, from the one of this name or the stack's first.

    Raises:
        Wrong: the stack announces none, none of this name, or too few from there on.
    """
    known = ", ".join(f"'{o.name}' ({o.doors:%Y-%m-%d %H:%M} {o.zone})" for o in stack.openings)
    if not stack.openings:
        raise Wrong([f"stack '{stack.name}' announces no opening: a rehearsal needs one; add it to floodgate:openings"])
    first = next((at for at, o in enumerate(stack.openings) if name in (None, o.name)), None)
    if first is None:
        raise Wrong([f"opening '{name}' is unknown: stack '{stack.name}' has {known}; choose one of them"])
    found = stack.openings[first : first + nights]
    if len(found) < nights:
        rule = f"the scenario has {nights} nights, and stack '{stack.name}' announces {len(found)} from there on"
        raise Wrong([f"opening '{found[0].name}': {rule}; begin earlier, or add openings to floodgate:openings"])
    return found


def _prepared(request: Request) -> Prepared:
    if request.report and not request.report.absolute().parent.is_dir():
        raise Wrong(
            [f"--report {request.report} cannot be written: its folder does not exist; make it or choose another"]
        )
    project = find_project(request.project)
    stack = load_stack(project, request.stack)
    scenario = load_scenario(request.scenario)
    if request.demand:
        scenario = scenario.driven_by(read_demand(request.demand, request.demand_doors))
    calibration = read_calibration(request.calibration) if request.calibration else None
    declared = {} if stack.account.vcpu_quota is None else {"quota.vcpus": float(stack.account.vcpu_quota)}
    return Prepared(
        project=project,
        stack=stack,
        openings=choose_openings(stack, request.opening, len(scenario.nights)),
        scenario=scenario,
        parameters=load_parameters(parameter_values(request.params), declared, calibration),
        forecast=read_forecast(request.forecast) if request.forecast else (),
    )


def _rehearsed(request: Request, prepared: Prepared, steps: Steps) -> Rehearsal:
    stack = prepared.stack
    promised = stack.promises
    promises = Promises(promised.longest_wait_minutes, promised.refused_share, promised.shown_wait_truth)
    plan, read_from = _plan(request, prepared, steps)
    nights = _nights(request, prepared, plan, promises, steps)
    shown = worst(nights)
    return Rehearsal(
        stack=stack.name,
        opening=shown.opening,
        zone=ZoneInfo(prepared.openings[0].zone),
        read_from=read_from,
        scenario=shown.scenario,
        plan=plan,
        parameters=tuple(prepared.parameters.describe()),
        promises=promises,
        outcome=shown.outcome,
        verdict=shown.verdict,
        seed=shown.seed,
        command=request.command(),
        versions=_versions(),
        nights=tuple(nights) if len(nights) > 1 else (),
    )


def _nights(request: Request, prepared: Prepared, plan: Plan, promises: Promises, steps: Steps) -> list[Night]:
    """Every night played and judged, each with a seed of its own."""
    ceilings = Ceilings.of(plan, prepared.stack.account.vcpu_quota)
    played, scenarios = [], nights_of(prepared.scenario)
    fast = len(scenarios) >= WORTH_LOADING and is_fast()
    with steps.step(f"Playing {prepared.scenario.name} against it") as advance:
        for number, (opening, own) in enumerate(zip(prepared.openings, scenarios, strict=True)):
            seed = request.seed + number

            def further(share: float, done: int = number) -> None:
                advance((done + share) / len(scenarios))

            outcome = play(plan, own, prepared.parameters, opening.doors, seed, further, fast=fast)
            verdict = judge(outcome, promises, ceilings, ZoneInfo(opening.zone))
            played.append(Night(opening.name, own, outcome, verdict, seed))
    return played


def _plan(request: Request, prepared: Prepared, steps: Steps) -> tuple[Plan, str]:
    """The plan and where it was read."""
    plan, read_from = _read(request, prepared, steps)
    plan = playable(replace(plan, forecast=prepared.forecast))
    if request.service is None:
        return plan, read_from
    notes = tuple(note for note in plan.notes if not note.endswith(ASSUMED))
    return replace(plan, service=service_file(request.service), notes=notes), read_from


def _read(request: Request, prepared: Prepared, steps: Steps) -> tuple[Plan, str]:
    stack = prepared.stack
    if request.source == "aws":
        with steps.step("Reading what is deployed on AWS"):
            return read_plan(_aws_session(stack), request.group, stack=stack.name), "AWS, by read-only calls"
    if request.source != "offline":
        with steps.step(f"Reading the plan in {request.source}"):
            return saved_plan(Path(request.source), request.group, stack.name), f"the saved plan in {request.source}"
    with steps.step(f"Deploying {stack.name} into the AWS of this machine"):
        session = _offline_session(prepared, request.seed)
        return read_plan(session, request.group, stack=stack.name), "the AWS of this machine"


def _offline_session(prepared: Prepared, seed: int) -> Session:
    from floodgate.offline.deploy import deploy  # noqa: PLC0415 - two seconds of imports that reading from AWS spares
    from floodgate.offline.problems import ProgramFailed  # noqa: PLC0415 - the same

    try:
        now = prepared.openings[0].doors - DAY
        return deploy(prepared.project, prepared.stack.name, now=now, seed=seed).world.session
    except ProgramFailed as error:
        raise Wrong(error.problems) from error


def _aws_session(stack: Stack) -> Session:
    import boto3  # noqa: PLC0415 - as above

    return boto3.Session(region_name=stack.config.get("aws:region"))


def _versions() -> Mapping[str, str]:
    return {name: version(name) for name in ("floodgate", "moto", "boto3", "pulumi", "pulumi-aws", "numpy")}


def _tell(request: Request, rehearsal: Rehearsal, steps: Steps, program: Future[str] | None) -> None:
    if request.report and program:
        with steps.step(f"Writing {request.report}"):
            _write(request.report, render(rehearsal, program.result()))
    if request.as_json:
        click.echo(as_json(rehearsal))
        return
    console = Console()
    print_summary(rehearsal, console if console.is_terminal else Console(width=PLAIN_WIDTH))
    if request.report:
        click.echo(f"\nreport: {request.report}")


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise Wrong([f"--report {path} cannot be written ({error.strerror}); choose another file"]) from error
