"""The supervisor with real processes that do next to nothing: starting, ready, restarting, rolling, stopping.

What the service's own processes do is tried in tests/service/running.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from itertools import count

import pytest

from app.errors import SetupError
from app.running.backoff import LONGEST_S, WELL_AFTER_S, Backoff
from app.running.part import Part
from app.running.supervisor import Stopped, Supervisor

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
SAYS_READY = "echo > /dev/fd/$0; exec sleep 60"
WITHIN_S = 10.0


class Told:
    """What the supervisor told."""

    def __init__(self):
        self.events = []

    def __call__(self, event, **values):
        self.events.append((event, values))

    def of(self, event):
        return [values["what"] for kind, values in self.events if kind == event]


class Shell:
    """A part that is a line of shell; `$0` is where it says that it is ready."""

    def __init__(self, *lines):
        self.lines = list(lines)
        self.started = []

    def __call__(self, ready):
        line = self.lines[min(len(self.started), len(self.lines) - 1)]
        process = subprocess.Popen(["sh", "-c", line, str(ready)], pass_fds=[ready], start_new_session=True)
        self.started.append(process)
        return process

    def part(self, name="a part", **changes):
        return Part(name, self, **changes)


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def supervisor(told):
    with Supervisor(told) as running:
        yield running


def run_while(supervisor, steps):
    """Let it run, and do the steps of a generator meanwhile: each waits until what it yields is true."""

    def do():
        for true in steps:
            ends = time.monotonic() + WITHIN_S
            while not true() and time.monotonic() < ends:
                time.sleep(0.005)
            reached.append(true())
        os.kill(os.getpid(), signal.SIGTERM)

    reached = []
    thread = threading.Thread(target=do)
    thread.start()
    supervisor.run()
    thread.join()
    assert reached
    assert all(reached), reached


def test_a_process_that_dies_is_started_again_at_once(supervisor, told):
    shell = Shell("exec sleep 60")
    supervisor.start(shell.part())

    def steps():
        shell.started[0].kill()
        yield lambda: len(shell.started) == 2

    run_while(supervisor, steps())
    assert told.of("restarted") == ["a part"]


@pytest.mark.parametrize(
    ("lives_s", "pauses_s"),
    [
        ([0, 0, 0, 0, 0, 0, 0], [0.0, 0.25, 0.5, 1.0, 2.0, LONGEST_S, LONGEST_S]),
        ([WELL_AFTER_S, WELL_AFTER_S], [0.0, 0.0]),
        ([0, 0, WELL_AFTER_S, 0], [0.0, 0.25, 0.0, 0.0]),
    ],
)
def test_pauses_grow_while_a_process_does_not_last(lives_s, pauses_s):
    backoff = Backoff()
    assert [backoff.pause_s(lived_s) for lived_s in lives_s] == pauses_s


def test_everything_is_ready_when_each_has_said_so(supervisor):
    supervisor.start(*(Shell(SAYS_READY).part(reports=True) for _ in range(3)))
    supervisor.until_ready(WITHIN_S)


def test_who_never_says_so_is_named(supervisor):
    supervisor.start(Shell("exec sleep 60").part("the slow one", reports=True))
    with pytest.raises(SetupError, match=r"the slow one did not start within 0 s"):
        supervisor.until_ready(0.2)


def test_who_cannot_start_is_given_up_with_its_last_words(supervisor):
    supervisor.start(Shell("exit 7").part("Valkey", reports=True, last_words=lambda: "bad disk"))
    with pytest.raises(SetupError, match=r"Valkey does not start \(bad disk\); see the log"):
        supervisor.until_ready(WITHIN_S)


def test_who_ran_once_is_never_given_up(supervisor):
    shell = Shell("exit 7")
    supervisor.start(shell.part())
    run_while(supervisor, iter([lambda: len(shell.started) >= 4]))


def test_a_task_runs_to_its_end_while_others_are_looked_after(supervisor):
    shell = Shell("exit 1", "exec sleep 60")
    supervisor.start(shell.part())
    assert supervisor.finish(Shell("sleep 0.3; exit 3").part(restarts="never")) == 3
    assert len(shell.started) == 2


def test_a_task_is_tried_again_until_it_is_done(supervisor):
    shell = Shell("exit 3", "exit 3", "exit 0")
    supervisor.start(shell.part(restarts="until-done"))
    run_while(supervisor, iter([lambda: len(shell.started) == 3 and shell.started[2].poll() == 0]))
    assert len(shell.started) == 3


def test_stopping_goes_by_rank_and_waits_for_each(told, tmp_path):
    ended = tmp_path / "ended"
    line = "trap 'sleep 0.1; echo {} >> " + str(ended) + "; exit' TERM; echo > /dev/fd/$0; while :; do sleep 0.01; done"
    with Supervisor(told) as supervisor:
        for rank, name in enumerate(("database", "store", "worker")):
            supervisor.start(Shell(line.format(name)).part(rank=rank, reports=True))
        supervisor.until_ready(WITHIN_S)
    assert ended.read_text().split() == ["worker", "store", "database"]
    assert told.of("restarted") == []


def test_who_does_not_end_in_time_is_killed(told):
    shell = Shell("trap '' TERM; echo > /dev/fd/$0; while :; do sleep 0.01; done")
    with Supervisor(told) as supervisor:
        supervisor.start(shell.part(patience_s=0.1, reports=True))
        supervisor.until_ready(WITHIN_S)
    assert shell.started[0].returncode == -signal.SIGKILL


def test_whoever_is_asked_twice_hurries(told):
    shell = Shell("trap '' TERM; echo > /dev/fd/$0; while :; do sleep 0.01; done")
    with Supervisor(told) as supervisor:
        supervisor.start(shell.part(patience_s=600, reports=True))
        supervisor.until_ready(WITHIN_S)
        supervisor.asked_to_stop = 2
    assert shell.started[0].returncode == -signal.SIGKILL


def test_stopping_before_everything_runs_stops_what_does(told):
    shell = Shell("exec sleep 60")
    with Supervisor(told) as supervisor:
        supervisor.start(shell.part(reports=True))
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Stopped):
            supervisor.until_ready(WITHIN_S)
    assert shell.started[0].returncode is not None


def test_rolling_replaces_one_after_the_other_and_none_ends_before_its_successor_serves(supervisor, told):
    shells = [Shell(SAYS_READY), Shell(SAYS_READY)]
    supervisor.start(*(shell.part(f"worker {n}", reports=True, rolls=True) for n, shell in enumerate(shells)))
    supervisor.until_ready(WITHIN_S)
    together = []

    def both():
        running = [process for shell in shells for process in shell.started if process.poll() is None]
        together.append(len(running))
        return told.of("rolled") == ["worker 0", "worker 1"] and len(running) == 2

    def steps():
        os.kill(os.getpid(), signal.SIGHUP)
        yield both

    run_while(supervisor, steps())
    assert min(together) == 2
    assert [len(shell.started) for shell in shells] == [2, 2]


def test_an_old_worker_stays_when_its_successor_does_not_start(supervisor, told):
    first, second = Shell(SAYS_READY, "exit 1"), Shell(SAYS_READY)
    supervisor.start(*(shell.part(f"worker {n}", reports=True, rolls=True) for n, shell in enumerate((first, second))))
    supervisor.until_ready(WITHIN_S)

    def steps():
        os.kill(os.getpid(), signal.SIGHUP)
        yield lambda: told.of("not-rolled") == ["worker 0"]

    run_while(supervisor, steps())
    assert len(second.started) == 1
    assert told.of("restarted") == []


def test_a_chore_is_done_again_and_again(supervisor):
    done = count()
    supervisor.every(lambda: 0.01, lambda: next(done))
    run_while(supervisor, iter([lambda: next(done) > 5]))
