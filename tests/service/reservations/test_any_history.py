"""Histories that hypothesis makes up, on a real PostgreSQL, each step compared with a model.

It finds wrong results of steps that follow one another, with crashes in between. Steps at the same time are tried in
the races beside it.
"""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.service.reservations.histories import Histories

ENOUGH = settings(
    max_examples=12,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    # shrinking takes minutes on real servers; add Phase.shrink to see the shortest history that fails
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_any_history_sells_nothing_twice_and_ends_as_the_model_says(database):
    machine = type("Here", (Histories,), {"url": database})
    run_state_machine_as_test(machine, settings=ENOUGH)
