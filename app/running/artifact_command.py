"""``python -m app artifact``."""

from __future__ import annotations

from pathlib import Path

import click

ARCHITECTURES = ("arm64", "x86_64")


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("dist"),
    show_default=True,
    help="Folder for the archives.",
)
@click.option(
    "--architecture",
    "architectures",
    type=click.Choice(ARCHITECTURES),
    multiple=True,
    default=ARCHITECTURES,
    help="Of the servers; may be repeated.  [default: both]",
)
def artifact(output: Path, architectures: tuple[str, ...]) -> int:
    """Build the archives that servers unpack, and print what Pulumi.<stack>.yaml needs of each.

    The same files give the same bytes. Libraries come from the package index, or from uv's cache.
    """
    from app.running.artifact import build, version  # noqa: PLC0415  help needs nothing of it

    for architecture in architectures:
        built = build(output, architecture)
        click.echo(f"{built.path}  {built.size / 1e6:.1f} MB")
        click.echo("  floodgate:application:")
        click.echo(f"    version: {version()}\n    sha256: {built.sha256}\n    file: {built.path}")
    return 0
