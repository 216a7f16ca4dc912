"""The alarms as values; that AWS takes them is shown in `tests/infra`, that they fire in time by the rehearsal."""

import json

import pytest

from infra.observability.alarms import Watched, alarms
from infra.observability.dashboard import body
from infra.observability.settings import ObservabilitySettings

WATCHED = Watched(
    load_balancer="app/door/1",
    target_group="targetgroup/door/1",
    group_name="fleet",
    database={"DBClusterIdentifier": "bookings", "Role": "WRITER"},
    database_connections=1_000,
    cache_nodes=("line-001", "line-002"),
)
SETTINGS = ObservabilitySettings()
ALARMS = alarms(WATCHED, SETTINGS)
BY_NAME = {alarm.name: alarm for alarm in ALARMS}


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.name)
def test_an_alarm_says_what_it_means_and_what_to_do(alarm):
    assert alarm.description.count(". ") + alarm.description.count(": ") >= 1, "meaning first, then the remedy"
    assert len(alarm.description) <= 1024, "CloudWatch keeps no more"


def test_every_way_an_opening_fails_has_an_alarm():
    assert set(BY_NAME) == {
        "failed-requests",
        "rejected-connections",
        "unhealthy-servers",
        "no-healthy-servers",
        "fleet-at-maximum",
        "database-cpu",
        "database-connections",
        "cache-memory-1",
        "cache-memory-2",
        "cache-cpu-1",
        "cache-cpu-2",
    }


def test_a_service_without_any_server_is_told_even_when_metrics_stop():
    assert BY_NAME["no-healthy-servers"].missing == "breaching"
    assert all(alarm.missing == "notBreaching" for name, alarm in BY_NAME.items() if name != "no-healthy-servers")


def test_the_fleet_is_compared_with_its_own_maximum_and_no_second_figure():
    alarm = BY_NAME["fleet-at-maximum"]
    assert [metric.name for metric in alarm.metrics] == ["GroupDesiredCapacity", "GroupMaxSize"]
    assert (alarm.expression, alarm.threshold) == ("IF(m1 >= m2, 1, 0)", 1)


def test_database_connections_are_a_share_of_what_the_database_takes():
    assert BY_NAME["database-connections"].threshold == 800


def test_an_expression_names_every_metric_it_is_given():
    for alarm in ALARMS:
        if alarm.expression:
            assert all(f"m{place}" in alarm.expression for place in range(1, len(alarm.metrics) + 1))
        else:
            assert len(alarm.metrics) == 1


def test_the_page_shows_the_crowd_first_and_charts_do_not_overlap():
    widgets = body(WATCHED, "opening", "ap-northeast-2", "E1")["widgets"]
    assert widgets[0]["properties"]["metrics"][0][:4] == ["Floodgate", "PeopleWaiting", "Stack", "opening"]
    places = [(widget["x"], widget["y"]) for widget in widgets]
    assert len(set(places)) == len(places)
    assert all(widget["x"] + widget["width"] <= 24 for widget in widgets), "a dashboard is 24 units wide"


def test_the_edge_is_shown_from_the_region_that_keeps_its_metrics():
    widgets = body(WATCHED, "opening", "ap-northeast-2", "E1")["widgets"]
    assert widgets[-1]["properties"]["region"] == "us-east-1"
    assert len(body(WATCHED, "dev", "ap-northeast-2")["widgets"]) == len(widgets) - 1


def test_the_page_is_json_as_it_stands():
    assert json.loads(json.dumps(body(WATCHED, "opening", "ap-northeast-2")))
