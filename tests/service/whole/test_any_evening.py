"""Evenings that hypothesis makes up, through the whole of a worker and two controllers, on real servers.

It finds what goes wrong in any order of steps, with whoever dies in between. Steps at the same moment are tried in the
races of each part.

Without more they are few, the same each time, and told as they are. FLOODGATE_EVENINGS=500 plays so many, others each
time, and makes one that goes wrong as short as it can, which takes minutes.
"""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.service.whole.evenings import Evenings

ASKED = int(os.environ.get("FLOODGATE_EVENINGS", "0"))
ENOUGH = settings(
    max_examples=ASKED or 40,
    stateful_step_count=40,
    derandomize=not ASKED,
    deadline=None,
    database=None,
    phases=[Phase.generate, *([Phase.shrink] if ASKED else [])],
    suppress_health_check=list(HealthCheck),
)


def test_in_any_evening_nothing_is_sold_twice_each_place_enters_once_and_the_order_is_kept(database, valkey_url):
    machine = type("Here", (Evenings,), {"url": database, "valkey_url": valkey_url})
    run_state_machine_as_test(machine, settings=ENOUGH)
