"""``floodgate offline``: any command with an AWS that is this machine."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command(
    "offline",
    short_help="Run any command with AWS on this machine.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND... | status | stop")
def command(words: tuple[str, ...]) -> int:
    """Run COMMAND with an AWS that is this machine: `floodgate offline pulumi up`, `… python script.py`, `… aws …`.

    One offline AWS for each project folder (the nearest with Pulumi.yaml) is started when it is first needed and
    stays. COMMAND gets its address, dummy credentials, a state folder of its own for Pulumi and the provider plugin;
    it never reaches AWS itself, whatever your environment says. `status` tells of it, `stop` ends it and forgets all
    that is in it.

    Exit code: that of COMMAND; 127 if there is no such command, 126 if it cannot be run. Of Floodgate itself: 2
    if there is no Pulumi or no offline AWS to be had, 70 if it failed.
    """
    if words == ("status",):
        return _status()
    if words == ("stop",):
        return _stop()
    return _run(words)


def _run(words: tuple[str, ...]) -> int:
    from floodgate.cli.wrong import Wrong  # noqa: PLC0415 - help needs nothing of it
    from floodgate.offline.server.command import NotFound, Unavailable, run  # noqa: PLC0415 - the same

    try:
        return run(words, os.environ, Path())
    except NotFound as missing:
        click.echo(f"floodgate: {missing}", err=True)
        return missing.exit_code
    except Unavailable as error:
        raise Wrong([str(error)]) from error


def _status() -> int:
    from floodgate.offline.server.place import place_of  # noqa: PLC0415 - help needs nothing of it
    from floodgate.offline.server.status import lines, status_of  # noqa: PLC0415 - the same

    status = status_of(place_of(Path()))
    for line in lines(status):
        click.echo(line)
    return 0


def _stop() -> int:
    from floodgate.offline.server import running  # noqa: PLC0415 - help needs nothing of it
    from floodgate.offline.server.place import place_of  # noqa: PLC0415 - the same

    place = place_of(Path())
    was = running.stop(place)
    click.echo(f"{place.project}: " + ("stopped, and what was in it is forgotten" if was else "nothing was running"))
    return 0
