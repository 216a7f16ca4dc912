"""The policy pack, run by the real policy engine in a preview.

Which rule refuses what is proven in tests/unit/policy and tests/infra/policy; here it is that the engine asks them.
"""

from __future__ import annotations

import pytest

from tests.engine.conftest import Start
from tests.engine.engines import Engine

JULY = (
    "openings-scheduled",
    "fleet-can-grow",
    "crowd-has-a-waiting-room",
    "balancer-ready",
    "firewall-before-the-door",
)
PACK = ("--policy-pack", "policy")


@pytest.fixture(scope="module")
def opening(start: Start) -> Engine:
    return start("opening")[0]


def test_the_opening_passes_and_the_engine_says_so(opening: Engine) -> None:
    run = opening.run("preview", *PACK)
    assert "floodgate@v" in run.text
    assert "mandatory" not in run.text


def test_an_exception_past_its_end_is_refused_by_the_same_pack(opening: Engine) -> None:
    for part, value in (
        ("rule", "openings-scheduled"),
        ("reason", "the rehearsal was enough"),
        ("until", "2026-12-31"),
    ):
        opening.configure(f"floodgate:exceptions[0].{part}", value)
    run = opening.run("preview", *PACK, check=False)
    assert run.code != 0
    assert "exceptions-in-order" in run.text
    assert "2026-12-31" in run.text


def test_july_is_refused_with_the_list_of_why(start: Start) -> None:
    engine, _ = start("july")
    assert engine.run("preview").code == 0, "the control: without the pack it would be deployed"
    run = engine.run("preview", *PACK, check=False)
    assert run.code != 0
    assert [rule for rule in JULY if rule not in run.text] == []
