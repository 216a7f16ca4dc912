"""How moto is repaired: each replacement keeps its original, and all originals can be put back for a test.

Example:
    ```python
    @patch(FakeAutoScalingGroup, "set_desired_capacity")
    def within_bounds(self, new_capacity):
        ...
        return within_bounds.original(self, new_capacity)
    ```
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Repair:
    """One replaced attribute: `before` is what stood in the owner's own namespace, `after` what stands there now."""

    owner: Any
    name: str
    before: Any
    after: Any
    identity: tuple[str, str]

    def put_back(self) -> None:
        """Let the owner behave as moto wrote it."""
        if self.before is _ABSENT:
            delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, self.before)

    def apply(self) -> None:
        """Let the owner behave as repaired."""
        setattr(self.owner, self.name, self.after)


REPAIRS: list[Repair] = []


def patch(owner: Any, name: str) -> Callable[[Callable[..., Any]], Any]:
    """Replace `owner.name` (function, method, property, classmethod, staticmethod) by the decorated function.

    The replacement gets the kind of what it replaces; `.original` on it is the plain function that stood there
    (a property's getter), or None where there was nothing. Decorating twice changes nothing.

    Args:
        owner: a class or a module.
        name: the attribute.
    """

    def register(replacement: Callable[..., Any]) -> Any:
        function: Any = replacement
        identity = (function.__module__, function.__qualname__)
        if not _registered(owner, name, identity):
            before = vars(owner).get(name, _ABSENT)
            standing = before if before is not _ABSENT else _inherited(owner, name)
            function.original = _plain(standing)
            _add(Repair(owner, name, before, _same_kind(standing, function), identity))
        return function

    return register


def replace(owner: Any, name: str, value: Any) -> None:
    """Replace a constant, table or other plain value of a class or module."""
    identity = ("", "value")
    if not _registered(owner, name, identity):
        _add(Repair(owner, name, vars(owner).get(name, _ABSENT), value, identity))


@contextmanager
def unrepaired() -> Generator[None]:
    """Plain moto for the duration, as the control of a repair's test. Not for use by several threads at once."""
    for repair in reversed(REPAIRS):
        repair.put_back()
    try:
        yield
    finally:
        for repair in REPAIRS:
            repair.apply()


def _add(repair: Repair) -> None:
    repair.apply()
    REPAIRS.append(repair)


def _registered(owner: Any, name: str, identity: tuple[str, str]) -> bool:
    return any(r.owner is owner and r.name == name and r.identity == identity for r in REPAIRS)


def _inherited(owner: Any, name: str) -> Any:
    for base in getattr(owner, "__mro__", ()):
        if name in vars(base):
            return vars(base)[name]
    return None


def _plain(standing: Any) -> Any:
    if isinstance(standing, property):
        return standing.fget
    if isinstance(standing, classmethod | staticmethod):
        return standing.__func__
    return standing


def _same_kind(standing: Any, function: Any) -> Any:
    if isinstance(standing, property):
        return property(function, standing.fset, standing.fdel)
    if isinstance(standing, classmethod | staticmethod):
        return type(standing)(function)
    return function
