"""Reading a plan through boto3 from accounts that were set up by hand, call by call, without Pulumi.

That the calls mean on AWS what they mean here is AWS's documentation; no test stands on a real account.
"""

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from floodgate.awsrules.balancer.fail_open import Threshold
from floodgate.awsrules.model import Metric, PredictiveScaling, SimpleScaling, Step, StepScaling, TargetTracking
from floodgate.rehearsal.errors import AccessRefused, GroupNotFound, PlanError
from floodgate.rehearsal.reading import ACTIONS, read_plan
from floodgate.rehearsal.reading.calls import Calls
from floodgate.rehearsal.reading.database import connections, read_database
from floodgate.rehearsal.reading.edge import read_edge
from floodgate.rehearsal.reading.group import choose_group
from floodgate.rehearsal.reading.policies import read_policies
from floodgate.rehearsal.reading.service import parse_service

NOW = datetime(2027, 8, 8, 11, 0, tzinfo=UTC)
REGION = "ap-northeast-2"
SERVICE = {"waiting_room": True, "poll_interval_s": 10, "journeys_per_server_per_s": 12, "max_inside": 4000}


def there(part):
    """A part of a plan that must be there."""
    assert part is not None
    return part


class Account:
    """What the tests put into an empty account, by plain AWS calls."""

    def __init__(self, session):
        self.session = session
        ec2 = session.client("ec2")
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
                "SubnetId"
            ]
            for n, zone in enumerate("abc")
        ]
        self.image = ec2.describe_images(Filters=[{"Name": "architecture", "Values": ["arm64"]}])["Images"][0][
            "ImageId"
        ]

    def template(self, name="servers", monitoring=True):
        data = {"ImageId": self.image, "InstanceType": "c7g.xlarge", "Monitoring": {"Enabled": monitoring}}
        made = self.session.client("ec2").create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
        return made["LaunchTemplate"]["LaunchTemplateId"]

    def group(self, name="fleet", tags=None, **more):
        template = {"LaunchTemplateId": self.template(f"{name}-servers"), "Version": "$Latest"}
        self.session.client("autoscaling").create_auto_scaling_group(
            AutoScalingGroupName=name,
            MinSize=0,
            MaxSize=9,
            DesiredCapacity=0,
            LaunchTemplate=template,
            VPCZoneIdentifier=",".join(self.subnets),
            Tags=[{"Key": k, "Value": v, "PropagateAtLaunch": False} for k, v in (tags or {}).items()],
            **more,
        )

    def parameter(self, settings):
        self.session.client("ssm").put_parameter(
            Name="/floodgate/prod/service", Type="String", Value=json.dumps(settings)
        )

    def balancer(self):
        elb = self.session.client("elbv2")
        target_group = elb.create_target_group(
            Name="servers", Protocol="HTTP", Port=8080, VpcId=self.vpc, TargetType="instance",
            HealthCheckIntervalSeconds=10, HealthyThresholdCount=3,
        )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
        elb.modify_target_group_attributes(
            TargetGroupArn=target_group, Attributes=[{"Key": "slow_start.duration_seconds", "Value": "45"}]
        )
        made = elb.create_load_balancer(Name="front", Subnets=self.subnets, Type="application")["LoadBalancers"][0]
        elb.create_listener(
            LoadBalancerArn=made["LoadBalancerArn"], Protocol="HTTP", Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group}],
        )  # fmt: skip
        return made, target_group

    def database(self, **more):
        rds = self.session.client("rds")
        rds.create_db_subnet_group(DBSubnetGroupName="data", DBSubnetGroupDescription="data", SubnetIds=self.subnets)
        rds.create_db_instance(
            DBInstanceIdentifier="bookings", Engine="postgres", DBInstanceClass="db.r7g.large", AllocatedStorage=20,
            DBSubnetGroupName="data", MasterUsername="operator", MasterUserPassword="dummy-password", **more,
        )  # fmt: skip


@pytest.fixture
def account(new_offline_aws):
    """An empty account with a network."""
    return Account(new_offline_aws(now=NOW, region=REGION).session)


