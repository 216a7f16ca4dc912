"""One value decides: alarms and schedules that AWS takes, and the same with one value changed, which it refuses.

The account is hand-made; which expressions CloudWatch can evaluate is shown in tests/unit/awsrules/cloudwatch.
"""

import pytest

from floodgate.awsrules.legality.cloudwatch_composite import MAX_CHILDREN, MAX_ELEMENTS

SCALING = "arn:aws:autoscaling:ap-northeast-2:123456789012:scalingPolicy:u:autoScalingGroupName/web:policyName/p"
TOPIC = "arn:aws:sns:ap-northeast-2:123456789012:pager"
INVALID, COMBINATION = "ValidationError", "InvalidParameterCombination"
PLAIN = {"AlarmName": "busy", "EvaluationPeriods": 3, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1.0,
         "AlarmActions": [SCALING]}  # fmt: skip
P99 = {**PLAIN, "MetricName": "Latency", "Namespace": "Web", "Period": 60, "ExtendedStatistic": "p99"}
SCALABLE = {"ServiceNamespace": "ecs", "ResourceId": "service/a/b", "ScalableDimension": "ecs:service:DesiredCount",
            "ScheduledActionName": "open"}  # fmt: skip
SIZES = {"MinCapacity": 2, "MaxCapacity": 9}


def stat(name, statistic="Sum", **more):
    metric = {"Namespace": "Web", "MetricName": "Requests"}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": 60, "Stat": statistic}, "ReturnData": False, **more}


def math(expression="m1 / m2", *others, name="e1", **more):
    return {"Metrics": [{"Id": name, "Expression": expression, **more}, stat("m1"), stat("m2"), *others]}


