"""``floodgate what-if``: replay recorded metrics against the policies of any group."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

KINDS = ("desired", "launch", "in_service", "warm", "terminate", "alarm", "refused")


@click.command("what-if", short_help="Replay metrics against the policies of any group.")
@click.option("--plan", required=True, type=click.Path(path_type=Path), metavar="DIR", help="A saved plan.")
@click.option(
    "--metrics",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help="Datapoints: time,namespace,metric,dimensions,value.",
)
@click.option("--from", "begin", metavar="TIME", help="Where to begin.  [default: the first datapoint]")
@click.option("--to", "end", metavar="TIME", help="Where to end.  [default: a minute after the last datapoint]")
@click.option("--group", metavar="NAME", help="The Auto Scaling group, where there are several.")
@click.option("--boot", type=click.FloatRange(min=0), metavar="SECONDS", help="From a launch until it answers.")
@click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="Set a parameter of the model; repeatable."
)
@click.option("--closed-loop", is_flag=True, help="Values are the group's total, divided by what is in service.")
@click.option(
    "--forecast",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help="Hourly forecast of predictive policies: time,capacity.",
)
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE.html", help="Write a picture as one file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--only", multiple=True, type=click.Choice(KINDS), help="Print this kind alone; repeatable.")
def command(**options: Any) -> int:
    """Tell minute by minute what AWS would have done with a group, and why.

    Exit code 0: replayed; 2: the input is wrong.
    """
    from floodgate.cli.replaying import Request, replay  # noqa: PLC0415 - help needs nothing of it

    return replay(Request(**options))
