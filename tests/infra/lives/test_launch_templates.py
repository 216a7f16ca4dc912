"""Launch templates: every change is a new version, and the program says which of them is the default."""

from __future__ import annotations

import base64
from typing import Any

import jmespath
import pytest

from floodgate.offline.handlers.base import RESOURCES, Change
from floodgate.offline.problems import Refused
from tests.infra.lives.fleets import TEMPLATE, Ground, ground
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.walks import assert_imports


@pytest.fixture
def on(life: Life) -> Ground:
    return ground(life)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


DISK = {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 20, "volumeType": "gp3", "deleteOnTermination": "true"}}
DATA_CHANGES: list[tuple[str, Any, Any, str, Any]] = [
    ("instanceType", "c7g.large", "c7g.xlarge", "InstanceType", "c7g.xlarge"),
    ("userData", None, encoded("a"), "UserData", encoded("a")),
    ("userData", encoded("a"), encoded("b"), "UserData", encoded("b")),
    ("userData", encoded("a"), None, "UserData", None),
    (
        "metadataOptions",
        {"httpTokens": "optional"},
        {"httpTokens": "required"},
        "MetadataOptions.HttpTokens",
        "required",
    ),
    ("monitoring", {"enabled": True}, None, "Monitoring", None),
    ("ebsOptimized", "true", "false", "EbsOptimized", False),
    ("vpcSecurityGroupIds", ["sg-1"], ["sg-2", "sg-1"], "SecurityGroupIds", ["sg-2", "sg-1"]),
    ("iamInstanceProfile", {"name": "a"}, {"name": "b"}, "IamInstanceProfile.Name", "b"),
    (
        "blockDeviceMappings",
        [DISK],
        [{**DISK, "ebs": {**DISK["ebs"], "volumeSize": 40}}],
        "BlockDeviceMappings[0].Ebs.VolumeSize",
        40,
    ),
    (
        "networkInterfaces",
        None,
        [{"associatePublicIpAddress": "false", "securityGroups": ["sg-1"]}],
        "NetworkInterfaces[0].Groups",
        ["sg-1"],
    ),
    (
        "tagSpecifications",
        None,
        [{"resourceType": "instance", "tags": {"a": "b"}}],
        "TagSpecifications[0].Tags[0].Value",
        "b",
    ),
    ("creditSpecification", None, {"cpuCredits": "unlimited"}, "CreditSpecification.CpuCredits", "unlimited"),
    ("instanceMarketOptions", None, {"marketType": "spot"}, "InstanceMarketOptions.MarketType", "spot"),
    ("placement", {"tenancy": "default"}, {"tenancy": "dedicated"}, "Placement.Tenancy", "dedicated"),
    ("disableApiTermination", True, False, "DisableApiTermination", False),
]


def version(on: Ground, template: Thing, number: str = "$Latest") -> dict[str, Any]:
    found = on.client("ec2").describe_launch_template_versions(LaunchTemplateId=template.id, Versions=[number])
    return found["LaunchTemplateVersions"][0]


@pytest.mark.parametrize(("name", "first", "then", "path", "told"), DATA_CHANGES)
def test_each_property_of_a_template_makes_a_new_version(on, name, first, then, path, told):
    template = on.template(**{} if first is None else {name: first})
    assert on.life.refresh(template) == set(), "a refresh right after the creation"
    assert on.life.change(template, **{name: then}) == {name}
    newest = version(on, template)
    assert jmespath.search(path, newest["LaunchTemplateData"]) == told
    assert newest["LaunchTemplateData"]["ImageId"] == on.image, "a version is whole, not only what changed"
    assert [template.state["latestVersion"], template.state["defaultVersion"]] == [2, 1]
    assert on.life.refresh(template) == set(), "a refresh right after the change"
    assert on.life.plan(template) == ()


