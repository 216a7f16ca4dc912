"""The same `serve` on a server of a fleet: it finds everything in its surroundings, and starts without its database.

AWS is moto, the metadata service a few lines of ours, so nothing is proved about AWS itself; encrypted connections to
database and cache are proved nowhere here.
"""

import signal
import sys

import pytest

from app.local.ports import free_port
from app.local.postgres import FORGETFUL, Postgres
from tests.service.a_fleet import AFleet, Server
from tests.service.commands import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")


@pytest.fixture(scope="module")
def late(server_folder):
    """A database that has not been started yet."""
    server = Postgres(server_folder / "late", settings=FORGETFUL, port=free_port())
    yield server
    if server.process is not None:
        server.stop()


@pytest.fixture(scope="module")
def fleet(late, valkey):
    with AFleet(DATABASE_URL=late.url, VALKEY_URL=valkey.url) as found:
        yield found


@pytest.fixture(scope="module")
def server(server_folder, fleet):
    folder = server_folder / "server"
    folder.mkdir()
    with Server(folder, fleet) as running:
        yield running


def test_a_server_starts_without_its_database_and_says_what_is_away(server):
    assert server.get("/healthz")[0] == 200
    assert server.get("/queue/now-serving.json")[0] == 200
    assert server.readiness() == {"ready": False, "database": "away", "valkey": "ok"}
    assert '"database-away"' in server.said


def test_the_database_is_migrated_as_soon_as_it_answers(server, late):
    late.start()
    assert until(server.is_ready)
    assert until(lambda: server.document()["phase"] == "prequeue"), server.document()


def test_opening_rules_and_rate_are_those_of_the_stack(server):
    document = server.document()
    assert document["opening"] == "night-1"
    assert document["birth_digits"] == [1, 6]
    assert document["poll_s"] == 10
    assert [provider["name"] for provider in document["providers"]] == ["mobile"]


def test_admission_counts_the_servers_of_the_group(server):
    def servers():
        lines = server.get(server.metrics_url)[1].decode().splitlines()
        return [float(line.split()[-1]) for line in lines if line.startswith("floodgate_admission_servers{")]

    assert until(lambda: servers() == [3.0]), servers()


def test_a_changed_parameter_replaces_the_processes_when_it_is_looked_at(server, fleet):
    before = server.processes("app worker")
    fleet.put(poll_interval_s=7)
    server.process.send_signal(signal.SIGHUP)
    assert until(lambda: server.document()["poll_s"] == 7)
    assert until(lambda: not set(before) & set(server.processes("app worker")))


def test_a_parameter_that_is_wrong_is_told_and_keeps_what_was(server, fleet):
    fleet.put(poll_interval_s=0, queue=True)
    server.process.send_signal(signal.SIGHUP)
    for problem in ("queue is unknown", "poll_interval_s is 0"):
        assert until(lambda problem=problem: problem in server.said), server.said
    assert server.document()["poll_s"] == 7
    assert server.get("/healthz")[0] == 200


def test_a_server_ends_when_systemd_says_so(server):
    assert server.stop(signal.SIGTERM) == 0
    assert server.processes() == []
