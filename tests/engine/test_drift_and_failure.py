"""What happened behind Pulumi's back, and a deployment that fails half-way."""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline.world import World
from tests.engine.conftest import REGION, Start
from tests.engine.engines import Engine

POLICY = "aws:autoscaling/policy:Policy scaling-cpu"


@pytest.fixture(scope="module")
def deployed(start: Start) -> tuple[Engine, World]:
    engine, world = start("dev")
    engine.run("up")
    return engine, world


def _policy(world: World) -> Any:
    client = world.session.client("autoscaling", region_name=REGION)
    policies = client.describe_policies()["ScalingPolicies"]
    return next((policy for policy in policies if "cpu" in policy["PolicyName"]), None)


def test_a_policy_changed_behind_pulumis_back_is_seen_by_refresh_and_put_right_by_up(
    deployed: tuple[Engine, World],
) -> None:
    engine, world = deployed
    policy = _policy(world)
    meant = policy["TargetTrackingConfiguration"]["TargetValue"]
    world.session.client("autoscaling", region_name=REGION).put_scaling_policy(
        AutoScalingGroupName=policy["AutoScalingGroupName"],
        PolicyName=policy["PolicyName"],
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={**policy["TargetTrackingConfiguration"], "TargetValue": 99.0},
    )
    assert engine.run("refresh").counts["update"] == 1
    done = engine.run("up")
    assert done.named("update") == [POLICY]
    assert _policy(world)["TargetTrackingConfiguration"]["TargetValue"] == meant


def test_a_resource_deleted_behind_pulumis_back_is_created_again(deployed: tuple[Engine, World]) -> None:
    engine, world = deployed
    policy = _policy(world)
    world.session.client("autoscaling", region_name=REGION).delete_policy(
        AutoScalingGroupName=policy["AutoScalingGroupName"], PolicyName=policy["PolicyName"]
    )
    assert engine.run("refresh").counts["delete"] == 1
    assert engine.run("up").named("create") == [POLICY]
    assert _policy(world) is not None


def test_a_creation_that_aws_refuses_half_way_leaves_what_the_next_up_finishes(start: Start) -> None:
    engine, world = start("dev")
    logs = world.session.client("logs", region_name=REGION)
    in_the_way = "/floodgate/dev/service"
    logs.create_log_group(logGroupName=in_the_way)
    failed = engine.run("up", check=False)
    assert failed.code != 0
    assert "ResourceAlreadyExistsException" in failed.text
    assert "Traceback" not in failed.text
    made = failed.counts.get("create", 0)
    assert made > 0, "the failure came before anything was made"
    logs.delete_log_group(logGroupName=in_the_way)
    finished = engine.run("up")
    assert finished.counts["same"] + finished.counts["create"] == engine.run("up").counts["same"]
    assert finished.counts["same"] >= made - 1, "what was made is kept"
