"""Any sequence of steps, by two workers, on a real Valkey: each answer is that of a few lines of Python.

The model is the rule book: numbers from 0 without gaps, each place in once, never more inside than the cap, nothing
that goes back. Cannot prove what happens at once (the scripts are atomic; test_service_joining and _entering race).
"""

import asyncio
import socket
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from app.line.valkey import ValkeyLine
from app.line.values import Entered, Entrance, Joined, LineLost, LineState

aliases = st.lists(st.sampled_from([bytes([letter]) * 16 for letter in range(8)]), min_size=1, max_size=3, unique=True)
places = st.integers(0, 12)
workers = st.integers(0, 1)
VISIT_S = 20


class Model:
    """A line, as its rules are told."""

    def __init__(self, joined=0, prequeue=None, serving=0, lapsed=0):
        self.joined, self.prequeue, self.serving, self.lapsed = joined, prequeue, serving, lapsed
        self.epoch, self.numbers, self.used, self.visits, self.left = 0, {}, set(), {}, 0

    def end_visits(self, now_s):
        over = [place for place, until_s in self.visits.items() if until_s <= now_s]
        for place in over:
            del self.visits[place]
        self.left += len(over)

    def join(self, names):
        known = [self.numbers[name] for name in names if name in self.numbers]
        number = known[0] if known else self.joined
        self.joined += not known
        self.numbers |= dict.fromkeys(names, number)
        return Joined(number, again=bool(known))

    def enter(self, place, now_s, cap):
        if self.visits.get(place, 0) > now_s:
            return Entered(Entrance.AGAIN, self.visits[place])
        if place in self.used:
            return Entered(Entrance.USED, 0)
        self.end_visits(now_s)
        if cap is not None and len(self.visits) >= cap:
            return Entered(Entrance.FULL, 0)
        self.used.add(place)
        self.visits[place] = now_s + VISIT_S
        return Entered(Entrance.NEW, now_s + VISIT_S)


class TheLine(RuleBasedStateMachine):
    """Steps of two workers; `url` is set by the test."""

    url = ""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        forget(self.url)
        self.lines = [self.do(ValkeyLine.connect(self.url)) for _ in range(2)]
        self.model, self.now_s = None, 1000.0

    def do(self, step):
        return self.loop.run_until_complete(step)

    def teardown(self):
        for line in self.lines:
            self.do(line.close())
        self.loop.close()

    def expect(self, step, answer):
        """The step's answer is the model's; without a line every step says that it is lost."""
        if self.model is None:
            with pytest.raises(LineLost):
                self.do(step)
            return
        assert self.do(step) == answer()

    @rule(
        worker=workers,
        joined=st.integers(0, 9),
        drawn=st.none() | st.integers(0, 9),
        serving=places,
        lapsed=places,
    )
    def begin(self, worker, joined, drawn, serving, lapsed):
        self.do(self.lines[worker].begin("tonight", joined, drawn, serving, lapsed))
        known = self.model = self.model or Model(joined, drawn, serving, lapsed)
        known.joined, known.serving = max(known.joined, joined), max(known.serving, serving)
        known.lapsed = max(known.lapsed, lapsed)
        known.prequeue = drawn if known.prequeue is None else known.prequeue

    @rule(worker=workers, names=aliases)
    def join(self, worker, names):
        self.expect(self.lines[worker].join("tonight", names), lambda: self.model.join(names))

    @rule(worker=workers, place=places, cap=st.none() | st.integers(1, 4))
    def enter(self, worker, place, cap):
        step = self.lines[worker].enter("tonight", place, self.now_s, self.now_s + VISIT_S, cap)
        inside = len(self.model.visits) if self.model else 0
        self.expect(step, lambda: self.model.enter(place, self.now_s, cap))
        if self.model and cap is not None:
            assert len(self.model.visits) <= max(cap, inside)

    @rule(worker=workers, place=places)
    def leave(self, worker, place):
        def answer():
            ended = self.model.visits.pop(place, None) is not None
            self.model.left += ended
            return ended

        self.expect(self.lines[worker].leave("tonight", place), answer)

    @rule(worker=workers, serving=places, lapsed=places, epoch=st.integers(1, 4))
    def call(self, worker, serving, lapsed, epoch):
        def answer():
            known = self.model
            if epoch < known.epoch:
                return False
            known.epoch, known.serving = epoch, max(known.serving, serving)
            known.lapsed = max(known.lapsed, lapsed)
            return True

        self.expect(self.lines[worker].call("tonight", serving, lapsed, epoch), answer)

    @rule(worker=workers)
    def seal(self, worker):
        def answer():
            known = self.model
            known.prequeue = known.joined if known.prequeue is None else known.prequeue
            return known.prequeue

        self.expect(self.lines[worker].seal("tonight"), answer)

    @rule(worker=workers, start=places, length=st.integers(1, 12))
    def came(self, worker, start, length):
        step = self.lines[worker].came("tonight", start, start + length)
        self.expect(step, lambda: len(self.model.used & set(range(start, start + length))))

    @rule(seconds=st.floats(0.5, 15))
    def time_passes(self, seconds):
        self.now_s += seconds

    @rule()
    def lose_everything(self):
        forget(self.url)
        self.model = None

    @rule(worker=workers)
    def look(self, worker):
        def answer():
            known = self.model
            known.end_visits(self.now_s)
            counts = len(known.visits), known.left, len(known.used)
            return LineState(known.joined, known.prequeue, known.serving, known.lapsed, *counts)

        self.expect(self.lines[worker].state("tonight", self.now_s), answer)


def forget(url):
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        assert connection.recv(5) == b"+OK\r\n"


def test_any_sequence_of_steps_is_answered_as_the_rules_say(valkey_url):
    machine = type("TheLineOfThisTest", (TheLine,), {"url": valkey_url})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
