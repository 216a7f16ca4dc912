"""Somebody deploys a release while an opening is under way and the fleet has grown.

Proves that the deployment sends no capacity. What the servers do during the instance refresh is AWS's.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline.world import World
from tests.engine.conftest import REGION, Start
from tests.engine.engines import Engine

GUARD = 'ignore_changes=["desiredCapacity"]'


@pytest.fixture(scope="module")
def engine_and_world(start: Start) -> tuple[Engine, World]:
    engine, world = start("dev")
    engine.run("up")
    return engine, world


def _group(world: World) -> Any:
    client = world.session.client("autoscaling", region_name=REGION)
    return client.describe_auto_scaling_groups()["AutoScalingGroups"][0]


def _scale_out(world: World) -> int:
    """As large as the group may be, by the API, as a policy would; the capacity it has then."""
    client, group = world.session.client("autoscaling", region_name=REGION), _group(world)
    assert group["MinSize"] < group["MaxSize"], "there is nothing to scale"
    client.set_desired_capacity(AutoScalingGroupName=group["AutoScalingGroupName"], DesiredCapacity=group["MaxSize"])
    return group["MaxSize"]


def _refreshes(world: World) -> list[Any]:
    client = world.session.client("autoscaling", region_name=REGION)
    name = _group(world)["AutoScalingGroupName"]
    return client.describe_instance_refreshes(AutoScalingGroupName=name)["InstanceRefreshes"]


def _release(engine: Engine, version: str) -> None:
    engine.configure("floodgate:application.version", version)


def test_a_new_release_keeps_the_capacity_and_asks_for_an_instance_refresh(
    engine_and_world: tuple[Engine, World],
) -> None:
    engine, world = engine_and_world
    scaled_out = _scale_out(world)
    before = len(_refreshes(world))
    template = _group(world)["LaunchTemplate"]["Version"]
    _release(engine, "0.2.0")
    engine.run("up")
    assert _group(world)["DesiredCapacity"] == scaled_out
    assert int(_group(world)["LaunchTemplate"]["Version"]) == int(template) + 1
    assert len(_refreshes(world)) == before + 1


def test_a_refresh_of_pulumis_state_does_not_make_the_next_deployment_shrink_it(
    engine_and_world: tuple[Engine, World],
) -> None:
    engine, world = engine_and_world
    scaled_out = _scale_out(world)
    engine.run("refresh")
    _release(engine, "0.3.0")
    engine.run("up")
    assert _group(world)["DesiredCapacity"] == scaled_out


def test_without_the_guard_the_same_deployment_shrinks_the_fleet(engine_and_world: tuple[Engine, World]) -> None:
    """The control: what the two tests above prove is the guard's doing."""
    engine, world = engine_and_world
    scaled_out = _scale_out(world)
    engine.run("refresh")
    engine.replace("infra/fleet/fleet.py", GUARD, "ignore_changes=[]")
    _release(engine, "0.4.0")
    engine.run("up")
    assert _group(world)["DesiredCapacity"] < scaled_out
