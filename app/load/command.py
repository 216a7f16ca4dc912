"""``python -m app load``: a scenario's people, sent on their own schedule to a running service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


@click.command("load", short_help="Send a scenario's people to a running service.")
@click.option("--scenario", required=True, metavar="NAME", help="The crowd: a name of `floodgate scenarios` or a file.")
@click.option("--scale", type=float, default=0.001, show_default=True, help="Share of the scenario's people.")
@click.option("--speed", type=float, default=1.0, show_default=True, help="Seconds of the scenario in one second.")
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="Where the service is.")
@click.option(
    "--database",
    metavar="URL",
    envvar="DATABASE_URL",
    help="Its database, to count there what was sold.  [default: that of `serve` on this machine]",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where `serve` on this machine keeps its data, as it was told.",
)
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="Generators.")
@click.option("--connections", type=click.IntRange(1, 50_000), default=1000, show_default=True, help="Of each process.")
@click.option(
    "--polls",
    type=click.Choice(["shared", "each"]),
    default="shared",
    show_default=True,
    help="One poller for all pages behind a cache, or one for each person.",
)
@click.option("--knock", type=click.FloatRange(0, 1), default=0.01, show_default=True, help="Share who try too early.")
@click.option("--twice", type=click.FloatRange(0, 1), default=0.02, show_default=True, help="Share of double clicks.")
@click.option("--seed", type=click.IntRange(min=0), help="Of every draw.  [default: a new one]")
@click.option(
    "--stop-after", type=float, metavar="SECONDS", help="Cut off whoever is not done so long after the doors."
)
@click.option("--errors", type=click.FloatRange(0, 1), default=0.001, show_default=True, help="Share that may fail.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report: .html or .json.",
)
def command(**options: Any) -> int:
    """Send a scenario's people to a running service, as they would come, and judge what it did.

    People come at their own times, whatever the service does (an open loop), and every latency counts from the moment
    at which a request should have been sent. The curve is laid on the doors of the opening that the service announces;
    if these are open already, on now.

    Exit code 0: everything held; 1: something was sold twice, the order was broken or too many requests failed; 2: the
    input is wrong.
    """
    from app.load.running import Request, run  # noqa: PLC0415  help needs nothing of it

    return run(Request(**options))
