"""Plays one opening second by second; the cost of a second does not depend on how many people it holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np

from floodgate.awsrules.balancer.targets import HealthCheck
from floodgate.rehearsal.crowd.admission import Admission
from floodgate.rehearsal.crowd.arrivals import arrivals_per_second
from floodgate.rehearsal.crowd.journey import Journey
from floodgate.rehearsal.crowd.waiting_room import WaitingRoom
from floodgate.rehearsal.fleet import Fleet, LaunchTimes
from floodgate.rehearsal.limits import INDEX, LIMITS, Second, Watch, limit_of
from floodgate.rehearsal.load.balancer import BalancerLoad
from floodgate.rehearsal.load.costs import NOW_SERVING, cached_at_edge, costs_by_slot
from floodgate.rehearsal.load.database import DatabaseLoad
from floodgate.rehearsal.load.servers import Capacity, Servers
from floodgate.rehearsal.outcome import Event, Outcome
from floodgate.rehearsal.parameters import Parameters
from floodgate.rehearsal.plan import Plan, TargetGroup
from floodgate.rehearsal.scenarios.scenario import Scenario
from floodgate.rehearsal.summing_up import totals
from floodgate.rehearsal.timeline import Recorder, Timeline, lay

COLUMNS = (
    "arrived", "joined", "called", "admitted", "booked", "gave_up", "refused_people",
    "waiting", "inside",
    "requests", "served", "rejected", "failed", "polls_edge", "polls_origin", "identity_checks",
    "desired", "launching", "in_service", "warm_pool", "max_size", "wanted",
    "load_fleet", "load_balancer", "load_database", "load_connections",
    "shown_wait_s", "latency_s", "limit",
)  # fmt: skip
PROGRESS_EVERY_S = 300


def play(
    plan: Plan,
    scenario: Scenario,
    parameters: Parameters,
    doors: datetime,
    seed: int,
    progress: Callable[[float], None] | None = None,
) -> Outcome:
    """Play `scenario` against `plan`, from its lead before `doors` to its horizon after.

    Args:
        plan: what is deployed.
        scenario: the crowd's shape.
        parameters: every number that neither of them says; those that are read count as used afterwards.
        doors: the announced instant, aware.
        seed: of the draw of arrivals; equal arguments give equal outcomes.
        progress: called now and then with the share of the seconds that is played.

    Raises:
        ParameterError: a journey step is of a kind whose costs are not known.
        ValueError: `doors` carries no zone.
    """
    timeline = lay(scenario, doors)
    fleet = Fleet(plan.group, launch_times(plan, parameters), timeline.start)
    return Opening(plan, scenario, parameters, timeline, fleet).play(np.random.default_rng(seed), progress)


def launch_times(plan: Plan, parameters: Parameters) -> LaunchTimes:
    """The fleet's launch times: from the parameters, and from the target group what it says."""
    targets = plan.balancer.target_group if plan.balancer else TargetGroup("none", health_interval_s=0)
    check = HealthCheck(interval_s=targets.health_interval_s)
    quota = int(parameters["quota.vcpus"])
    return LaunchTimes(
        boot_s=parameters["instance.boot_s"],
        warm_start_s=parameters["instance.warm_start_s"],
        hook_s=parameters["instance.hook_s"],
        warm_hook_s=parameters["instance.warm_hook_s"],
        first_check_s=sum(check.first_pass_s()) / 2,
        vcpu_quota=quota or None,
        burst=int(parameters["launch.burst"]),
        refill_per_s=parameters["launch.refill_per_s"],
        metric_delay_s=int(parameters["metric.delay_s"]),
        low_ratio=parameters["target-tracking.low-ratio"],
        scale_in_share=parameters["target-tracking.scale-in-share"],
        drain_s=targets.deregistration_delay_s,
        schedule_delay_s=int(parameters["schedule.delay_s"]),
    )


