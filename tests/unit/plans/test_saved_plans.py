"""A folder of JSON as a session: what it answers, and that nothing but one line of what is wrong comes out of it.

What AWS answers is judged by botocore's own model of it; that real answers fit that model is AWS's word.
"""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.model import ListShape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floodgate.plans.catalogue import BY_NAME, CALLS, file_about
from floodgate.plans.saved import SavedPlan
from floodgate.plans.shapes import answer_of
from floodgate.rehearsal.errors import GroupNotFound, PlanError
from floodgate.rehearsal.reading import ACTIONS, read_group_plan, read_plan
from floodgate.rehearsal.reading.calls import NotTold

GROUP = {
    "AutoScalingGroupName": "web",
    "AutoScalingGroupARN": "arn:aws:autoscaling:eu-west-3:123456789012:autoScalingGroup:u:autoScalingGroupName/web",
    "MinSize": 2,
    "MaxSize": 9,
    "DesiredCapacity": 3,
    "AvailabilityZones": ["eu-west-3a", "eu-west-3b"],
}
GROUPS = {"AutoScalingGroups": [GROUP]}


@pytest.fixture
def plan(tmp_path):
    """Makes a folder of answers: `plan({"describe-policies": …})`, the groups beside them."""

    def make(answers=None, groups=GROUPS):
        files = {"describe-auto-scaling-groups": groups} | (answers or {})
        for name, answer in files.items():
            text = answer if isinstance(answer, str) else json.dumps(answer)
            (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
        return SavedPlan(tmp_path)

    return make


def of(plan, service="autoscaling"):
    return plan.client(service)


def test_the_region_is_the_groups(plan):
    assert plan().region_name == "eu-west-3"


def test_items_are_filtered_by_what_is_asked_for(plan):
    policies = [{"PolicyName": f"p-{g}", "AutoScalingGroupName": g} for g in ("web", "blog")]
    told = plan({"describe-policies": {"ScalingPolicies": policies}})

    found = of(told).describe_policies(AutoScalingGroupName="web")["ScalingPolicies"]
    (page,) = of(told).get_paginator("describe_policies").paginate(AutoScalingGroupName="blog")

    assert [p["PolicyName"] for p in found] == ["p-web"]
    assert [p["PolicyName"] for p in page["ScalingPolicies"]] == ["p-blog"]


@pytest.mark.parametrize(
    "moment", ["2027-08-09T10:00:00Z", "2027-08-09T19:00:00+09:00", "2027-08-09T10:00:00", 1817805600]
)
def test_moments_are_read_however_the_cli_writes_them(plan, moment):
    action = {"ScheduledActionName": "open", "StartTime": moment, "MinSize": 4}
    told = plan({"describe-scheduled-actions": {"ScheduledUpdateGroupActions": [action]}})

    (found,) = read_group_plan(told).group.schedules

    assert found.start == datetime(2027, 8, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        '{"ScalingPolicies": [{"PolicyName": "a"}], "NextToken": "x"}\n{"ScalingPolicies": [{"PolicyName": "b"}]}',
        '[{"ScalingPolicies": [{"PolicyName": "a"}]}, {"ScalingPolicies": [{"PolicyName": "b"}]}]',
        '{"ScalingPolicies": [{"PolicyName": "a"}, {"PolicyName": "b"}]}',
    ],
)
def test_several_pages_are_one_answer(plan, text):
    told = plan({"describe-policies": text})

    assert [p["PolicyName"] for p in of(told).describe_policies()["ScalingPolicies"]] == ["a", "b"]
    assert told.notes == []


def test_pages_may_stand_in_files_of_their_own(plan):
    told = plan({f"describe-policies.{n}": {"ScalingPolicies": [{"PolicyName": n}]} for n in ("a", "b")})

    assert [p["PolicyName"] for p in of(told).describe_policies()["ScalingPolicies"]] == ["a", "b"]


