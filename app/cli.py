"""The service's command line: each command is imported when it is asked for, so that none pays for another.

Exit codes: 0 all is well; 1 it is not; 2 the input or the machine is not as it must be, told in one line for each
problem on standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

import click

from app.errors import SetupError

BAD_INPUT = 2


class Found(NamedTuple):
    """Where a command is, and what the list of commands says of it; nothing: it is not listed."""

    module: str
    name: str
    help: str


COMMANDS = {
    "serve": Found("app.running.command", "serve", "Run the whole service, on this machine or on a fleet's server."),
    "migrate": Found("app.running.command", "migrate", "Bring a database's schema up to date."),
    "standin": Found("app.identity.command", "standin", "Stand in for identity providers."),
    "nights": Found("app.identity.command", "nights", "Plan nights by the last digit of the day of birth."),
    "operator-password": Found("app.operators.command", "operator_password", "Hash a password of an operator."),
    "verify-draw": Found("app.line.command", "verify_draw_command", "Repeat the draw of an opening."),
    "load": Found("app.load.command", "command", "Send a scenario's people to a running service."),
    "artifact": Found("app.running.artifact_command", "artifact", "Build the archives that servers unpack."),
    "calibrate": Found("app.calibration.command", "command", "Measure what each step of a journey costs."),
    # processes that `serve` starts
    "worker": Found("app.running.command", "worker", ""),
    "controller": Found("app.running.command", "controller", ""),
    "prepare": Found("app.running.command", "prepare", ""),
    "surroundings": Found("app.running.command", "surroundings", ""),
}


class Commands(click.Group):
    """Looks commands up in the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the table's order."""
        del ctx
        return [name for name, found in COMMANDS.items() if found.help]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None where there is none of that name."""
        del ctx
        found = COMMANDS.get(cmd_name)
        return getattr(import_module(found.module), found.name) if found else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Floodgate's service: a fair waiting room before reservations."""


def main(args: Sequence[str] | None = None) -> None:
    """Run one command and exit."""
    sys.exit(run(args))


def run(args: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    try:
        return cli.main(args, prog_name="python -m app", standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message())
        return 0
    except click.ClickException as error:
        click.echo(f"Error: {error.format_message()}", err=True)
        return BAD_INPUT
    except SetupError as error:
        for problem in str(error).splitlines():
            click.echo(f"Error: {problem}", err=True)
        return BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # whoever read our output has seen enough
        sys.stderr.close()
        return 0
