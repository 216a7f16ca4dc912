"""A resource's whole life without an engine: made, changed, found again, deleted, as the provider does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from floodgate.offline import changing, lifecycle
from floodgate.offline.changes import Edit
from floodgate.offline.deploy import Deployment
from floodgate.offline.facts import computed
from floodgate.offline.lifecycle import Identity, Provider
from floodgate.offline.world import World


@dataclass(slots=True)
class Thing:
    """A resource that lives: its inputs and state are those of its last deployment or refresh."""

    who: Identity
    id: str
    inputs: dict[str, Any]
    state: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Life:
    """What the engine would ask of the provider, in one world."""

    world: World
    provider: Provider

    def make(self, token: str, name: str = "thing", /, **inputs: Any) -> Thing:
        """Check and create."""
        who = Identity(token, token, name)
        checked = changing.check(self.world, who, self.provider, {}, inputs)
        props = {key: value for key, value in checked.items() if key != changing.DEFAULTS}
        id_, state = lifecycle.make(self.world, who, self.provider, props)
        return Thing(who, id_, checked, state)

    def plan(self, thing: Thing, /, **inputs: Any) -> tuple[Edit, ...]:
        """What would change if `inputs` were set over the thing's own; None takes one away."""
        return changing.differences(thing.who, self.provider, thing.inputs, thing.state, self._new(thing, inputs))

    def change(self, thing: Thing, /, **inputs: Any) -> set[str]:
        """Update in place; the first-level properties that changed. Nothing may ask for a replacement."""
        edits, new = self.plan(thing, **inputs), self._new(thing, inputs)
        assert not any(edit.replaces for edit in edits), f"a replacement: {edits}"
        if edits:
            thing.state = changing.change(
                self.world, thing.who, self.provider, thing.id, old=thing.inputs, state_=thing.state, new=new
            )
        thing.inputs = new
        return {str(edit.path[0]) for edit in edits}

    def meant(self, thing: Thing, inputs: Mapping[str, Any]) -> set[str]:
        """Which of `inputs` are a change: what AWS would fill in stays when a program no longer says it."""
        return {name for name, value in inputs.items() if value is not None or name not in computed(thing.who.token)}

    def refresh(self, thing: Thing) -> set[str]:
        """Find it again; the inputs that are no longer what they were (drift)."""
        found = changing.refresh(
            self.world, thing.who, self.provider, thing.id, inputs=thing.inputs, state_=thing.state
        )
        assert found is not None, f"{thing.who} is gone"
        before, thing.inputs, thing.state = thing.inputs, found.inputs, found.state
        names = {*before, *found.inputs} - {changing.DEFAULTS}
        return {name for name in names if before.get(name) != found.inputs.get(name)}

    def gone(self, thing: Thing) -> bool:
        """Whether a refresh would find it gone."""
        return (
            changing.refresh(self.world, thing.who, self.provider, thing.id, inputs=thing.inputs, state_=thing.state)
            is None
        )

    def delete(self, thing: Thing) -> None:
        """Delete it."""
        changing.remove(self.world, thing.who, self.provider, thing.id, inputs=thing.inputs, state_=thing.state)

    def _new(self, thing: Thing, inputs: Mapping[str, Any]) -> dict[str, Any]:
        raw = {name: value for name, value in {**thing.inputs, **inputs}.items() if value is not None}
        for name in raw.pop(changing.DEFAULTS, ()):
            raw.pop(name, None)
        return changing.check(self.world, thing.who, self.provider, thing.inputs, raw)


def things_of(deployment: Deployment, tokens: Iterable[str] = ()) -> list[Thing]:
    """What a deployment made, in that order, as the engine would know it; only these types where some are named."""
    wanted, found = set(tokens), []
    for made in deployment.resources:
        if not made.id or not made.type.startswith("aws:") or (wanted and made.type not in wanted):
            continue
        rule, inputs = lifecycle.name_rule(made.type), dict(made.inputs)
        chosen = [rule.prop] if rule and rule.prop not in inputs and rule.prop in made.state else []
        named = {name: made.state[name] for name in chosen}
        who = Identity(made.type, made.urn.split("::")[2], made.name)
        found.append(Thing(who, made.id, {**inputs, **named, changing.DEFAULTS: chosen}, dict(made.state)))
    return found
