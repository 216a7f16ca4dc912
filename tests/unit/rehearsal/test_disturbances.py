"""Faults as series by second: when they begin, how long they last, what they add up to."""

import math
from datetime import UTC, datetime

import numpy as np

from floodgate.rehearsal.disturbances import disturbances
from floodgate.rehearsal.scenarios.faults import Fault
from floodgate.rehearsal.timeline import Timeline

TIMELINE = Timeline(datetime(2027, 8, 9, 10, tzinfo=UTC), datetime(2027, 8, 9, 11, tzinfo=UTC), 3600, 7200)
FAILOVER_S = 30.0


def found(*faults):
    return disturbances(faults, TIMELINE, FAILOVER_S)


def seconds(series, value):
    at = np.flatnonzero(series == value)
    return (int(at[0]), int(at[-1]) + 1, len(at)) if len(at) else None


def test_without_faults_everything_works():
    assert not found().any


def test_a_provider_refuses_its_share_from_its_minute_on_for_its_time():
    assert seconds(found(Fault("identity-down", 2, 20, 0.5)).identity_refused, 0.5) == (3720, 4920, 1200)


def test_a_fault_without_end_lasts_to_the_end():
    assert seconds(found(Fault("bots", -10, math.inf, 900)).bot_requests, 900) == (3000, 7200, 4200)


def test_a_failover_takes_the_time_of_the_parameter_unless_it_says_its_own():
    assert seconds(found(Fault("database-failover", 0)).database_left, 0) == (3600, 3630, 30)
    assert seconds(found(Fault("database-failover", 0, 2)).database_left, 0) == (3600, 3720, 120)


def test_what_overlaps_adds_up_to_the_whole_at_most():
    refused = found(Fault("identity-down", 0, 10, 0.7), Fault("identity-down", 5, 10, 0.6)).identity_refused

    assert (refused[3600], refused[3900], refused[4300]) == (0.7, 1.0, 0.6)


def test_what_began_before_the_first_second_is_there_in_it():
    assert found(Fault("bots", -70, 20, 5)).bot_requests[0] == 5