def band(threshold="ad", actions=(TOPIC,)):
    return {
        "AlarmName": "odd", "EvaluationPeriods": 3, "ComparisonOperator": "GreaterThanUpperThreshold",
        "ThresholdMetricId": threshold, "AlarmActions": list(actions),
        "Metrics": [stat("m1", ReturnData=True), {"Id": "ad", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"}],
    }  # fmt: skip


def of(rule, **more):
    return {"AlarmName": "both", "AlarmRule": rule, **more}


def scheduled(schedule="cron(0 9 * * ? *)", **more):
    return {**SCALABLE, "Schedule": schedule, "ScalableTargetAction": SIZES, **more}


ALARM, COMPOSITE = ("cloudwatch", "PutMetricAlarm"), ("cloudwatch", "PutCompositeAlarm")
PLAN = ("application-autoscaling", "PutScheduledAction")
SUPPRESSED = {"ActionsSuppressor": "c", "ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 60}
REFUSED = "ValidationException"

# the call, what AWS takes of it, the one value that makes it wrong, AWS's code, words of the refusal
ROWS = [
    (ALARM, P99, {"ExtendedStatistic": "p101"}, INVALID, "p101"),
    (ALARM, P99, {"ExtendedStatistic": "median"}, INVALID, "no such statistic"),
    (ALARM, {**P99, "EvaluateLowSampleCountPercentile": "ignore"}, {"EvaluateLowSampleCountPercentile": "skip"},
     INVALID, "'skip'"),
    (ALARM, {**P99, "EvaluateLowSampleCountPercentile": "ignore"}, {"ExtendedStatistic": None, "Statistic": "Sum"},
     INVALID, "alarms on percentiles"),
    (ALARM, {**PLAIN, **math()}, math("m1 / "), INVALID, "query e1"),
    (ALARM, {**PLAIN, **math()}, math("m1 / m3"), INVALID, "names m3"),
    (ALARM, {**PLAIN, **math()}, math("SUM(SEARCH('{Web} Requests', 'Sum'))"), INVALID, "SEARCH is not supported"),
    (ALARM, {**PLAIN, **math()}, math(name="E1"), INVALID, "lowercase letter"),
    (ALARM, {**PLAIN, **math()}, math("m1 / m2", stat("m2")), INVALID, "Id m2 twice"),
    (ALARM, {**PLAIN, **math()}, math("m1 / m2", {"Id": "m3", "ReturnData": False}),
     INVALID, "either Expression or MetricStat"),
    (ALARM, {**PLAIN, **math()}, math("m1 / m2", stat("m3", "p101")), INVALID, "p101"),
    (ALARM, {**PLAIN, **math()}, math("m1 / m2", stat("m3", ReturnData=True)),
     INVALID, "2 items of Metrics return data"),
    (ALARM, band(), {"ThresholdMetricId": "band"}, INVALID, "must be the Id of the band"),
    (ALARM, band(), {"AlarmActions": [SCALING]}, INVALID, "anomaly detection alarm cannot perform Auto Scaling"),
    (COMPOSITE, of('ALARM(a) AND NOT (OK("b c") OR INSUFFICIENT_DATA(d))'),
     {"AlarmRule": 'ALARM(a) AND NOT (OK("b c")'}, INVALID, "at its end"),
    (COMPOSITE, of("ALARM(a) OR TRUE"), {"AlarmRule": "ALARM(a) TRUE"}, INVALID, "at 'TRUE'"),
    (COMPOSITE, of("ALARM(a) OR TRUE"), {"AlarmRule": "ALARM(a) OR"}, INVALID, "at its end"),
    (COMPOSITE, of("ALARM(a)"), {"AlarmRule": "RED(a)"}, INVALID, "at 'RED(a)'"),
    (COMPOSITE, of("ALARM(a)"), {"AlarmRule": "ALARM(a))"}, INVALID, "at ')'"),
    (COMPOSITE, of("AT_LEAST(2, ALARM, (a, b, c))"), {"AlarmRule": "AT_LEAST(2, (a, b, c))"}, INVALID, "at 'AT_LEAST"),
    (COMPOSITE, of("ALARM(a)"), {"AlarmRule": "ALARM(both)"}, INVALID, "depend on itself"),
    (COMPOSITE, of(" AND ".join(f"ALARM(a{n})" for n in range(MAX_CHILDREN))),
     {"AlarmRule": " AND ".join(f"ALARM(a{n})" for n in range(MAX_CHILDREN + 1))}, INVALID, "101 children"),
    (COMPOSITE, of("NOT " * (MAX_ELEMENTS - 1) + "TRUE"), {"AlarmRule": "NOT " * MAX_ELEMENTS + "TRUE"},
     INVALID, "500 elements"),
    (COMPOSITE, of("ALARM(a)", AlarmActions=[TOPIC]), {"AlarmActions": [SCALING]},
     INVALID, "composite alarm cannot perform Auto Scaling"),
    (COMPOSITE, of("ALARM(a)", **SUPPRESSED), {"ActionsSuppressorWaitPeriod": None},
     INVALID, "ActionsSuppressorWaitPeriod"),
    (COMPOSITE, of("ALARM(a)", **SUPPRESSED), {"ActionsSuppressor": None},
     INVALID, "only for an alarm with ActionsSuppressor"),
    (PLAN, scheduled(), {"Schedule": None}, REFUSED, "no Schedule"),
    (PLAN, scheduled(), {"ScalableTargetAction": None}, REFUSED, "no ScalableTargetAction"),
    (PLAN, scheduled(), {"Schedule": "cron(0 9 * * ?)"}, REFUSED, "six fields"),
    (PLAN, scheduled(), {"Schedule": "cron(0 9 * * * *)"}, REFUSED, "must be ?"),
    (PLAN, scheduled("rate(5 minutes)"), {"Schedule": "rate(0 minutes)"}, REFUSED, "rate(value unit)"),
    (PLAN, scheduled("at(2027-08-08T11:00:01)"), {"Schedule": "at(2027-08-08T11:00:00)"}, REFUSED, "in the past"),
    (PLAN, scheduled("at(2027-08-08T20:00:01)", Timezone="Asia/Seoul"),
     {"Schedule": "at(2027-08-08T20:00:00)"}, REFUSED, "in the past"),
    (PLAN, scheduled("at(2027-12-31T11:00:00)"),
     {"Schedule": "at(2027-12-32T11:00:00)"}, REFUSED, "no time of the calendar"),
    (PLAN, scheduled(Timezone="Asia/Seoul"), {"Timezone": "Seoul"}, REFUSED, "Timezone 'Seoul'"),
    (PLAN, scheduled(), {"ScalableTargetAction": {"MinCapacity": 9, "MaxCapacity": 8}}, REFUSED,
     "cannot be less than minimum"),
    (PLAN, scheduled(), {"ScalableTargetAction": {}}, REFUSED, "MinCapacity, MaxCapacity or both"),
    (PLAN, scheduled(EndTime="2027-08-08T11:00:01Z"),
     {"EndTime": "2027-08-08T11:00:00Z"}, REFUSED, "later than the start"),
]  # fmt: skip

HERE = {"describe_scheduled_actions": []}


@pytest.mark.parametrize(("call", "params", "change", "code", "words"), ROWS)
def test_a_single_value_makes_an_alarm_or_schedule_illegal(ask, refused, call, params, change, code, words):
    ask(call, params, HERE)

    refused(call, {**params, **change}, code, words, HERE)


def test_scheduled_actions_of_a_target_have_a_quota(ask, refused):
    held = [{"ScheduledActionName": f"a{n}"} for n in range(200)]
    ask(PLAN, scheduled(), {"describe_scheduled_actions": held[:199]})

    refused(PLAN, scheduled(), "LimitExceededException", "quota is 200", {"describe_scheduled_actions": held})


def test_an_action_that_is_there_keeps_what_is_left_out(ask):
    held = [{"ScheduledActionName": "open"}]

    ask(PLAN, {**SCALABLE, "ScalableTargetAction": SIZES}, {"describe_scheduled_actions": held})


def test_a_query_of_metrics_insights_is_no_metric_math(ask):
    ask(ALARM, {**PLAIN, "Metrics": [{"Id": "q1", "Expression": "SELECT MAX(CPU) FROM Web", "Period": 60}]})


AAS = "application-autoscaling"
TARGET, ON_TARGET = (AAS, "RegisterScalableTarget"), (AAS, "PutScalingPolicy")
READERS = {
    "ServiceNamespace": "rds", "ResourceId": "cluster:bookings", "ScalableDimension": "rds:cluster:ReadReplicaCount",
}  # fmt: skip
CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "RDSReaderAverageCPUUtilization"}, "TargetValue": 60.0}
TRACKED = {
    **READERS, "PolicyName": "p", "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": CPU,
}  # fmt: skip
STEPS = {
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
}
STEPPED = {**READERS, "PolicyName": "p", "StepScalingPolicyConfiguration": STEPS}
OWN_METRIC = {"CustomizedMetricSpecification": {"MetricName": "m", "Namespace": "n", "Statistic": "Sum"}}


def tracked(**settings):
    return {"TargetTrackingScalingPolicyConfiguration": {**CPU, **settings}}


TARGETS = [
    (TARGET, READERS, {"MinCapacity": 0, "MaxCapacity": 15}, {"MinCapacity": 0, "MaxCapacity": 16}, "0 to 15"),
    (TARGET, READERS, {"MinCapacity": 15, "MaxCapacity": 15}, {"MinCapacity": 16, "MaxCapacity": 15}, "0 to 15"),
    (TARGET, READERS, {"MinCapacity": 0}, {"MinCapacity": -1}, "0 to 15"),
    (TARGET, READERS, {"MinCapacity": 4}, {"MinCapacity": 5}, "cannot be less than minimum"),
    (TARGET, READERS, {"MaxCapacity": 1}, {"MaxCapacity": 0}, "cannot be less than minimum"),
    (TARGET, SCALABLE, {"MinCapacity": 0, "MaxCapacity": 16}, {"MinCapacity": -1, "MaxCapacity": 16}, "at least 0"),
    (TARGET, SCALABLE, {"MinCapacity": 0, "MaxCapacity": 0}, {"MinCapacity": 0}, "MaxCapacity is required"),
    (TARGET, SCALABLE, {"MinCapacity": 0, "MaxCapacity": 0}, {"MaxCapacity": 0}, "MinCapacity is required"),
    (ON_TARGET, TRACKED, {}, {"StepScalingPolicyConfiguration": STEPS}, "not supported"),
    (ON_TARGET, TRACKED, {}, {"TargetTrackingScalingPolicyConfiguration": None}, "is required"),
    (ON_TARGET, TRACKED, {}, tracked(PredefinedMetricSpecification=None), "either a predefined"),
    (ON_TARGET, TRACKED, tracked(PredefinedMetricSpecification=None, **OWN_METRIC), tracked(**OWN_METRIC),
     "either a predefined"),
    (ON_TARGET, TRACKED, tracked(TargetValue=0.1), tracked(TargetValue=0.0), "greater than 0"),
    (ON_TARGET, TRACKED, tracked(ScaleInCooldown=0), tracked(ScaleInCooldown=-1), "ScaleInCooldown is -1"),
    (ON_TARGET, TRACKED, tracked(ScaleOutCooldown=0), tracked(ScaleOutCooldown=-1), "ScaleOutCooldown is -1"),
    (ON_TARGET, STEPPED, {}, {"TargetTrackingScalingPolicyConfiguration": CPU}, "not supported"),
    (ON_TARGET, STEPPED, {}, {"StepScalingPolicyConfiguration": None}, "is required"),
    (ON_TARGET, STEPPED, {"PolicyType": "StepScaling"},
     {"StepScalingPolicyConfiguration": {**STEPS, "AdjustmentType": None}},
     "AdjustmentType is required"),
    (ON_TARGET, STEPPED, {}, {"StepScalingPolicyConfiguration": {**STEPS, "StepAdjustments": None}},
     "StepAdjustments is required"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "params", "taken", "change", "words"), TARGETS)
def test_a_single_value_makes_a_scalable_target_or_its_policy_illegal(ask, refused, call, params, taken, change, words):
    ask(call, {**params, **taken})
    refused(call, {**params, **change}, REFUSED, words)


def test_a_policy_needs_a_target_of_its_own_dimension(ask, refused):
    ask(ON_TARGET, TRACKED)
    refused(ON_TARGET, {**TRACKED, **SCALABLE}, "ObjectNotFoundException", "No scalable target registered")


def test_a_metric_is_tracked_once_and_a_policy_may_be_put_again(ask, refused):
    held = {"describe_scaling_policies": [{"PolicyName": "other", **tracked()}]}

    refused(ON_TARGET, TRACKED, REFUSED, "Only one TargetTrackingScaling policy", held)
    ask(ON_TARGET, {**TRACKED, "PolicyName": "other"}, held)
    ask(ON_TARGET, {**TRACKED, **tracked(PredefinedMetricSpecification=None, **OWN_METRIC)}, held)


def test_a_target_has_fifty_policies(ask, refused):
    fifty = [{"PolicyName": f"p{n}"} for n in range(50)]

    ask(ON_TARGET, STEPPED, {"describe_scaling_policies": fifty[:49]})
    ask(ON_TARGET, {**STEPPED, "PolicyName": "p7"}, {"describe_scaling_policies": fifty})
    refused(ON_TARGET, STEPPED, "LimitExceededException", "50", {"describe_scaling_policies": fifty})
