"""People inside: how often they do a step, how long it takes, and that none is lost."""

from __future__ import annotations

import pytest

from floodgate.rehearsal.crowd.journey import Journey
from floodgate.rehearsal.scenarios.scenario import JourneyStep
from tests.unit.rehearsal.engine_cases import crowd_of


def walked(steps, people=1000.0, seconds=5000, fail_share=0.0, give_up_share=0.0):
    """Let `people` in at second 0 and answer all requests but `fail_share`; requests by slot, booked, gave up."""
    journey = Journey(crowd_of(1, journey=steps, give_up_share=give_up_share, retry_s=5.0), reload_s=1.0)
    requests = [0.0] * (len(steps) + 1)
    booked = gave_up = mean_s = 0.0
    entering = people
    for second in range(seconds):
        sent = journey.send(0.0)
        requests = [before + now for before, now in zip(requests, sent, strict=True)]
        gave_up += sum(journey.fail([people * fail_share for people in sent]))
        now = journey.advance([people * (1.0 - fail_share) for people in sent], entering)
        booked += now
        mean_s += now * second
        entering = 0.0
    return requests, booked, gave_up, mean_s / max(booked, 1e-9), journey


def test_a_step_is_done_as_often_as_the_scenario_says():
    steps = (JourneyStep("a", "enter", 1.0, 3.0), JourneyStep("b", "identity", 2.5, 4.0))
    requests, booked, _, _, _ = walked(steps)

    assert requests[1:] == pytest.approx([1000.0, 2500.0])
    assert booked == pytest.approx(1000.0)


def test_a_step_below_one_is_done_by_that_share_of_people():
    steps = (JourneyStep("a", "enter", 0.4, 3.0), JourneyStep("b", "hold", 1.0, 3.0))
    requests, booked, _, _, _ = walked(steps)

    assert requests[1:] == pytest.approx([400.0, 1000.0])
    assert booked == pytest.approx(1000.0)


def test_a_journey_takes_the_sum_of_its_thinking_times():
    steps = (JourneyStep("a", "enter", 1.0, 30.0), JourneyStep("b", "identity", 2.5, 40.0))
    _, _, _, mean_s, _ = walked(steps)

    assert mean_s == pytest.approx(30.0 + 2.5 * 40.0)


def test_who_gives_up_after_failures_is_counted_and_the_rest_books():
    steps = (JourneyStep("a", "enter", 1.0, 3.0),)
    _, booked, gave_up, _, _ = walked(steps, fail_share=0.5, give_up_share=0.2)

    assert booked + gave_up == pytest.approx(1000.0)
    # each try: half succeed, a tenth gives up, the rest tries again
    assert booked == pytest.approx(1000.0 * 0.5 / 0.6)


def test_people_who_came_early_open_the_page_anew_within_seconds():
    journey = Journey(crowd_of(1), reload_s=10.0)
    journey.people.early[0] = 1000.0
    came = sum(journey.reload() for _ in range(30))

    assert came == pytest.approx(1000.0 * (1 - 0.9**30))
    assert journey.people.early[0] == pytest.approx(1000.0 - came)
