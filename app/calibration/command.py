"""``python -m app calibrate``: what each step of a journey costs on this machine."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("calibrate", short_help="Measure what each step of a journey costs.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("calibration.toml"),
    show_default=True,
    metavar="FILE",
    help="The calibration file, for `floodgate rehearse --calibration`.",
)
@click.option("--runs", type=click.IntRange(1, 100), default=5, show_default=True, help="Of every step.")
@click.option("--requests", type=click.IntRange(10, 20_000), default=1600, show_default=True, help="Of every run.")
@click.option(
    "--rate",
    type=click.FloatRange(1, 5000),
    default=400,
    show_default=True,
    help="Requests a second; about half of what a worker takes.",
)
def command(output: Path, runs: int, requests: int, rate: float) -> int:
    """Measure what each step of a journey costs: CPU of the web process, CPU of PostgreSQL, bytes.

    Starts a service of its own (PostgreSQL with fsync on, Valkey, one web worker, a stand-in for identity), sends each
    step at a steady rate, and takes off what the service uses while nobody comes. Takes some minutes; leave the
    machine alone meanwhile. Linux only.
    """
    from app.calibration.calibrating import calibrate  # noqa: PLC0415  help needs nothing of it

    return calibrate(output, runs, requests, rate)
