"""The lives of keys and their names. A key never goes at once: it waits, can be had back, and counts as gone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from floodgate.offline.problems import Refused
from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.stores import changes, restore, settled

KEY, ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"


def policy(*actions: str) -> str:
    """A key policy that lets the account do this."""
    statement = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": list(actions)}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": "*"}]})


def kms(life: Life) -> Any:
    return life.world.session.client("kms")


def told(life: Life, thing: Thing) -> Any:
    key = {"KeyId": thing.id}
    return {
        **kms(life).describe_key(**key)["KeyMetadata"],
        **kms(life).get_key_rotation_status(**key),
        "Policy": json.loads(kms(life).get_key_policy(**key, PolicyName="default")["Policy"]),
    }


def test_every_property_of_a_key_changes_in_place(life: Life) -> None:
    thing = life.make(KEY, description="all at rest", policy=policy("kms:*"))
    settled(life, thing)
    for new, path, expected in (
        ({"description": "other"}, "Description", "other"),
        ({"description": None}, "Description", "other"),
        ({"policy": policy("kms:*", "kms:Encrypt")}, "Policy.Statement[0].Action[1]", "kms:Encrypt"),
        ({"policy": None}, "Policy.Statement[0].Action[1]", "kms:Encrypt"),
        ({"enableKeyRotation": True}, "[KeyRotationEnabled, RotationPeriodInDays]", [True, 365]),
        ({"rotationPeriodInDays": 90}, "RotationPeriodInDays", 90),
        ({"enableKeyRotation": None, "rotationPeriodInDays": None}, "KeyRotationEnabled", False),
        ({"isEnabled": False}, "KeyState", "Disabled"),
        ({"isEnabled": True, "description": "again"}, "KeyState", "Enabled"),
        ({"deletionWindowInDays": 7}, "KeyState", "Enabled"),
        ({"tags": {"of": "ours"}}, "KeyState", "Enabled"),
        ({"tags": None}, "KeyState", "Enabled"),
    ):
        changes(life, thing, lambda: told(life, thing), new, path, expected)

    assert kms(life).list_resource_tags(KeyId=thing.id)["Tags"] == [{"TagKey": "owner", "TagValue": "tests"}]


def test_what_somebody_changes_of_a_key_is_found_and_put_right(life: Life) -> None:
    declared = {"description": "ours", "enableKeyRotation": True, "policy": policy("kms:*"), "isEnabled": True}
    thing = life.make(KEY, **declared)
    key = {"KeyId": thing.id}
    kms(life).update_key_description(**key, Description="theirs")
    kms(life).disable_key_rotation(**key)
    kms(life).put_key_policy(**key, PolicyName="default", Policy=policy("kms:Decrypt"))
    kms(life).disable_key(**key)
    kms(life).tag_resource(**key, Tags=[{"TagKey": "of", "TagValue": "theirs"}])

    assert life.refresh(thing) == {*declared, "tags"}
    restore(life, thing, **declared, tags=None)


def test_a_policy_that_says_the_same_in_other_words_is_no_drift(life: Life) -> None:
    thing = life.make(KEY, policy=policy("kms:*"))
    kms(life).put_key_policy(
        KeyId=thing.id, PolicyName="default", Policy=json.dumps(json.loads(policy("kms:*")), indent=4)
    )

    assert life.refresh(thing) == set()


@pytest.mark.parametrize(("window", "days"), [({"deletionWindowInDays": 7}, 7), ({}, 30)])
def test_a_deleted_key_waits_for_its_window_and_counts_as_gone(life: Life, window: dict[str, int], days: int) -> None:
    thing = life.make(KEY, **window)
    life.delete(thing)
    key = kms(life).describe_key(KeyId=thing.id)["KeyMetadata"]

    assert key["KeyState"] == "PendingDeletion"
    assert (key["DeletionDate"] - life.world.now).days == days
    assert life.gone(thing)
    life.delete(thing)


def test_a_key_that_waits_for_its_deletion_can_do_no_more(life: Life) -> None:
    thing = life.make(KEY, description="ours")
    kms(life).schedule_key_deletion(KeyId=thing.id)
    with pytest.raises(Refused, match=r"KMSInvalidStateException: .*is pending deletion"):
        life.change(thing, description="other")

    with unrepaired():
        kms(life).update_key_description(KeyId=thing.id, Description="by plain moto")


def test_a_name_leads_to_another_key_and_is_taken_away(life: Life) -> None:
    one, other = life.make(KEY, "one"), life.make(KEY, "other")
    thing = life.make(ALIAS, "at-rest", targetKeyId=one.id)

    def target() -> Any:
        return kms(life).describe_key(KeyId=thing.id)["KeyMetadata"]["KeyId"]

    settled(life, thing)
    changes(life, thing, target, {"targetKeyId": other.id}, "@", other.id)
    changes(life, thing, target, {"targetKeyId": one.state["arn"]}, "@", one.id)
    assert thing.state["targetKeyArn"] == one.state["arn"]
    kms(life).update_alias(AliasName=thing.id, TargetKeyId=other.id)
    assert life.refresh(thing) == {"targetKeyId"}

    life.delete(thing)
    assert life.gone(thing)
    life.delete(thing)
