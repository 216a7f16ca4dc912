"""What must hold of alarms, windows and statistics for any datapoints.

Proves invariants, and that the quick paths give what the slow ones give; the figures AWS prints are in the files beside
this one.
"""

from itertools import product
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.awsrules.cloudwatch import (
    alarm_actions,
    alarm_kinds,
    alarms,
    evaluation_range,
    low_samples,
    missing_data,
    retention,
    statistics,
    windows,
)
from floodgate.awsrules.cloudwatch.datapoints import Datapoint, merge, over, single
from floodgate.awsrules.model import Alarm, Metric

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
METRIC = Metric("n", "m")
GOOD, BAD = 0.0, 20.0
marks = st.sampled_from([None, GOOD, BAD])
comparisons = st.sampled_from(sorted(alarms.COMPARISONS))
values = st.floats(0, 1e6)
raw = st.builds(single, values)
sets = st.builds(
    lambda found: Datapoint(sum(found), len(found), min(found), max(found)), st.lists(values, min_size=1, max_size=4)
)


@st.composite
def settings(draw, treat=None):
    periods = draw(st.integers(1, 6))
    return Alarm(
        "a",
        METRIC,
        draw(comparisons),
        10,
        60,
        periods,
        draw(st.integers(1, periods)),
        treat or draw(st.sampled_from(TREATMENTS)),
    )


def ranges(size=8):
    return st.lists(marks, min_size=size, max_size=size)


def with_treatment(alarm, treat):
    return Alarm(
        alarm.name,
        METRIC,
        alarm.comparison,
        alarm.threshold,
        60,
        alarm.evaluation_periods,
        alarm.datapoints_to_alarm,
        treat,
    )


def printed_rules(alarm, points, state):
    """The page's three cases and its premature rule, one after the other, as a reader would play them."""
    breach = alarms.COMPARISONS[alarm.comparison]
    bad = [None if point is None else breach(point, alarm.threshold) for point in points]
    real = [mark for mark in bad if mark is not None]
    need = alarm.evaluation_periods - len(real)
    if need <= 0:
        return "ALARM" if sum(real[-alarm.evaluation_periods :]) >= alarm.datapoints_to_alarm else "OK"
    if alarm.treat_missing_data in ("breaching", "notBreaching"):
        filled = need if alarm.treat_missing_data == "breaching" else 0
        return "ALARM" if sum(real) + filled >= alarm.datapoints_to_alarm else "OK"
    return unsettled(alarm, bad, real, state)


def unsettled(alarm, bad, real, state):
    """The two treatments that fill nothing in: real breaches suffice, a good point calms, then age or the state."""
    if sum(real) >= alarm.datapoints_to_alarm:
        return "ALARM"
    if False in real:
        return "OK"
    if alarm.treat_missing_data == "ignore":
        return state
    if not real:
        return "INSUFFICIENT_DATA"
    return "ALARM" if len(bad) - bad.index(True) >= alarm.datapoints_to_alarm else "OK"


@given(settings(), ranges(), st.sampled_from(STATES))
def test_alarms_follow_the_rules_as_a_reader_plays_them(alarm, points, state):
    assert alarms.evaluate(alarm, points, state) == printed_rules(alarm, points, state)


def test_every_range_of_five_points_follows_the_rules():
    for points in product([None, GOOD, BAD], repeat=5):
        for to_alarm, treat, state in product((1, 2, 3), TREATMENTS, STATES):
            alarm = Alarm("a", METRIC, "GreaterThanThreshold", 10, 60, 3, to_alarm, treat)
            assert alarms.evaluate(alarm, list(points), state) == printed_rules(alarm, points, state), points


@given(settings(), ranges())
def test_enough_real_points_make_older_ones_and_the_treatment_and_the_state_irrelevant(alarm, points):
    real = [point for point in points if point is not None]
    if len(real) < alarm.evaluation_periods:
        return

    told = {
        alarms.evaluate(with_treatment(alarm, treat), older + points, state)
        for treat in TREATMENTS
        for state in STATES
        for older in ([], [BAD], [GOOD, None, BAD])
    }
    assert len(told) == 1


