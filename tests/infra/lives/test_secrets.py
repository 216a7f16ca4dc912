"""The lives of secrets, their values and policies, and that no value is told where nobody may see it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from floodgate.offline.problems import Refused
from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.stores import KEY, changes, restore, settled

SECRET, VERSION = "aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretVersion:SecretVersion"
POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"


def policy(effect: str = "Allow") -> str:
    """A resource policy of a secret."""
    statement = {"Effect": effect, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Resource": "*"}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{**statement, "Action": "secretsmanager:GetSecretValue"}]}
    )


def manager(life: Life, region: str = "ap-northeast-2") -> Any:
    return life.world.session.client("secretsmanager", region_name=region)


def secret(life: Life, name: str = "door", **props: Any) -> Thing:
    return life.make(SECRET, name, name=name, **props)


def test_every_property_of_a_secret_changes_in_place(life: Life) -> None:
    thing = secret(life, description="of the door")
    settled(life, thing)

    def told() -> Any:
        found = manager(life).describe_secret(SecretId="door")
        return {**found, **manager(life).get_resource_policy(SecretId="door")}

    for new, path, expected in (
        ({"description": "of another door"}, "Description", "of another door"),
        ({"description": None}, "Description", None),
        ({"kmsKeyId": KEY}, "KmsKeyId", KEY),
        ({"policy": policy()}, "ResourcePolicy != null", True),
        ({"policy": "{}"}, "ResourcePolicy", None),
        ({"replicas": [{"region": "us-east-1"}]}, "ReplicationStatus[].Region", ["us-east-1"]),
        ({"replicas": [{"region": "eu-west-1"}]}, "ReplicationStatus[].Region", ["eu-west-1"]),
        ({"replicas": None}, "ReplicationStatus || `[]`", []),
        ({"recoveryWindowInDays": 7}, "Name", "door"),
        ({"forceOverwriteReplicaSecret": True}, "Name", "door"),
        ({"tags": {"of": "ours"}}, "length(Tags)", 2),
        ({"tags": None}, "Tags[].Key", ["owner"]),
    ):
        changes(life, thing, told, new, path, expected)


def test_what_somebody_changes_of_a_secret_is_found_and_put_right(life: Life) -> None:
    declared = {"description": "ours", "policy": policy()}
    thing = secret(life, **declared)
    settled(life, thing)
    manager(life).update_secret(SecretId="door", Description="")
    manager(life).put_resource_policy(SecretId="door", ResourcePolicy=policy("Deny"))
    manager(life).untag_resource(SecretId="door", TagKeys=["owner"])

    assert life.refresh(thing) == {"description", "policy", "tags"}
    assert thing.state["tagsAll"] == {}, "the provider's own tag is gone too"
    restore(life, thing, **declared, tags=None)
    assert thing.state["tagsAll"] == {"owner": "tests"}


def test_a_secret_is_made_with_its_replicas_and_deleted_after_them(life: Life) -> None:
    thing = secret(life, replicas=[{"region": "us-east-1"}], recoveryWindowInDays=0)
    settled(life, thing)
    assert manager(life, "us-east-1").describe_secret(SecretId="door")["PrimaryRegion"] == "ap-northeast-2"
    life.delete(thing)

    assert manager(life).list_secrets(IncludePlannedDeletion=True)["SecretList"] == []


def test_a_deleted_secret_waits_for_its_window_counts_as_gone_and_keeps_its_name(life: Life) -> None:
    thing = secret(life, recoveryWindowInDays=7)
    life.delete(thing)
    told = manager(life).describe_secret(SecretId="door")

    assert (told["DeletedDate"] - life.world.now).days == 7
    assert life.gone(thing)
    life.delete(thing)
    with pytest.raises(Refused, match="InvalidRequestException: You can't create this secret because a secret with"):
        secret(life)
    with unrepaired(), pytest.raises(Refused, match="ResourceExistsException"):
        secret(life)


def test_a_secret_without_a_window_is_gone_at_once_and_its_name_free(life: Life) -> None:
    thing = secret(life, recoveryWindowInDays=0)
    life.delete(thing)
    assert life.gone(thing)

    assert not life.gone(secret(life))


def test_another_value_is_another_version_and_the_old_one_the_previous(life: Life) -> None:
    door = secret(life)
    old = life.make(VERSION, secretId=door.id, secretString="quiet")
    settled(life, old)
    (edit,) = life.plan(old, secretString="quieter")
    assert edit.replaces

    new = life.make(VERSION, "new", secretId=door.id, secretString="quieter")
    life.delete(old)
    settled(life, new)
    previous = manager(life).get_secret_value(SecretId="door", VersionStage="AWSPREVIOUS")
    assert manager(life).get_secret_value(SecretId="door")["SecretString"] == "quieter"
    assert previous["SecretString"] == "quiet", "servers that still have it find it"


def test_a_refresh_reads_the_value_of_the_version(life: Life) -> None:
    door = secret(life)
    thing = life.make(VERSION, secretId=door.id, secretString="quiet")
    thing.inputs = {**thing.inputs, "secretString": "what the state wrongly says"}

    assert life.refresh(thing) == {"secretString"}
    assert thing.inputs["secretString"] == "quiet"


def test_a_value_in_bytes_is_read_as_it_was_written(life: Life) -> None:
    door = secret(life)
    settled(life, life.make(VERSION, secretId=door.id, secretBinary=base64.b64encode(b"\x00\x01").decode()))


def test_a_value_that_is_only_written_is_never_read(life: Life) -> None:
    door = secret(life)
    thing = life.make(VERSION, secretId=door.id, secretStringWo="quiet", secretStringWoVersion=1)
    settled(life, thing)

    assert "quiet" not in {**thing.state, "secretStringWo": ""}.values()
    life.change(thing, secretStringWo="louder")
    assert manager(life).get_secret_value(SecretId="door")["SecretString"] == "quiet", "not without a new version"


def test_labels_move_between_versions(life: Life) -> None:
    door = secret(life)
    one = life.make(VERSION, "one", secretId=door.id, secretString="a", versionStages=["AWSCURRENT", "blue"])
    other = life.make(VERSION, "other", secretId=door.id, secretString="b", versionStages=["green"])

    def value(stage: str) -> str:
        return manager(life).get_secret_value(SecretId="door", VersionStage=stage)["SecretString"]

    settled(life, one)
    changes(life, other, lambda: value("blue"), {"versionStages": ["green", "blue"]}, "@", "b")
    assert life.refresh(one) == {"versionStages"}
    changes(life, other, lambda: value("AWSCURRENT"), {"versionStages": ["AWSCURRENT"]}, "@", "b")
    assert value("AWSPREVIOUS") == "a"
    with pytest.raises(manager(life).exceptions.ResourceNotFoundException):
        value("green")


def test_a_version_goes_with_its_secret(life: Life) -> None:
    door = secret(life)
    thing = life.make(VERSION, secretId=door.id, secretString="quiet")
    rule = life.make(POLICY, secretArn=door.id, policy=policy())
    life.delete(door)

    assert life.gone(thing)
    assert life.gone(rule)
    life.delete(thing)
    life.delete(rule)


def test_a_policy_changes_in_place_and_is_taken_away(life: Life) -> None:
    door = secret(life)
    thing = life.make(POLICY, secretArn=door.id, policy=policy())

    def told() -> Any:
        return json.loads(manager(life).get_resource_policy(SecretId="door")["ResourcePolicy"])

    settled(life, thing)
    changes(life, thing, told, {"policy": policy("Deny")}, "Statement[0].Effect", "Deny")
    changes(life, thing, told, {"blockPublicPolicy": True}, "Statement[0].Effect", "Deny")
    manager(life).put_resource_policy(SecretId="door", ResourcePolicy=policy())
    assert life.refresh(thing) == {"policy"}
    life.delete(thing)
    assert life.gone(thing)
    assert "ResourcePolicy" not in manager(life).get_resource_policy(SecretId="door")
    life.delete(thing)


def test_a_value_is_in_no_error(life: Life) -> None:
    door = secret(life)
    life.delete(door)
    with pytest.raises(Refused) as deleted:
        life.make(VERSION, secretId="nowhere", secretString="quiet-value")
    with pytest.raises(Refused) as long:
        life.make(VERSION, secretId=door.id, secretString="quiet-value" * 10_000)

    assert "quiet-value" not in f"{deleted.value}{long.value}"
