"""Plans, crowds and a fixed fleet that the tests of the engine share; no test stands here."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from floodgate.awsrules.model import Group, InstanceType
from floodgate.rehearsal.engine import Opening
from floodgate.rehearsal.outcome import Outcome
from floodgate.rehearsal.parameters import load_parameters
from floodgate.rehearsal.plan import Balancer, Database, Edge, Plan, Service, TargetGroup
from floodgate.rehearsal.scenarios.scenario import JourneyStep, Scenario
from floodgate.rehearsal.timeline import lay

DOORS = datetime(2027, 8, 9, 11, 0, tzinfo=UTC)

AUGUST_CURVE = (
    (-30.0, 0.0), (-5.0, 0.05), (0.0, 0.16), (5.0, 0.25), (10.0, 0.30),
    (30.0, 0.44), (60.0, 0.58), (120.0, 0.77), (240.0, 1.0),
)  # fmt: skip
JULY_CURVE = ((-20.0, 0.0), (-5.0, 0.08), (0.0, 0.30), (1.0, 0.42), (5.0, 0.60), (30.0, 0.84), (120.0, 1.0))

JOURNEY = (
    JourneyStep("enter", "enter", 1.0, 2.0),
    JourneyStep("prove", "identity", 2.5, 40.0),
    JourneyStep("look", "search", 3.0, 20.0),
    JourneyStep("hold", "hold", 1.0, 30.0),
    JourneyStep("confirm", "confirm", 1.0, 20.0),
)

AUGUST_SERVICE = Service(
    waiting_room=True, poll_interval_s=10, journeys_per_server_per_s=12.0, connections_per_server=20, shed_after_s=3.0
)


class FixedFleet:
    """A fleet that nothing changes; remembers what it was told."""

    def __init__(self, servers):
        self.desired = self.min_size = self.max_size = self.in_service = servers
        self.serving = self.receiving = self.working = servers
        self.lost, self.late_s = 0.0, math.inf
        self.launching = self.pool = 0
        self.limited_by = ""
        self.next_s = math.inf
        self.observed = []

    def step(self, second):
        pass

    def effective(self, second, slow_start_s):
        return float(self.in_service)

    def observe_span(self, requests, cpu_percent, custom, answers_s):
        self.observed += zip(requests, cpu_percent, custom["PeopleWaiting"], strict=True)

    def told(self):
        return []


def plan_of(servers, *, vcpus=4, edge=True, balancer=True, database=True, reserved_lcu=400, **service):
    """A plan like the one for August; `service` overrides the service's settings."""
    group = Group("web", servers, servers, servers, InstanceType("c7g.xlarge", vcpus, 8192), ("a", "b", "c"))
    return Plan(
        region="ap-northeast-2",
        group=group,
        service=replace(AUGUST_SERVICE, **service),
        balancer=Balancer("web", "arn", 3, reserved_lcu, TargetGroup("web")) if balancer else None,
        edge=Edge("d.example", ("/queue/now-serving.json", "/wait/*", "/static/*")) if edge else None,
        database=Database("db", "aurora-postgresql", "db.r8g.4xlarge", 16, 131072, 2, 5000, 80) if database else None,
    )


def crowd_of(people, *, arrivals=AUGUST_CURVE, **changes):
    """The crowd of August 2021 in another size."""
    crowd = Scenario(
        name="crowd", title="A crowd", people=people, arrivals=arrivals, journey=JOURNEY,
        patience_s=10_800.0, retry_s=10.0, give_up_share=0.05, horizon_minutes=240, lead_minutes=35,
    )  # fmt: skip
    return replace(crowd, **changes)


def night(plan, crowd, *, overrides=None, fleet=None, fast=False):
    """The opening before it is played, on a fixed fleet unless another is given."""
    fleet = fleet or FixedFleet(plan.group.desired)
    return Opening(plan, crowd, load_parameters(overrides), lay(crowd, DOORS), fleet, fast=fast)


def played(plan, crowd, *, seed=1, overrides=None, fleet=None, fast=False) -> Outcome:
    """The outcome of one night."""
    opening = night(plan, crowd, overrides=overrides, fleet=fleet, fast=fast)
    return opening.play(np.random.default_rng(seed))


def imbalance(outcome: Outcome):
    """People who appeared or vanished by the end of each second, as a share of who came."""
    series = outcome.series
    gone = np.cumsum(series["booked"]) + np.cumsum(series["gave_up"]) + series["waiting"] + series["inside"]
    arrived = np.cumsum(series["arrived"])
    return np.abs(arrived - gone) / np.maximum(arrived, 1.0)
