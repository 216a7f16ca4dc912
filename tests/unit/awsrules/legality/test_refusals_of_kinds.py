"""What one kind of policy, group or health check may hold and another may not; each beside what is taken.

The account is hand-made; the rules are those of the API reference, whose own words are not proved here.
"""
# ruff: noqa: E501 - a table reads best with one refusal a line

from datetime import UTC, datetime

import pytest

from floodgate.awsrules.legality import CHECKS, Facts

AS, ELB = "autoscaling", "elbv2"
PUT, POOL, REFRESH = (AS, "PutScalingPolicy"), (AS, "PutWarmPool"), (AS, "StartInstanceRefresh")
INVALID = "ValidationError"
POLICY = {"AutoScalingGroupName": "web", "PolicyName": "p"}
OWN = {"MetricName": "m", "Namespace": "n", "Statistic": "Sum"}
STEPS = [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}]
TRACKED = {"TargetValue": 1.0, "CustomizedMetricSpecification": OWN}
FORECAST = {"MetricSpecifications": [{"TargetValue": 50.0}]}
KINDS = {
    "SimpleScaling": {"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1},
    "StepScaling": {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": STEPS},
    "TargetTrackingScaling": {"TargetTrackingConfiguration": TRACKED},
    "PredictiveScaling": {"PredictiveScalingConfiguration": FORECAST},
}
VALUES = {
    "AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1, "StepAdjustments": STEPS, "Cooldown": 60,
    "MinAdjustmentMagnitude": 1, "MetricAggregationType": "Average", "EstimatedInstanceWarmup": 60,
    "TargetTrackingConfiguration": TRACKED, "PredictiveScalingConfiguration": FORECAST,
}  # fmt: skip
ALLOWED = {
    "SimpleScaling": {"AdjustmentType", "ScalingAdjustment", "Cooldown", "MinAdjustmentMagnitude"},
    "StepScaling": {"AdjustmentType", "StepAdjustments", "MetricAggregationType", "EstimatedInstanceWarmup",
                    "MinAdjustmentMagnitude"},
    "TargetTrackingScaling": {"TargetTrackingConfiguration", "EstimatedInstanceWarmup"},
    "PredictiveScaling": {"PredictiveScalingConfiguration", "MinAdjustmentMagnitude", "MetricAggregationType"},
}  # fmt: skip


def policy(kind, **more):
    return {**POLICY, "PolicyType": kind, **KINDS[kind], **more}


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_holds_what_is_of_its_kind(ask, kind):
    ask(PUT, policy(kind))


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in KINDS for name in VALUES if name not in ALLOWED[kind]]
)
def test_a_policy_holds_nothing_of_another_kind(refused, kind, name):
    refused(PUT, policy(kind, **{name: VALUES[name]}), INVALID, f"{name} is not supported")


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, needed in KINDS.items() for name in needed])
def test_a_policy_needs_what_its_kind_is_made_of(refused, kind, name):
    refused(PUT, policy(kind, **{name: None}), INVALID, f"{name} is required")


def math(count, returned=1, **more):
    queries = [
        {"Id": f"m{n}", "MetricStat": {"Metric": {}, "Stat": "Sum"}, "ReturnData": n < returned} for n in range(count)
    ]
    return {"CustomizedMetricSpecification": {"Metrics": queries, **more}}


def tracked(**settings):
    return policy("TargetTrackingScaling", TargetTrackingConfiguration={"TargetValue": 1.0, **settings})


def period(seconds, *, of_query=False):
    if of_query:
        queries = [{"Id": "m", "MetricStat": {"Metric": {}, "Stat": "Sum", "Period": seconds}}]
        return tracked(CustomizedMetricSpecification={"Metrics": queries})
    return tracked(CustomizedMetricSpecification={**OWN, "Period": seconds})


def buffered(**settings):
    return policy("PredictiveScaling", PredictiveScalingConfiguration={**FORECAST, **settings})


