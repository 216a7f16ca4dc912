"""Instances, disks and keys: changes in place, protection, and what is gone afterwards."""

from __future__ import annotations

import base64
from typing import Any

import jmespath
import pytest
from botocore.exceptions import ClientError

from floodgate.offline.problems import Refused
from tests.infra.lives.fleets import Ground, ground
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.walks import assert_imports

INSTANCE, VOLUME = "aws:ec2/instance:Instance", "aws:ebs/volume:Volume"
ATTACHED, KEY = "aws:ec2/volumeAttachment:VolumeAttachment", "aws:ec2/keyPair:KeyPair"
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f somebody@somewhere"


@pytest.fixture
def on(life: Life) -> Ground:
    return ground(life)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def instance(on: Ground, **inputs: Any) -> Thing:
    given = {"ami": on.image, "instanceType": "t4g.small", "subnetId": on.subnets[0], **inputs}
    return on.life.make(INSTANCE, "server", **given)


def told(on: Ground, thing: Thing) -> dict[str, Any]:
    return on.client("ec2").describe_instances(InstanceIds=[thing.id])["Reservations"][0]["Instances"][0]


def group(on: Ground, name: str) -> str:
    return on.client("ec2").create_security_group(GroupName=name, Description=name, VpcId=on.vpc)["GroupId"]


def profile(on: Ground, name: str) -> str:
    on.client("iam").create_instance_profile(InstanceProfileName=name)
    return name


ROOT = {"volumeSize": 20, "volumeType": "gp3", "iops": 4000, "throughput": 200, "tags": {"disk": "root"}}
INSTANCE_CHANGES: list[tuple[str, Any, Any, str, Any]] = [
    ("instanceType", "t4g.small", "t4g.medium", "InstanceType", "t4g.medium"),
    ("monitoring", None, True, "Monitoring.State", "enabled"),
    ("monitoring", True, False, "Monitoring.State", "disabled"),
    ("sourceDestCheck", None, False, "SourceDestCheck", False),
    (
        "metadataOptions",
        {"httpTokens": "optional"},
        {"httpTokens": "required", "httpPutResponseHopLimit": 2},
        "MetadataOptions.[HttpTokens, HttpPutResponseHopLimit, HttpEndpoint]",
        ["required", 2, "enabled"],
    ),
    ("creditSpecification", {"cpuCredits": "standard"}, {"cpuCredits": "unlimited"}, "State.Name", "running"),
    (
        "maintenanceOptions",
        {"autoRecovery": "default"},
        {"autoRecovery": "disabled"},
        "MaintenanceOptions.AutoRecovery",
        "disabled",
    ),
    (
        "privateDnsNameOptions",
        {"hostnameType": "ip-name"},
        {"hostnameType": "resource-name"},
        "PrivateDnsNameOptions.HostnameType",
        "resource-name",
    ),
    (
        "capacityReservationSpecification",
        {"capacityReservationPreference": "open"},
        {"capacityReservationPreference": "none"},
        "CapacityReservationSpecification.CapacityReservationPreference",
        "none",
    ),
    ("disableApiTermination", False, True, "State.Name", "running"),
    ("disableApiStop", False, True, "State.Name", "running"),
    ("instanceInitiatedShutdownBehavior", "stop", "terminate", "State.Name", "running"),
    ("userData", "#!/bin/sh", "#!/bin/bash", "State.Name", "running"),
    ("userDataBase64", encoded("a"), encoded("b"), "State.Name", "running"),
    (
        "secondaryPrivateIps",
        None,
        ["10.0.0.99"],
        "NetworkInterfaces[0].PrivateIpAddresses[?!Primary].PrivateIpAddress",
        ["10.0.0.99"],
    ),
    ("tags", {"a": "b"}, {"a": "c", "d": "e"}, "Tags[?Key=='a'].Value", ["c"]),
    ("volumeTags", {"a": "b"}, {"a": "c"}, "State.Name", "running"),
    ("volumeTags", {"a": "b"}, None, "State.Name", "running"),
    (
        "rootBlockDevice",
        ROOT,
        {**ROOT, "volumeSize": 40, "iops": 5000, "tags": {"disk": "boot"}},
        "State.Name",
        "running",
    ),
    (
        "rootBlockDevice",
        ROOT,
        {**ROOT, "deleteOnTermination": False},
        "BlockDeviceMappings[0].Ebs.DeleteOnTermination",
        False,
    ),
    ("forceDestroy", None, True, "State.Name", "running"),
]


