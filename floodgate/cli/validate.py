"""``floodgate validate``: whether AWS would take what a saved plan describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from floodgate.validation.validation import Validation


@click.command(short_help="Tell what AWS would refuse of a saved plan.")
@click.option("--plan", required=True, type=click.Path(path_type=Path), metavar="DIR", help="A saved plan.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(plan: Path, as_json: bool) -> int:
    """Put everything that a plan describes before AWS's rules, as if it were created anew.

    One line a problem: resource, AWS's error code, value, rule, remedy. What the plan does not tell is not judged, and
    that is said.

    Exit code 0: AWS would take it; 1: AWS would refuse something; 2: the input is wrong.
    """
    from floodgate.cli.wrong import Wrong  # noqa: PLC0415 - help needs nothing of it
    from floodgate.plans.saved import SavedPlan  # noqa: PLC0415 - as above
    from floodgate.rehearsal.errors import InputError  # noqa: PLC0415 - as above
    from floodgate.validation.validation import validate  # noqa: PLC0415 - as above

    try:
        validation = validate(SavedPlan(plan))
    except InputError as error:
        raise Wrong(error.problems) from error
    (_print_json if as_json else _print_text)(validation)
    return 1 if validation.problems else 0


def _print_text(validation: Validation) -> None:
    for problem in validation.problems:
        click.echo(_line(f"{problem.resource}: {problem.refusal.code}: {problem.refusal}"))
    for resource, gap in validation.unjudged:
        click.echo(_line(f"floodgate: not judged: {resource}: {gap}"), err=True)
    if validation.not_told:
        click.echo(_line(f"floodgate: not judged: not in the plan: {', '.join(validation.not_told)}"), err=True)
    for note in validation.notes:
        click.echo(_line(f"floodgate: note: {note}"), err=True)
    count, refused = validation.judged, len(validation.problems)
    verdict = f"{refused} problem{'s' * (refused != 1)}" if refused else "nothing that AWS would refuse"
    as_of = f"{validation.now:%Y-%m-%dT%H:%M:%SZ} ({validation.why_now})"
    click.echo(f"{count} create call{'s' * (count != 1)} judged as of {as_of}: {verdict}")


def _print_json(validation: Validation) -> None:
    rows: list[dict[str, Any]] = [
        {
            "kind": "refused", "resource": problem.resource, "code": problem.refusal.code,
            "value": problem.refusal.value, "rule": problem.refusal.rule, "remedy": problem.refusal.remedy,
        }
        for problem in validation.problems
    ]  # fmt: skip
    rows += [{"kind": "not judged", "resource": resource, "why": gap} for resource, gap in validation.unjudged]
    rows += [{"kind": "not judged", "resource": file, "why": "not in the plan"} for file in validation.not_told]
    rows += [{"kind": "note", "why": note} for note in validation.notes]
    rows.append(
        {
            "kind": "verdict", "judged": validation.judged, "refused": len(validation.problems),
            "as_of": f"{validation.now:%Y-%m-%dT%H:%M:%SZ}", "why": validation.why_now,
        }
    )  # fmt: skip
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))


def _line(text: str) -> str:
    """On one line, whatever the plan's names hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
