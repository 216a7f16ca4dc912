"""``floodgate rehearse``: deploy or read a stack, play an opening against it, judge it, report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


@click.command("rehearse", short_help="Play a crowd against a stack; say whether it holds.")
@click.option("--stack", metavar="STACK", help="The Pulumi stack, as in Pulumi.STACK.yaml.  [required]")
@click.option("--scenario", required=True, metavar="NAME", help="The crowd: a name of `floodgate scenarios` or a file.")
@click.option(
    "--from",
    "source",
    metavar="offline|aws|DIR",
    default="offline",
    show_default=True,
    help="Deploy the stack into the AWS of this machine, read what is deployed (read-only calls), or a saved plan.",
)
@click.option("--opening", metavar="NAME", help="The opening of the stack to rehearse.  [default: the first]")
@click.option("--group", metavar="NAME", help="The Auto Scaling group, where there are several.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the draw of arrivals.")
@click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="Set a parameter of the model; repeatable."
)
@click.option(
    "--calibration",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Costs as `python -m app calibrate` measured them, in place of the assumed ones.",
)
@click.option(
    "--demand",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="Who really came, in place of the scenario's curve: ALB access logs (a file or a folder) or a CSV.",
)
@click.option(
    "--demand-doors", metavar="TIME", help="The instant of the doors in that traffic, e.g. 2021-08-09T11:00:00Z."
)
@click.option(
    "--service",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The service's settings as JSON, where the plan does not tell them.",
)
@click.option(
    "--forecast",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What predictive scaling has forecast: a CSV with the header time,capacity, a row an hour.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("report.html"),
    show_default=True,
    metavar="FILE",
    help="Where the report is written.",
)
@click.option(
    "--robust",
    is_flag=True,
    help="Play the ends of every range that nobody knows, on every core; say on what the verdict depends.",
)
@click.option(
    "--seeds", type=click.IntRange(min=1, max=100), default=3, show_default=True, help="How many seeds --robust tries."
)
@click.option("--no-report", is_flag=True, help="Write no report.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict and its figures as JSON.")
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="The folder of Pulumi.yaml.  [default: this one]",
)
def command(no_report: bool, report: Path, **options: Any) -> int:
    """Rehearse an opening: play a crowd against what a stack deploys, and say whether its promises hold.

    The scenario is laid on the stack's own next opening, in that opening's zone; the stack is deployed as of the
    day before it. Exit code 0: every promise holds; 1: the opening would fail; 2: the input is wrong. With --robust
    it is still that of the verdict as rehearsed.
    """
    from floodgate.cli.rehearsing import Request, rehearse  # noqa: PLC0415 - help needs nothing of it
    from floodgate.cli.saved_plans import source_or_wrong  # noqa: PLC0415 - the same
    from floodgate.cli.wrong import Wrong  # noqa: PLC0415 - the same

    source_or_wrong(options["source"])
    if not options["stack"]:
        rule = "promises and openings stand in Pulumi.STACK.yaml, whatever --from is"
        raise Wrong([f"--stack is missing: {rule}; name the stack with --stack, and its folder with --project"])
    return rehearse(Request(report=None if no_report else report, **options))
