"""Every module of rules names the pages of AWS that state it, with title and address.

Proves that a source is named; cannot prove that the page says so, which is for readers.
"""

import ast
import re
from pathlib import Path

import pytest

RULES = Path(__file__).resolve().parents[3] / "floodgate" / "awsrules"
MODULES = sorted(
    path
    for path in RULES.rglob("*.py")
    # the error that AWS answers with is no rule, and what is refused is cited by the checks themselves
    if path.name not in ("__init__.py", "refusal.py") and "legality" not in path.parts
)
SOURCE = re.compile(r'"[^"]+"[^"]*https://(docs\.)?aws\.amazon\.com/\S+', re.DOTALL)


def named(path):
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def test_modules_are_found():
    assert len(MODULES) > 60


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(RULES).as_posix())
def test_a_module_of_rules_names_its_page(path):
    assert SOURCE.search(named(path)), 'give the page: Source: "Title", https://docs.aws.amazon.com/…'