def test_a_bare_group_is_a_plan_and_everything_else_is_missing(account):
    account.group()

    plan = read_plan(account.session)

    assert (plan.region, plan.group.name, plan.group.max_size) == (REGION, "fleet", 9)
    assert (plan.group.instance_type.vcpus, plan.group.instance_type.memory_mib) == (4, 8192)
    assert plan.group.detailed_monitoring
    assert plan.group.zones == tuple(f"{REGION}{zone}" for zone in "abc")
    assert [plan.balancer, plan.edge, plan.database, plan.cache, plan.group.warm_pool] == [None] * 5
    assert not plan.service.waiting_room
    assert "no tag floodgate:service" in plan.notes[0], "an assumption about the service is not silent"


def test_the_service_is_read_from_the_parameter_that_the_tag_names(account):
    account.parameter(SERVICE)
    account.group(tags={"floodgate:service": "/floodgate/prod/service"})

    service = read_plan(account.session).service

    assert (service.waiting_room, service.journeys_per_server_per_s, service.max_inside) == (True, 12, 4000)
    assert service.shed_after_s is None


def test_schedules_hooks_and_warm_pool_belong_to_the_group(account):
    account.group(DefaultInstanceWarmup=90)
    scaling = account.session.client("autoscaling")
    start = datetime(2027, 8, 9, 10, 0, tzinfo=UTC)
    scaling.put_scheduled_update_group_action(
        AutoScalingGroupName="fleet", ScheduledActionName="night-1", StartTime=start, MinSize=6, DesiredCapacity=6
    )
    scaling.put_scheduled_update_group_action(
        AutoScalingGroupName="fleet",
        ScheduledActionName="daily",
        Recurrence="0 19 * * *",
        TimeZone="Asia/Seoul",
        MinSize=2,
    )
    scaling.put_lifecycle_hook(
        AutoScalingGroupName="fleet", LifecycleHookName="ready", HeartbeatTimeout=300, DefaultResult="CONTINUE",
        LifecycleTransition="autoscaling:EC2_INSTANCE_LAUNCHING",
    )  # fmt: skip
    scaling.put_warm_pool(AutoScalingGroupName="fleet", MinSize=3, PoolState="Stopped")

    group = read_plan(account.session).group

    once = next(s for s in group.schedules if s.name == "night-1")
    daily = next(s for s in group.schedules if s.name == "daily")
    assert (once.start, once.min_size, once.max_size, once.desired) == (start, 6, None, 6)
    assert (daily.recurrence, daily.time_zone) == ("0 19 * * *", "Asia/Seoul")
    assert (group.hooks[0].name, group.hooks[0].heartbeat_s, group.hooks[0].default_result) == (
        "ready",
        300,
        "CONTINUE",
    )
    pool = there(group.warm_pool)
    assert (pool.state, pool.min_size, pool.max_prepared) == ("Stopped", 3, None)
    assert group.default_warmup_s == 90


def test_a_step_policy_knows_the_alarm_that_names_it_and_no_other(account):
    account.group()
    scaling, watch = account.session.client("autoscaling"), account.session.client("cloudwatch")
    arn = scaling.put_scaling_policy(
        AutoScalingGroupName="fleet", PolicyName="line", PolicyType="StepScaling", AdjustmentType="ChangeInCapacity",
        StepAdjustments=[
            {"MetricIntervalLowerBound": 1000, "ScalingAdjustment": 5},
            {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 1000, "ScalingAdjustment": 2},
        ],
    )["PolicyARN"]  # fmt: skip
    for name, actions in (("deep", [arn]), ("other", [])):
        watch.put_metric_alarm(
            AlarmName=name, Namespace="Floodgate", MetricName="PeopleWaiting", Statistic="Maximum", Period=60,
            Dimensions=[{"Name": "Stack", "Value": "prod"}], EvaluationPeriods=2, Threshold=500,
            ComparisonOperator="GreaterThanThreshold", AlarmActions=actions,
        )  # fmt: skip

    (policy,) = read_plan(account.session).group.policies

    assert isinstance(policy, StepScaling)
    assert policy.steps == (Step(0, 1000, 2), Step(1000, None, 5))
    (alarm,) = policy.alarms
    assert isinstance(alarm.metric, Metric)
    assert (alarm.name, alarm.metric.dimensions, alarm.datapoints_to_alarm) == ("deep", (("Stack", "prod"),), 2)