class Opening:
    """The state of one opening; `fleet` is the group in time and may be any object that behaves like one."""

    def __init__(
        self, plan: Plan, scenario: Scenario, parameters: Parameters, timeline: Timeline, fleet: Fleet
    ) -> None:
        service = plan.service
        self.plan, self.scenario, self.timeline, self.fleet = plan, scenario, timeline, fleet
        self.costs = costs_by_slot(plan, scenario, parameters)
        self.journey = Journey(scenario, parameters["client.reload_s"])
        self.servers = Servers(self.costs, parameters, service.shed_after_s)
        self.balancer = BalancerLoad(plan, parameters)
        self.database = DatabaseLoad(plan, parameters)
        # without a waiting room the two stand empty, and their numbers matter to nobody
        of_the_line = parameters if service.waiting_room else parameters.unwatched()
        self.admission = Admission(service, of_the_line)
        self.room = WaitingRoom(
            timeline.doors_s, timeline.seconds, scenario.patience_s, service.poll_interval_s, of_the_line
        )
        self.recorder = Recorder(COLUMNS)
        self.watch = Watch()
        self._server_cpu_s = plan.group.instance_type.vcpus * parameters["server.utilisation_ceiling"]
        self._slow_start_s = plan.balancer.target_group.slow_start_s if plan.balancer else 0
        self._polls_per_person = scenario.devices_per_person / service.poll_interval_s
        self._edge = cached_at_edge(plan.edge, NOW_SERVING)
        self._edge_fetches = parameters["edge.locations"] / parameters["edge.ttl_s"] if self._edge else float("inf")
        self._identity_slots = [slot for slot, step in enumerate(scenario.journey, 1) if step.kind == "identity"]
        self._identity_per_s = parameters["identity.rate_per_s"] if self._identity_slots else float("inf")
        self._clear_s = of_the_line["waiting_room.clear_s"]
        self._seen = Second()
        self._size = (-1.0, -1)
        self._heard = 1.0
        self._inside = 0.0
        self._leaving = 0.0

    def play(self, generator: np.random.Generator, progress: Callable[[float], None] | None = None) -> Outcome:
        """Draw the arrivals, play every second, and sum up."""
        timeline = self.timeline
        arrivals = arrivals_per_second(self.scenario, timeline, generator)
        for second, arrived in enumerate(arrivals.astype(float).tolist()):
            if progress is not None and second % PROGRESS_EVERY_S == 0:
                progress(second / timeline.seconds)
            self.step(second, arrived)
        if progress is not None:
            progress(1.0)
        return self._outcome()

    def step(self, second: int, arrived: float) -> None:
        """One second, from the people who come to what they leave behind."""
        fleet, plan = self.fleet, self.plan
        fleet.step(second)
        effective = fleet.effective(second, self._slow_start_s)
        polls, fetches = self._polls()
        is_open = second >= self.timeline.doors_s
        sending = self.journey.send(arrived + self.journey.reload() if is_open else arrived)
        sending.append(fetches)
        share = self._accepted_share(sending, fetches)
        self._serve(second, sending, share, effective)
        done, failed, checks = self._check_identity(sending, share)
        lost_outside, lost_inside = self.journey.fail(failed)
        left, called, entering, joined = 0.0, 0.0, done[0], done[0]
        if plan.service.waiting_room:
            left, called, entering = self._move_line(second, joined, effective)
        elif not is_open:
            self.journey.early += joined
            entering = joined = 0.0
        booked = self.journey.advance(done, entering)
        self._leaving = booked + lost_inside
        refused = lost_outside + lost_inside
        people = (arrived, joined, called, entering, booked, left + refused, refused)
        self._note(second, people, (polls - fetches if self._edge else 0.0, fetches, checks), share)

    def _polls(self) -> tuple[float, float]:
        """Polls of this second, and those that reach the balancer."""
        polls = (self.room.present + self.room.called) * self._polls_per_person
        return polls, min(polls, self._edge_fetches)

    def _accepted_share(self, sending: list[float], fetches: float) -> float:
        self._requests, bytes_per_s, self._need = self.costs.sums(sending)
        connected = self._inside + (0.0 if self._edge else fetches * self.plan.service.poll_interval_s)
        return self.balancer.accept(self._requests, bytes_per_s, connected)

    def _serve(self, second: int, sending: list[float], share: float, effective: float) -> None:
        passing, need = sending, self._need
        if share < 1.0:
            passing = [people * share for people in sending]
            need = (need[0] * share, need[1] * share, need[2] * share)
        if (effective, self.fleet.in_service) != self._size:
            self._resize(effective)
        self.servers.serve(second, passing, need, self._capacity)
        self._load_cpu = self.servers.need[0] / max(self._capacity.cpu_s, self._server_cpu_s)
        if not self._edge and passing[-1] > 0.0:
            self._heard = min(1.0, self.servers.done[-1] / sending[-1])

    def _resize(self, effective: float) -> None:
        self._size = (effective, self.fleet.in_service)
        database = self.database
        database.serve(self.fleet.in_service)
        cpu_s = effective * self._server_cpu_s
        self._capacity = Capacity(cpu_s, database.db_s, database.hold_s, database.broken)

    def _check_identity(self, sending: list[float], share: float) -> tuple[list[float], list[float], float]:
        """People whose request was answered, people whose request failed, and checks at the identity providers."""
        done, failed = self.servers.done, self.servers.failed
        if share < 1.0:
            failed = [lost + people * (1.0 - share) for lost, people in zip(failed, sending, strict=True)]
        checks = sum(done[slot] for slot in self._identity_slots)
        self._seen.load_identity = load = checks / self._identity_per_s
        if load > 1.0:
            excess = 1.0 - 1.0 / load
            done, failed = list(done), list(failed)
            for slot in self._identity_slots:
                failed[slot] += done[slot] * excess
                done[slot] -= done[slot] * excess
        return done, failed, checks

    def _move_line(self, second: int, joined: float, effective: float) -> tuple[float, float, float]:
        """People who left the line, places called, people who go inside."""
        room, admission = self.room, self.admission
        doors_s = self.timeline.doors_s
        left = room.leave() if second > doors_s else 0.0
        room.join(joined, second)
        allowed = admission.allowed_per_s(effective)
        if second <= doors_s:
            room.draw(allowed)
        if second < doors_s:
            return 0.0, 0.0, 0.0
        room.expect(allowed)
        before = room.places
        at_once = room.call(admission.capped(allowed, self._inside, room.called), second)
        entering = room.enter(at_once, self._heard, admission.room(self._inside, 0.0))
        return left, before - room.places, entering

    def _note(self, second: int, people: tuple[float, ...], traffic: tuple[float, float, float], share: float) -> None:
        """Write the second down, and tell controller and fleet what they can see of it."""
        fleet, servers, room = self.fleet, self.servers, self.room
        waiting = self._count_people()
        load_database = self.database.load(servers.need[1])
        load_connections = self.database.connections_load(servers.need[2])
        pressure = self.database.pressure(servers.need)
        limit = self._limit(second, share, pressure)
        polls_edge, fetches, checks = traffic
        served, failed = self._requests_of(servers.done), self._requests_of(servers.failed)
        self.recorder.add((
            *people, waiting, self._inside,
            self._requests, served, self._requests * (1.0 - share), failed,
            polls_edge, fetches, checks,
            fleet.desired, fleet.launching, fleet.in_service, fleet.pool, fleet.max_size, self._wanted(share),
            self._load_cpu, self.balancer.load, load_database, load_connections,
            room.shown_wait_s(second), servers.latency_s, limit,
        ))  # fmt: skip
        self.admission.read(self._load_cpu, pressure, servers.latency_s, self._leaving)
        busy = servers.used_cpu_s / (self._server_cpu_s * fleet.in_service) if fleet.in_service else 0.0
        fleet.observe(self._requests * share, min(1.0, busy) * 100.0, {"PeopleWaiting": room.places})

    def _count_people(self) -> float:
        """Count who is inside, and return who waits outside."""
        journey, room = self.journey, self.room
        queued_outside, queued_inside = self.servers.waiting()
        outside = journey.thinking[0] + journey.retrying[0] + queued_outside
        self._inside = journey.inside() + queued_inside
        if self.plan.service.waiting_room:
            return outside + room.present + room.called
        self._inside += outside
        return journey.early

    def _requests_of(self, people: list[float]) -> float:
        if not any(people):
            return 0.0
        return sum(count * each for count, each in zip(people, self.costs.requests, strict=True))

    def _wanted(self, share: float) -> float:
        """Servers that the requests need, and where people wait those that would take the line in time."""
        busy = self.servers.need[0] / max(share, 1e-9) / self._server_cpu_s
        line = self.room.places / self._clear_s / self.plan.service.journeys_per_server_per_s
        return max(busy, line)

    def _limit(self, second: int, share: float, load_database: float) -> float:
        seen = self._seen
        seen.rejected_share, seen.load_balancer = 1.0 - share, self.balancer.load
        seen.load_fleet, seen.load_database = self._load_cpu / max(share, 1e-9), load_database
        seen.broken, seen.bottleneck = self.database.broken, self.servers.bottleneck
        seen.in_line = self.room.places if second >= self.timeline.doors_s else 0.0
        seen.binding, seen.fleet = self.admission.binding, self.fleet.limited_by
        limit = limit_of(seen)
        self.watch.see(second, limit, seen)
        return INDEX[limit]

    def _outcome(self) -> Outcome:
        timeline = self.timeline
        doors = Event(timeline.doors_s, "doors", "doors open", None, None, f"{self.scenario.title}")
        series = self.recorder.series()
        series["refused_people"][-1] += sum(self.journey.retrying)
        waits = self.room.waits()
        events = sorted([doors, *self.watch.events, *self.fleet.events], key=lambda event: event.second)
        return Outcome(
            start=timeline.start,
            doors=timeline.doors,
            doors_s=timeline.doors_s,
            series=series,
            limits=LIMITS,
            events=tuple(events),
            waits=waits,
            totals=totals(series, waits, timeline.doors_s, self.room.longest_present_s(timeline.seconds)),
        )
