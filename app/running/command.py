"""Commands that run the service: `serve` and `migrate` for people, the others for `serve`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from app.running.place import DEFAULT

_DESCRIPTOR = click.IntRange(min=3)


@click.command()
@click.option("--host", help="Address to listen on; 0.0.0.0 for others in the network.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port for people; 0 takes a free one.  [default: 8080]")
@click.option("--internal-port", type=click.IntRange(0, 65_535), help="Port for metrics.  [default: 9464]")
@click.option("--workers", type=click.IntRange(1, 128), help="Web processes.  [default: one for each processor]")
@click.option(
    "--doors-in",
    "doors_in_s",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Until the doors of a new opening.  [default: 90]",
)
@click.option(
    "--opening",
    type=click.Path(path_type=Path),
    metavar="FILE.toml",
    help="An opening of your own, like app/openings/demo.toml.",
)
@click.option("--hold", "hold_minutes", type=float, metavar="MINUTES", help="How long it stays open.")
@click.option(
    "--seed-shape",
    "shape",
    metavar="SHAPE",
    help="Clinics: demo, hot-clinic, or benchmark(N) with N units.  [default: demo]",
)
@click.option("--servers", type=click.IntRange(min=1), help="Servers that the rate counts on.  [default: 1]")
@click.option(
    "--rate", "rate_per_s", type=float, metavar="PEOPLE", help="Called each second for each of them.  [default: 100]"
)
@click.option("--max-inside", type=click.IntRange(min=1), metavar="PEOPLE", help="Inside at once.  [default: no cap]")
@click.option(
    "--connections", type=click.IntRange(4, 1000), help="To PostgreSQL, all processes together.  [default: 20]"
)
@click.option(
    "--shed-after", "shed_after_s", type=float, metavar="SECONDS", help="Refuse requests that would wait longer."
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help=f"Kept between runs.  [default: {DEFAULT.relative_to(DEFAULT.parent.parent)}]",
)
@click.option("--fresh", is_flag=True, default=None, help="Forget what is there.")
def serve(**options: Any) -> int:
    """Run the whole service: on this machine with servers of its own, on a fleet's server with the stack's.

    With DATABASE_URL or VALKEY_URL it uses those and starts none. On a fleet's server (FLOODGATE_STACK) everything
    comes from the environment and what it points to, and no option is taken.

    Ctrl-C stops all of it and keeps the data. SIGHUP replaces the workers one by one.
    """
    chosen: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    if "FLOODGATE_STACK" in os.environ:
        from app.running import fleet  # noqa: PLC0415  other commands need nothing of it

        if chosen:
            raise click.UsageError(
                f"{', '.join(sorted(chosen))} cannot be chosen on a fleet's server; "
                "change the stack, or unset FLOODGATE_STACK"
            )
        return fleet.serve()
    from app.running import machine  # noqa: PLC0415  other commands need nothing of it
    from app.running.choices import Choices  # noqa: PLC0415  the same

    chosen["data"] = chosen.get("data", DEFAULT).resolve()
    return machine.serve(Choices(**chosen), os.environ)


@click.command()
@click.option("--database", metavar="URL", envvar="DATABASE_URL", help="PostgreSQL's URL.")
def migrate(database: str | None) -> int:
    """Bring a database's schema up to date; nothing happens where it is already. Safe to be run by many at once.

    Without --database and DATABASE_URL it is the database that a fleet's server finds in its environment.
    """
    from app import migrations  # noqa: PLC0415  other commands need nothing of it

    if database is None:
        if "FLOODGATE_STACK" not in os.environ:
            raise click.UsageError("no database is named; give --database or set DATABASE_URL")
        from app.running.surroundings import read  # noqa: PLC0415  brings boto3

        database = read(os.environ).stores.database_url.get_secret_value()
    migrations.migrate(database)
    return 0


@click.command(hidden=True)
@click.option("--settings", required=True, type=_DESCRIPTOR)
@click.option("--listening", required=True, type=_DESCRIPTOR)
@click.option("--ready", required=True, type=_DESCRIPTOR)
@click.option("--snapshots", required=True, type=click.Path(path_type=Path))
@click.option("--number", required=True, type=click.IntRange(min=0))
def worker(settings: int, **inherited: Any) -> int:
    """One web worker of `serve`; takes descriptors that only its supervisor can give."""
    from app.running import handing_over  # noqa: PLC0415  other commands need nothing of it
    from app.running.worker import Inherited, run  # noqa: PLC0415  the same

    run(handing_over.take(settings), Inherited(**inherited))
    return 0


@click.command(hidden=True)
@click.option("--settings", required=True, type=_DESCRIPTOR)
@click.option("--listening", required=True, type=_DESCRIPTOR)
@click.option("--ready", required=True, type=_DESCRIPTOR)
@click.option("--snapshots", required=True, type=click.Path(path_type=Path))
def controller(settings: int, **inherited: Any) -> int:
    """The controller of `serve`; takes descriptors that only its supervisor can give."""
    from app.running import handing_over  # noqa: PLC0415  other commands need nothing of it
    from app.running.controlling import Inherited, run  # noqa: PLC0415  the same

    run(handing_over.take(settings), Inherited(**inherited))
    return 0


@click.command(hidden=True)
@click.option("--settings", required=True, type=_DESCRIPTOR)
@click.option("--shape")
@click.option("--own", metavar="URL")
@click.option("--within", "within_s", type=float, default=0.0)
def prepare(settings: int, shape: str | None, own: str | None, within_s: float) -> int:
    """Migrate and seed the database of `serve`."""
    from app.running import handing_over, logs, preparing  # noqa: PLC0415  other commands need nothing of it

    logs.configure("migrations")
    return preparing.prepare(handing_over.take(settings), shape, own, within_s)


@click.command(hidden=True)
@click.option("--into", required=True, type=_DESCRIPTOR)
def surroundings(into: int) -> int:
    """Look at what a fleet's server finds around itself, for `serve`."""
    from app.running import handing_over, logs  # noqa: PLC0415  other commands need nothing of it
    from app.running.surroundings import read  # noqa: PLC0415  the same

    logs.configure("surroundings")
    handing_over.put(into, read(os.environ))
    return 0