RAISES = {"MaxCapacityBreachBehavior": "IncreaseMaxCapacity"}
POLICIES = [
    (tracked(**math(10)), tracked(**math(11)), "at most 10 metrics"),
    (tracked(**math(2)), tracked(**math(2, returned=2)), "2 metrics return data"),
    (tracked(**math(2)), tracked(**math(2, returned=0)), "0 metrics return data"),
    *((tracked(**math(1)), tracked(**math(1, **{name: "x"})), f"{name} 'x'") for name in OWN),
    (tracked(**math(1)), tracked(**math(1, Dimensions=[])), "Dimensions []"),
    *(
        (tracked(CustomizedMetricSpecification=OWN), tracked(CustomizedMetricSpecification={**OWN, name: None}),
         f"{name} is required")
        for name in OWN
    ),
    *((period(seconds), period(seconds + 1), "10, 30") for seconds in (10, 30, 60)),
    *((period(seconds, of_query=True), period(seconds - 1, of_query=True), "10, 30") for seconds in (10, 30, 60)),
    (policy("SimpleScaling", Cooldown=0), policy("SimpleScaling", Cooldown=-1), "Cooldown is -1"),
    (
        policy("SimpleScaling", AdjustmentType="ExactCapacity", ScalingAdjustment=0),
        policy("SimpleScaling", AdjustmentType="ExactCapacity", ScalingAdjustment=-1),
        "ScalingAdjustment is -1",
    ),
    (policy("SimpleScaling", ScalingAdjustment=-1), policy("SimpleScaling", AdjustmentType="Exact"), "ExactCapacity"),
    (policy("StepScaling", MetricAggregationType="Minimum"), policy("StepScaling", MetricAggregationType="Sum"), "Average"),
    (policy("StepScaling", MetricAggregationType="Maximum"), policy("StepScaling", MetricAggregationType="p99"), "Average"),
    (
        policy("StepScaling", AdjustmentType="PercentChangeInCapacity", MinAdjustmentMagnitude=1),
        policy("StepScaling", AdjustmentType="PercentChangeInCapacity", MinAdjustmentMagnitude=0),
        "MinAdjustmentMagnitude is 0",
    ),
    (buffered(SchedulingBufferTime=0), buffered(SchedulingBufferTime=-1), "0 to 3,599 s"),
    (buffered(SchedulingBufferTime=3599), buffered(SchedulingBufferTime=3600), "0 to 3,599 s"),
    (buffered(**RAISES, MaxCapacityBuffer=0), buffered(**RAISES, MaxCapacityBuffer=-1), "0 to 100 %"),
    (buffered(**RAISES, MaxCapacityBuffer=100), buffered(**RAISES, MaxCapacityBuffer=101), "0 to 100 %"),
    (buffered(), buffered(**RAISES), "'IncreaseMaxCapacity'"),
    (buffered(MaxCapacityBreachBehavior="HonorMaxCapacity"), buffered(MaxCapacityBuffer=10), "None: MaxCapacityBuffer"),
    (buffered(), buffered(MetricSpecifications=[]), "0 MetricSpecifications"),
    (buffered(), buffered(MetricSpecifications=[{}, {}]), "2 MetricSpecifications"),
]  # fmt: skip


@pytest.mark.parametrize(("taken", "change", "words"), POLICIES)
def test_a_single_value_makes_a_policy_illegal(ask, refused, taken, change, words):
    ask(PUT, taken)
    refused(PUT, change, INVALID, words)


def group(**more):
    return {"describe_auto_scaling_groups": [{"AutoScalingGroupName": "web", "MinSize": 1, "MaxSize": 9, **more}]}


def spot(kind="spot"):
    return {
        "describe_launch_template_versions": [{"LaunchTemplateData": {"InstanceMarketOptions": {"MarketType": kind}}}]
    }


def mixed(percent=None, *, template=None, weight=None):
    launch = {"LaunchTemplateSpecification": template, "Overrides": [{"WeightedCapacity": weight}] if weight else []}
    distribution = {} if percent is None else {"OnDemandPercentageAboveBaseCapacity": percent}
    return {"MixedInstancesPolicy": {"InstancesDistribution": distribution, "LaunchTemplate": launch}}


BY_ID, BY_NAME = {"LaunchTemplateId": "lt-1"}, {"LaunchTemplateName": "web", "Version": "3"}
POOLS = [
    (group(**mixed(100)), group(**mixed(99)), "requests Spot"),
    (group(**mixed()), group(**mixed(0)), "requests Spot"),
    (group(LaunchTemplate=BY_ID) | spot("capacity-block"), group(LaunchTemplate=BY_ID) | spot(), "requests Spot"),
    (group(LaunchTemplate=BY_NAME) | spot(""), group(LaunchTemplate=BY_NAME) | spot(), "requests Spot"),
    (group(**mixed(100, template=BY_ID)), group(**mixed(100, template=BY_ID)) | spot(), "requests Spot"),
    (group(LaunchConfigurationName="c") | spot(), group(**mixed(100, template=BY_NAME)) | spot(), "requests Spot"),
    (group(**mixed(100)), group(**mixed(100, weight="2")), "instance weights"),
]


