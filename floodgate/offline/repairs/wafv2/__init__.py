"""AWS WAF: scopes in their own region, whole updates, and nothing deleted that is in use."""

from __future__ import annotations

from floodgate.offline.repairs.wafv2 import changes, scopes

PARTS = (changes, scopes)


def apply() -> None:
    """Importing the parts has applied their repairs."""