def test_target_tracking_keeps_its_target_and_metric(account):
    account.group()
    account.session.client("autoscaling").put_scaling_policy(
        AutoScalingGroupName="fleet", PolicyName="cpu", PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            "TargetValue": 60.0, "DisableScaleIn": True,
        },
    )  # fmt: skip

    (policy,) = read_plan(account.session).group.policies

    assert isinstance(policy, TargetTracking)
    assert (policy.predefined, policy.target, policy.disable_scale_in) == ("ASGAverageCPUUtilization", 60.0, True)


def test_the_balancer_is_found_by_the_groups_targets(account):
    made, target_group = account.balancer()
    account.group(TargetGroupARNs=[target_group])
    account.session.client("elbv2").modify_capacity_reservation(
        LoadBalancerArn=made["LoadBalancerArn"], MinimumLoadBalancerCapacity={"CapacityUnits": 300}
    )

    balancer = there(read_plan(account.session).balancer)

    assert (balancer.name, balancer.zones, balancer.reserved_lcu, balancer.tls) == ("front", 3, 300, False)
    assert (balancer.target_group.health_interval_s, balancer.target_group.healthy_threshold) == (10, 3)
    assert balancer.target_group.slow_start_s == 45
    assert balancer.target_group.routing == Threshold(1, None)


@pytest.mark.parametrize(
    ("count", "percentage", "read"), [("3", "off", Threshold(3, None)), ("1", "50", Threshold(1, 50))]
)
def test_below_which_healthy_targets_the_balancer_fails_open_is_read(account, count, percentage, read):
    _, target_group = account.balancer()
    account.group(TargetGroupARNs=[target_group])
    key = "target_group_health.unhealthy_state_routing.minimum_healthy_targets"
    account.session.client("elbv2").modify_target_group_attributes(
        TargetGroupArn=target_group,
        Attributes=[{"Key": f"{key}.count", "Value": count}, {"Key": f"{key}.percentage", "Value": percentage}],
    )

    assert there(read_plan(account.session).balancer).target_group.routing == read


def test_the_database_is_the_one_in_the_groups_network(account):
    account.group()
    account.database()

    database = there(read_plan(account.session).database)

    assert (database.name, database.instance_class, database.readers) == ("bookings", "db.r7g.large", 0)
    assert (database.vcpus, database.memory_mib) == (2, 16 * 1024)
    assert database.max_connections == 16 * 1024**3 // 9_531_392
    assert database.proxy_max_connections_percent is None


def test_a_database_elsewhere_is_not_this_stacks(account):
    account.group()
    other = Account(account.session)
    other.database()

    assert read_plan(account.session).database is None


def test_several_groups_and_none_named_lists_what_is_there(account):
    account.group("shop")
    account.group("blog")

    with pytest.raises(GroupNotFound, match="groups in this region: blog, shop; name one"):
        read_plan(account.session)
    assert read_plan(account.session, "blog").group.name == "blog"


def test_the_stacks_own_group_is_taken_among_several(account):
    account.group("shop", {"floodgate:stack": "prod"})
    account.group("blog")

    assert read_plan(account.session, stack="prod").group.name == "shop"


def test_another_stacks_group_is_never_taken_by_chance(account):
    account.group("shop", {"floodgate:stack": "prod"})

    with pytest.raises(GroupNotFound, match="0 could be meant"):
        read_plan(account.session, stack="staging")


def test_a_name_that_is_not_there_is_told_with_those_that_are(account):
    account.group()

    with pytest.raises(GroupNotFound, match=r"group 'flete' was asked for: .*fleet"):
        read_plan(account.session, "flete")


