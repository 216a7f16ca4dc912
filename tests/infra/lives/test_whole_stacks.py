"""Every resource of the stacks: what was declared is found again, and deleting all leaves nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from floodgate.offline.deploy import deploy
from floodgate.offline.lifecycle import Provider
from floodgate.project import find_project
from tests.infra.lives.conftest import NOW
from tests.infra.lives.lives import Life, Thing, things_of

PROTECTION = ("deletionProtection", "enableDeletionProtection", "deletionProtectionEnabled")
STACKS = ("opening", "dev", "july")
# while a service's handlers are written: FLOODGATE_TOKENS=aws:ec2/,aws:rds/
ONLY = tuple(filter(None, os.environ.get("FLOODGATE_TOKENS", "").split(",")))


def _alive(stack: str) -> tuple[Life, list[Thing]]:
    deployment = deploy(find_project(Path.cwd()), stack, now=NOW)
    life = Life(deployment.world, Provider(deployment.world.region))
    return life, [thing for thing in things_of(deployment) if not ONLY or thing.who.token.startswith(ONLY)]


@pytest.mark.parametrize("stack", STACKS)
def test_a_refresh_right_after_the_deployment_finds_no_drift(stack: str) -> None:
    life, things = _alive(stack)
    drifted = {}
    for thing in things:
        before = thing.inputs
        if names := life.refresh(thing):
            drifted[str(thing.who)] = {name: (before.get(name), thing.inputs.get(name)) for name in names}
    assert not drifted


@pytest.mark.parametrize("stack", STACKS)
def test_what_was_deployed_is_deleted_in_the_opposite_order_without_a_refusal(stack: str) -> None:
    life, things = _alive(stack)
    for thing in things:
        protected = {name: False for name in PROTECTION if thing.inputs.get(name)}
        if protected:
            life.change(thing, **protected)
    for thing in reversed(things):
        life.delete(thing)
    assert [str(thing.who) for thing in things if not life.gone(thing)] == []
