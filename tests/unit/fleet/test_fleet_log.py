"""Events of a group as they are told: what drips is one event, what turns back is another."""

from __future__ import annotations

import pytest

from floodgate.fleet.events import Cause
from floodgate.fleet.log import Log

POOL = Cause("warm pool", "warm pool")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([(0, 4, 5), (10, 5, 8)], [(0, 4, 8, "4 servers moved")]),
        ([(0, 4, 8), (10, 8, 4)], [(0, 4, 8, "4 servers moved"), (10, 8, 4, "4 servers moved")]),
        ([(0, 4, 5), (60, 5, 8)], [(0, 4, 5, "1 server moved"), (60, 5, 8, "3 servers moved")]),
        ([(0, 4, 5), (10, 6, 8)], [(0, 4, 5, "1 server moved"), (10, 6, 8, "2 servers moved")]),
        ([(0, 4, 4)], []),
    ],
    ids=["drips", "turns back", "a minute later", "changed in between", "no change"],
)
def test_changes_of_a_count_are_one_event_while_they_go_on(
    changes: list[tuple[int, int, int]], told: list[tuple[int, int, int, str]]
) -> None:
    log = Log()
    for second, before, after in changes:
        log.count(second, "warm", (before, after), POOL, "servers moved")
    assert [(event.second, event.before, event.after, event.reason) for event in log.events] == told