@pytest.mark.parametrize(("name", "first", "then", "path", "tells"), INSTANCE_CHANGES)
def test_each_property_of_an_instance_changes_in_place(on, name, first, then, path, tells):
    thing = instance(on, **{} if first is None else {name: first})
    assert on.life.refresh(thing) == set(), "a refresh right after the creation"
    assert on.life.change(thing, **{name: then}) == {name}
    assert jmespath.search(path, told(on, thing)) == tells
    assert told(on, thing)["State"]["Name"] == "running", "it was started again"
    assert on.life.refresh(thing) == set(), "a refresh right after the change"
    assert on.life.plan(thing) == ()


def test_groups_and_profile_of_an_instance_are_exchanged(on):
    inner, outer = group(on, "inner"), group(on, "outer")
    thing = instance(on, vpcSecurityGroupIds=[inner], iamInstanceProfile=profile(on, "one"))
    assert on.life.refresh(thing) == set()
    on.life.change(thing, vpcSecurityGroupIds=[outer], iamInstanceProfile=profile(on, "two"))
    described = told(on, thing)
    assert [each["GroupId"] for each in described["SecurityGroups"]] == [outer]
    assert [each["GroupId"] for each in described["NetworkInterfaces"][0]["Groups"]] == [outer]
    assert described["IamInstanceProfile"]["Arn"].endswith("/two")
    assert on.life.refresh(thing) == set()
    # EC2 would fill it in, so that no longer saying it keeps it; an empty name takes it away
    on.life.change(thing, iamInstanceProfile="")
    assert "IamInstanceProfile" not in told(on, thing)
    assert on.life.refresh(thing) == set()
    on.life.change(thing, iamInstanceProfile="one")
    assert on.life.refresh(thing) == set()


@pytest.mark.parametrize(
    ("declared", "attribute", "name"),
    [
        ({"disableApiTermination": True}, {"DisableApiTermination": {"Value": False}}, "disableApiTermination"),
        ({}, {"SourceDestCheck": {"Value": False}}, "sourceDestCheck"),
        (
            {"instanceInitiatedShutdownBehavior": "stop"},
            {"InstanceInitiatedShutdownBehavior": {"Value": "terminate"}},
            "instanceInitiatedShutdownBehavior",
        ),
    ],
)
def test_an_attribute_changed_behind_the_back_is_seen(on, declared, attribute, name):
    thing = instance(on, **declared)
    on.client("ec2").modify_instance_attribute(InstanceId=thing.id, **attribute)
    assert on.life.refresh(thing) == {name}


def test_a_disk_and_a_profile_changed_behind_the_back_are_seen(on):
    thing = instance(on, rootBlockDevice=ROOT, iamInstanceProfile=profile(on, "one"))
    ec2, described = on.client("ec2"), told(on, thing)
    ec2.modify_volume(VolumeId=described["BlockDeviceMappings"][0]["Ebs"]["VolumeId"], Size=100)
    (one,) = ec2.describe_iam_instance_profile_associations()["IamInstanceProfileAssociations"]
    ec2.disassociate_iam_instance_profile(AssociationId=one["AssociationId"])
    assert on.life.refresh(thing) == {"rootBlockDevice", "iamInstanceProfile"}


def test_ec2_changes_the_type_of_a_stopped_instance_only(on):
    # the control: without the stop the update of the type would be refused
    thing = instance(on)
    with pytest.raises(ClientError, match="IncorrectInstanceState"):
        on.client("ec2").modify_instance_attribute(InstanceId=thing.id, InstanceType={"Value": "t4g.medium"})


def test_a_terminated_instance_is_gone_although_ec2_tells_of_it(on):
    thing = instance(on)
    on.life.delete(thing)
    assert told(on, thing)["State"]["Name"] == "terminated"
    assert on.life.gone(thing)
    on.life.delete(thing)


def test_a_protected_instance_is_not_destroyed_unless_the_program_says_so(on):
    thing = instance(on, disableApiTermination=True)
    with pytest.raises(Refused, match="OperationNotPermitted"):
        on.life.delete(thing)
    on.life.change(thing, forceDestroy=True)
    on.life.delete(thing)
    assert on.life.gone(thing)


