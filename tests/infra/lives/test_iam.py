"""The lives of roles, policies and instance profiles, and what IAM refuses to delete.

They prove the handlers against the offline AWS; that AWS itself answers so is the documentation's word, not theirs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from floodgate.offline.handlers.policy_document import equivalent
from floodgate.offline.problems import Refused
from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.steps import changed, ended, refused, seen_behind, settled

ROLE, POLICY, PROFILE = "aws:iam/role:Role", "aws:iam/policy:Policy", "aws:iam/instanceProfile:InstanceProfile"
ROLE_POLICY, ATTACHMENT = "aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
SSM_CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
AGENT = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def trust(service: str = "ec2") -> str:
    return document(Action="sts:AssumeRole", Principal={"Service": f"{service}.amazonaws.com"})


READ, WRITE = document(Action="s3:GetObject", Resource="*"), document(Action="s3:PutObject", Resource="*")


def role(life: Life, name: str = "server", **props: Any) -> Thing:
    return life.make(ROLE, name, name=name, **{"assumeRolePolicy": trust(), **props})


def told(life: Life, name: str = "server") -> Any:
    return life.world.session.client("iam").get_role(RoleName=name)["Role"]


def test_a_role_is_changed_in_place(life: Life) -> None:
    boundary = life.make(POLICY, policy=READ).id
    thing = role(life, description="Servers", tags={"team": "doors"})
    settled(life, thing)

    changed(life, thing, maxSessionDuration=7200)
    assert told(life)["Description"] == "Servers", "what a change does not mention stays"
    changed(life, thing, description="Web servers")
    assert told(life)["MaxSessionDuration"] == 7200
    changed(life, thing, description=None, maxSessionDuration=None)
    assert (told(life).get("Description", ""), told(life)["MaxSessionDuration"]) == ("", 3600)
    changed(life, thing, assumeRolePolicy=trust("ecs"), tags={"cost": "9"})
    changed(life, thing, permissionsBoundary=boundary)
    assert told(life)["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    changed(life, thing, permissionsBoundary=None)
    assert "PermissionsBoundary" not in told(life)
    changed(life, thing, forceDetachPolicies=True)
    ended(life, thing)


def test_plain_moto_empties_what_a_change_does_not_mention(life: Life) -> None:
    thing = role(life, description="Servers")
    with unrepaired():
        life.change(thing, maxSessionDuration=7200)

    assert life.refresh(thing) == {"description"}, "the control of the test above"


def test_policies_inside_a_role_and_attached_to_it_change(life: Life) -> None:
    thing = role(life, inlinePolicies=[{"name": "read", "policy": READ}], managedPolicyArns=[SSM_CORE])
    iam = life.world.session.client("iam")
    settled(life, thing)

    changed(life, thing, managedPolicyArns=[AGENT])
    changed(life, thing, inlinePolicies=[{"name": "read", "policy": WRITE}, {"name": "more", "policy": READ}])
    assert iam.list_role_policies(RoleName="server")["PolicyNames"] == ["read", "more"]
    changed(life, thing, inlinePolicies=[{"name": "more", "policy": READ}], managedPolicyArns=[])
    assert iam.list_attached_role_policies(RoleName="server")["AttachedPolicies"] == []
    life.change(thing, inlinePolicies=None, managedPolicyArns=None)
    assert iam.list_role_policies(RoleName="server")["PolicyNames"] == ["more"], "the provider leaves it"
    settled(life, thing)


@pytest.mark.parametrize(
    ("call", "given", "names"),
    [
        ("update_role", {"Description": "other"}, {"description"}),
        ("update_role", {"MaxSessionDuration": 4000}, {"maxSessionDuration"}),
        ("update_assume_role_policy", {"PolicyDocument": trust("ecs")}, {"assumeRolePolicy"}),
        ("put_role_policy", {"PolicyName": "read", "PolicyDocument": WRITE}, {"inlinePolicies"}),
        ("put_role_policy", {"PolicyName": "new", "PolicyDocument": WRITE}, {"inlinePolicies"}),
        ("detach_role_policy", {"PolicyArn": SSM_CORE}, {"managedPolicyArns"}),
        ("delete_role_permissions_boundary", {}, {"permissionsBoundary"}),
        ("tag_role", {"Tags": [{"Key": "team", "Value": "x"}]}, {"tags"}),
    ],
)
def test_what_somebody_changes_of_a_role_shows_and_is_put_right(
    life: Life, call: str, given: Any, names: set[str]
) -> None:
    boundary = life.make(POLICY, policy=READ).id
    thing = role(
        life, description="Servers", inlinePolicies=[{"name": "read", "policy": READ}], managedPolicyArns=[SSM_CORE],
        permissionsBoundary=boundary, tags={"team": "doors"},
    )  # fmt: skip
    iam = life.world.session.client("iam")

    assert seen_behind(life, thing, names, lambda: getattr(iam, call)(RoleName="server", **given))


def test_the_same_trust_in_other_words_is_no_drift(life: Life) -> None:
    thing = role(life)
    words = document(Action=["sts:AssumeRole"], Principal={"Service": ["ec2.amazonaws.com"]})
    life.world.session.client("iam").update_assume_role_policy(RoleName="server", PolicyDocument=words)

    assert settled(life, thing)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"Action": ["a", "b"]}, {"Action": ["b", "a"]}, True),
        ({"Action": ["a"]}, {"Action": "a"}, True),
        ({"Principal": "*"}, {"Principal": {"AWS": "*"}}, True),
        ({"Condition": {"Bool": {"x": True}}}, {"Condition": {"Bool": {"x": "true"}}}, True),
        ({"Action": ["a", "b"]}, {"Action": ["a"]}, False),
        ({"Effect": "Allow"}, {"Effect": "Deny"}, False),
        ({"Resource": "*"}, {"Resource": {"AWS": "*"}}, False),
    ],
)
def test_documents_are_compared_by_what_they_mean(one: Any, other: Any, same: bool) -> None:
    assert equivalent(json.dumps({"Statement": [one]}), {"Statement": other}) is same


def test_a_policy_keeps_its_last_five_versions(life: Life) -> None:
    thing = life.make(POLICY, policy=READ, tags={"team": "doors"})
    iam = life.world.session.client("iam")
    settled(life, thing)
    for place in range(6):
        changed(life, thing, policy=document(Action="s3:GetObject", Resource=f"arn:aws:s3:::shelf-{place}/*"))
    versions = iam.list_policy_versions(PolicyArn=thing.id)["Versions"]

    assert [version["VersionId"] for version in versions] == ["v3", "v4", "v5", "v6", "v7"]
    assert [version["VersionId"] for version in versions if version["IsDefaultVersion"]] == ["v7"]
    changed(life, thing, tags={"cost": "9"})
    back = {"PolicyArn": thing.id, "VersionId": "v3"}
    assert seen_behind(life, thing, {"policy"}, lambda: iam.set_default_policy_version(**back))
    ended(life, thing)


def test_a_policy_given_as_an_object_lives(life: Life) -> None:
    thing = life.make(POLICY, policy=json.loads(READ))
    settled(life, thing)
    changed(life, thing, policy=json.loads(WRITE))
    ended(life, thing)


def test_a_policy_in_use_is_not_deleted(life: Life) -> None:
    held, bound = life.make(POLICY, "held", policy=READ), life.make(POLICY, "bound", policy=READ)
    thing = role(life, permissionsBoundary=bound.id)
    attachment = life.make(ATTACHMENT, role="server", policyArn=held.id)
    settled(life, attachment)

    refused(life, held, "DeleteConflict: Cannot delete a policy attached to entities")
    refused(life, bound, "DeleteConflict")
    for each in (attachment, held, thing, bound):
        ended(life, each)


def test_plain_moto_deletes_a_policy_in_use(life: Life) -> None:
    held = life.make(POLICY, policy=READ)
    role(life, managedPolicyArns=[held.id])
    with unrepaired():
        life.delete(held)

    assert life.gone(held), "the control of the refusal above"


def test_a_role_with_policies_of_others_is_not_deleted_unless_forced(life: Life) -> None:
    thing = role(life)
    attachment = life.make(ATTACHMENT, role="server", policyArn=SSM_CORE)
    inside = life.make(ROLE_POLICY, role="server", name="read", policy=READ)
    refused(life, thing, "DeleteConflict: Cannot delete entity, must detach all policies first")
    ended(life, attachment)
    refused(life, thing, "DeleteConflict: Cannot delete entity, must delete policies first")
    life.make(ATTACHMENT, "again", role="server", policyArn=SSM_CORE)
    changed(life, thing, forceDetachPolicies=True)
    ended(life, thing)

    assert life.gone(inside)


def test_a_role_is_taken_out_of_its_profiles_first(life: Life) -> None:
    thing = role(life)
    profile = life.make(PROFILE, role="server")
    iam = life.world.session.client("iam")
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_role(RoleName="server")
    ended(life, thing)

    assert life.refresh(profile) == {"role"}


def test_a_profile_is_handed_another_role(life: Life) -> None:
    role(life), role(life, "other")
    thing = life.make(PROFILE, role="server", tags={"team": "doors"})
    iam = life.world.session.client("iam")
    settled(life, thing)
    changed(life, thing, role="other")
    changed(life, thing, role=None, tags={"cost": "9"})
    changed(life, thing, role="server")
    taken = {"InstanceProfileName": thing.id, "RoleName": "server"}

    assert seen_behind(life, thing, {"role"}, lambda: iam.remove_role_from_instance_profile(**taken))
    ended(life, thing)


def test_a_policy_inside_a_role_lives(life: Life) -> None:
    role(life)
    thing = life.make(ROLE_POLICY, role="server", name="read", policy=READ)
    iam = life.world.session.client("iam")
    settled(life, thing)
    changed(life, thing, policy=WRITE)
    put = {"RoleName": "server", "PolicyName": "read", "PolicyDocument": READ}

    assert seen_behind(life, thing, {"policy"}, lambda: iam.put_role_policy(**put))
    assert [edit.replaces for edit in life.plan(thing, name="write")] == [True]
    ended(life, thing)


def test_a_service_s_own_role_lives(life: Life) -> None:
    thing = life.make(
        "aws:iam/serviceLinkedRole:ServiceLinkedRole", awsServiceName="autoscaling.amazonaws.com", customSuffix="x",
        tags={"team": "doors"},
    )  # fmt: skip
    iam, name = life.world.session.client("iam"), "AWSServiceRoleForAutoScaling_x"
    settled(life, thing)
    changed(life, thing, description="For the groups", tags={"cost": "9"})
    changed(life, thing, description=None)

    assert seen_behind(life, thing, {"tags"}, lambda: iam.untag_role(RoleName=name, TagKeys=["cost"]))
    ended(life, thing)


def test_a_role_whose_policy_does_not_exist_is_not_left_behind(life: Life) -> None:
    with pytest.raises(Refused, match="NoSuchEntity"):
        role(life, inlinePolicies=[{"name": "read", "policy": READ}], managedPolicyArns=[SSM_CORE, f"{SSM_CORE}No"])

    assert "server" not in [each["RoleName"] for each in life.world.session.client("iam").list_roles()["Roles"]]