class Watched:
    """A session that writes down the IAM action of every call, and refuses one of them."""

    def __init__(self, session, refuse=None, code="AccessDenied"):
        self.region_name = session.region_name
        self.asked = set()
        self._session, self._refuse, self._code = session, refuse, code

    def client(self, service_name):
        client = self._session.client(service_name)
        prefix = {"elbv2": "elasticloadbalancing"}.get(service_name, service_name)
        return _WatchedClient(client, prefix, self)

    def ask(self, action):
        self.asked.add(action)
        if action == self._refuse:
            raise ClientError({"Error": {"Code": self._code, "Message": "no"}}, action)


class _WatchedClient:
    def __init__(self, client, prefix, watcher):
        self.meta = client.meta
        self._client, self._prefix, self._watcher = client, prefix, watcher

    def can_paginate(self, operation):
        return self._client.can_paginate(operation)

    def get_paginator(self, operation):
        self._ask(operation)
        return self._client.get_paginator(operation)

    def __getattr__(self, operation):
        self._ask(operation)
        return getattr(self._client, operation)

    def _ask(self, operation):
        self._watcher.ask(f"{self._prefix}:{self.meta.method_to_api_mapping[operation]}")


def test_only_the_documented_read_only_actions_are_asked_for(account):
    _, target_group = account.balancer()
    account.group(TargetGroupARNs=[target_group])
    account.database()
    watched = Watched(account.session)

    read_plan(watched)

    assert watched.asked <= set(ACTIONS)
    assert all(action.split(":")[1].startswith(("Describe", "Get", "List")) for action in ACTIONS)


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])
def test_a_missing_right_names_the_action_to_allow(account, code):
    account.group()
    refusing = Watched(account.session, "autoscaling:DescribePolicies", code)

    with pytest.raises(AccessRefused, match=r"autoscaling:DescribePolicies is refused .*allow this read-only action"):
        read_plan(refusing)


def test_a_region_without_reservations_is_noted_not_fatal(account):
    _, target_group = account.balancer()
    account.group(TargetGroupARNs=[target_group])
    without = Watched(account.session, "elasticloadbalancing:DescribeCapacityReservation", "InvalidAction")

    plan = read_plan(without)

    assert there(plan.balancer).reserved_lcu == 0
    assert any("no capacity reservation could be read" in note for note in plan.notes)


class Canned(Calls):
    """Answers as AWS words them, for what the offline AWS does not hold: {operation: answer}."""

    def __init__(self, **answers):
        self.notes = []
        self._answers = answers

    def all(self, service, operation, key, **parameters):
        return self._answers.get(operation, [])

    def one(self, service, operation, **parameters):
        return self._answers[operation]


GROUP = {"AutoScalingGroupName": "fleet", "AutoScalingGroupARN": "arn:aws:autoscaling:r:1:autoScalingGroup:u:fleet"}


def policy(kind, **more):
    return {"PolicyName": kind, "PolicyARN": f"arn:{kind}", "PolicyType": kind, **more}


def test_predictive_and_simple_policies_are_read():
    found = read_policies(
        Canned(
            describe_policies=[
                policy(
                    "PredictiveScaling",
                    PredictiveScalingConfiguration={"Mode": "ForecastAndScale", "SchedulingBufferTime": 600},
                ),
                policy("SimpleScaling", AdjustmentType="PercentChangeInCapacity", ScalingAdjustment=50, Cooldown=60),
            ]
        ),
        GROUP,
    )

    predictive, simple = found
    assert isinstance(predictive, PredictiveScaling)
    assert (predictive.mode, predictive.buffer_s) == ("ForecastAndScale", 600)
    assert isinstance(simple, SimpleScaling)
    assert (simple.adjustment, simple.cooldown_s) == (50, 60)


def test_a_policy_on_computed_metrics_is_noted_and_left_out():
    math = {"CustomizedMetricSpecification": {"Metrics": [{"Id": "a", "Expression": "b / c"}]}, "TargetValue": 3.0}
    calls = Canned(describe_policies=[policy("TargetTrackingScaling", TargetTrackingConfiguration=math)])

    assert read_policies(calls, GROUP) == ()
    assert "uses a metric that is not rehearsed" in calls.notes[0]


