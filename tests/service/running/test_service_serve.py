"""`python -m app serve` on one machine, while processes of it are killed.

Proves that everything starts out of nothing and that each process comes back while others answer; proves nothing of
what the service answers. Processes are found in /proc, so this is for Linux.
"""

import os
import signal
import sys
import threading

import pytest

from tests.service.commands import Serving, run, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")


@pytest.fixture(scope="module")
def service(server_folder):
    with Serving(server_folder / "serve", "--doors-in", 1500, "--workers", 2) as running:
        yield running


def test_everything_starts_out_of_nothing_and_is_ready(service):
    assert until(service.is_ready), service.get("/readyz")
    assert service.get("/wait/")[0] == 200
    assert len(service.processes("app worker")) == 2
    assert len(service.processes("app controller")) == 1


def test_the_controller_begins_the_line_and_tells_so(service):
    assert until(lambda: service.document()["phase"] == "prequeue"), service.document()


def test_the_internal_port_tells_the_metrics_of_every_process(service):
    def processes():
        text = service.get(service.metrics_url)[1].decode()
        return {word.partition('"')[0].rpartition("-")[2] for word in text.split('process="')[1:]}

    assert until(lambda: processes() >= {"0", "1", "controller"}), processes()


def test_the_summary_tells_addresses_password_doors_and_data(service):
    for word in ("/wait/", "/draw/", "/operator/", "sign in as operator with", "doors at", str(service.folder)):
        assert word in service.said, f"{word} is missing in {service.said}"


def test_the_password_is_written_nowhere(service):
    password = service.said.partition("sign in as operator with ")[2].split()[0]
    kept = [path for path in service.folder.iterdir() if path.is_file()]
    assert kept
    assert not [path for path in kept if password.encode() in path.read_bytes()]


def test_secrets_are_on_no_command_line_and_the_state_is_for_its_owner(service):
    state = service.folder / "state.json"
    assert state.stat().st_mode & 0o077 == 0


def test_a_second_service_on_the_same_data_is_refused_in_one_line(service):
    ended = run("serve", "--data", service.folder, "--port", 0, "--internal-port", 0)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert str(service.folder) in ended.stderr
    assert str(service.process.pid) in ended.stderr


def test_a_port_that_is_taken_is_refused_in_one_line(service, tmp_path):
    port = service.url.rpartition(":")[2]
    ended = run("serve", "--data", tmp_path, "--port", port)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert port in ended.stderr


def test_others_answer_while_a_killed_worker_is_replaced(service):
    before = service.processes("app worker")
    answers = []
    os.kill(before[0], signal.SIGKILL)

    def replaced():
        answers.append(service.get("/healthz")[0])
        now = service.processes("app worker")
        return len(now) == 2 and before[0] not in now

    assert until(replaced)
    # one connection may have been the killed worker's own
    assert answers.count(0) <= 1, answers
    assert "killed by SIGKILL" in (service.folder / "service.log").read_text()


@pytest.mark.parametrize("word", ["app controller", "valkey-server", "bin/postgres", "app standin"])
def test_what_is_killed_is_started_again_and_the_service_is_ready_once_more(service, word):
    # of PostgreSQL the first is the one that all others come from
    (killed, *_) = sorted(service.processes(word))
    os.kill(killed, signal.SIGKILL)
    assert until(lambda: killed not in service.processes(word))
    assert until(lambda: service.processes(word)), f"{word} was not started again"
    assert until(service.is_ready), service.get("/readyz")


def test_people_are_told_of_the_line_while_the_database_is_away(service):
    (first, *_) = sorted(service.processes("bin/postgres"))
    os.kill(first, signal.SIGKILL)
    assert service.get("/queue/now-serving.json")[0] == 200
    assert until(service.is_ready)


def test_workers_are_rolled_one_by_one_and_nobody_notices(service):
    assert until(lambda: len(service.processes("app worker")) == 2)
    before = {*service.processes("app worker"), *service.processes("app controller")}
    answers, ended = [], threading.Event()

    def ask():
        while not ended.is_set():
            answers.append(service.get("/healthz")[0])

    asking = threading.Thread(target=ask)
    asking.start()
    service.process.send_signal(signal.SIGHUP)
    try:
        rolled = until(lambda: not before & {*service.processes("app worker"), *service.processes("app controller")})
    finally:
        ended.set()
        asking.join()
    assert rolled
    assert len(service.processes("app worker")) == 2
    assert answers
    assert set(answers) == {200}