def test_a_description_makes_a_version_and_tags_do_not(on):
    template = on.template(tags={"a": "b"})
    on.life.change(template, tags={"a": "c"})
    described = on.client("ec2").describe_launch_templates(LaunchTemplateIds=[template.id])["LaunchTemplates"][0]
    assert {tag["Key"]: tag["Value"] for tag in described["Tags"]} == {"a": "c", "owner": "tests"}
    assert template.state["latestVersion"] == 1
    on.life.change(template, description="quicker")
    assert version(on, template)["VersionDescription"] == "quicker"
    assert template.state["latestVersion"] == 2
    assert on.life.refresh(template) == set()


def test_the_default_version_stays_unless_the_program_moves_it(on):
    template = on.template()
    on.life.change(template, instanceType="c7g.xlarge")
    assert template.state["defaultVersion"] == 1
    on.life.change(template, defaultVersion=2)
    assert template.state["defaultVersion"] == 2
    # no longer said, it stays; asked to follow, it follows
    on.life.change(template, defaultVersion=None)
    assert template.state["defaultVersion"] == 2
    on.life.change(template, updateDefaultVersion=True, instanceType="c7g.2xlarge")
    assert [template.state["latestVersion"], template.state["defaultVersion"]] == [3, 3]
    on.life.change(template, keyName="k")
    assert template.state["defaultVersion"] == 4
    on.client("ec2").modify_launch_template(LaunchTemplateId=template.id, DefaultVersion="1")
    on.life.refresh(template)
    assert template.state["defaultVersion"] == 1


def test_following_the_newest_version_can_begin_without_a_new_one(on):
    template = on.template()
    on.life.change(template, instanceType="c7g.xlarge")
    on.life.change(template, updateDefaultVersion=True)
    assert [template.state["latestVersion"], template.state["defaultVersion"]] == [2, 2]


def test_a_default_version_that_does_not_exist_is_refused(on):
    template = on.template()
    with pytest.raises(Refused, match=r"InvalidLaunchTemplateId\.VersionNotFound"):
        on.life.change(template, defaultVersion=7)


@pytest.mark.parametrize(
    ("new", "unknown"),
    [
        ({"instanceType": "c7g.xlarge"}, {"latestVersion"}),
        ({"description": "x"}, {"latestVersion"}),
        ({"tags": {"a": "b"}}, set()),
        ({"defaultVersion": 1}, set()),
        ({"instanceType": "c7g.xlarge", "updateDefaultVersion": True}, {"latestVersion", "defaultVersion"}),
        ({"updateDefaultVersion": True}, {"defaultVersion"}),
    ],
)
def test_a_preview_knows_which_numbers_a_change_will_move(new, unknown):
    change = Change({"instanceType": "c7g.large"}, {"instanceType": "c7g.large", **new}, frozenset(new))
    assert RESOURCES[TEMPLATE].unknown_after(change) == unknown
    assert unknown <= RESOURCES[TEMPLATE].changing_outputs


def test_a_version_made_behind_the_back_is_seen_by_what_it_says(on):
    template = on.template(monitoring={"enabled": True}, keyName="k")
    data = {"ImageId": on.image, "InstanceType": "t4g.nano", "Monitoring": {"Enabled": True}}
    on.client("ec2").create_launch_template_version(LaunchTemplateId=template.id, LaunchTemplateData=data)
    assert on.life.refresh(template) == {"instanceType", "keyName"}
    assert template.state["latestVersion"] == 2
    on.life.change(template, instanceType="c7g.large", keyName="k")
    assert on.life.refresh(template) == set()


def test_a_template_is_imported_with_what_its_newest_version_says(on):
    assert_imports(on.life, on.template(monitoring={"enabled": True}, tags={"a": "b"}, description="d"))


def test_a_template_is_deleted_and_gone(on):
    template, other = on.template("one"), on.template("two")
    on.life.delete(template)
    assert [on.life.gone(template), on.life.gone(other)] == [True, False]
    on.life.delete(template)
    on.client("ec2").delete_launch_template(LaunchTemplateId=other.id)
    assert on.life.gone(other)
