"""Plans that the rehearsal's benchmarks play: one like the `opening` stack, one with every policy kind, a fixed one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from floodgate.awsrules.model import (
    Alarm,
    Group,
    InstanceType,
    LifecycleHook,
    Metric,
    PredictiveScaling,
    ScheduledAction,
    SimpleScaling,
    Step,
    StepScaling,
    TargetTracking,
    WarmPool,
)
from floodgate.rehearsal.plan import Balancer, Database, Edge, Plan, Service, TargetGroup

DOORS = datetime(2027, 8, 9, 11, 0, tzinfo=UTC)
NIGHTS = 10

_REQUESTS = TargetTracking("requests", "arn:requests", 6000.0, predefined="ALBRequestCountPerTarget")
_CPU = TargetTracking("cpu", "arn:cpu", 60.0, predefined="ASGAverageCPUUtilization")


def stack_plan() -> Plan:
    """Sixty servers half an hour before each night's doors, and policies that add to them."""
    waiting = _alarm("waiting", 420_000, "line")
    line = StepScaling(
        "line", "arn:line", "ChangeInCapacity", (Step(0, 200_000, 5), Step(200_000, None, 15)), (waiting,)
    )
    schedules = tuple(_scheduled(number, 60) for number in range(NIGHTS))
    return _plan(6, 90, (_REQUESTS, line), schedules, WarmPool("Stopped", 20))


def every_policy_plan() -> Plan:
    """Four hundred servers at the doors and a policy of every kind."""
    line = StepScaling(
        "line", "arn:line", "PercentChangeInCapacity", (Step(0, None, 10),), (_alarm("a", 50_000, "line"),)
    )
    simple = SimpleScaling("simple", "arn:simple", "ChangeInCapacity", 10, (_alarm("b", 200_000, "simple"),))
    forecast = PredictiveScaling("forecast", "arn:forecast")
    return _plan(40, 500, (_REQUESTS, _CPU, line, simple, forecast), (_scheduled(0, 400),), WarmPool("Stopped", 50))


def fixed_plan(share: float) -> Plan:
    """One server that takes as many journeys a second as this share of the night's sixty; nothing changes it."""
    server = Group("fixed", 1, 1, 1, InstanceType("c7g.xlarge", 4, 8192), ("a",))
    if share == 1.0:
        server = Group("fixed", 60, 60, 60, InstanceType("c7g.xlarge", 4, 8192), ("a",))
        return Plan("ap-northeast-2", server, Service(True, 10, 12.0, shed_after_s=3.0), edge=_EDGE)
    return Plan("ap-northeast-2", server, Service(True, 10, 720.0 * share, shed_after_s=3.0), edge=_EDGE)


_EDGE = Edge("d.example", ("/queue/now-serving.json", "/wait/*", "/static/*"))


def _plan(minimum: int, maximum: int, policies: tuple, schedules: tuple, pool: WarmPool) -> Plan:
    group = Group(
        "fleet", minimum, maximum, minimum, InstanceType("c7g.xlarge", 4, 8192), ("a", "b", "c"),
        default_warmup_s=60, detailed_monitoring=True, policies=policies, schedules=schedules, warm_pool=pool,
        hooks=(LifecycleHook("ready", "autoscaling:EC2_INSTANCE_LAUNCHING", 300),),
    )  # fmt: skip
    return Plan(
        region="ap-northeast-2",
        group=group,
        service=Service(True, 10, 12.0, 400_000, 20, 3.0),
        balancer=Balancer("front", "arn:front", 3, 2000, TargetGroup("servers", slow_start_s=30)),
        edge=_EDGE,
        database=Database("bookings", "aurora-postgresql", "db.r8g.8xlarge", 32, 262_144, 2, 5000, 90),
    )


def _alarm(name: str, people: float, policy: str) -> Alarm:
    waiting = Metric("Floodgate", "PeopleWaiting", statistic="Maximum")
    return Alarm(name, waiting, "GreaterThanThreshold", people, 60, 1, 1, actions=(f"arn:{policy}",))


def _scheduled(night: int, servers: int) -> ScheduledAction:
    start = DOORS + timedelta(days=night, minutes=-30)
    return ScheduledAction(f"night-{night}", start=start, min_size=servers, desired=servers)
