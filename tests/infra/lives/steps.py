"""Steps that every resource's life is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from floodgate.offline.problems import Refused
from tests.infra.lives.lives import Life, Thing


def settled(life: Life, thing: Thing) -> bool:
    """Whether a refresh finds no drift, and the program's own inputs ask for nothing."""
    drift = life.refresh(thing)
    plan = life.plan(thing)
    assert not drift, f"{thing.who} drifted: {drift}"
    assert not plan, f"{thing.who} would change: {plan}"
    return True


def changed(life: Life, thing: Thing, **inputs: Any) -> bool:
    """Change a resource in place, in these properties alone; afterwards all is settled, and its state is what a
    refresh says."""
    assert life.change(thing, **inputs) == life.meant(thing, inputs)
    after = thing.state
    assert settled(life, thing)
    told = {name: value for name, value in thing.state.items() if after.get(name) != value}
    assert not told, f"{thing.who}: a refresh tells otherwise than the update: {told}"
    return True


def seen_behind(life: Life, thing: Thing, names: set[str], behind: Callable[[], Any]) -> bool:
    """Do something behind Pulumi's back: a refresh shows it, and the program's inputs put it right."""
    program = dict(thing.inputs)
    behind()
    assert life.refresh(thing) == names
    assert life.change(thing, **{name: program.get(name) for name in names}) == names
    assert settled(life, thing)
    return True


def ended(life: Life, thing: Thing) -> bool:
    """Delete a resource: it is gone, and deleting it once more is no error."""
    life.delete(thing)
    assert life.gone(thing), f"{thing.who} is still there"
    life.delete(thing)
    return True


def refused(life: Life, thing: Thing, words: str) -> bool:
    """AWS refuses to delete a resource with these words, and it is still there."""
    with pytest.raises(Refused, match=words):
        life.delete(thing)
    assert not life.gone(thing)
    return True
