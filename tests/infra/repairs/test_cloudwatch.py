"""CloudWatch's repairs, each proved with it and without it."""

from datetime import UTC, datetime, timedelta

from floodgate.offline.transport import NotOffline, OfflineFault

ALARM = {
    "AlarmName": "waiting",
    "Namespace": "Floodgate",
    "MetricName": "PeopleWaiting",
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1000.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
START = datetime(2027, 8, 8, 11, tzinfo=UTC)
DIMENSIONS = [{"Name": "Stack", "Value": "opening"}, {"Name": "Part", "Value": "web"}]


def the_alarm(aws):
    return aws.cloudwatch.describe_alarms(AlarmNames=["waiting"])["MetricAlarms"][0]


def test_a_new_alarm_knows_nothing_yet(proves):
    def proof(aws):
        aws.cloudwatch.put_metric_alarm(**ALARM)

        assert the_alarm(aws)["StateValue"] == "INSUFFICIENT_DATA"

    proves(proof)


def test_an_alarm_put_again_is_changed_and_keeps_its_state(proves):
    def proof(aws):
        aws.cloudwatch.put_metric_alarm(**ALARM)
        aws.cloudwatch.set_alarm_state(AlarmName="waiting", StateValue="ALARM", StateReason="a test")
        aws.cloudwatch.put_metric_alarm(**{**ALARM, "Threshold": 2000.0})

        assert the_alarm(aws)["Threshold"] == 2000.0
        assert the_alarm(aws)["StateValue"] == "ALARM"

    proves(proof)


def test_an_alarm_on_alarms_can_be_put_and_is_listed_to_who_asks_for_it(proves):
    def proof(aws):
        aws.cloudwatch.put_metric_alarm(**ALARM)
        aws.cloudwatch.put_composite_alarm(
            AlarmName="both",
            AlarmRule="ALARM(waiting)",
            ActionsSuppressor="waiting",
            ActionsSuppressorWaitPeriod=60,
            ActionsSuppressorExtensionPeriod=60,
        )
        asked = aws.cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])

        assert [a["AlarmRule"] for a in asked["CompositeAlarms"]] == ["ALARM(waiting)"]
        assert asked["MetricAlarms"] == []
        assert aws.cloudwatch.describe_alarms()["CompositeAlarms"] == []

    proves(proof, plain=NotOffline)


def test_an_alarm_on_alarms_that_do_not_exist_is_refused(proves):
    def proof(aws):
        put = aws.cloudwatch.put_composite_alarm

        assert aws.refused(put, AlarmName="both", AlarmRule='ALARM("nothing")') == "ValidationError"

    proves(proof, plain=NotOffline)


def put(aws, namespace, value, dimensions):
    datum = {"MetricName": "PeopleWaiting", "Value": value, "Timestamp": START, "Dimensions": dimensions}
    aws.cloudwatch.put_metric_data(Namespace=namespace, MetricData=[datum])


def asked(aws, stat, dimensions):
    metric = {"Namespace": "Floodgate", "MetricName": "PeopleWaiting", "Dimensions": dimensions}
    query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}
    told = aws.cloudwatch.get_metric_data(
        StartTime=START, EndTime=START + timedelta(minutes=1), MetricDataQueries=[query]
    )
    return told["MetricDataResults"][0]["Values"]


def test_dimensions_in_another_order_are_the_same_metric(proves):
    def proof(aws):
        put(aws, "Floodgate", 7.0, DIMENSIONS)

        assert asked(aws, "Sum", DIMENSIONS[::-1]) == [7.0]

    proves(proof)


def test_another_namespace_is_another_metric(proves):
    def proof(aws):
        put(aws, "Floodgate", 7.0, DIMENSIONS[:1])
        put(aws, "Elsewhere", 100.0, DIMENSIONS[:1])

        assert asked(aws, "Sum", DIMENSIONS[:1]) == [7.0]

    proves(proof)


def test_a_metric_without_dimensions_does_not_hold_those_that_have_some(proves):
    def proof(aws):
        put(aws, "Floodgate", 7.0, [])
        put(aws, "Floodgate", 100.0, DIMENSIONS)

        assert asked(aws, "Sum", []) == [7.0]

    proves(proof)


def test_statistics_are_of_exactly_the_asked_dimensions(proves):
    def proof(aws):
        put(aws, "Floodgate", 7.0, DIMENSIONS[:1])
        put(aws, "Floodgate", 100.0, DIMENSIONS)
        told = aws.cloudwatch.get_metric_statistics(
            Namespace="Floodgate", MetricName="PeopleWaiting", StartTime=START, EndTime=START + timedelta(minutes=1),
            Period=60, Statistics=["Sum"], Dimensions=DIMENSIONS[:1],
        )  # fmt: skip

        assert [point["Sum"] for point in told["Datapoints"]] == [7.0]

    proves(proof)


def test_percentiles_have_values(proves):
    def proof(aws):
        for value in range(11):
            put(aws, "Floodgate", float(value), [])

        assert asked(aws, "p90", []) == [9.0]

    proves(proof, plain=OfflineFault)


def test_an_alarm_that_another_is_about_stays(proves):
    def proof(aws):
        aws.cloudwatch.put_metric_alarm(**ALARM)
        aws.cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(waiting)")
        delete = aws.cloudwatch.delete_alarms

        assert aws.refused(delete, AlarmNames=["waiting"]) == "ValidationError"
        assert aws.refused(delete, AlarmNames=["both", "waiting"]) == ""

    proves(proof, plain=NotOffline)


def test_tags_are_taken_with_a_new_alarm_and_go_with_it(proves):
    def proof(aws):
        def tags():
            arn = the_alarm(aws)["AlarmArn"]
            return [tag["Key"] for tag in aws.cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]]

        aws.cloudwatch.put_metric_alarm(**ALARM, Tags=[{"Key": "one", "Value": "1"}])
        aws.cloudwatch.put_metric_alarm(**ALARM, Tags=[{"Key": "two", "Value": "2"}])
        assert tags() == ["one"]
        aws.cloudwatch.delete_alarms(AlarmNames=["waiting"])
        aws.cloudwatch.put_metric_alarm(**ALARM)
        assert tags() == []

    proves(proof)


def test_an_alarm_keeps_its_newer_settings(proves):
    def proof(aws):
        aws.cloudwatch.put_metric_alarm(**ALARM, WarmUpConfiguration={"WarmUpPeriodDurationInMinutes": 5})

        assert the_alarm(aws)["WarmUpConfiguration"] == {"WarmUpPeriodDurationInMinutes": 5}

    proves(proof, plain=KeyError)
