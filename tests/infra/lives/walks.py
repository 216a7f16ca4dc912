"""A resource walked through changes: after each, nothing drifts, nothing is left to plan, the state is a fresh one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from floodgate.offline import changing
from tests.infra.lives.lives import Life, Thing

Look = Callable[[], Mapping[str, Any]]


def walk(life: Life, thing: Thing, *steps: Mapping[str, Any]) -> None:
    """Change a thing step by step; None takes a property away."""
    assert_settled(life, thing, "made")
    for step in steps:
        assert life.change(thing, **step) == life.meant(thing, step), step
        assert_settled(life, thing, step)


def assert_settled(life: Life, thing: Thing, why: object) -> None:
    """What was declared is there, and the state says so."""
    before = dict(thing.state)
    assert life.refresh(thing) == set(), why
    assert life.plan(thing) == (), why
    assert {k: v for k, v in before.items() if thing.state.get(k) != v} == {}, f"state after {why} was not AWS's"


def assert_drifts(life: Life, thing: Thing, changed: Callable[[], Any], *names: str) -> None:
    """What somebody else changes is seen, and put right by the next deployment."""
    declared = dict(thing.inputs)
    changed()
    assert life.refresh(thing) == set(names)
    life.change(thing, **{name: declared.get(name) for name in names})
    assert_settled(life, thing, f"{names} put right")


def assert_ends(life: Life, thing: Thing) -> None:
    """Deleted, it is gone; deleting it again is no error."""
    life.delete(thing)
    assert life.gone(thing)
    life.delete(thing)


def assert_imports(life: Life, thing: Thing, id_: str = "") -> None:
    """Known by its id alone, everything that was declared is found."""
    found = changing.refresh(life.world, thing.who, life.provider, id_ or thing.id, inputs={}, state_={})
    assert found is not None
    missing = {
        name: (value, found.inputs.get(name))
        for name, value in thing.inputs.items()
        if name not in (changing.DEFAULTS, "region") and not changing.matches(value, found.inputs.get(name))
    }
    assert not missing
