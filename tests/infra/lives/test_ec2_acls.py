"""Network ACLs and prefix lists: made, changed, drifted, refused, deleted.

That AWS itself answers so, only an account can show; the refusals follow its documentation.
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from floodgate.offline.problems import Refused
from tests.infra.lives.lives import Life
from tests.infra.lives.networks import ACL, GROUP, LIST, Net, network

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
ACL_OF, ENTRY = "aws:ec2/networkAclAssociation:NetworkAclAssociation", "aws:ec2/networkAclRule:NetworkAclRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
HTTPS: dict[str, Any] = {"protocol": "tcp", "fromPort": 443, "toPort": 443}
HTTP: dict[str, Any] = {"protocol": "6", "fromPort": 80, "toPort": 80}


@pytest.fixture
def net(life: Life) -> Net:
    return network(life)


def _entry(number: int, **more: Any) -> dict[str, Any]:
    return {"ruleNo": number, "action": "allow", **HTTPS, "cidrBlock": "10.0.0.0/8", **more}


def _entries(net: Net, acl: str) -> list[tuple[int, bool, str]]:
    told = net.ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]["Entries"]
    return sorted((e["RuleNumber"], e["Egress"], e["RuleAction"]) for e in told if e["RuleNumber"] < 32767)


def test_entries_of_an_acl_come_go_and_change(net: Net) -> None:
    entries = [
        _entry(100),
        _entry(110, **HTTP),
        _entry(120, protocol="icmp", fromPort=0, toPort=0, icmpType=8, icmpCode=-1),
        _entry(130, protocol="-1", fromPort=0, toPort=0),
    ]
    acl = net.inside(ACL, ingress=entries, egress=[_entry(100)])
    net.settled(acl)
    net.changed(acl, ingress=[_entry(100, action="deny"), _entry(140)])
    assert _entries(net, acl.id) == [(100, False, "deny"), (100, True, "allow"), (140, False, "allow")]
    net.ec2.delete_network_acl_entry(NetworkAclId=acl.id, RuleNumber=140, Egress=False)
    assert net.life.refresh(acl) == {"ingress"}
    net.changed(acl, ingress=[_entry(100), _entry(140)])

    net.ec2.create_network_acl_entry(
        NetworkAclId=acl.id, RuleNumber=9, RuleAction="allow", Protocol="-1", Egress=True, CidrBlock="0.0.0.0/0"
    )  # fmt: skip
    assert net.life.refresh(acl) == {"egress"}
    net.changed(acl, egress=[])
    net.ends(acl)


def test_subnets_of_an_acl_come_and_go_back_to_the_default(net: Net) -> None:
    one, two = net.subnets
    acl = net.inside(ACL, subnetIds=[one.id])
    net.settled(acl)
    net.changed(acl, subnetIds=[two.id])
    assert _guarded(net, acl.id) == [two.id]
    assert _guarded(net, net.vpc.state["defaultNetworkAclId"]) == [one.id]
    with pytest.raises(ClientError, match="DependencyViolation"):
        net.ec2.delete_network_acl(NetworkAclId=acl.id)
    net.ends(acl)
    assert _guarded(net, net.vpc.state["defaultNetworkAclId"]) == sorted([one.id, two.id])


def _guarded(net: Net, acl: str) -> list[str]:
    told = net.ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]["Associations"]
    return sorted(each["SubnetId"] for each in told)


def test_an_acl_for_a_subnet_that_does_not_exist_is_not_left_behind(net: Net) -> None:
    with pytest.raises(Refused):
        net.inside(ACL, subnetIds=[net.subnets[0].id, "subnet-0123456789abcdef0"])
    here = [{"Name": "vpc-id", "Values": [net.vpc.id]}]
    assert [acl["IsDefault"] for acl in net.ec2.describe_network_acls(Filters=here)["NetworkAcls"]] == [True]
    assert len(_guarded(net, net.vpc.state["defaultNetworkAclId"])) == 2


def test_a_deleted_subnet_is_no_longer_guarded(net: Net) -> None:
    acl = net.inside(ACL, subnetIds=[net.subnets[0].id])
    net.ends(net.subnets[0])
    assert _guarded(net, acl.id) == []
    net.ends(acl)


def test_the_default_acl_is_emptied_changed_and_only_forgotten(net: Net) -> None:
    id_ = net.vpc.state["defaultNetworkAclId"]
    assert _entries(net, id_) == [(100, False, "allow"), (100, True, "allow")]
    acl = net.make(DEFAULT_ACL, defaultNetworkAclId=id_)
    assert _entries(net, id_) == []
    net.settled(acl)
    net.changed(acl, egress=[_entry(7)], tags={"use": "none"})
    net.life.delete(acl)
    assert _entries(net, id_) == [(7, True, "allow")]
    with pytest.raises(ClientError, match="cannot be deleted"):
        net.ec2.delete_network_acl(NetworkAclId=id_)


def test_a_subnet_is_guarded_by_an_acl_until_the_association_ends(net: Net) -> None:
    acl = net.inside(ACL)
    guards = net.make(ACL_OF, networkAclId=acl.id, subnetId=net.subnets[0].id)
    net.settled(guards)
    net.ends(guards)
    assert _guarded(net, acl.id) == []
    net.ends(acl)
    assert net.life.gone(guards)


def test_an_entry_of_its_own_drifts_and_ends(net: Net) -> None:
    acl = net.inside(ACL)
    entry = net.make(
        ENTRY, networkAclId=acl.id, ruleNumber=7, ruleAction="allow", **HTTPS, cidrBlock="10.0.0.0/8", egress=True
    )  # fmt: skip
    net.settled(entry)
    net.ec2.replace_network_acl_entry(
        NetworkAclId=acl.id, RuleNumber=7, RuleAction="deny", Protocol="17", Egress=True, CidrBlock="10.0.0.0/9",
        PortRange={"From": 53, "To": 443},
    )  # fmt: skip
    assert net.life.refresh(entry) == {"ruleAction", "protocol", "fromPort", "cidrBlock"}
    net.ends(entry)
    assert _entries(net, acl.id) == []


def test_a_prefix_list_changes_its_name_its_size_and_its_entries(net: Net) -> None:
    one, two = {"cidr": "10.0.0.0/8", "description": "one"}, {"cidr": "192.168.0.0/16"}
    prefixes = net.made(LIST, {"name": "ours", "addressFamily": "IPv4", "maxEntries": 1, "entries": [one]})
    net.settled(prefixes)
    for change in (
        {"name": "theirs"},
        {"entries": [two, one], "maxEntries": 2},
        {"entries": [{**one, "description": "first"}, two]},
        {"entries": [two], "maxEntries": 1},
        {"tags": {"use": "web"}},
    ):
        net.changed(prefixes, **change)
    with pytest.raises(Refused, match="PrefixListMaxEntriesExceeded"):
        net.life.change(prefixes, entries=[one, two])

    version = prefixes.state["version"]
    net.ec2.modify_managed_prefix_list(
        PrefixListId=prefixes.id, CurrentVersion=version, RemoveEntries=[{"Cidr": two["cidr"]}]
    )  # fmt: skip
    assert net.life.refresh(prefixes) == {"entries"}
    with pytest.raises(ClientError, match="PrefixListVersionMismatch"):
        net.ec2.modify_managed_prefix_list(
            PrefixListId=prefixes.id, CurrentVersion=version, AddEntries=[{"Cidr": two["cidr"]}]
        )  # fmt: skip
    net.ends(prefixes)


def test_a_prefix_list_stays_while_a_rule_names_it(net: Net) -> None:
    prefixes, group = net.make(LIST, addressFamily="IPv4", maxEntries=1), net.inside(GROUP)
    rule = net.make(EGRESS, securityGroupId=group.id, ipProtocol="-1", prefixListId=prefixes.id)
    with pytest.raises(Refused, match="in use"):
        net.life.delete(prefixes)
    net.ends(rule)
    net.ends(prefixes)