@pytest.mark.parametrize(("taken", "here", "words"), POOLS)
def test_a_warm_pool_suits_groups_without_spot_and_weights(ask, refused, taken, here, words):
    ask(POOL, {"AutoScalingGroupName": "web"}, taken)
    refused(POOL, {"AutoScalingGroupName": "web"}, INVALID, words, here)


@pytest.mark.parametrize(("template", "asked"), [(BY_ID, "$Default"), (BY_NAME, "3")])
def test_the_template_is_looked_at_in_the_version_that_the_group_launches(template, asked):
    heard = []

    def lookup(call, params):
        heard.append((call, params))
        return group(LaunchTemplate=template)["describe_auto_scaling_groups"] if "groups" in call else []

    CHECKS[POOL]({"AutoScalingGroupName": "web"}, Facts(datetime(2027, 8, 8, tzinfo=UTC), lookup))

    key = next(iter(template))
    assert ("ec2.describe_launch_template_versions", {key: template[key], "Versions": [asked]}) in heard


def rolling(version=None, *, in_mixed=False, configured=True):
    template = {"LaunchTemplateId": "lt-1"} | ({} if version is None else {"Version": version})
    wanted = {"MixedInstancesPolicy": {"LaunchTemplate": {"LaunchTemplateSpecification": template}}}
    configuration = (wanted if in_mixed else {"LaunchTemplate": template}) if configured else None
    return {"AutoScalingGroupName": "web", "Preferences": {"AutoRollback": True}, "DesiredConfiguration": configuration}


NUMBERED, LATEST = {"LaunchTemplateId": "lt-1", "Version": "2"}, {"LaunchTemplateId": "lt-1", "Version": "$Latest"}
ROLLBACKS = [
    (
        rolling("3"),
        rolling("$Latest"),
        group(LaunchTemplate=NUMBERED),
        group(LaunchTemplate=NUMBERED),
        "version $Latest",
    ),
    (
        rolling("3"),
        rolling("$Default"),
        group(LaunchTemplate=NUMBERED),
        group(LaunchTemplate=NUMBERED),
        "version $Default",
    ),
    (rolling("3", in_mixed=True), rolling("$Latest", in_mixed=True), group(), group(), "version $Latest"),
    (rolling("3"), rolling("3"), group(LaunchTemplate=NUMBERED), group(LaunchTemplate=LATEST), "version $Latest"),
    (rolling("3"), rolling("3"), group(**mixed(template=NUMBERED)), group(**mixed(template=LATEST)), "version $Latest"),
    (rolling(), rolling(configured=False), group(), group(), "is empty"),
]


@pytest.mark.parametrize("row", ROLLBACKS)
def test_a_rollback_needs_versions_that_stay_what_they_are(ask, refused, row):
    taken, change, well, here, words = row

    ask(REFRESH, taken, well)
    refused(REFRESH, change, INVALID, words, here)


TARGETS = {"Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1"}
LB = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/web/1234"
CREATE_TARGETS, MODIFY_TARGETS = (ELB, "CreateTargetGroup"), (ELB, "ModifyTargetGroup")
RESERVE, UNITS = (ELB, "ModifyCapacityReservation"), {"MinimumLoadBalancerCapacity": {"CapacityUnits": 100}}
BALANCING = [
    *((CREATE_TARGETS, TARGETS, {**TARGETS, name: None}, f"{name} is required") for name in ("Protocol", "Port", "VpcId")),
    (CREATE_TARGETS, {"Name": "web", "TargetType": "lambda"}, {"Name": "web", "TargetType": "ip"}, "Protocol is required"),
    (CREATE_TARGETS, {**TARGETS, "Name": "w" * 32}, {**TARGETS, "Name": "w" * 33}, "Name is"),
    (CREATE_TARGETS, {**TARGETS, "HealthCheckTimeoutSeconds": 29}, {**TARGETS, "HealthCheckTimeoutSeconds": 30},
     "HealthCheckIntervalSeconds 30"),
    (CREATE_TARGETS, {**TARGETS, "HealthCheckIntervalSeconds": 6}, {**TARGETS, "HealthCheckIntervalSeconds": 5},
     "HealthCheckTimeoutSeconds 5"),
    (RESERVE, {"LoadBalancerArn": LB, **UNITS}, {"LoadBalancerArn": LB}, "either MinimumLoadBalancerCapacity"),
    (RESERVE, {"LoadBalancerArn": LB, "ResetCapacityReservation": True},
     {"LoadBalancerArn": LB, "ResetCapacityReservation": True, **UNITS}, "either MinimumLoadBalancerCapacity"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "taken", "change", "words"), BALANCING)
