"""What is deployed, as far as an opening can feel it: read from AWS, never from the program that declared it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from floodgate.awsrules.balancer.fail_open import ONE, Threshold
from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.database.proxy import proxy_connections
from floodgate.awsrules.model import Group, Policy, PredictiveScaling, TargetTracking
from floodgate.awsrules.scaling import target_tracking_alarms
from floodgate.fleet.sizes import READERS


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """The balancer's view of the servers.

    `algorithm` is how it chooses among them, by AWS's name; below `routing` healthy ones it sends requests to all.
    """

    name: str
    health_interval_s: int = 30
    health_timeout_s: int = 5
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2
    slow_start_s: int = 0
    deregistration_delay_s: int = 300
    algorithm: str = "round_robin"
    routing: Threshold = ONE


@dataclass(frozen=True, slots=True)
class Balancer:
    """An Application Load Balancer; `reserved_lcu` is 0 where no capacity is reserved."""

    name: str
    arn: str
    zones: int
    reserved_lcu: int
    target_group: TargetGroup
    tls: bool = True
    idle_timeout_s: int = 60


@dataclass(frozen=True, slots=True)
class Edge:
    """A CloudFront distribution in front of the balancer; `cached_paths` are answered without the origin."""

    domain: str
    cached_paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Database:
    """A PostgreSQL database. `max_connections` is the engine's own limit on the writer."""

    name: str
    engine: str
    instance_class: str
    vcpus: int
    memory_mib: int
    readers: int
    max_connections: int
    proxy_max_connections_percent: int | None = None

    @property
    def usable_connections(self) -> int:
        """Connections the service may hold: the proxy's share where there is one."""
        if self.proxy_max_connections_percent is None:
            return self.max_connections
        return proxy_connections(self.max_connections, self.proxy_max_connections_percent)


@dataclass(frozen=True, slots=True)
class Cache:
    """A Valkey replication group."""

    name: str
    node_type: str
    nodes: int


@dataclass(frozen=True, slots=True)
class Service:
    """How the deployed service is configured, from the parameter that its servers read at start."""

    waiting_room: bool
    poll_interval_s: int = 10
    journeys_per_server_per_s: float = 10.0
    max_inside: int | None = None
    connections_per_server: int = 8
    shed_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything of one stack that an opening can feel.

    `notes` tell what was seen and could not be read; `forecast` is the capacity by hour that predictive scaling has
    forecast, since AWS's own forecast is made of weeks that nobody can replay.
    """

    region: str
    group: Group
    service: Service
    balancer: Balancer | None = None
    edge: Edge | None = None
    database: Database | None = None
    cache: Cache | None = None
    notes: tuple[str, ...] = ()
    forecast: tuple[tuple[datetime, int], ...] = ()


# what a rehearsal counts itself: requests, CPU and the line
COUNTED = frozenset(
    {("AWS/ApplicationELB", "RequestCountPerTarget"), ("AWS/EC2", "CPUUtilization"), ("Floodgate", "PeopleWaiting")}
)


def playable(plan: Plan) -> Plan:
    """The plan with the policies that a rehearsal can play; the others are told in its notes.

    A rehearsal counts requests, CPU and the people in line, and knows the sizes of the group; a policy that follows
    anything else would have no data.
    """
    uncounted = {policy.name: _uncounted(policy, plan.group.name) for policy in plan.group.policies}
    left = tuple(policy for policy in plan.group.policies if not uncounted[policy.name])
    notes = [
        f"policy '{name}' follows {', '.join(names)}: a rehearsal does not count it; replay it with floodgate what-if"
        for name, names in uncounted.items()
        if names
    ]
    notes += [
        f"policy '{policy.name}' scales by a forecast and none was given: it does nothing here; give --forecast FILE"
        for policy in left
        if isinstance(policy, PredictiveScaling) and policy.mode == "ForecastAndScale" and not plan.forecast
    ]
    return replace(plan, group=replace(plan.group, policies=left), notes=(*plan.notes, *notes))


def _uncounted(policy: Policy, group: str) -> tuple[str, ...]:
    """The metrics that a policy follows and a rehearsal does not count."""
    if isinstance(policy, PredictiveScaling):
        return ()
    if isinstance(policy, TargetTracking):
        followed = [target_tracking_alarms.metric_of(policy, group)]
    else:
        followed = [alarm.metric for alarm in policy.alarms]
    metrics = [metric for signal in followed for metric in signals.metrics(signal)]
    names = (m.name for m in metrics if (m.namespace, m.name) not in COUNTED and m.name not in READERS)
    return tuple(dict.fromkeys(names))
