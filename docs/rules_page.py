"""The page of AWS's rules, out of the docstrings that state and cite them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "floodgate" / "awsrules"
TESTS = "tests/unit/awsrules"
SUBJECTS = ("cloudwatch", "scaling", "instances", "balancer", "database", "cache")
PAGE = re.compile(r"https://[^\s`<>]+[^\s`<>.,;:)]")


def rules() -> Iterator[str]:
    """Every rule of behaviour by its subject, and every call that is checked."""
    yield "# AWS's rules\n"
    yield "What Floodgate knows of AWS, by AWS's own names; a module holds one concept and cites its page."
    printed, derived = examples()
    yield f"{printed} of AWS's worked examples and printed rules hold in `{TESTS}/`, and so do"
    yield f"{derived} rows derived from them.\n"
    yield "What AWS leaves open is a [parameter](parameters.md)."
    yield "What is modelled and what is left out stands in [its background](../background/aws-rules.md).\n"
    for subject in SUBJECTS:
        yield f"## {subject}\n\n{first_sentence(module_of(RULES / subject / '__init__.py'))}\n"
        yield "| rule | what it says | pages |\n|---|---|---|"
        for path in sorted((RULES / subject).rglob("*.py")):
            if path.name != "__init__.py":
                yield from rows(path)
        yield ""
    yield from checked()


def rows(path: Path) -> Iterator[str]:
    """A row for the module, then one for each public function that states a rule."""
    tree = module_of(path)
    name = path.relative_to(RULES).with_suffix("").as_posix()
    link = f"[`{name}`](../../floodgate/awsrules/{name}.py)"
    yield f"| **{link}** | {first_sentence(tree)} | {pages(ast.get_docstring(tree) or '')} |"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield f"| `{node.name}` | {first_sentence(node)} | {pages(ast.get_docstring(node) or '')} |"


def checked() -> Iterator[str]:
    """The calls whose parameters are checked as AWS checks them."""
    from floodgate.awsrules.legality import CHECKS  # noqa: PLC0415 - the page needs nothing else of the package

    services: dict[str, list[str]] = {}
    for service, operation in CHECKS:
        services.setdefault(service, []).append(operation)
    yield "## legality\n\nWhat AWS refuses is refused with its error code, here for these calls.\n"
    yield "| service | calls |\n|---|---|"
    for service, operations in sorted(services.items()):
        yield f"| {service} | {', '.join(f'`{operation}`' for operation in sorted(operations))} |"
    yield ""


def examples() -> tuple[int, int]:
    """How many rows of documented examples AWS prints itself, and how many follow from its rules, as pytest counts."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", TESTS]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603 - own words
    rows = [line for line in told.splitlines() if "test_documented_" in line]
    derived = sum("[derived: " in row for row in rows)
    return len(rows) - derived, derived


def module_of(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def first_sentence(node: ast.Module | ast.FunctionDef) -> str:
    """The first line of a docstring, fit for a table."""
    text = (ast.get_docstring(node) or "").split("\n\n")[0]
    return " ".join(text.split()).replace("|", "\\|")


def pages(docstring: str) -> str:
    """Links to the pages that a docstring names."""
    found = dict.fromkeys(PAGE.findall(docstring))
    return ", ".join(f"[{address.rsplit('/', 1)[-1].removesuffix('.html') or address}]({address})" for address in found)
