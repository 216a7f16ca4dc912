"""The fleets of the three stacks, deployed into the offline AWS and read back through boto3.

It proves what is stored and wired; that servers really boot is proved by nothing but servers.
"""

import base64
import json

import pytest

STACKS = ["dev", "opening", "july"]


@pytest.fixture
def template(aws, group):
    """The launch template's data, in the version that the group uses."""

    def describe(stack):
        used = group(stack)["LaunchTemplate"]
        versions = aws(stack, "ec2").describe_launch_template_versions(
            LaunchTemplateId=used["LaunchTemplateId"], Versions=[used["Version"]]
        )
        (only,) = versions["LaunchTemplateVersions"]
        return only["LaunchTemplateData"]

    return describe


@pytest.fixture
def statements(aws, template):
    """The statements of the servers' role, by their name."""

    def read(stack):
        iam = aws(stack, "iam")
        profile = template(stack)["IamInstanceProfile"]["Arn"].rsplit("/", 1)[1]
        (role,) = iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]["Roles"]
        assert not iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"]
        (name,) = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
        document = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
        return {statement["Sid"]: statement for statement in document["Statement"]}

    return read


@pytest.mark.parametrize(
    ("stack", "sizes", "zones"), [("dev", (1, 4, 1), 2), ("opening", (6, 90, 6), 3), ("july", (10, 10, 10), 3)]
)
def test_a_group_has_its_sizes_and_spans_the_zones(group, stack, sizes, zones):
    found = group(stack)

    assert (found["MinSize"], found["MaxSize"], found["DesiredCapacity"]) == sizes
    assert len(found["AvailabilityZones"]) == len(found["VPCZoneIdentifier"].split(",")) == zones


def test_the_servers_stand_in_the_application_subnets(aws, group):
    subnets = group("opening")["VPCZoneIdentifier"].split(",")
    found = aws("opening", "ec2").describe_subnets(SubnetIds=subnets)["Subnets"]
    names = {tag["Value"] for subnet in found for tag in subnet["Tags"] if tag["Key"] == "Name"}

    assert names == {"network-app-1", "network-app-2", "network-app-3"}


@pytest.mark.parametrize("stack", STACKS)
def test_the_balancers_health_check_decides_and_new_servers_have_grace(group, stack):
    found = group(stack)

    assert found["HealthCheckType"] == "ELB"
    assert found["HealthCheckGracePeriod"] == 90
    assert found["DefaultInstanceWarmup"] == 120
    assert found["TargetGroupARNs"], "without a target group no crowd reaches the servers"


@pytest.mark.parametrize("stack", STACKS)
def test_a_launched_server_is_waited_for_and_replaced_when_it_says_nothing(aws, group, stack):
    (hook,) = aws(stack, "autoscaling").describe_lifecycle_hooks(
        AutoScalingGroupName=group(stack)["AutoScalingGroupName"]
    )["LifecycleHooks"]

    assert hook["LifecycleHookName"] == "ready"
    assert hook["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_LAUNCHING"
    assert hook["HeartbeatTimeout"] == 600
    assert hook["DefaultResult"] == "ABANDON"


def test_only_the_opening_stack_has_a_warm_pool_of_constant_size(aws, group):
    pool = group("opening")["WarmPoolConfiguration"]

    assert (pool["MinSize"], pool["MaxGroupPreparedCapacity"], pool["PoolState"]) == (20, 20, "Stopped")
    for stack in ("dev", "july"):
        assert "WarmPoolConfiguration" not in group(stack)


@pytest.mark.parametrize("stack", STACKS)
def test_replacements_come_before_servers_go(group, stack):
    policy = group(stack)["InstanceMaintenancePolicy"]

    assert (policy["MinHealthyPercentage"], policy["MaxHealthyPercentage"]) == (100, 110)


@pytest.mark.parametrize("stack", STACKS)
def test_every_group_metric_is_published(group, stack):
    found = {metric["Metric"] for metric in group(stack)["EnabledMetrics"]}

    assert {"GroupDesiredCapacity", "GroupInServiceInstances", "WarmPoolWarmedCapacity"} <= found
    assert len(found) == 20


@pytest.mark.parametrize("stack", STACKS)
def test_a_group_says_whose_it_is_and_where_its_service_is_described(group, stack):
    tags = {tag["Key"]: tag for tag in group(stack)["Tags"]}

    assert tags["floodgate:stack"]["Value"] == stack
    assert tags["floodgate:service"]["Value"] == f"/floodgate/{stack}/service"
    assert not tags["floodgate:service"]["PropagateAtLaunch"]
    assert {"owner", "service", "cost-centre"} <= tags.keys()


@pytest.mark.parametrize("stack", STACKS)
def test_the_service_parameter_holds_what_its_contract_names(aws, stack):
    parameter = aws(stack, "ssm").get_parameter(Name=f"/floodgate/{stack}/service")["Parameter"]
    told = json.loads(parameter["Value"])

    assert set(told) == {
        "waiting_room",
        "poll_interval_s",
        "journeys_per_server_per_s",
        "max_inside",
        "connections_per_server",
        "shed_after_s",
        "openings",
        "providers",
    }
    assert told["waiting_room"] is (stack != "july")


def test_the_servers_are_told_the_nights_and_whose_they_are(aws):
    parameter = aws("opening", "ssm").get_parameter(Name="/floodgate/opening/service")["Parameter"]
    openings = json.loads(parameter["Value"])["openings"]

    assert [opening["name"] for opening in openings] == [f"night-{night}" for night in range(1, 11)]
    assert openings[0]["doors_at"] == "2027-08-09T11:00:00+00:00", "20:00 in Seoul"
    assert [opening["rules"]["birth_digits"] for opening in openings] == [[n % 10] for n in range(9, 19)]


@pytest.mark.parametrize("stack", STACKS)
def test_a_server_gives_its_credentials_to_nobody_but_itself(template, stack):
    options = template(stack)["MetadataOptions"]

    assert options["HttpTokens"] == "required", "version 1 of the metadata service answers any forwarded request"
    assert options["HttpPutResponseHopLimit"] == 1


@pytest.mark.parametrize("stack", STACKS)
def test_a_servers_disk_is_encrypted_and_goes_with_it(template, stack):
    (disk,) = template(stack)["BlockDeviceMappings"]

    assert disk["DeviceName"] == "/dev/xvda"
    assert disk["Ebs"]["Encrypted"]
    assert disk["Ebs"]["DeleteOnTermination"]
    assert disk["Ebs"]["VolumeType"] == "gp3"


@pytest.mark.parametrize("stack", STACKS)
def test_a_server_is_measured_every_minute(template, stack):
    assert template(stack)["Monitoring"]["Enabled"]


@pytest.mark.parametrize(("stack", "type_"), [("dev", "t4g.small"), ("opening", "c7g.xlarge"), ("july", "c7g.xlarge")])
def test_a_server_is_of_the_configured_type_and_runs_amazon_linux(aws, template, stack, type_):
    found = template(stack)

    assert found["InstanceType"] == type_
    image = aws(stack, "ssm").get_parameter(
        Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    )["Parameter"]["Value"]
    assert found["ImageId"] == image


def test_a_server_is_told_its_release_and_where_its_stores_are(floodgate_stack, template):
    script = base64.b64decode(template("opening")["UserData"]).decode()
    outputs = floodgate_stack("opening").outputs

    assert f"readonly ARTIFACT_BUCKET={outputs['artifact_bucket']}\n" in script
    assert "readonly ARTIFACT_KEY=releases/0.1.0/service.tar.gz\n" in script
    assert "readonly ARTIFACT_SHA256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n" in script
    assert "readonly SERVICE_PARAMETER=/floodgate/opening/service\n" in script
    assert "readonly AWS_REGION=ap-northeast-2\n" in script
    for name in ("DATABASE_HOST", "DATABASE_READER_HOST", "DATABASE_SECRET", "CACHE_HOST", "CACHE_SECRET"):
        assert f"readonly {name}=" in script
        assert f"readonly {name}=''" not in script, f"{name} is empty"
        assert f"readonly {name}=None" not in script, f"{name} is unknown"


@pytest.mark.parametrize("stack", STACKS)
def test_releases_are_private_versioned_and_encrypted(aws, floodgate_stack, stack):
    s3, bucket = aws(stack, "s3"), floodgate_stack(stack).outputs["artifact_bucket"]

    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]