def test_user_data_that_is_to_replace_the_instance_is_not_changed_in_place(on):
    thing = instance(on, userData="a", userDataReplaceOnChange=True)
    with pytest.raises(Refused, match="userData cannot be changed in place"):
        on.life.change(thing, userData="b")


def volume(on: Ground, **inputs: Any) -> Thing:
    return on.life.make(VOLUME, "disk", **{"availabilityZone": "ap-northeast-2a", "size": 10, "type": "gp3", **inputs})


@pytest.mark.parametrize(
    "then",
    [
        {"size": 20},
        {"iops": 4000},
        {"throughput": 250},
        {"type": "io2", "iops": 5000},
        {"tags": {"a": "b"}},
        {"finalSnapshot": True},
    ],
)
def test_a_disk_changes_in_place_and_is_then_as_declared(on, then):
    disk = volume(on)
    assert on.life.refresh(disk) == set()
    assert on.life.change(disk, **then) == set(then)
    assert on.life.refresh(disk) == set()
    assert on.life.plan(disk) == ()
    on.client("ec2").modify_volume(VolumeId=disk.id, Size=99)
    assert on.life.refresh(disk) == {"size"}


def test_a_disk_in_use_is_not_deleted_and_a_last_snapshot_is_taken_if_asked_for(on):
    disk, server = volume(on, finalSnapshot=True, tags={"a": "b"}), instance(on)
    attached = on.life.make(ATTACHED, deviceName="/dev/sdf", instanceId=server.id, volumeId=disk.id)
    assert on.life.refresh(attached) == set()
    with pytest.raises(Refused, match="VolumeInUse"):
        on.life.delete(disk)
    on.life.delete(attached)
    assert on.life.gone(attached)
    on.life.delete(attached)
    on.client("ec2").describe_snapshots()
    on.life.delete(disk)
    assert on.life.gone(disk)
    mine = [{"Name": "tag:a", "Values": ["b"]}]
    assert len(on.client("ec2").describe_snapshots(Filters=mine)["Snapshots"]) >= 1
    on.life.delete(disk)


def test_an_attachment_may_stop_the_instance_first_or_be_left_as_it_is(on):
    disk, server = volume(on), instance(on)
    attached = on.life.make(ATTACHED, deviceName="/dev/sdf", instanceId=server.id, volumeId=disk.id, skipDestroy=True)
    on.life.delete(attached)
    assert not on.life.gone(attached), "the program wants it left"
    assert on.life.change(attached, skipDestroy=None, stopInstanceBeforeDetaching=True)
    on.life.delete(attached)
    assert on.life.gone(attached)
    assert told(on, server)["State"]["Name"] == "stopped"


def test_a_key_changes_its_tags_only_and_is_gone_when_somebody_deletes_it(on):
    key = on.life.make(KEY, keyName="mine", publicKey=PUBLIC_KEY, tags={"a": "b"})
    assert on.life.refresh(key) == set()
    assert on.life.change(key, tags={"a": "c"}) == {"tags"}
    described = on.client("ec2").describe_key_pairs(KeyNames=["mine"])["KeyPairs"][0]
    assert {tag["Key"]: tag["Value"] for tag in described["Tags"]} == {"a": "c", "owner": "tests"}
    assert on.life.refresh(key) == set()
    assert any(edit.replaces for edit in on.life.plan(key, publicKey=PUBLIC_KEY.replace("AAAA", "AAAB")))
    on.client("ec2").delete_key_pair(KeyName="mine")
    assert on.life.gone(key)
    on.life.delete(key)


def test_disks_instances_and_attachments_are_imported(on):
    disk, server = volume(on, tags={"a": "b"}), instance(on, tags={"a": "b"}, monitoring=True)
    attached = on.life.make(ATTACHED, deviceName="/dev/sdf", instanceId=server.id, volumeId=disk.id)
    assert_imports(on.life, disk)
    assert_imports(on.life, server)
    assert_imports(on.life, attached, f"/dev/sdf:{disk.id}:{server.id}")


def test_a_deleted_key_is_gone(on):
    key = on.life.make(KEY, keyName="mine", publicKey=PUBLIC_KEY)
    on.life.delete(key)
    assert on.life.gone(key)
