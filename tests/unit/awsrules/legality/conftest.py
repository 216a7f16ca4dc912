"""Zones and recurrences are looked at anew in each test, so that none passes on what an earlier one saw."""

import pytest

from floodgate.awsrules.legality import autoscaling_schedules


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    for function in vars(autoscaling_schedules).values():
        if hasattr(function, "cache_clear"):
            function.cache_clear()
