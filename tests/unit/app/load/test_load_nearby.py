"""Where the database of a service on this machine is found, from folders made by hand."""

import pytest

from app.load import nearby
from app.load.client import Target

HERE = Target("127.0.0.1", 8080, secure=False)


@pytest.fixture
def data(tmp_path, monkeypatch):
    cluster = tmp_path / "postgres" / "data"
    cluster.mkdir(parents=True)
    monkeypatch.setattr(nearby, "postgres_folder", lambda folder, _: folder / "postgres")
    (cluster / "postmaster.pid").write_text(f"4711\n{cluster}\n1795387541\n34567\n\n127.0.0.1\n")
    return tmp_path


def test_the_port_is_read_where_the_running_server_has_written_it(data):
    assert nearby.database_nearby(HERE, data) == "postgresql://floodgate@127.0.0.1:34567/floodgate"


def test_a_service_on_another_machine_has_no_database_here(data):
    assert nearby.database_nearby(Target("opening.example", 443, secure=True), data) is None


def test_where_nothing_runs_nothing_is_found(data, tmp_path):
    assert nearby.database_nearby(HERE, tmp_path / "none") is None
    (data / "postgres" / "data" / "postmaster.pid").write_text("4711\n")
    assert nearby.database_nearby(HERE, data) is None
    (data / "postgres" / "data" / "postmaster.pid").unlink()
    assert nearby.database_nearby(HERE, data) is None
