"""The command line: each sub-command lives in its own module and is imported when it is asked for.

Exit codes: 0 the opening holds, 1 it would fail, 2 the input is wrong, 70 Floodgate itself failed.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from importlib import import_module

import click

COMMANDS: Mapping[str, str] = {
    "offline": "floodgate.cli.offline",
    "plan": "floodgate.cli.plan",
    "rehearse": "floodgate.cli.rehearse",
    "scenarios": "floodgate.cli.scenarios",
    "validate": "floodgate.cli.validate",
    "what-if": "floodgate.cli.what_if",
}
"""The module of each sub-command; its attribute `command` is the command."""

INTERNAL_FAULT = 70  # EX_SOFTWARE of sysexits.h: never to be taken for a verdict
INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group that imports a sub-command when it is asked for, so that help needs nothing but click."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all sub-commands."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The sub-command of this name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        return import_module(COMMANDS[cmd_name]).command


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import version  # noqa: PLC0415 - only where it is asked for

    click.echo(f"floodgate {version('floodgate')}")
    ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit."
)
def cli() -> None:
    """Declare it, rehearse it, open it: proves that a stack takes the crowd of an announced minute."""


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line on `arguments` and return its exit code."""
    try:
        code = cli.main(args=arguments, prog_name="floodgate", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("floodgate: interrupted", err=True)
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - a fault of the program must not end like a verdict
        traceback.print_exc()
        return INTERNAL_FAULT
    return code if isinstance(code, int) else 0