def test_a_single_value_makes_a_target_group_or_a_reservation_illegal(ask, refused, call, taken, change, words):
    code = "InvalidConfigurationRequest" if call == RESERVE else INVALID

    ask(call, taken)
    refused(call, change, code, words)


def test_a_changed_health_check_is_judged_with_what_stays(ask, refused):
    here = {"describe_target_groups": [{"HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 5}]}
    change = {"TargetGroupArn": "arn:t"}

    ask(MODIFY_TARGETS, {**change, "HealthCheckTimeoutSeconds": 9}, here)
    refused(MODIFY_TARGETS, {**change, "HealthCheckTimeoutSeconds": 10}, INVALID, "must be greater", here)
    refused(MODIFY_TARGETS, {**change, "HealthCheckIntervalSeconds": 5}, INVALID, "must be greater", here)
    ask(MODIFY_TARGETS, {**change, "HealthCheckTimeoutSeconds": 10}, {"describe_target_groups": []})


LISTENER = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:listener/app/web/1234/5678"
OIDC = {"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": {"Issuer": "i"}}
ANSWER = {"Type": "fixed-response", "Order": 2, "FixedResponseConfig": {"StatusCode": "200"}}


def listening(protocol, kind="application"):
    held = {"ListenerArn": LISTENER, "Protocol": protocol, "LoadBalancerArn": LB}
    return {
        "describe_listeners": [{"ListenerArn": "arn:other", "Protocol": "TLS"}, held],
        "describe_load_balancers": [
            {"LoadBalancerArn": "arn:b", "Type": "gateway"},
            {"LoadBalancerArn": LB, "Type": kind},
        ],
    }


def test_a_changed_listener_is_judged_with_what_stays(ask, refused):
    change = (ELB, "ModifyListener")
    signs_in = {"ListenerArn": LISTENER, "DefaultActions": [OIDC, ANSWER]}

    ask(change, signs_in, listening("HTTPS"))
    refused(change, signs_in, "InvalidLoadBalancerAction", "HTTPS", listening("HTTP"))
    ask(change, {"ListenerArn": LISTENER, "Protocol": "TCP"}, listening("TLS", "network"))
    refused(change, {"ListenerArn": LISTENER, "Protocol": "TCP"}, "UnsupportedProtocol", "HTTP", listening("HTTP"))
    ask(change, {"ListenerArn": LISTENER, "Protocol": "HTTPS"}, listening("HTTPS"))
    refused(change, {"ListenerArn": LISTENER, "Protocol": "HTTPS"}, INVALID, "A certificate", listening("HTTP"))


ALARM_CALL = ("cloudwatch", "PutMetricAlarm")
ALARM = {"AlarmName": "busy", "EvaluationPeriods": 3, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1.0}
WATCHED = {**ALARM, "MetricName": "Latency", "Namespace": "Web", "Period": 60, "Statistic": "Sum"}
QUERY = {"Id": "m", "MetricStat": {"Metric": {"MetricName": "m"}, "Period": 60, "Stat": "Sum"}, "ReturnData": True}
SINGLE = {
    "Namespace": "Web",
    "Dimensions": [],
    "Period": 60,
    "Unit": "Count",
    "Statistic": "Sum",
    "ExtendedStatistic": "p9",
}


def exact(*adjustments):
    bounds = ({"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 9.0}, {"MetricIntervalLowerBound": 9.0})
    steps = [{**bound, "ScalingAdjustment": size} for bound, size in zip(bounds, adjustments, strict=True)]
    return policy("StepScaling", AdjustmentType="ExactCapacity", StepAdjustments=steps)


def disk(**ebs):
    """A launch template with a volume, which is looked at when a group is to launch from it."""
    mapping = {"DeviceName": "/dev/sda1", "Ebs": ebs}
    return {"describe_launch_template_versions": [{"LaunchTemplateData": {"BlockDeviceMappings": [mapping]}}]}


SINGLES = [
    *(
        (
            ALARM_CALL,
            {**ALARM, "Metrics": [QUERY]},
            {**ALARM, "Metrics": [QUERY], name: value},
            "InvalidParameterCombination",
            f"{name} {value!r}",
        )
        for name, value in SINGLE.items()
    ),
    *(
        (ALARM_CALL, WATCHED, {**WATCHED, name: None}, INVALID, f"{name} is required")
        for name in ("Namespace", "Period")
    ),
    (
        ALARM_CALL,
        WATCHED,
        {**WATCHED, "Statistic": None},
        "InvalidParameterCombination",
        "either Statistic or ExtendedStatistic",
    ),
    (
        ALARM_CALL,
        {**ALARM, "Metrics": [QUERY]},
        {**ALARM, "Metrics": [{**QUERY, "Period": 61, "MetricStat": None, "Expression": "1"}]},
        INVALID,
        "61",
    ),
    (
        ALARM_CALL,
        {**ALARM, "Metrics": [QUERY]},
        {**ALARM, "Metrics": [{**QUERY, "MetricStat": {**QUERY["MetricStat"], "Period": 61}}]},
        INVALID,
        "61",
    ),
    (PUT, exact(0, 5), exact(-1, 5), INVALID, "at least 0"),
    (PUT, exact(1, 0), exact(1, -2), INVALID, "at least 0"),
    (
        POOL,
        {"AutoScalingGroupName": "web", "MaxGroupPreparedCapacity": -1},
        {"AutoScalingGroupName": "web", "MaxGroupPreparedCapacity": -2},
        INVALID,
        "at least -1",
    ),
    (
        POOL,
        {"AutoScalingGroupName": "web", "MinSize": 0},
        {"AutoScalingGroupName": "web", "MinSize": -1},
        INVALID,
        "at least 0",
    ),
]


@pytest.mark.parametrize(("call", "taken", "change", "code", "words"), SINGLES)
def test_one_value_more_or_less_is_refused(ask, refused, call, taken, change, code, words):
    ask(call, taken)
    refused(call, change, code, words)


NEW_GROUP = {
    "AutoScalingGroupName": "web", "LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "3"}, "MinSize": 1,
    "MaxSize": 9, "VPCZoneIdentifier": "subnet-a",
}  # fmt: skip
DISKS = [
    (disk(VolumeType="gp3", Iops=3000), disk(VolumeType="gp2", Iops=3000), "not supported for gp2"),
    (disk(VolumeSize=8), disk(Iops=3000), "not supported for gp2"),
    (disk(VolumeType="io2", Iops=3000), disk(VolumeType="io2"), "specified for io2"),
    (disk(VolumeType="io1", Iops=100), disk(VolumeType="io1", Iops=99), "Iops of /dev/sda1 is 99"),
    (disk(VolumeType="gp3", Iops=3000), disk(VolumeType="gp3", Iops=2999), "Iops of /dev/sda1 is 2,999"),
    (disk(VolumeType="gp3", Throughput=125), disk(VolumeType="gp3", Throughput=124), "125 to 2,000 MiB/s"),
    (disk(VolumeType="gp3", Throughput=2000), disk(VolumeType="gp3", Throughput=2001), "125 to 2,000 MiB/s"),
    (disk(VolumeType="gp3", Throughput=125), disk(VolumeType="gp2", Throughput=125), "throughput"),
    (disk(VolumeType="gp2", VolumeSize=1), disk(VolumeType="gp2", VolumeSize=0), "VolumeSize of /dev/sda1"),
]


@pytest.mark.parametrize(("taken", "here", "words"), DISKS)
def test_a_group_launches_from_no_template_with_a_volume_that_cannot_be(ask, refused, taken, here, words):
    create = (AS, "CreateAutoScalingGroup")

    ask(create, NEW_GROUP, taken)
    # Auto Scaling tells EC2's refusal as its own
    refused(create, NEW_GROUP, INVALID, words, here)


MEMBERS = [(["a"], 1, 2), (["a", "b"], 1, 2), (["a", "b", "c"], 2, 3)]


@pytest.mark.parametrize(("members", "refused_count", "taken_count"), MEMBERS)
def test_replicas_are_counted_by_members_where_shards_do_not_tell_them(
    ask, refused, members, refused_count, taken_count
):
    more, base = ("elasticache", "IncreaseReplicaCount"), {"ReplicationGroupId": "line", "ApplyImmediately": True}
    here = {"describe_replication_groups": [{"MemberClusters": members}]}
    held = len(members) - 1

    if held:
        refused(
            more, {**base, "NewReplicaCount": refused_count}, "InvalidParameterValue", f"more than the {held}", here
        )
    ask(more, {**base, "NewReplicaCount": taken_count}, here)


def test_a_label_may_name_a_target_group_that_is_a_traffic_source(ask, refused):
    target = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/web/5678"
    metric = {
        "PredefinedMetricType": "ALBRequestCountPerTarget",
        "ResourceLabel": "app/web/1234/targetgroup/web/5678",
    }
    followed = tracked(PredefinedMetricSpecification=metric)

    ask(PUT, followed, group(TrafficSources=[{"Identifier": target}]))
    refused(PUT, followed, INVALID, "must be attached", group(TrafficSources=[{"Identifier": "arn:other"}]))