@given(settings(), ranges(), st.lists(marks, max_size=5))
def test_points_older_than_the_range_never_matter(alarm, points, older):
    size = alarms.range_points(alarm.evaluation_periods)
    record = older + points
    history = [None if point is None else single(point) for point in record]

    rolled = windows.rolling(history, 1, "Average")
    seen = windows.tail(rolled, len(rolled) - 1, 1, size)
    assert len(seen) == size
    assert alarms.evaluate(alarm, seen, "OK") == alarms.evaluate(alarm, ([None] * size + record)[-size:], "OK")


@given(settings(), ranges(), st.floats(-1e3, 1e3), st.sampled_from(STATES))
def test_a_shift_of_values_and_threshold_changes_nothing(alarm, points, by, state):
    shifted = Alarm(
        "a",
        METRIC,
        alarm.comparison,
        alarm.threshold + by,
        60,
        alarm.evaluation_periods,
        alarm.datapoints_to_alarm,
        alarm.treat_missing_data,
    )
    moved = [None if point is None else point + by for point in points]

    assert alarms.evaluate(shifted, moved, state) == alarms.evaluate(alarm, points, state)


@given(settings(), ranges(), st.sampled_from(STATES))
def test_treatments_are_ordered_from_calm_to_alarmed(alarm, points, state):
    told = {treat: alarms.evaluate(with_treatment(alarm, treat), points, state) for treat in TREATMENTS}

    if told["notBreaching"] == "ALARM":
        assert set(told.values()) == {"ALARM"}
    if "ALARM" in (told["missing"], told["notBreaching"]):
        assert told["breaching"] == "ALARM"


@given(settings(), ranges(), st.integers(0, 7), st.sampled_from(STATES))
def test_one_more_breach_never_ends_an_alarm(alarm, points, index, state):
    bad = BAD if alarm.comparison.startswith("Greater") else GOOD
    worse = [bad if at == index and point is not None else point for at, point in enumerate(points)]

    if alarms.evaluate(alarm, points, state) == "ALARM" and alarm.treat_missing_data != "ignore":
        assert alarms.evaluate(alarm, worse, state) == "ALARM"


@given(settings("ignore"), ranges())
def test_ignoring_missing_data_keeps_the_state_or_says_the_same_from_every_state(alarm, points):
    told = [alarms.evaluate(alarm, points, state) for state in STATES]

    assert told == list(STATES) or len(set(told)) == 1


@given(settings(), ranges(), st.sampled_from(STATES))
def test_data_are_insufficient_only_where_there_are_none(alarm, points, state):
    if alarms.evaluate(alarm, points, state) == "INSUFFICIENT_DATA":
        assert alarm.treat_missing_data in ("missing", "ignore")
        assert alarm.treat_missing_data == "ignore" or set(points) == {None}


def test_the_state_of_an_early_breach_can_be_chosen():
    alarm = Alarm("a", METRIC, "GreaterThanThreshold", 10, 60, 3, 3)

    told = alarms.evaluate(alarm, [None, None, None, None, BAD], "OK", early="INSUFFICIENT_DATA")
    assert told == "INSUFFICIENT_DATA"


@pytest.mark.parametrize("treat", ["breaching", "notBreaching", "ignore"])
def test_alarms_on_dynamodb_do_as_they_are_told(treat):
    watched = Metric("AWS/DynamoDB", "ThrottledRequests")
    alarm = Alarm("a", watched, "GreaterThanThreshold", 10, 60, 3, 3, treat)

    assert missing_data.treatment(alarm) == treat