def test_a_file_that_ends_with_a_next_token_is_noted(plan):
    told = plan({"describe-policies": {"ScalingPolicies": [], "NextToken": "more"}})

    assert "describe-policies.json ends with a NextToken" in " ".join(read_group_plan(told).notes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_files_are_read_in_the_encodings_that_shells_write(tmp_path, encoding):
    named = {"AutoScalingGroups": [GROUP | {"AutoScalingGroupName": "예약"}]}
    (tmp_path / CALLS[0].file).write_text(json.dumps(named, ensure_ascii=False), encoding=encoding)

    assert read_group_plan(SavedPlan(tmp_path)).group.name == "예약"


def test_what_is_missing_is_told_and_not_invented(plan):
    with pytest.raises(NotTold, match=r"describe-policies.json is not there; save what `aws autoscaling describe-p"):
        of(plan()).describe_policies()


def test_each_groups_warm_pool_stands_in_a_file_of_its_own(plan):
    pools = {f"describe-warm-pool.{g}": {"WarmPoolConfiguration": {"MinSize": n}} for g, n in (("web", 1), ("blog", 2))}
    told = plan(pools, {"AutoScalingGroups": [GROUP, GROUP | {"AutoScalingGroupName": "blog"}]})

    for name, size in (("web", 1), ("blog", 2)):
        pool = read_group_plan(told, name).group.warm_pool
        assert pool is not None
        assert pool.min_size == size


def test_the_only_warm_pool_is_that_of_the_group_that_says_it_has_one(plan):
    with_pool = GROUP | {"WarmPoolConfiguration": {"MinSize": 4}}
    told = plan(
        {"describe-warm-pool": {"WarmPoolConfiguration": {"MinSize": 4}}},
        {"AutoScalingGroups": [with_pool, GROUP | {"AutoScalingGroupName": "blog"}]},
    )

    assert read_group_plan(told, "web").group.warm_pool is not None
    assert read_group_plan(told, "blog").group.warm_pool is None


def test_several_groups_ask_for_one(plan):
    told = plan(groups={"AutoScalingGroups": [GROUP, GROUP | {"AutoScalingGroupName": "blog"}]})

    with pytest.raises(GroupNotFound, match="blog, web; name one"):
        read_group_plan(told)


@pytest.mark.parametrize(("versions", "number"), [(["$Latest"], 3), (["$Default"], 2), (["1"], 1)])
def test_a_launch_templates_version_is_the_one_asked_for(plan, versions, number):
    told = [{"LaunchTemplateId": "lt-1", "VersionNumber": n, "DefaultVersion": n == 2} for n in (1, 3, 2)]
    client = of(plan({"describe-launch-template-versions": {"LaunchTemplateVersions": told}}), "ec2")

    (found,) = client.describe_launch_template_versions(LaunchTemplateId="lt-1", Versions=versions)[
        "LaunchTemplateVersions"
    ]

    assert found["VersionNumber"] == number


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("{", "line 1 column 2: is no JSON"),
        ("7", r"the whole is 7; it must be an object"),
        ('{"AutoScalingGroups": 3}', "AutoScalingGroups is 3; it must be a list"),
        ('{"AutoScalingGroups": [{"MinSize": "2"}]}', r"AutoScalingGroups\[0\].MinSize is '2'; it must be a whole"),
        ('{"AutoScalingGroups": [{"MinSize": true}]}', "MinSize is true; it must be a whole number"),
        ('{"AutoScalingGroups": [{"CreatedTime": "soon"}]}', "CreatedTime is 'soon'; it must be a moment"),
        ('{"AutoScalingGroups": [{"AutoScalingGroupName": "\\ud800"}]}', "must be text that can be written"),
        ('{"AutoScalingGroups": [{"MinSize": NaN}]}', "a number is beyond reason"),
        ('{"AutoScalingGroups": [{"MinSize": ' + "9" * 5000 + "}]}", "a number is beyond reason"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_not_aws_answer_is_told_with_file_and_place(plan, text, words):
    with pytest.raises(PlanError, match=rf"describe-auto-scaling-groups.json: .*{words}") as told:
        read_group_plan(plan(groups=text))
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"MinSize": None}, "group 'web' has no MinSize"),
        ({"MinSize": -1}, "MinSize is -1, which is below 0"),
        ({"MinSize": 10}, "MinSize 10 is above MaxSize 9"),
        ({"InstanceMaintenancePolicy": {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 80}}, "90 to 80 %"),
    ],
)
def test_a_group_that_cannot_be_is_told(plan, change, words):
    with pytest.raises(PlanError, match=words):
        read_group_plan(plan(groups={"AutoScalingGroups": [GROUP | change]}))


