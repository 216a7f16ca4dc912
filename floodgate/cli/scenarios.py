"""``floodgate scenarios``: the crowds that can be rehearsed, with their figures and sources."""

from __future__ import annotations

import click


@click.command("scenarios", short_help="List the crowds that can be rehearsed.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
def command(names: tuple[str, ...]) -> None:
    """List the scenarios with their figures; with NAME only those, a name or a TOML file."""
    from floodgate.cli.wrong import Wrong  # noqa: PLC0415 - help needs nothing of it
    from floodgate.rehearsal.errors import InputError  # noqa: PLC0415 - the same
    from floodgate.rehearsal.scenarios.loading import known_scenarios, load_scenario  # noqa: PLC0415 - the same

    try:
        scenarios = [load_scenario(name) for name in names or known_scenarios()]
    except InputError as error:
        raise Wrong(error.problems) from error
    for scenario in scenarios:
        click.echo(f"{scenario.name}\n  {scenario.title}")
        click.echo(f"  {scenario.people:,} people, played for {scenario.horizon_minutes} minutes from the doors")
        for fact in scenario.facts:
            origin = "assumed: " if fact.assumed else "derived: " if fact.derived else ""
            click.echo(f"    {fact.figure}: {fact.value:,.10g} {fact.unit} ({origin}{fact.source})")
