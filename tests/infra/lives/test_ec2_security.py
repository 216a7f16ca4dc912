"""Security groups and their rules of every kind: made, changed, drifted, refused, deleted.

That AWS itself answers so, only an account can show; the refusals follow its documentation.
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from floodgate.offline.problems import Refused
from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.networks import GROUP, Net, network

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
OLD_RULE, DEFAULT = "aws:ec2/securityGroupRule:SecurityGroupRule", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
HTTPS: dict[str, Any] = {"protocol": "tcp", "fromPort": 443, "toPort": 443}
HTTP: dict[str, Any] = {"protocol": "6", "fromPort": 80, "toPort": 80}


@pytest.fixture
def net(life: Life) -> Net:
    return network(life)


def _rules(net: Net, group: Thing) -> dict[str, Any]:
    """A group's rules as AWS has them, by their id."""
    told = net.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group.id]}])
    return {rule["SecurityGroupRuleId"]: rule for rule in told["SecurityGroupRules"]}


def _list(net: Net, name: str = "list") -> str:
    made = net.ec2.create_managed_prefix_list(PrefixListName=name, AddressFamily="IPv4", MaxEntries=1)
    return made["PrefixList"]["PrefixListId"]


def test_rules_written_in_any_form_are_found_as_they_were_written(net: Net) -> None:
    other, prefixes = net.inside(GROUP, "other"), _list(net)
    ingress = [
        {**HTTPS, "cidrBlocks": ["10.0.0.0/8", "192.168.0.0/16"], "description": "inside"},
        {**HTTPS, "ipv6CidrBlocks": ["::/0"], "self": True},
        {**HTTP, "securityGroups": [other.id], "description": "by number"},
        {**HTTP, "prefixListIds": [prefixes], "description": "by list"},
        {"protocol": "icmp", "fromPort": -1, "toPort": -1, "cidrBlocks": ["10.0.0.0/8"]},
    ]
    egress = [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"], "ipv6CidrBlocks": ["::/0"]}]
    group = net.inside(GROUP, ingress=ingress, egress=egress)
    net.settled(group)
    net.changed(group, ingress=list(reversed(ingress)))
    net.ends(group)


def test_rules_that_stay_are_never_interrupted(net: Net) -> None:
    stays = {**HTTPS, "cidrBlocks": ["10.0.0.0/8"]}
    group = net.inside(GROUP, ingress=[stays, {**HTTP, "cidrBlocks": ["10.0.0.0/8"], "description": "one"}])
    before = _rules(net, group)
    net.changed(group, ingress=[{**HTTP, "cidrBlocks": ["10.0.0.0/8"], "description": "two"}, stays])
    after = _rules(net, group)
    assert [rule["FromPort"] for id_, rule in after.items() if id_ in before] == [443]
    assert sorted(rule.get("Description", "") for rule in after.values()) == ["", "two"]

    net.changed(group, ingress=[], egress=[{**HTTPS, "ipv6CidrBlocks": ["::/0"]}])
    net.changed(group, egress=[])
    assert _rules(net, group) == {}


def test_rules_changed_by_hand_are_drift_and_put_right(net: Net) -> None:
    given = [{**HTTPS, "cidrBlocks": ["10.0.0.0/8"]}]
    group = net.inside(GROUP, ingress=given)
    net.ec2.authorize_security_group_ingress(
        GroupId=group.id, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    assert net.life.refresh(group) == {"ingress"}
    assert group.inputs["ingress"][1]["fromPort"] == 22
    net.changed(group, ingress=given)

    net.ec2.revoke_security_group_ingress(
        GroupId=group.id, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.0.0.0/8"
    )
    assert net.life.refresh(group) == {"ingress"}
    net.changed(group, ingress=given)
    assert len(_rules(net, group)) == 1


def test_rules_of_their_own_are_not_touched_by_a_group_that_says_nothing_of_rules(net: Net) -> None:
    group = net.inside(GROUP)
    net.make(INGRESS, securityGroupId=group.id, ipProtocol="tcp", fromPort=1, toPort=2, cidrIpv4="10.0.0.0/8")
    assert net.life.refresh(group) == set()
    net.life.change(group, tags={"use": "other"}, revokeRulesOnDelete=True)
    assert len(_rules(net, group)) == 1


def test_a_group_with_a_rule_that_aws_refuses_is_not_left_behind(net: Net) -> None:
    with pytest.raises(Refused, match=r"InvalidGroup\.NotFound"):
        net.inside(GROUP, ingress=[{**HTTPS, "securityGroups": ["sg-0123456789abcdef0"]}])
    here = [{"Name": "vpc-id", "Values": [net.vpc.id]}]
    assert [g["GroupName"] for g in net.ec2.describe_security_groups(Filters=here)["SecurityGroups"]] == ["default"]


def test_a_group_stays_while_another_names_it_unless_its_rules_are_revoked_first(net: Net) -> None:
    named = net.inside(GROUP, "named", ingress=[{**HTTP, "self": True}])
    other = net.inside(GROUP, "other", egress=[{**HTTPS, "securityGroups": [named.id]}])
    with pytest.raises(Refused, match=r"DependencyViolation: resource sg-\w+ has a dependent object"):
        net.life.delete(named)
    net.life.change(named, revokeRulesOnDelete=True)
    net.ends(named)
    assert _rules(net, other) == {}
    net.ends(other)


def test_a_group_stays_while_an_interface_wears_it(net: Net) -> None:
    group = net.inside(GROUP, revokeRulesOnDelete=True)
    interface = net.interface(Groups=[group.id])
    with pytest.raises(Refused, match="DependencyViolation"):
        net.life.delete(group)
    with unrepaired():  # the control
        net.ec2.delete_network_interface(NetworkInterfaceId=interface)
    net.ends(group)


def test_the_default_group_is_emptied_changed_and_only_forgotten(net: Net) -> None:
    group = net.inside(DEFAULT)
    assert _rules(net, group) == {}
    net.settled(group)
    net.changed(group, ingress=[{**HTTPS, "self": True}], tags={"use": "none"})
    net.life.delete(group)
    assert len(_rules(net, group)) == 1
    with pytest.raises(ClientError, match="CannotDelete"):
        net.ec2.delete_security_group(GroupId=group.id)


SOURCES = {
    "cidrIpv4": ("10.0.0.0/8", "192.168.0.0/16"),
    "cidrIpv6": ("fd00::/8", "::/0"),
    "prefixListId": ("@list one", "@list two"),
    "referencedSecurityGroupId": ("@group one", "@group two"),
}


@pytest.mark.parametrize("token", [INGRESS, EGRESS])
@pytest.mark.parametrize("name", SOURCES)
def test_a_rule_of_its_own_changes_source_ports_protocol_and_description(net: Net, token: str, name: str) -> None:
    known = {f"@list {n}": _list(net, n) for n in ("one", "two")}
    known |= {f"@group {n}": net.inside(GROUP, n).id for n in ("one", "two")}
    first, second = (known.get(value, value) for value in SOURCES[name])
    group = net.inside(GROUP)
    rule = net.make(token, securityGroupId=group.id, ipProtocol="tcp", fromPort=80, toPort=80, **{name: first})
    net.settled(rule)
    for change in (
        {name: second},
        {"fromPort": 8000, "toPort": 8080},
        {"description": "why"},
        {"description": None},
        {"ipProtocol": "udp"},
        {"tags": {"use": "web"}},
    ):
        net.changed(rule, **change)
    net.changed(rule, ipProtocol="-1", fromPort=None, toPort=None)
    told = _rules(net, group)[rule.id]
    assert (told["IpProtocol"], told.get("Description")) == ("-1", None)
    assert net.tagged(rule) == {"use": "web", "owner": "tests"}
    net.ends(rule)


def test_a_rule_of_its_own_drifts_and_cannot_become_that_of_another_kind_or_a_second(net: Net) -> None:
    group = net.inside(GROUP)
    rule = net.make(INGRESS, securityGroupId=group.id, ipProtocol="6", fromPort=80, toPort=80, cidrIpv4="10.0.0.0/8")
    net.make(
        INGRESS, "second", securityGroupId=group.id, ipProtocol="tcp", fromPort=81, toPort=81, cidrIpv4="10.0.0.0/8"
    )
    net.settled(rule)
    by_hand = {"IpProtocol": "tcp", "FromPort": 82, "ToPort": 90, "CidrIpv4": "10.0.0.0/8", "Description": "mine"}
    changed = {"SecurityGroupRuleId": rule.id, "SecurityGroupRule": by_hand}
    net.ec2.modify_security_group_rules(GroupId=group.id, SecurityGroupRules=[changed])
    assert net.life.refresh(rule) == {"fromPort", "toPort"}, "an undescribed rule has no description to drift"
    with pytest.raises(Refused, match=r"InvalidPermission\.Duplicate"):
        net.life.change(rule, fromPort=81, toPort=81)
    with pytest.raises(Refused, match="InvalidParameterValue"):
        net.life.change(rule, cidrIpv4=None, cidrIpv6="::/0")
    net.ec2.revoke_security_group_ingress(GroupId=group.id, SecurityGroupRuleIds=[rule.id])
    assert net.life.gone(rule)


@pytest.mark.parametrize("type_", ["ingress", "egress"])
def test_the_older_kind_of_rule_is_described_otherwise_and_drifts(net: Net, type_: str) -> None:
    group, prefixes = net.inside(GROUP), _list(net)
    rule = net.make(
        OLD_RULE, type=type_, securityGroupId=group.id, **HTTPS, cidrBlocks=["10.0.0.0/8", "10.0.0.0/9"],
        ipv6CidrBlocks=["::/0"], prefixListIds=[prefixes], description="one",
    )  # fmt: skip
    net.settled(rule)
    net.changed(rule, description="two")
    assert {found["Description"] for found in _rules(net, group).values()} == {"two"}
    net.changed(rule, description=None)
    assert {found.get("Description") for found in _rules(net, group).values()} == {None}

    one = next(id_ for id_, found in _rules(net, group).items() if found.get("CidrIpv4") == "10.0.0.0/9")
    getattr(net.ec2, f"revoke_security_group_{type_}")(GroupId=group.id, SecurityGroupRuleIds=[one])
    assert net.life.refresh(rule) == {"cidrBlocks"}
    net.ends(rule)
    assert _rules(net, group) == {}


@pytest.mark.parametrize("source", ["self", "sourceSecurityGroupId"])
def test_the_older_kind_of_rule_from_a_group_is_deleted_alone(net: Net, source: str) -> None:
    group, other = net.inside(GROUP), net.inside(GROUP, "other")
    given: dict[str, Any] = {"self": True} if source == "self" else {source: other.id}
    rule = net.made(OLD_RULE, {"type": "ingress", "securityGroupId": group.id, **HTTPS, **given})
    net.make(INGRESS, securityGroupId=group.id, ipProtocol="tcp", fromPort=1, toPort=1, cidrIpv4="10.0.0.0/8")
    net.settled(rule)
    net.ends(rule)
    assert [found["FromPort"] for found in _rules(net, group).values()] == [1]


def test_an_ipv6_rule_is_taken_out_of_a_network_without_ipv6(net: Net) -> None:
    group = net.inside(GROUP)
    all_of_ipv6 = [{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]
    net.ec2.authorize_security_group_egress(GroupId=group.id, IpPermissions=all_of_ipv6)
    with unrepaired():  # the control
        net.ec2.revoke_security_group_egress(GroupId=group.id, IpPermissions=all_of_ipv6)
        assert len(_rules(net, group)) == 1
    net.ec2.revoke_security_group_egress(GroupId=group.id, IpPermissions=all_of_ipv6)
    assert _rules(net, group) == {}
    with pytest.raises(ClientError, match=r"InvalidPermission\.NotFound"):
        net.ec2.revoke_security_group_egress(GroupId=group.id, IpPermissions=all_of_ipv6)
