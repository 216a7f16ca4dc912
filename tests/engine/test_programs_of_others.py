"""Small AWS programs that are not ours, as a user would write them: previewed, deployed, deployed again, destroyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.conftest import REGION, Start
from tests.engine.inventory import inventory

PROGRAMS = Path(__file__).parent / "programs"
# with the stack itself
SIZES = {"web_server": 9, "static_site": 7, "scheduled_group": 11}


@pytest.mark.parametrize("name", SIZES)
def test_a_program_of_somebody_else_lives_from_preview_to_destroy(start: Start, name: str) -> None:
    engine, world = start(name, program=PROGRAMS / name)
    before = inventory(world.session, REGION)
    assert engine.run("preview").counts == {"create": SIZES[name]}
    assert inventory(world.session, REGION) == before
    assert engine.run("up").counts == {"create": SIZES[name]}
    assert inventory(world.session, REGION) != before
    assert engine.run("up").counts == {"same": SIZES[name]}
    assert engine.run("refresh").counts == {"same": SIZES[name]}
    engine.run("destroy")
    assert inventory(world.session, REGION) == before