@pytest.mark.parametrize(
    ("comparison", "below", "same", "above"),
    [
        ("GreaterThanOrEqualToThreshold", 0, 1, 1),
        ("GreaterThanThreshold", 0, 0, 1),
        ("LessThanThreshold", 1, 0, 0),
        ("LessThanOrEqualToThreshold", 1, 1, 0),
    ],
)
def test_a_comparison_counts_as_its_name_says(comparison, below, same, above):
    alarm = Alarm("a", METRIC, comparison, 10, 60, 1, 1)

    for value, expected in ((9.9, below), (10.0, same), (10.1, above)):
        assert alarms.breaches(alarm, value) == expected
        assert alarms.evaluate(alarm, [value], "OK") == ("ALARM" if expected else "OK")


@given(st.lists(st.none() | sets, min_size=1, max_size=12), st.integers(1, 4), st.integers(1, 5))
def test_the_quick_windows_are_the_slow_ones(history, ticks, periods):
    for statistic in ("Average", "Sum", "Maximum", "Minimum", "SampleCount", "p90"):
        rolled = windows.rolling(history, ticks, statistic)
        for end in range(1, len(history) + 1):
            expected = windows.sliding(history[:end], ticks, periods, statistic)
            found = windows.tail(rolled, end - 1, ticks, periods)
            # a window that begins before the record holds what the record has of it
            whole = [index for index in range(periods) if end - (periods - index) * ticks >= 0]
            assert [found[index] for index in whole] == [expected[index] for index in whole]
            assert len(found) == periods


@given(st.lists(st.none() | sets, min_size=6, max_size=12), st.integers(1, 3))
def test_a_record_shifted_by_a_tick_gives_the_same_windows_a_tick_later(history, ticks):
    moved = windows.rolling([None, *history], ticks, "Average")

    assert moved[1:] == windows.rolling(history, ticks, "Average")


@given(st.lists(sets, min_size=1, max_size=6), st.integers(0, 5))
def test_merging_in_parts_is_merging_at_once(points, cut):
    one = merge([merge(points[:cut]), merge(points[cut:])])
    other = merge(points)

    assert one is not None
    assert other is not None
    assert (one.count, one.minimum, one.maximum) == (other.count, other.minimum, other.maximum)
    assert one.total == pytest.approx(other.total)


@given(st.lists(values, min_size=1, max_size=30), st.floats(1, 99))
def test_statistics_of_raw_values_lie_where_they_must(found, percent):
    points = [single(value) for value in found]
    percent = round(percent, 3)
    low, high = min(found), max(found)

    percentile = over(points, f"p{percent}")
    trimmed, winsorized = over(points, f"tm{percent}"), over(points, f"wm{percent}")
    assert percentile in found
    assert trimmed is not None
    assert winsorized is not None
    assert low - 1e-6 <= trimmed <= fmean(found) + 1e-6
    assert trimmed - 1e-6 <= winsorized + 1e-6 <= fmean(found) + 2e-6
    assert over(points, f"tc{percent}") == pytest.approx(len(found) * percent / 100)
    assert over(points, f"TS(:{percent}%)") == pytest.approx(trimmed * len(found) * percent / 100)
    assert over(points, "p100") == high
    assert over(points, "p0") == low


@given(st.lists(values, min_size=1, max_size=20), st.floats(0, 99), st.floats(0, 99))
def test_a_higher_percentile_is_no_lower_value(found, one, other):
    points = [single(value) for value in found]
    low, high = sorted((round(one, 4), round(other, 4)))

    lower, higher = over(points, f"p{low:.4f}"), over(points, f"p{high:.4f}")
    assert lower is not None
    assert higher is not None
    assert lower <= higher


@given(st.lists(values, min_size=1, max_size=12), st.integers(2, 4))
def test_values_seen_several_times_are_values_with_a_weight(found, times):
    once = [single(value) for value in found for _ in range(times)]
    weighted = [(value, float(times)) for value in found]

    for name in ("p50", "tm80", "wm80", "TM(10%:90%)", "PR(:1000)", "IQM", "TC(10:1000)"):
        assert statistics.evaluate(statistics.parse(name), weighted) == pytest.approx(over(once, name))


