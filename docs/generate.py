"""Writes the reference pages that the code already knows; ``--check`` only says whether they are current."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

import click
import rules_page
import service_pages
from generated_tables import default_of, inner_model, type_name
from pydantic import BaseModel

from floodgate.cli import COMMANDS, cli
from floodgate.rehearsal.parameters import shipped_parameters
from floodgate.rehearsal.reading import ACTIONS
from floodgate.rehearsal.scenarios.loading import known_scenarios, load_scenario
from floodgate.rehearsal.scenarios.scenario import Fact
from infra.descriptions import descriptions
from infra.openings import OpeningSettings
from infra.settings import COMPONENTS
from policy.registry import SUBJECTS
from policy.rule import Example, Rule

HEADER = "<!-- written by `make docs` from the code; change it there -->\n"


def commands() -> Iterator[str]:
    """Every command's help, and the rights that reading a real account needs."""
    yield "# Commands\n"
    yield "Exit codes: 0 the opening holds, 1 it would fail, 2 the input is wrong, 70 Floodgate itself failed.\n"
    context = click.Context(cli, info_name="floodgate", max_content_width=100, terminal_width=100)
    yield f"## floodgate\n\n```text\n{cli.get_help(context)}\n```\n"
    for name in sorted(COMMANDS):
        command = cli.get_command(context, name)
        assert command is not None, f"{name} is listed and cannot be loaded"
        inner = click.Context(command, parent=context, info_name=name, max_content_width=100, terminal_width=100)
        yield f"## floodgate {name}\n\n```text\n{command.get_help(inner)}\n```\n"
        for sub, own in getattr(command, "commands", {}).items():
            help_of = click.Context(own, parent=inner, info_name=sub, max_content_width=100, terminal_width=100)
            yield f"### floodgate {name} {sub}\n\n```text\n{own.get_help(help_of)}\n```\n"
    yield "## Rights\n\n`--from aws` only reads. These actions are enough:\n"
    yield "\n".join(f"* `{action}`" for action in sorted(ACTIONS)) + "\n"


def configuration() -> Iterator[str]:
    """Every setting of every component."""
    yield "# Configuration\n"
    yield "Keys of the namespace `floodgate` in `Pulumi.<stack>.yaml`. A key without default must be set.\n"
    yield "`floodgate:environment` is `development` or `production`."
    yield "`floodgate:now` is the instant as of which to deploy; empty means the clock."
    yield "`floodgate:exceptions` lists [exceptions from the policy pack](policies.md#exceptions).\n"
    models: dict[str, type[BaseModel]] = {**COMPONENTS, "openings": OpeningSettings}
    for key, model in models.items():
        yield f"## floodgate:{key}\n"
        if key == "openings":
            yield "A list; `floodgate:openingDefaults` holds the same keys for entries that do not set them.\n"
        yield "| key | type | default | what it is |\n|---|---|---|---|"
        yield "\n".join(rows(model, "")) + "\n"


def rows(model: type[BaseModel], prefix: str) -> Iterator[str]:
    """One row of the table for each field, inner ones with their path."""
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        inner = inner_model(field.annotation)
        words = " ".join(descriptions(model).get(name, "").split()).replace("|", "\\|")
        yield f"| `{path}` | {type_name(field.annotation)} | {default_of(field)} | {words} |"
        if inner is not None:
            yield from rows(inner, f"{path}.")


def parameters() -> Iterator[str]:
    """Every parameter of the model with its range and origin."""
    yield "# Parameters\n"
    yield "What AWS does not publish, or nobody has measured yet. `--param NAME=VALUE` sets one for a run.\n"
    yield "Origins: declared (the stack says so), documented, measured, assumed.\n"
    yield "| name | value | range | unit | origin | source |\n|---|---|---|---|---|---|"
    for parameter in shipped_parameters():
        source = parameter.source.replace("|", "\\|")
        yield (
            f"| `{parameter.name}` | {parameter.value:g} | {parameter.low:g} to {parameter.high:g} "
            f"| {parameter.unit} | {parameter.origin} | {source} |"
        )
    yield ""


