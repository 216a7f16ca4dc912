"""Policy documents as lists of statements."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def statements(document: object) -> list[dict[str, Any]]:
    """The statements of a document given as JSON or as an object; none of what is not known or not one."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return []
    found = document.get("Statement", []) if isinstance(document, Mapping) else []
    return [statement for statement in as_list(found) if isinstance(statement, dict)]


def as_list(value: Any) -> list[Any]:
    """IAM writes one thing without its list."""
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]
