"""``floodgate plan``: plans in a folder, of any Auto Scaling group."""

from __future__ import annotations

from pathlib import Path

import click


@click.group("plan", short_help="Save the plan of any Auto Scaling group into a folder.")
def command() -> None:
    """Plans in a folder: what the AWS CLI prints about a group, for what-if, validate and rehearse.

    `floodgate plan save` writes one; docs/guides/save-a-plan.md tells the files and the rights that it needs.
    """


@command.command("save", short_help="Write what is deployed into a folder, by read-only calls.")
@click.option(
    "--from",
    "source",
    type=click.Choice(["aws", "offline"]),
    required=True,
    help="An AWS account (read-only calls), or the stack deployed into the AWS of this machine.",
)
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR",
    help="The folder; made where it is not there.",
)  # fmt: skip
@click.option("--stack", metavar="STACK", help="The Pulumi stack whose group is meant; offline needs it.")
@click.option("--group", metavar="NAME", help="The Auto Scaling group, where there are several.")
@click.option(
    "--project", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(), metavar="DIR",
    help="The folder of Pulumi.yaml, where a stack is named.  [default: this one]",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Write also beside other things, and over another group's plan.")
def save(source: str, folder: Path, stack: str | None, group: str | None, project: Path, *, force: bool) -> int:
    """Save the plan of one Auto Scaling group: JSON files as the AWS CLI prints them, named after the calls.

    Exit code 0: saved; 2: the input is wrong, or a right is missing, which is told by its IAM action.
    """
    from floodgate.cli.planning import Wanted, save  # noqa: PLC0415 - help needs nothing of it

    return save(Wanted(source, folder, stack, group, project, force))