def distribution(policy_id, origin="front-1.elb.amazonaws.com", **more):
    behaviour = {"PathPattern": "/wait/*", "CachePolicyId": policy_id, **more}
    return {
        "ARN": "arn:aws:cloudfront::1:distribution/D1",
        "DomainName": "d1.cloudfront.net",
        "Enabled": True,
        "Origins": {"Items": [{"DomainName": origin}]},
        "CacheBehaviors": {"Items": [behaviour]},
        "DefaultCacheBehavior": {"CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"},
    }


@pytest.mark.parametrize(
    ("ttl", "cached"),
    [
        ({"MinTTL": 0, "DefaultTTL": 2}, ("/wait/*",)),
        ({"MinTTL": 1, "DefaultTTL": 0}, ("/wait/*",)),
        ({"MinTTL": 0, "DefaultTTL": 0}, ()),
    ],
)
def test_a_path_is_cached_where_its_policy_keeps_anything(ttl, cached):
    calls = Canned(
        list_distributions=[distribution("own")], get_cache_policy={"CachePolicy": {"CachePolicyConfig": ttl}}
    )

    assert there(read_edge(calls, "Front-1.elb.amazonaws.com")).cached_paths == cached


def test_awss_own_cache_policies_need_no_call():
    calls = Canned(list_distributions=[distribution("658327ea-f89d-4fab-a63d-7e88639e58f6")])

    assert there(read_edge(calls, "front-1.elb.amazonaws.com")).cached_paths == ("/wait/*",)


@pytest.mark.parametrize(
    "record",
    [
        {"Type": "A", "AliasTarget": {"DNSName": "dualstack.front-1.elb.amazonaws.com."}},
        {"Type": "CNAME", "ResourceRecords": [{"Value": "front-1.elb.amazonaws.com"}]},
    ],
)
def test_an_origin_name_that_route_53_leads_to_the_balancer_is_the_balancer(record):
    calls = Canned(
        list_distributions=[distribution("658327ea-f89d-4fab-a63d-7e88639e58f6", "origin.example.org")],
        list_hosted_zones=[{"Id": "Z1", "Name": "example.org."}, {"Id": "Z2", "Name": "gin.example.org."}],
        list_resource_record_sets={"ResourceRecordSets": [{"Name": "origin.example.org.", **record}]},
    )

    assert there(read_edge(calls, "front-1.elb.amazonaws.com")).domain == "d1.cloudfront.net"
    assert read_edge(calls, "other-2.elb.amazonaws.com") is None


def test_where_names_are_kept_elsewhere_the_tag_tells_whose_edge_it_is():
    calls = Canned(
        list_distributions=[distribution("own", "origin.example.net")],
        list_tags_for_resource=[{"Key": "floodgate:stack", "Value": "prod"}],
        get_cache_policy={"CachePolicy": {"CachePolicyConfig": {"DefaultTTL": 1}}},
    )

    assert there(read_edge(calls, "front-1", "prod")).domain == "d1.cloudfront.net"
    assert read_edge(calls, "front-1", "staging") is None


def test_a_distribution_before_something_else_is_not_this_edge():
    assert read_edge(Canned(list_distributions=[distribution("own", "blog.example.org")]), "front-1") is None


@pytest.mark.parametrize(
    ("setting", "limit"),
    [
        (None, 1800),
        ("400", 400),
        ("LEAST({DBInstanceClassMemory/9531392},5000)", 1802),
        ("LEAST({DBInstanceClassMemory/9531392}, 1000)", 1000),
        ("{DBInstanceClassMemory/12582880}", 1365),
    ],
)
def test_connections_follow_what_the_parameter_group_says(setting, limit):
    assert connections(setting, 1800, 16 * 1024) == limit


