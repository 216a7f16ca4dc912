"""The slow judge: one object per person, random draws, the same seconds and the same rules of capacity.

It shares with the fast engine the balancer's ramp and the figures of the database; everything about people, the
line, the queue of the servers and the timing of answers is done here for single people. Who is let in is decided by
the service's own law, turns and turnout, on places that single people use. It knows no edge fetches, no slow start.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque

import numpy as np

from app.admission.calls import Calls
from app.admission.law import Law, Load, room
from app.admission.turnout import Came, Turnout, settle_s
from app.admission.values import Checkpoint, Controls
from app.opening import Opening
from app.settings import Admission
from floodgate.rehearsal.load.balancer import BalancerLoad
from floodgate.rehearsal.load.costs import costs_by_slot
from floodgate.rehearsal.load.database import DatabaseLoad


class Person:
    def __init__(self, arrived_s):
        self.arrived_s = arrived_s
        self.slot = 0
        self.joined_s = None
        self.leaves_at_s = math.inf
        self.wait_s = None
        self.fate = None  # "booked", "gave up"
        self.where = "sending"  # "sending", "queued", "line", "called", "early"


class Request:
    def __init__(self, person, slot, born_s, need):
        self.person, self.slot, self.born_s = person, slot, born_s
        self.need = list(need)
        self.dead = self.done = False


class PersonEngine:
    def __init__(self, plan, scenario, parameters, timeline, servers, arrivals, seed):
        self.plan, self.scenario, self.timeline = plan, scenario, timeline
        self.parameters, self.arrivals = parameters, arrivals
        self.rng = np.random.default_rng(seed)
        self.costs = costs_by_slot(plan, scenario, parameters)
        self.balancer = BalancerLoad(plan, parameters)
        self.database = DatabaseLoad(plan, parameters)
        self.database.serve(servers)
        service = plan.service
        self.controls = Controls()
        self.law = Law(
            Admission(
                journeys_per_server_per_s=service.journeys_per_server_per_s, max_inside=service.max_inside,
                poll_interval_s=service.poll_interval_s,
            )
        )  # fmt: skip
        opening = Opening(name="judged", doors_at=timeline.doors)
        settle = settle_s(opening, service.poll_interval_s)
        self.calls = Calls(Checkpoint(0, None, 0, 0, 0, 1.0, 0.0), settle, opening.come_within_s)
        self.turnout = Turnout(1.0, settle)
        self.used = []  # by place: whether somebody came
        self.servers = servers
        self.cpu_s = servers * plan.group.instance_type.vcpus * parameters["server.utilisation_ceiling"]
        shed = plan.service.shed_after_s
        self.bound_s = parameters["server.max_queue_s"] if shed is None else shed
        self.people = []
        self.active = []
        self.due = defaultdict(list)  # second -> people who send then
        self.queue = deque()
        self.patient = deque()  # the same requests, while their clients wait
        self.backlog = [0.0, 0.0, 0.0]
        self.line = deque()
        self.called = []
        self.early = []
        self.credit = 0.0
        self.latency_s = parameters["server.base_latency_s"]
        self.left_inside = 0

    def play(self):
        for second in range(self.timeline.seconds):
            self.step(second)
        return self

    def geometric(self, mean_s):
        return int(self.rng.geometric(1.0 / max(1.0, mean_s)))

    def step(self, second):
        self.left_inside = 0
        self.expire(second)
        newcomers = [Person(second) for _ in range(int(self.arrivals[second]))]
        self.people += newcomers
        self.active += newcomers
        senders = newcomers + self.due.pop(second, [])
        if second >= self.timeline.doors_s and self.early:
            self.reload(senders)
        self.rng.shuffle(senders)
        need_cpu, need_db, need_hold = self.send(second, senders)
        done = self.work(second)
        self.answer(second, done)
        if self.plan.service.waiting_room:
            self.move_line(second)
        inside = self.inside()
        self.balancer_people = inside
        database = max(need_db / self.database.db_s, need_hold / self.database.hold_s)
        self.law.read(Load(need_cpu / self.cpu_s, database, self.latency_s), self.left_inside, 1.0)

    def inside(self):
        first = 1 if self.plan.service.waiting_room else 0
        self.active = [person for person in self.active if person.fate is None]
        return sum(person.slot >= first and person.where in ("sending", "queued") for person in self.active)

    def reload(self, senders):
        mean_s = max(1.0, self.parameters["client.reload_s"])
        again = [person for person in self.early if self.rng.random() < 1.0 / mean_s]
        for person in again:
            person.where = "sending"
            self.early.remove(person)
        senders += again

    def send(self, second, senders):
        costs = self.costs
        waiting = len([p for p in self.line if p.leaves_at_s > second]) + len(self.called)
        polls = 0.0 if self.plan.edge else waiting / self.plan.service.poll_interval_s
        requests = sum(costs.requests[p.slot] for p in senders) + polls
        size = sum(costs.bytes[p.slot] for p in senders) + polls * costs.bytes[-1]
        connected = getattr(self, "balancer_people", 0) + polls * self.plan.service.poll_interval_s
        share = self.balancer.accept(requests, size, connected)
        limits = (self.cpu_s, self.database.db_s, self.database.hold_s)
        backlog = self.backlog
        totals = [0.0, 0.0, 0.0]
        refused = 0.0
        background = tuple(polls * share * column[-1] for column in (costs.cpu_s, costs.db_s, costs.hold_s))
        if polls:
            self.enqueue(Request(None, -1, second, background))
            totals = list(background)
        for person in senders:
            need = (costs.cpu_s[person.slot], costs.db_s[person.slot], costs.hold_s[person.slot])
            if self.rng.random() >= share:
                self.fail(second, person)
                continue
            totals = [have + more for have, more in zip(totals, need, strict=True)]
            if need[1] > 0.0 and self.rng.random() < self.database.broken:
                self.fail(second, person)
            elif any(have >= (self.bound_s + 1.0) * limit for have, limit in zip(backlog, limits, strict=True)):
                refused += costs.requests[person.slot]
                self.fail(second, person)
            else:
                person.where = "queued"
                self.enqueue(Request(person, person.slot, second, need))
        spent = refused * self.parameters["server.refusal_cpu_ms"] * 1e-3
        self.refusals_s = min(spent, self.cpu_s * self.parameters["server.refusal_ceiling"])
        return totals

    def expire(self, second):
        timeout_s = self.parameters["client.timeout_s"]
        while self.patient and second - self.patient[0].born_s >= timeout_s:
            request = self.patient.popleft()
            if not request.done:
                request.dead = True
                if request.person is not None:
                    self.fail(second, request.person)

    def enqueue(self, request):
        self.queue.append(request)
        self.patient.append(request)
        for resource, need in enumerate(request.need):
            self.backlog[resource] += need

    def work(self, second):
        budget = [self.cpu_s - self.refusals_s, self.database.db_s, self.database.hold_s]
        done = []
        while self.queue:
            request = self.queue[0]
            shares = [have / need for have, need in zip(budget, request.need, strict=True) if need > 0.0]
            share = min([1.0, *shares])
            for resource, need in enumerate(request.need):
                budget[resource] -= need * share
                self.backlog[resource] -= need * share
            if share < 1.0:
                request.need = [need * (1.0 - share) for need in request.need]
                break
            self.queue.popleft()
            request.done = True
            if not request.dead and request.person is not None:
                done.append(request.person)
        if not self.queue:
            self.backlog = [0.0, 0.0, 0.0]
        limits = (self.cpu_s, self.database.db_s, self.database.hold_s)
        delay = max(have / limit for have, limit in zip(self.backlog, limits, strict=True))
        self.latency_s = self.parameters["server.base_latency_s"] + delay
        return done

    def fail(self, second, person):
        if self.rng.random() < self.scenario.give_up_share:
            person.fate = "gave up"
            self.left_inside += person.slot > 0
            return
        person.where = "sending"
        self.due[second + self.geometric(self.scenario.retry_s)].append(person)

    def answer(self, second, done):
        steps = self.scenario.journey
        checks = 0
        for person in done:
            if person.slot == 0:
                self.let_in(second, person)
                continue
            step = steps[person.slot - 1]
            if step.kind == "identity":
                checks += 1
                if checks > self.parameters["identity.rate_per_s"]:
                    self.fail(second, person)
                    continue
            if self.rng.random() < 1.0 - 1.0 / max(1.0, step.repeats):
                self.think(second, person)
            else:
                self.proceed(second, person)

    def let_in(self, second, person):
        if not self.plan.service.waiting_room:
            if second < self.timeline.doors_s:
                person.where = "early"
                self.early.append(person)
            else:
                self.proceed(second, person)
            return
        person.where = "line"
        person.joined_s = max(second, self.timeline.doors_s)
        person.leaves_at_s = person.joined_s + self.rng.exponential(self.scenario.patience_s)
        self.line.append(person)

    def proceed(self, second, person):
        steps = self.scenario.journey
        while person.slot < len(steps):
            person.slot += 1
            if self.rng.random() < min(1.0, steps[person.slot - 1].repeats):
                self.think(second, person)
                return
        person.fate = "booked"
        self.left_inside += 1

    def think(self, second, person):
        person.where = "sending"
        self.due[second + self.geometric(self.scenario.journey[person.slot - 1].think_s)].append(person)

    def move_line(self, second):
        doors_s, cap = self.timeline.doors_s, self.plan.service.max_inside
        if second < doors_s:
            return
        if second == doors_s:
            self.draw()
        inside = self.inside()
        spans = self.turnout.spans(self.calls)
        counts = (
            sum(self.used[first:last]) for first, last in (spans.fresh, spans.window, spans.late, spans.late_before)
        )
        self.turnout.learn(spans, Came(*counts), 1.0)
        space = room(cap, inside, self.turnout.coming)
        allowed = self.law.allow(float(self.servers), self.controls).within(space, 1.0).people_per_s
        places = allowed / self.turnout.share
        self.credit = min(self.credit + places, max(1.0, 2.0 * places))
        if cap is None or inside < cap:
            self.calls.run(1.0)
        while self.credit >= 1.0 and self.line:
            person = self.line.popleft()
            self.credit -= 1.0
            person.place = len(self.used)
            self.used.append(False)
            if person.leaves_at_s > second:
                person.leaves_at_s = math.inf
                person.where = "called"
                self.called.append(person)
        self.calls.called(len(self.used))
        self.enter(second, inside)
        for person in self.line:
            if person.leaves_at_s <= second:
                person.fate = "gave up"

    def draw(self):
        order = list(self.line)
        self.rng.shuffle(order)
        self.line = deque(order)

    def enter(self, second, inside):
        space = room(self.plan.service.max_inside, inside, 0.0)
        notice_s = max(1.0, self.plan.service.poll_interval_s / 2.0)
        still = []
        for person in self.called:
            at_once = person.joined_s == second and second > self.timeline.doors_s
            if space >= 1.0 and (at_once or self.rng.random() < 1.0 / notice_s):
                space -= 1.0
                self.used[person.place] = True
                person.wait_s = second - person.joined_s
                self.proceed(second, person)
            else:
                still.append(person)
        self.called = still

    # -- what the fast engine is compared with

    def count(self, fate):
        return sum(person.fate == fate for person in self.people)

    def waits(self):
        return np.array([person.wait_s for person in self.people if person.wait_s is not None], dtype=float)