def test_statistics_of_nothing_are_missing():
    assert over([], "p90") is None
    assert over([None], "Average") is None
    assert over([Datapoint(0, 0, 0, 0)], "Average") is None
    assert over([single(5)], "TM(10:20)") is None
    assert over([single(5)], "TC(10:20)") == 0
    assert over([single(5)], "PR(10:20)") == 0


@pytest.mark.parametrize(
    ("statistic", "needed"),
    [
        ("p99.9", 10_000),
        ("p95", 200),
        ("p49", 1000 / 49),
        ("p1", 1000),
        ("p0", 0),
        ("p100", 0),
        ("tm99", 0),
        ("Sum", 0),
    ],
)
def test_rarer_percentiles_need_more_values(statistic, needed):
    assert low_samples.needed(statistic) == pytest.approx(needed)


@given(st.integers(0, 10**9), st.sampled_from([10, 20, 30, 60, 300, 3600, 86_400]), st.integers(1, 7))
def test_an_alarm_is_due_once_an_interval(now, period, periods):
    interval = windows.interval_s(period, periods)

    assert sum(windows.is_due(now + second, period, periods) for second in range(interval)) == 1
    assert windows.is_due(now - now % 3600, period, periods)


@pytest.mark.parametrize(
    ("arn", "kind"),
    [
        (
            "arn:aws:autoscaling:ap-northeast-2:123456789012:scalingPolicy:1:autoScalingGroupName/a:policyName/b",
            "autoscaling",
        ),
        (
            "arn:aws-cn:autoscaling:cn-north-1:123456789012:scalingPolicy:1:resource/rds/cluster:a:policyName/b",
            "autoscaling",
        ),
        ("arn:aws:application-autoscaling:ap-northeast-2:123456789012:scalable-target/1", "autoscaling"),
        ("arn:aws:sns:ap-northeast-2:123456789012:autoscaling", "other"),
        ("arn:aws:automate:ap-northeast-2:ec2:recover", "other"),
        ("nothing", "other"),
        ("", "other"),
    ],
)
def test_a_scaling_policy_is_known_by_its_arn(arn, kind):
    assert alarm_actions.kind(arn) == kind


@pytest.mark.parametrize(
    ("described", "kind"),
    [
        ({"MetricName": "CPUUtilization"}, "metric"),
        ({"Metrics": [{"Id": "e1", "Expression": "m1/m2"}, {"Id": "m1"}]}, "metric"),
        ({"Metrics": [{"Id": "q", "Expression": "SELECT AVG(CPUUtilization) FROM x"}]}, "metric"),
        ({"Metrics": [{"Id": "q", "Expression": " select MAX(a)\nFROM x group  by y"}]}, "Metrics Insights"),
        ({"EvaluationCriteria": {"PromQLCriteria": {}}}, "PromQL"),
        ({"ThresholdMetricId": "ad1"}, "anomaly detection"),
        ({"AlarmRule": ""}, "composite"),
    ],
)
def test_an_alarm_is_told_by_its_description(described, kind):
    assert alarm_kinds.kind(described) == kind
    assert alarm_kinds.drives_auto_scaling(described) == (kind == "metric")


@given(st.lists(marks, min_size=1, max_size=8), st.integers(1, 5))
def test_an_alarm_judges_old_points_again_only_while_it_has_enough_of_them(points, periods):
    again = evaluation_range.reevaluates(points, periods)

    assert again == (points[-1] is None and missing_data.filled(points, periods) == 0)


@given(st.integers(0, 500 * 86_400), st.sampled_from([1, 60, 300, 3600]))
def test_older_data_are_never_finer(age, published):
    one, other = retention.finest_s(age, published), retention.finest_s(age + 3600, published)

    assert one is None or one >= published
    assert other is None or (one is not None and other >= one)