def test_a_serverless_database_counts_at_its_maximum():
    cluster = {
        "DBClusterIdentifier": "bookings", "Engine": "aurora-postgresql", "DBSubnetGroup": "data",
        "DBClusterParameterGroup": "default.aurora-postgresql16",
        "DBClusterMembers": [{"DBInstanceIdentifier": "one", "IsClusterWriter": True}],
        "ServerlessV2ScalingConfiguration": {"MinCapacity": 2, "MaxCapacity": 16},
    }  # fmt: skip
    calls = Canned(
        describe_db_subnet_groups=[{"DBSubnetGroupName": "data", "VpcId": "vpc-1"}],
        describe_db_clusters=[cluster],
        describe_db_instances=[
            {"DBInstanceIdentifier": "one", "Engine": "aurora-postgresql", "DBInstanceClass": "db.serverless"}
        ],
    )

    database = there(read_database(calls, "vpc-1"))

    assert (database.vcpus, database.memory_mib, database.max_connections) == (4, 32 * 1024, 3360)
    assert "maximum of 16 capacity units" in calls.notes[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("waiting_room: yes", "is no JSON"),
        ("[]", "must be a JSON object with the key waiting_room"),
        ("{}", "must be a JSON object with the key waiting_room"),
        ('{"waiting_room": true, "polls": 3}', r"unknown keys \['polls'\]"),
    ],
)
def test_a_wrong_service_parameter_is_told_with_its_name(text, problem):
    with pytest.raises(PlanError, match=f"parameter '/p' .*{problem}"):
        parse_service("/p", text)


def test_groups_are_read_over_all_pages(account):
    scaling = account.session.client("autoscaling")
    template = {"LaunchTemplateId": account.template(), "Version": "$Latest"}
    for number in range(60):
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=f"group-{number:02}", MinSize=0, MaxSize=1, LaunchTemplate=template,
            VPCZoneIdentifier=account.subnets[0],
        )  # fmt: skip

    found = choose_group(Calls(account.session), "group-59", None)

    assert found["AutoScalingGroupName"] == "group-59", "AWS gives fifty groups a page"


def test_the_plan_of_the_opening_stack_is_whole(floodgate_stack):
    plan = read_plan(floodgate_stack("opening").world.session, stack="opening")

    assert (plan.group.min_size, plan.group.max_size, plan.group.instance_type.name) == (6, 90, "c7g.xlarge")
    assert len(plan.group.schedules) == 20, "ten nights, each opened and released"
    assert {type(p) for p in plan.group.policies} == {TargetTracking, StepScaling, PredictiveScaling}
    assert [len(p.alarms) for p in plan.group.policies if isinstance(p, StepScaling)] == [1]
    assert there(plan.group.warm_pool).min_size == 20
    assert plan.service.waiting_room
    assert there(plan.balancer).tls
    assert there(plan.balancer).reserved_lcu > 100
    assert "/queue/now-serving.json" in there(plan.edge).cached_paths, "a poll must not reach the balancer"
    assert (there(plan.database).engine, there(plan.database).readers) == ("aurora-postgresql", 2)
    assert there(plan.database).proxy_max_connections_percent
    assert there(plan.cache).nodes == 3
    assert plan.notes == ()


def test_the_plan_of_july_lacks_what_it_lacks(floodgate_stack):
    plan = read_plan(floodgate_stack("july").world.session, stack="july")

    assert (plan.group.min_size, plan.group.max_size) == (10, 10)
    assert plan.group.schedules == plan.group.policies == ()
    assert plan.group.warm_pool is plan.edge is None
    assert not plan.service.waiting_room
    assert there(plan.balancer).reserved_lcu == 0


def test_every_documented_right_is_needed(floodgate_stack):
    asked = set()
    for stack in ("opening", "july", "dev"):
        watched = Watched(floodgate_stack(stack).world.session)
        read_plan(watched, stack=stack)
        asked |= watched.asked

    only_where_names_are_kept_elsewhere = {"cloudfront:ListTagsForResource"}
    only_without_a_template = {"autoscaling:DescribeLaunchConfigurations"}
    assert set(ACTIONS) - asked == only_where_names_are_kept_elsewhere | only_without_a_template, (
        "nobody is asked for a right that nothing uses"
    )
