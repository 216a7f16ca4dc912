"""A changed setting of the `opening` stack updates in place exactly the resources that it should, and AWS has it then.

Each change builds on the deployment before it. What a change of this kind does to real servers is not seen here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from floodgate.offline.world import World
from tests.engine.conftest import REGION, Start
from tests.engine.engines import Engine
from tests.engine.inventory import inventory

Ask = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A setting, what it updates, and where AWS tells the new value."""

    key: str
    value: str
    updates: tuple[str, ...]
    service: str
    ask: Ask
    told: Any


def _group(client: Any) -> Any:
    return client.describe_auto_scaling_groups()["AutoScalingGroups"][0]


def _policy(client: Any, part: str) -> Any:
    policies = client.describe_policies()["ScalingPolicies"]
    return next(policy for policy in policies if part in policy["PolicyName"])


def _recurrence(client: Any) -> Any:
    actions = client.describe_scheduled_actions()["ScheduledUpdateGroupActions"]
    return sorted({action["MinSize"] for action in actions})


INSTANCES = ("reader-1", "reader-2", "writer")
CHANGES = {
    "the largest size": Change(
        "floodgate:fleet.maxSize", "85",
        # what is reserved of the balancer is what the largest fleet can be sent
        ("aws:autoscaling/group:Group fleet-group", "aws:lb/loadBalancer:LoadBalancer balancer"),
        "autoscaling", lambda client: _group(client)["MaxSize"], 85,
    ),
    "a target value": Change(
        "floodgate:scaling.cpuPercent", "55",
        ("aws:autoscaling/policy:Policy scaling-cpu",),
        "autoscaling", lambda client: _policy(client, "cpu")["TargetTrackingConfiguration"]["TargetValue"], 55.0,
    ),
    "a schedule": Change(
        "floodgate:openingDefaults.servers", "62",
        tuple(f"aws:autoscaling/schedule:Schedule scaling-night-{night}-open" for night in range(1, 11)),
        "autoscaling", _recurrence, [6, 62],
    ),
    "the database's instance class": Change(
        "floodgate:database.instanceClass", "db.r8g.8xlarge",
        tuple(f"aws:rds/clusterInstance:ClusterInstance database-cluster-{n}" for n in INSTANCES),
        "rds", lambda client: {each["DBInstanceClass"] for each in client.describe_db_instances()["DBInstances"]},
        {"db.r8g.8xlarge"},
    ),
    "the health check": Change(
        "floodgate:balancer.unhealthyChecks", "4",
        ("aws:lb/targetGroup:TargetGroup balancer-targets",),
        "elbv2", lambda client: client.describe_target_groups()["TargetGroups"][0]["UnhealthyThresholdCount"], 4,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def deployed(start: Start) -> tuple[Engine, World]:
    engine, world = start("opening")
    engine.run("up")
    return engine, world


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_updates_in_place_exactly_what_it_should(deployed: tuple[Engine, World], what: str) -> None:
    engine, world = deployed
    change = CHANGES[what]
    client = world.session.client(change.service, region_name=REGION)
    assert change.ask(client) != change.told, "the test changes nothing"
    engine.configure(change.key, change.value)
    done = engine.run("up")
    assert sorted(done.named("update")) == sorted(change.updates)
    assert {step.op for step in done.steps} == {"update"}
    assert change.ask(client) == change.told


def test_a_preview_foresees_what_the_deployment_then_does(deployed: tuple[Engine, World]) -> None:
    engine, world = deployed
    held = inventory(world.session, REGION)
    engine.configure("floodgate:scaling.requestsPerServerPerMinute", "5500")
    foreseen = engine.run("preview")
    assert inventory(world.session, REGION) == held
    done = engine.run("up")
    assert set(done.steps) == set(foreseen.steps) != set()


def test_a_change_that_must_replace_makes_the_new_one_before_it_deletes_the_old_one(
    deployed: tuple[Engine, World],
) -> None:
    engine, world = deployed
    client = world.session.client("elbv2", region_name=REGION)
    (before,) = client.describe_target_groups()["TargetGroups"]
    engine.configure("floodgate:application.port", "8081")
    done = engine.run("up")
    order = [step.op for step in done.steps if step.name == "aws:lb/targetGroup:TargetGroup balancer-targets"]
    assert [op for op in order if op != "replace"] == ["create-replacement", "delete-replaced"]
    places = {step.name: place for place, step in enumerate(done.steps) if step.op == "update"}
    deleted = next(n for n, step in enumerate(done.steps) if step.op == "delete-replaced")
    assert places["aws:autoscaling/group:Group fleet-group"] < deleted, "servers would have been without balancer"
    (after,) = client.describe_target_groups()["TargetGroups"]
    assert (before["Port"], after["Port"]) == (8080, 8081)
    assert before["TargetGroupArn"] != after["TargetGroupArn"]
    groups = world.session.client("autoscaling", region_name=REGION).describe_auto_scaling_groups()
    assert groups["AutoScalingGroups"][0]["TargetGroupARNs"] == [after["TargetGroupArn"]]
