"""A night before its first second: what is deployed and who comes, as numbers."""

from __future__ import annotations

import math

from floodgate.rehearsal.crowd.admission import Admission
from floodgate.rehearsal.crowd.journey import Journey
from floodgate.rehearsal.crowd.waiting_room import WaitingRoom
from floodgate.rehearsal.disturbances import disturbances
from floodgate.rehearsal.load.balancer import BalancerLoad
from floodgate.rehearsal.load.costs import NOW_SERVING, cached_at_edge, costs_by_slot
from floodgate.rehearsal.load.servers import Servers
from floodgate.rehearsal.night_state import Night, Rules
from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.plan import Plan
from floodgate.rehearsal.scenarios.scenario import Scenario
from floodgate.rehearsal.timeline import Timeline


def night_of(plan: Plan, scenario: Scenario, parameters: Parameters, timeline: Timeline) -> Night:
    """Everything of a night that is not the group's, before its first second."""
    service = plan.service
    # without a waiting room line and controller stand empty, and their numbers matter to nobody
    of_the_line = parameters if service.waiting_room else parameters.unwatched()
    costs = costs_by_slot(plan, scenario, parameters)
    slots = len(costs.requests)
    journey = Journey(scenario, parameters["client.reload_s"])
    servers = Servers(costs, parameters, service.shed_after_s, timeline.seconds)
    balancer = BalancerLoad(plan, parameters)
    admission = Admission(service, of_the_line)
    room = WaitingRoom(timeline.doors_s, timeline.seconds, scenario.patience_s, service.poll_interval_s, of_the_line)
    return Night(
        rules=rules_of(plan, scenario, parameters, timeline, of_the_line),
        steps=journey.steps,
        people=journey.people,
        prices=servers.prices,
        units=balancer.units,
        balancer=balancer.state,
        habits=servers.habits,
        queue=servers.queue,
        law=admission.law,
        readings=admission.readings,
        manners=room.manners,
        line=room.line,
        carried=[0.0, 0.0, 1.0],
        faults=faults_of(scenario, parameters, timeline),
        sending=[0.0] * slots,
        passing=[0.0] * slots,
        done=[0.0] * slots,
        failed=[0.0] * slots,
    )


def rules_of(
    plan: Plan, scenario: Scenario, parameters: Parameters, timeline: Timeline, of_the_line: Parameters
) -> Rules:
    """What does not change in the night."""
    service = plan.service
    edge = cached_at_edge(plan.edge, NOW_SERVING)
    checks = [0.0, *(float(step.kind == "identity") for step in scenario.journey), 0.0]
    return Rules(
        doors_s=timeline.doors_s,
        seconds=timeline.seconds,
        waiting_room=service.waiting_room,
        edge=edge,
        polls_per_person=scenario.devices_per_person / service.poll_interval_s,
        poll_interval_s=float(service.poll_interval_s),
        edge_fetches=parameters["edge.locations"] / parameters["edge.ttl_s"] if edge else math.inf,
        identity_per_s=parameters["identity.rate_per_s"] if any(checks) else math.inf,
        identity_slots=checks,
        server_cpu_s=plan.group.instance_type.vcpus * parameters["server.utilisation_ceiling"],
        journeys_per_server_per_s=float(service.journeys_per_server_per_s),
        clear_s=of_the_line["waiting_room.clear_s"],
    )


def faults_of(scenario: Scenario, parameters: Parameters, timeline: Timeline) -> list[float]:
    """What goes wrong around the servers, one row after the other."""
    fails_over = any(fault.kind == "database-failover" for fault in scenario.faults)
    failover_s = parameters["database.failover_s"] if fails_over else 0.0
    wrong = disturbances(scenario.faults, timeline, failover_s)
    return [*wrong.identity_refused.tolist(), *wrong.database_left.tolist(), *wrong.bot_requests.tolist()]
