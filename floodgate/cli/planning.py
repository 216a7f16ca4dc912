"""One plan from request to folder: the only place where project, AWS and saved plans meet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from floodgate.cli.steps import Steps
from floodgate.cli.wrong import Wrong
from floodgate.plans.saving import Saved, save_plan
from floodgate.project import ProjectError, find_project, load_stack
from floodgate.rehearsal.errors import InputError
from floodgate.rehearsal.reading import Session

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line."""

    source: str
    folder: Path
    stack: str | None
    group: str | None
    project: Path
    force: bool


def save(wanted: Wanted) -> int:
    """Save what was asked for, and tell the files.

    Raises:
        Wrong: the input is wrong, or AWS refuses a call.
    """
    steps = Steps()
    try:
        session = _session(wanted, steps)
        with steps.step("Reading what is deployed"):
            saved = save_plan(session, wanted.folder, wanted.group, stack=wanted.stack, force=wanted.force)
    except (InputError, ProjectError) as error:
        raise Wrong(error.problems) from error
    _tell(wanted.folder, saved)
    return 0


def _session(wanted: Wanted, steps: Steps) -> Session:
    if wanted.source == "aws":
        return _aws(wanted)
    if wanted.stack is None:
        raise Wrong(["--from offline deploys a stack into the AWS of this machine: name it with --stack"])
    return _offline(wanted, wanted.stack, steps)


def _aws(wanted: Wanted) -> Session:
    import boto3  # noqa: PLC0415 - half a second that a wrong request spares
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - the same

    stack = load_stack(find_project(wanted.project), wanted.stack) if wanted.stack else None
    try:
        return boto3.Session(region_name=stack.config.get("aws:region") if stack else None)
    except BotoCoreError as error:
        raise Wrong([f"AWS cannot be asked: {error}; correct the profile of your environment"]) from error


def _offline(wanted: Wanted, name: str, steps: Steps) -> Session:
    from floodgate.offline.deploy import deploy  # noqa: PLC0415 - two seconds that reading from AWS spares
    from floodgate.offline.problems import ProgramFailed  # noqa: PLC0415 - the same

    project = find_project(wanted.project)
    openings = load_stack(project, name).openings
    now = openings[0].doors - DAY if openings else datetime.now(UTC)
    try:
        with steps.step(f"Deploying {name} into the AWS of this machine"):
            return deploy(project, name, now=now).world.session
    except ProgramFailed as error:
        raise Wrong(error.problems) from error


def _tell(folder: Path, saved: Saved) -> None:
    click.echo(f"The plan of group '{saved.group}', {len(saved.written)} files:")
    for name in saved.written:
        click.echo(f"  {folder / name}")
    for name in saved.removed:
        click.echo(f"  {folder / name} is gone: nothing like it is deployed any more")
    for note in saved.notes:
        click.echo(f"note: {note}")
