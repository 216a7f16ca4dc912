"""How `python -m app serve` ends, and what is there when it begins again.

A process that outlives its service is found by a mark in its environment, which every process inherits.
"""

import signal
import sys

import pytest

from tests.service.commands import Serving, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
QUICK = ("--doors-in", 1500, "--workers", 1, "--seed-shape", "hot-clinic")


def test_stopping_ends_every_process_keeps_the_data_and_fresh_forgets_it(server_folder):
    folder = server_folder / "kept"
    with Serving(folder, *QUICK) as first:
        assert until(first.is_ready)
        opening, running = first.opening, len(first.processes())
        assert first.stop(signal.SIGINT) == 0
        assert first.processes() == []
    # a control: worker, controller, stand-in, Valkey and PostgreSQL with processes of its own
    assert running > 5
    with Serving(folder, "--workers", 1) as second:
        assert second.opening == opening
        assert "gone on with" in second.said
        assert second.stop(signal.SIGTERM) == 0
        assert second.processes() == []
    with Serving(folder, "--fresh", *QUICK) as third:
        assert third.opening != opening


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_recovers(server_folder):
    folder = server_folder / "killed"
    with Serving(folder, *QUICK) as killed:
        opening, left = killed.opening, set(killed.processes())
        killed.kill()
        # at once, while the others are still ending
        with Serving(folder, "--workers", 1) as next_one:
            assert not left & set(next_one.processes())
            assert next_one.opening == opening
            assert until(next_one.is_ready), next_one.get("/readyz")