@pytest.mark.parametrize("stack", STACKS)
def test_a_server_may_touch_only_what_is_its_own(statements, stack):
    everywhere = {sid for sid, found in statements(stack).items() if found["Resource"] == "*"}

    assert everywhere == {"Metrics", "SeeCapacity"}, "AWS lets every other action name its resource"
    assert statements(stack)["Metrics"]["Condition"] == {"StringEquals": {"cloudwatch:namespace": "Floodgate"}}
    assert all("*" not in action for found in statements(stack).values() for action in _list(found["Action"]))


def test_a_server_reads_its_own_release_settings_and_secrets(floodgate_stack, statements):
    found, outputs = statements("opening"), floodgate_stack("opening").outputs

    assert found["Release"]["Resource"] == f"arn:aws:s3:::{outputs['artifact_bucket']}/releases/*"
    assert all(":parameter/floodgate/opening" in arn for arn in found["Settings"]["Resource"])
    assert len(found["Secrets"]["Resource"]) == 3, "of the database, of the cache, and its own"
    assert all(arn.startswith("arn:aws:secretsmanager:ap-northeast-2:") for arn in found["Secrets"]["Resource"])


def test_a_server_reports_ready_for_its_own_group_only(floodgate_stack, statements):
    statement = statements("opening")["ReportReady"]
    pattern = statement["Resource"]

    assert pattern.endswith("autoScalingGroupName/fleet-group-*")
    assert floodgate_stack("opening").outputs["group_name"].startswith("fleet-group-")
    assert statement["Condition"] == {"StringEquals": {"autoscaling:ResourceTag/floodgate:stack": "opening"}}


def _list(value):
    return value if isinstance(value, list) else [value]


# ---------------------------------------------------------------- what AWS does not hand back: the program's own words


def test_a_release_rolls_through_the_fleet_and_back_when_it_fails(floodgate_stack):
    group = floodgate_stack("opening").resource("aws:autoscaling/group:Group", "fleet-group")
    refresh = group.inputs["instanceRefresh"]

    assert refresh["strategy"] == "Rolling"
    assert refresh["preferences"]["autoRollback"] is True
    assert refresh["preferences"]["skipMatching"] is True
    assert refresh["preferences"]["minHealthyPercentage"] == 100
    assert group.inputs["launchTemplate"]["version"] == "1", "only a numbered version can be rolled back to"


def test_the_first_server_has_its_rights_before_it_boots(floodgate_stack):
    stack = floodgate_stack("opening")
    group = stack.resource("aws:autoscaling/group:Group", "fleet-group")
    permissions = stack.resource("aws:iam/rolePolicy:RolePolicy", "fleet-permissions")

    assert permissions.urn in group.dependencies
