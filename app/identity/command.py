"""Commands of identity: the stand-in for providers, and a plan of nights."""

from __future__ import annotations

import json
from datetime import datetime

import click

NAMES = ("mobile", "certificate")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8090, show_default=True, type=click.IntRange(0, 65_535), help="Port to listen on.")
@click.option("--name", "names", multiple=True, default=NAMES, show_default=True, help="A provider; may be repeated.")
@click.option("--seed", default=0, show_default=True, help="Of what is drawn: which calls fail.")
def standin(host: str, port: int, names: tuple[str, ...], seed: int) -> None:
    """Stand in for identity providers, on one machine only: it confirms whoever asks.

    PUT /NAME/behaviour with {"delay_s": 3, "failing": 0.5, "refusing": 0, "hanging": false} makes one misbehave, and so
    do the phone numbers 010-0000-0001 (refused), -0002 (slow), -0003 (fails), -0004 (hangs) and -0005 (fails half of
    the time), for one check alone.
    """
    from app.identity.standin import run  # noqa: PLC0415  other commands must not pay for a web server

    click.echo(f"stand-in for {', '.join(names)} on http://{host}:{port}, end with Ctrl-C")
    run(host, port, names, seed)


@click.command()
@click.option("--first", required=True, type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="Doors of the first night.")
@click.option(
    "--nights", default=10, show_default=True, type=click.IntRange(1, 10), help="How many, one after another."
)
def nights(first: datetime, nights: int) -> None:
    """Plan nights on which everybody may book once, by the last digit of the day of birth.

    Prints the lines of `floodgate:openings` for the stack's configuration, each with the share of people it is for.
    """
    from app.identity.rotation import plan, share_of  # noqa: PLC0415  see above

    for number, night in enumerate(plan(first.date(), nights), start=1):
        at = datetime.combine(night.day, first.time()).isoformat(timespec="minutes")
        line = f'- {{ name: night-{number}, at: "{at}", birthDigits: {json.dumps(list(night.digits))} }}'
        click.echo(f"{line}  # {share_of(night.digits):.1%} of all people")