def test_a_folder_that_is_no_plan_says_which_file_is_missing(tmp_path):
    with pytest.raises(PlanError, match=r"needs at least describe-auto-scaling-groups.json; save what"):
        SavedPlan(tmp_path)
    with pytest.raises(PlanError, match="cannot be read"):
        SavedPlan(tmp_path / "nowhere")


def test_what_may_be_saved_is_what_the_rights_allow():
    asked = set()
    for call in CALLS:
        service = {"elbv2": "elasticloadbalancing"}.get(call.service, call.service)
        asked.add(f"{service}:{call.operation.replace('_', '')}".lower())
        assert answer_of(call).members, call
    assert asked == {action.lower() for action in ACTIONS}


@pytest.mark.parametrize("call", CALLS, ids=lambda c: c.operation)
def test_the_items_of_every_call_stand_where_aws_puts_them(call):
    shape = answer_of(call)
    for part in filter(None, call.items.split(".")):
        assert part in shape.members
        shape = shape.members[part]
    for key in call.keys.values():
        assert isinstance(shape, ListShape)
        assert key in shape.member.members


def test_files_of_resources_are_named_after_them():
    attributes = BY_NAME["elbv2", "describe_target_group_attributes"]
    arn = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/front/73e2d6bc24d8a067"

    assert file_about(attributes, arn) == "describe-target-group-attributes.front.json"
    assert file_about(BY_NAME["ssm", "get_parameter"], "/a/../b c") == "get-parameter.a-b-c.json"


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def near(shape, depth=0):
    """JSON that is nearly what AWS answers: the right keys, mostly the right types."""
    kind = shape.type_name
    if kind == "structure" and depth < 6:
        members = {key: near(inner, depth + 1) for key, inner in shape.members.items()}
        right = st.fixed_dictionaries({}, optional=members)
    elif kind == "list" and depth < 6:
        right = st.lists(near(shape.member, depth + 1), max_size=2)
    elif kind in ("integer", "long"):
        right = st.integers(-2, 400)
    elif kind in ("double", "float"):
        right = st.floats(-1e3, 1e3)
    elif kind == "boolean":
        right = st.booleans()
    elif kind == "timestamp":
        right = st.sampled_from(["2027-08-09T10:00:00Z", "0001-01-01T00:00:00+14:00", 1e300, -1])
    elif kind == "string":
        words = ["web", "arn:aws:x", "", "$Latest", "ChangeInCapacity", "p99", "m1 / m2", *getattr(shape, "enum", [])]
        right = st.sampled_from(words)
    else:
        right = st.just({})
    return st.integers(0, 30).flatmap(lambda draw: ANY if draw == 0 else right)


def outcome(read, folder):
    """None for a plan, else the text of the one error that there may be."""
    try:
        read(SavedPlan(folder))
    except PlanError as error:
        return str(error)
    return None


def read_everything(files):
    """Read a plan of these files, which ends with a plan or with one line."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        for read in (read_group_plan, read_plan):
            told = outcome(read, Path(folder))
            assert told is None or (told.encode() and len(told.splitlines()) == 1)


@given(st.dictionaries(st.sampled_from([call.file for call in CALLS]), ANY, max_size=6), st.binary(max_size=40))
@settings(max_examples=60)
def test_any_json_at_all_ends_with_that_error_or_a_plan(files, noise):
    encoded = {name: json.dumps(value).encode() for name, value in files.items()}

    read_everything(encoded | {"describe-auto-scaling-groups.json": noise})
    read_everything(encoded | {"describe-auto-scaling-groups.json": json.dumps(GROUPS).encode()})


NEAR = {
    call.file: near(answer_of(call))
    for call in CALLS
    if call.service in ("autoscaling", "cloudwatch", "elbv2", "rds", "elasticache", "ssm")
    and call.operation != "describe_auto_scaling_groups"
}


@given(st.fixed_dictionaries({}, optional=NEAR), near(answer_of(CALLS[0]).members["AutoScalingGroups"].member))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_nearly_aws_answers_end_with_that_error_or_a_plan(files, group):
    wanted = GROUP | group if isinstance(group, dict) else group
    told = {name: json.dumps(value).encode() for name, value in files.items()}

    read_everything(told | {"describe-auto-scaling-groups.json": json.dumps({"AutoScalingGroups": [wanted]}).encode()})
