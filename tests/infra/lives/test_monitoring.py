"""The lives of alarms and dashboards: what a refresh sees, what an update changes, what a deletion leaves.

They prove the handlers against the offline AWS; that AWS itself answers so is the documentation's word, not theirs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.steps import changed, ended, refused, seen_behind, settled

METRIC_ALARM, COMPOSITE = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"
DUTY = "arn:aws:sns:ap-northeast-2:123456789012:duty"
NIGHT = "arn:aws:sns:ap-northeast-2:123456789012:night"
USUAL: dict[str, Any] = {
    "namespace": "Floodgate", "metricName": "PeopleWaiting", "dimensions": {"Stack": "opening"}, "statistic": "Maximum",
    "period": 60, "evaluationPeriods": 2, "threshold": 1000, "comparisonOperator": "GreaterThanThreshold",
    "alarmActions": [DUTY], "alarmDescription": "People wait", "tags": {"team": "doors"},
}  # fmt: skip
METRIC: dict[str, Any] = {"namespace": "AWS/ApplicationELB", "metricName": "RequestCount", "period": 60, "stat": "Sum"}
MATH: dict[str, Any] = {
    "comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1, "threshold": 5,
    "metricQueries": [
        {"id": "share", "expression": "100 * m1 / m2", "label": "failed", "returnData": True},
        {"id": "m1", "metric": {**METRIC, "metricName": "HTTPCode_ELB_5XX_Count", "dimensions": {"LoadBalancer": "a"}}},
        {"id": "m2", "metric": {**METRIC, "unit": "Count"}, "accountId": "123456789012"},
    ],
}  # fmt: skip


def alarm(life: Life, name: str = "waiting", **more: Any) -> Thing:
    props = {key: value for key, value in {**USUAL, **more}.items() if value is not None}
    return life.make(METRIC_ALARM, name, name=name, **props)


def told(life: Life, name: str = "waiting") -> Any:
    client = life.world.session.client("cloudwatch")
    return client.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"threshold": 2500.5}, {"Threshold": 2500.5}),
        ({"evaluationPeriods": 3}, {"EvaluationPeriods": 3}),
        ({"period": 120}, {"Period": 120}),
        ({"statistic": None, "extendedStatistic": "p99"}, {"ExtendedStatistic": "p99"}),
        ({"comparisonOperator": "LessThanThreshold"}, {"ComparisonOperator": "LessThanThreshold"}),
        ({"datapointsToAlarm": 1}, {"DatapointsToAlarm": 1}),
        ({"dimensions": {"Stack": "july"}}, {"Dimensions": [{"Name": "Stack", "Value": "july"}]}),
        ({"dimensions": None}, {"Dimensions": []}),
        ({"namespace": "Other"}, {"Namespace": "Other"}),
        ({"metricName": "PeopleTurnedAway"}, {"MetricName": "PeopleTurnedAway"}),
        ({"unit": "Count"}, {"Unit": "Count"}),
        ({"treatMissingData": "breaching"}, {"TreatMissingData": "breaching"}),
        ({"actionsEnabled": False}, {"ActionsEnabled": False}),
        ({"alarmActions": [DUTY, NIGHT]}, {"AlarmActions": [DUTY, NIGHT]}),
        ({"alarmActions": None}, {"AlarmActions": []}),
        ({"okActions": [DUTY]}, {"OKActions": [DUTY]}),
        ({"insufficientDataActions": [NIGHT]}, {"InsufficientDataActions": [NIGHT]}),
        ({"alarmDescription": "Too many wait"}, {"AlarmDescription": "Too many wait"}),
        ({"alarmDescription": None}, {}),
        ({"warmUpConfiguration": {"warmUpPeriodDurationInMinutes": 5}}, {}),
    ],
)
def test_an_alarm_is_changed_in_place_and_keeps_its_state(life: Life, change: Any, seen: Any) -> None:
    thing = alarm(life)
    client = life.world.session.client("cloudwatch")
    client.set_alarm_state(AlarmName="waiting", StateValue="ALARM", StateReason="a test")
    settled(life, thing)

    changed(life, thing, **change)

    assert told(life) | seen == told(life)
    assert ("alarmDescription" in change and change["alarmDescription"] is None) == (
        "AlarmDescription" not in told(life)
    )
    assert told(life)["StateValue"] == "ALARM", "a change of its settings is no reason to calm an alarm"


def test_percentiles_of_few_samples_are_a_setting_of_their_own(life: Life) -> None:
    thing = alarm(life, statistic=None, extendedStatistic="p90")
    changed(life, thing, evaluateLowSampleCountPercentiles="ignore")

    assert told(life)["EvaluateLowSampleCountPercentile"] == "ignore"


def test_an_alarm_on_an_expression_is_found_again_and_its_queries_change(life: Life) -> None:
    thing = life.make(METRIC_ALARM, name="waiting", **MATH)
    settled(life, thing)
    queries = [dict(query) for query in MATH["metricQueries"]]
    queries[1]["metric"] = {**queries[1]["metric"], "dimensions": {"LoadBalancer": "b"}}

    changed(life, thing, metricQueries=queries)

    stats = [query["MetricStat"] for query in told(life)["Metrics"] if "MetricStat" in query]
    assert stats[0]["Metric"]["Dimensions"] == [{"Name": "LoadBalancer", "Value": "b"}]
    assert [query.get("ReturnData") for query in told(life)["Metrics"]] == [True, False, False]


def test_an_alarm_moves_from_one_metric_to_an_expression(life: Life) -> None:
    thing = alarm(life)
    gone = dict.fromkeys(("namespace", "metricName", "dimensions", "statistic", "period"))
    changed(life, thing, **gone, metricQueries=MATH["metricQueries"])

    assert "MetricName" not in told(life)


@pytest.mark.parametrize(
    ("behind", "names"),
    [
        ({"Threshold": 1.0}, {"threshold"}),
        ({"Statistic": "Sum"}, {"statistic"}),
        ({"AlarmActions": []}, {"alarmActions"}),
        ({"AlarmDescription": "other"}, {"alarmDescription"}),
        ({"Dimensions": [{"Name": "Stack", "Value": "dev"}]}, {"dimensions"}),
        ({"ActionsEnabled": False}, {"actionsEnabled"}),
        ({"TreatMissingData": "ignore"}, {"treatMissingData"}),
        ({"MetricName": "Other", "Period": 300}, {"metricName", "period"}),
    ],
)
def test_what_somebody_changes_of_an_alarm_shows_and_is_put_right(life: Life, behind: Any, names: set[str]) -> None:
    thing = alarm(life)
    client = life.world.session.client("cloudwatch")
    asked = {
        "AlarmName": "waiting", "Namespace": "Floodgate", "MetricName": "PeopleWaiting", "Statistic": "Maximum",
        "Dimensions": [{"Name": "Stack", "Value": "opening"}], "Period": 60, "EvaluationPeriods": 2,
        "Threshold": 1000, "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [DUTY],
        "AlarmDescription": "People wait", "TreatMissingData": "missing",
    }  # fmt: skip

    assert seen_behind(life, thing, names, lambda: client.put_metric_alarm(**{**asked, **behind}))


def test_tags_of_an_alarm_change_and_drift(life: Life) -> None:
    thing = alarm(life)
    client, arn = life.world.session.client("cloudwatch"), thing.state["arn"]
    changed(life, thing, tags={"team": "gates", "cost": "9"})

    tags = {tag["Key"]: tag["Value"] for tag in client.list_tags_for_resource(ResourceARN=arn)["Tags"]}
    assert tags == {"team": "gates", "cost": "9", "owner": "tests"}
    assert seen_behind(life, thing, {"tags"}, lambda: client.untag_resource(ResourceARN=arn, TagKeys=["team"]))
    ended(life, thing)
    assert life.refresh(alarm(life, tags=None)) == set(), "a new alarm does not inherit the tags of a former one"


def test_an_alarm_on_alarms_lives(life: Life) -> None:
    one, other = alarm(life, "one"), alarm(life, "other")
    both = life.make(COMPOSITE, "both", alarmName="both", alarmRule="ALARM(one)", alarmDescription="All of it")
    settled(life, both)

    changed(life, both, alarmRule="ALARM(one) OR ALARM(other)", tags={"a": "b"})
    changed(life, both, alarmActions=[DUTY], okActions=[NIGHT], insufficientDataActions=[DUTY])
    changed(life, both, actionsSuppressor={"alarm": "other", "waitPeriod": 60, "extensionPeriod": 120})
    changed(life, both, actionsSuppressor=None, alarmDescription=None)
    client = life.world.session.client("cloudwatch")
    assert seen_behind(
        life, both, {"alarmRule", "alarmActions", "okActions", "insufficientDataActions"},
        lambda: client.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(one)"),
    )  # fmt: skip
    refused(life, other, "Cannot delete other as there are composite alarm")
    for thing in (both, one, other):
        ended(life, thing)


def test_plain_moto_deletes_an_alarm_that_another_is_about(life: Life) -> None:
    one = alarm(life, "one")
    life.make(COMPOSITE, "both", alarmName="both", alarmRule="ALARM(one)")
    with unrepaired():
        life.delete(one)

    assert life.gone(one), "the control of the refusal above"


def test_a_composite_alarm_that_is_switched_off_is_another_one(life: Life) -> None:
    alarm(life, "one")
    both = life.make(COMPOSITE, "both", alarmName="both", alarmRule="ALARM(one)")

    assert [edit.replaces for edit in life.plan(both, actionsEnabled=False)] == [True]


def test_a_dashboard_lives(life: Life) -> None:
    body = {"widgets": [{"type": "text", "width": 3, "height": 3, "properties": {"markdown": "hello"}}]}
    page = life.make("aws:cloudwatch/dashboard:Dashboard", dashboardName="page", dashboardBody=json.dumps(body))
    settled(life, page)
    client = life.world.session.client("cloudwatch")

    changed(life, page, dashboardBody=json.dumps({"widgets": []}, indent=2))

    assert json.loads(client.get_dashboard(DashboardName="page")["DashboardBody"]) == {"widgets": []}
    put = {"DashboardName": "page", "DashboardBody": json.dumps(body)}
    assert seen_behind(life, page, {"dashboardBody"}, lambda: client.put_dashboard(**put))
    ended(life, page)
