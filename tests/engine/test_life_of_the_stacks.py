"""Our own stacks under the real engine, from the first preview to the last deletion.

Proves what mocks cannot: that a second deployment and a refresh change nothing, and that a destroy leaves nothing.
It cannot prove that real AWS takes what the offline AWS takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from floodgate.offline.deploy import deploy
from floodgate.project import find_project
from tests.engine.conftest import NOW, REGION, Start
from tests.engine.engines import ROOT, Run
from tests.engine.inventory import inventory

REGIONS = (REGION, "us-east-1")


@dataclass(frozen=True, slots=True)
class Life:
    """A stack's life, command by command, with what AWS held after each."""

    runs: dict[str, Run]
    held: dict[str, dict[str, list[Any]]]


@pytest.fixture(scope="module", params=["opening", "dev"])
def life(request: pytest.FixtureRequest, start: Start) -> Life:
    engine, world = start(request.param)
    runs, held = {}, {"nothing": inventory(world.session, *REGIONS)}
    for name, command in (
        *(("preview", "preview"), ("up", "up"), ("second up", "up"), ("second preview", "preview")),
        *(("refresh", "refresh"), ("up after refresh", "up")),
    ):
        runs[name] = engine.run(command)
        held[name] = inventory(world.session, *REGIONS)
    if request.param == "opening":
        runs["destroy while protected"] = engine.run("destroy", check=False)
        for key in ("database", "balancer"):
            engine.configure(f"floodgate:{key}.deletionProtection", "false")
        engine.configure("floodgate:environment", "development")
        runs["up without protection"] = engine.run("up")
    runs["destroy"] = engine.run("destroy")
    held["destroy"] = inventory(world.session, *REGIONS)
    return Life(runs, held)


def test_a_preview_shows_everything_as_to_be_created_and_makes_nothing(life: Life) -> None:
    assert set(life.runs["preview"].counts) == {"create"}
    assert life.held["preview"] == life.held["nothing"]


def test_a_deployment_creates_what_the_preview_showed(life: Life) -> None:
    assert life.runs["up"].counts == life.runs["preview"].counts
    assert sorted(life.runs["up"].named("create")) == sorted(life.runs["preview"].named("create"))


@pytest.mark.parametrize("run", ["second up", "second preview", "up after refresh"])
def test_a_deployment_of_the_same_again_changes_nothing(life: Life, run: str) -> None:
    assert life.runs[run].steps == ()
    assert set(life.runs[run].counts) == {"same"}
    assert life.held[run] == life.held["up"]


def test_a_refresh_finds_everything_as_it_was_declared(life: Life) -> None:
    assert set(life.runs["refresh"].counts) == {"same"}, life.runs["refresh"].text


def test_a_destroy_leaves_the_account_as_it_was_before(life: Life) -> None:
    assert life.held["destroy"] == life.held["nothing"]


def test_a_production_stack_is_not_destroyed_before_its_protection_is_taken_away(life: Life) -> None:
    if "destroy while protected" not in life.runs:
        pytest.skip("a development stack has no protection")
    refused = life.runs["destroy while protected"]
    assert refused.code != 0
    assert "deletion protection" in refused.text.lower()
    kinds = {step.name.split()[0] for step in life.runs["up without protection"].steps}
    assert {"aws:lb/loadBalancer:LoadBalancer", "aws:rds/cluster:Cluster"} <= kinds


def test_what_the_engine_deploys_is_what_is_deployed_in_process(life: Life, request: pytest.FixtureRequest) -> None:
    stack = request.node.callspec.params["life"]
    here = deploy(find_project(ROOT), stack, now=NOW).world
    expected = inventory(here.session, *REGIONS)
    assert life.held["up"].keys() == expected.keys()
    for name, items in expected.items():
        assert life.held["up"][name] == items, name