def scenarios() -> Iterator[str]:
    """Every scenario with its facts and their sources."""
    yield "# Scenarios\n"
    yield "Each is a file in `floodgate/rehearsal/scenarios/`; [write your own](../guides/write-a-scenario.md).\n"
    for name in known_scenarios():
        scenario = load_scenario(name)
        yield f"## {name}\n\n{scenario.title}.\n\n| figure | value | origin | source |\n|---|---|---|---|"
        for fact in scenario.facts:
            yield f"| {fact.figure} | {fact.value:,g} {fact.unit} | {origin_of(fact)} | {fact.source} |"
        yield ""


def origin_of(fact: Fact) -> str:
    """Whether a figure was reported, is arithmetic of ours or is assumed."""
    return "assumed" if fact.assumed else "derived" if fact.derived else "reported"


def policies() -> Iterator[str]:
    """Every rule of the policy pack, with its reason, its remedy and its example."""
    yield "# Policies\n"
    yield "`pulumi preview --policy-pack policy` judges a stack by these rules before anything is made,"
    yield "and `pulumi up --policy-pack policy` before each resource and after all of them."
    yield "A mandatory rule stops the deployment, an advisory one is only told."
    yield "Rules for production hold where `floodgate:environment` is not `development`; the others hold everywhere.\n"
    yield "| rule | what must be | severity | | holds for |\n|---|---|---|---|---|"
    for rule in (rule for rules in SUBJECTS.values() for rule in rules):
        where = "production" if rule.environments == "production" else "every stack"
        yield f"| [`{rule.id}`](#{rule.id}) | {rule.title} | {rule.severity} | {rule.enforcement} | {where} |"
    yield EXCEPTIONS
    for subject, rules in SUBJECTS.items():
        yield f"## {subject}\n"
        for rule in rules:
            yield from policy_rule(rule)


EXCEPTIONS = """
## Exceptions

A rule that does not fit is excepted in the stack's configuration, with a reason and an end:

```yaml
floodgate:exceptions:
  - rule: firewall-before-the-door
    resource: balancer
    reason: the ministry's own firewall stands before it, ticket 4711
    until: 2027-09-30
```

`resource` is a resource's name or URN, `*` stands for anything in it; without it every finding of the rule is excused.
The exception holds on its last day, too (UTC).
Without a reason, of a rule that does not exist or past its end, an exception excuses nothing and is itself refused
(`exceptions-in-order`).
What each one excuses, and which one is needed no more, is told at every deployment (`exceptions-in-use`).
"""


def policy_rule(rule: Rule) -> Iterator[str]:
    """One rule's part of the page."""
    yield f"### {rule.id}\n\n{rule.title}.\n\n{rule.why}\n"
    yield f"Do this: {rule.remedy}. Source: <{rule.source}>.\n"
    refused, mended = list(example_lines(rule.refused)), list(example_lines(rule.mended))
    changed = [f"- {line}" for line in refused if line not in mended]
    changed += [f"+ {line}" for line in mended if line not in refused]
    yield "```diff\n" + "\n".join(changed) + "\n```\n"


def example_lines(example: Example) -> Iterator[str]:
    """A stack in lines: its configuration, then each resource."""
    for key, value in example.configuration.items():
        yield f"floodgate:{key}: {json.dumps(value)}"
    for kind, name, properties in example.resources:
        yield f"{kind} {name} {json.dumps(properties)}"


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "commands.md": commands,
    "configuration.md": configuration,
    "parameters.md": parameters,
    "policies.md": policies,
    "rules.md": rules_page.rules,
    "scenarios.md": scenarios,
    **service_pages.PAGES,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` name those that are out of date; exit code 1 where there are any."""
    stale = []
    for name, page in PAGES.items():
        text = HEADER + "\n".join(page())
        path = REFERENCE / name
        if not path.exists() or path.read_text() != text:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text)
    if stale and "--check" in arguments:
        print(f"out of date: {', '.join(stale)}; run `make docs`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
