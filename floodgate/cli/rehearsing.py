"""One rehearsal from request to report: the only place where project, offline AWS and rehearsal meet."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from floodgate.cli.steps import Steps
from floodgate.cli.wrong import Wrong
from floodgate.openings import Opening
from floodgate.project import Project, ProjectError, Stack, find_project, load_stack
from floodgate.rehearsal.calibration import read_calibration
from floodgate.rehearsal.engine import play
from floodgate.rehearsal.errors import InputError
from floodgate.rehearsal.judging.verdict import Ceilings, Promises, judge
from floodgate.rehearsal.parameters import Parameters, load_parameters
from floodgate.rehearsal.plan import Plan
from floodgate.rehearsal.reading import Session, read_plan
from floodgate.rehearsal.report.machine import as_json
from floodgate.rehearsal.report.page import chart_program, render
from floodgate.rehearsal.report.subject import Rehearsal
from floodgate.rehearsal.report.terminal import print_summary
from floodgate.rehearsal.scenarios.loading import load_scenario
from floodgate.rehearsal.scenarios.scenario import Scenario

DAY = timedelta(days=1)
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

    def command(self) -> str:
        """The command that does the same again."""
        words = ["floodgate", "rehearse", "--stack", self.stack, "--scenario", self.scenario]
        chosen = {
            "--from": None if self.source == "offline" else self.source,
            "--opening": self.opening,
            "--group": self.group,
            "--calibration": None if self.calibration is None else str(self.calibration),
            "--project": None if self.project == Path() else str(self.project),
        }
        words += [word for option, value in chosen.items() if value for word in (option, value)]
        words += [word for param in self.params for word in ("--param", param)]
        return shlex.join([*words, "--seed", str(self.seed)])


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a request names, found and checked before anything takes time."""

    project: Project
    stack: Stack
    opening: Opening
    scenario: Scenario
    parameters: Parameters


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
            _tell(request, rehearsal, steps, program)
    except (InputError, ProjectError) as error:
        raise Wrong(error.problems) from error
    return HELD if rehearsal.verdict.held else WOULD_FAIL


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


def choose_opening(stack: Stack, name: str | None) -> Opening:
    """The opening of this name, or the stack's first.

    Raises:
        Wrong: the stack announces none, or none of this name.
    """
    known = ", ".join(f"'{o.name}' ({o.doors:%Y-%m-%d %H:%M} {o.zone})" for o in stack.openings)
    if not stack.openings:
        raise Wrong([f"stack '{stack.name}' announces no opening: a rehearsal needs one; add it to floodgate:openings"])
    found = [o for o in stack.openings if name in (None, o.name)]
    if not found:
        raise Wrong([f"opening '{name}' is unknown: stack '{stack.name}' has {known}; choose one of them"])
    return found[0]


def _prepared(request: Request) -> Prepared:
    if request.report and not request.report.absolute().parent.is_dir():
        raise Wrong(
            [f"--report {request.report} cannot be written: its folder does not exist; make it or choose another"]
        )
    project = find_project(request.project)
    stack = load_stack(project, request.stack)
    calibration = read_calibration(request.calibration) if request.calibration else None
    declared = {} if stack.account.vcpu_quota is None else {"quota.vcpus": float(stack.account.vcpu_quota)}
    return Prepared(
        project=project,
        stack=stack,
        opening=choose_opening(stack, request.opening),
        scenario=load_scenario(request.scenario),
        parameters=load_parameters(parameter_values(request.params), declared, calibration),
    )


def _rehearsed(request: Request, prepared: Prepared, steps: Steps) -> Rehearsal:
    stack, opening, scenario = prepared.stack, prepared.opening, prepared.scenario
    plan, read_from = _plan(request, prepared, steps)
    with steps.step(f"Playing {scenario.name} against it") as advance:
        outcome = play(plan, scenario, prepared.parameters, opening.doors, request.seed, advance)
    zone = ZoneInfo(opening.zone)
    promised = stack.promises
    promises = Promises(promised.longest_wait_minutes, promised.refused_share, promised.shown_wait_truth)
    return Rehearsal(
        stack=stack.name,
        opening=opening.name,
        zone=zone,
        read_from=read_from,
        scenario=scenario,
        plan=plan,
        parameters=tuple(prepared.parameters.describe()),
        promises=promises,
        outcome=outcome,
        verdict=judge(outcome, promises, Ceilings.of(plan, stack.account.vcpu_quota), zone),
        seed=request.seed,
        command=request.command(),
        versions=_versions(),
    )


def _plan(request: Request, prepared: Prepared, steps: Steps) -> tuple[Plan, str]:
    """The plan and where it was read."""
    stack = prepared.stack
    if request.source == "aws":
        with steps.step("Reading what is deployed on AWS"):
            return read_plan(_aws_session(stack), request.group, stack=stack.name), "AWS, by read-only calls"
    with steps.step(f"Deploying {stack.name} into the AWS of this machine"):
        session = _offline_session(prepared, request.seed)
        return read_plan(session, request.group, stack=stack.name), "the AWS of this machine"


def _offline_session(prepared: Prepared, seed: int) -> Session:
    from floodgate.offline.deploy import deploy  # noqa: PLC0415 - two seconds of imports that reading from AWS spares
    from floodgate.offline.problems import ProgramFailed  # noqa: PLC0415 - the same

    try:
        now = prepared.opening.doors - DAY
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
