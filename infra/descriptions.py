"""What each setting is for: the text under its field, read from the source when somebody asks.

Pydantic can keep these texts itself, and then reads every source file at every deployment for a help text that only
an error or the documentation shows.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


@cache
def descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """The text under each field of a settings class and of those it inherits from, by the field's name."""
    inherited = [base for base in reversed(model.__mro__) if issubclass(base, BaseModel) and base is not BaseModel]
    return {name: text for base in inherited for name, text in _written(base)}


def _written(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    (class_,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(class_, ast.ClassDef)
    for field, text in pairwise(class_.body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                yield name, inspect.cleandoc(words)
