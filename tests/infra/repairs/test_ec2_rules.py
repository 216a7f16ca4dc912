"""EC2's repairs of rules: security groups, network ACLs and prefix lists, each proved with it and without it.

The proofs state AWS's documented behaviour; that AWS does it so, only an account can show.
"""

import pytest

from floodgate.offline.transport import OfflineFault

BROKEN = (AssertionError, OfflineFault, KeyError)


def _vpc(aws):
    return aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


def _group(aws):
    return aws.ec2.create_security_group(GroupName="web", Description="web", VpcId=_vpc(aws))["GroupId"]


def test_an_acl_entry_keeps_icmp_and_one_that_is_not_there_is_refused(proves):
    def proof(aws):
        acl = aws.ec2.create_network_acl(VpcId=_vpc(aws))["NetworkAcl"]["NetworkAclId"]
        entry = {"NetworkAclId": acl, "RuleNumber": 7, "Protocol": "1", "RuleAction": "allow", "Egress": False}
        ping = {"Type": 8, "Code": -1}
        aws.ec2.create_network_acl_entry(**entry, CidrBlock="10.0.0.0/8", IcmpTypeCode=ping)
        told = aws.ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]["Entries"]
        assert told[0]["IcmpTypeCode"] == ping
        unknown = {"NetworkAclId": acl, "RuleNumber": 8, "Egress": False}
        assert aws.refused(aws.ec2.delete_network_acl_entry, **unknown) == "InvalidNetworkAclEntry.NotFound"

    proves(proof, plain=BROKEN)


@pytest.mark.parametrize("side", ["ingress", "egress"])
def test_permissions_come_and_go_all_or_none(proves, side):
    def proof(aws):
        group = _group(aws)
        authorize = getattr(aws.ec2, f"authorize_security_group_{side}")
        revoke = getattr(aws.ec2, f"revoke_security_group_{side}")
        one, two = (
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
            for port in (1, 2)
        )
        authorize(GroupId=group, IpPermissions=[two])
        before = len(_rules(aws, group))
        assert aws.refused(authorize, GroupId=group, IpPermissions=[one, two]) == "InvalidPermission.Duplicate"
        assert len(_rules(aws, group)) == before
        assert aws.refused(revoke, GroupId=group, IpPermissions=[two, one]) == "InvalidPermission.NotFound"
        assert len(_rules(aws, group)) == before

    proves(proof)


def _rules(aws, group):
    filters = [{"Name": "group-id", "Values": [group]}]
    return aws.ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]


def test_a_rule_of_any_source_is_modified(proves):
    def proof(aws):
        group = _group(aws)
        made = aws.ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}]
        )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        rule = {"IpProtocol": "-1", "ReferencedGroupId": group, "Description": "itself"}
        changed = [{"SecurityGroupRuleId": made, "SecurityGroupRule": rule}]
        assert aws.refused(aws.ec2.modify_security_group_rules, GroupId=group, SecurityGroupRules=changed) == ""
        assert {r["Description"] for r in _rules(aws, group) if not r["IsEgress"]} == {"itself"}

    proves(proof, plain=BROKEN)


def test_a_description_can_be_taken_away(proves):
    def proof(aws):
        group = _group(aws)
        block = {"CidrIp": "10.0.0.0/8"}
        rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1}
        described = {**rule, "IpRanges": [{**block, "Description": "why"}]}
        aws.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[described])
        aws.ec2.update_security_group_rule_descriptions_ingress(
            GroupId=group, IpPermissions=[{**rule, "IpRanges": [block]}]
        )
        assert [r.get("Description") for r in _rules(aws, group) if not r["IsEgress"]] == [None]

    proves(proof)


def test_an_ipv6_rule_is_revoked_though_the_network_has_no_ipv6(proves):
    def proof(aws):
        group = _group(aws)
        rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
        aws.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[rule])
        aws.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[rule])
        assert [r for r in _rules(aws, group) if r.get("CidrIpv6")] == []

    proves(proof)


def test_a_prefix_list_keeps_its_name_its_size_and_itself_while_it_is_in_use(proves):
    def proof(aws):
        entries = [{"Cidr": "10.0.0.0/8"}]
        made = aws.ec2.create_managed_prefix_list(
            PrefixListName="ours", AddressFamily="IPv4", MaxEntries=1, Entries=entries
        )["PrefixList"]["PrefixListId"]
        more = {"PrefixListId": made, "CurrentVersion": 1, "AddEntries": [{"Cidr": "192.168.0.0/16"}]}
        assert aws.refused(aws.ec2.modify_managed_prefix_list, **more) == "PrefixListMaxEntriesExceeded"
        aws.ec2.modify_managed_prefix_list(PrefixListId=made, MaxEntries=2)
        aws.ec2.modify_managed_prefix_list(**more)
        assert aws.refused(aws.ec2.modify_managed_prefix_list, **more) == "PrefixListVersionMismatch"
        again = {**more, "CurrentVersion": 2, "RemoveEntries": [{"Cidr": "192.168.0.0/16"}]}
        assert aws.refused(aws.ec2.modify_managed_prefix_list, **again) == "InvalidParameterValue"
        told = aws.ec2.describe_managed_prefix_lists(PrefixListIds=[made])["PrefixLists"][0]
        assert (told["PrefixListName"], told["MaxEntries"], told["Version"]) == ("ours", 2, 2)

        rule = {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": made}]}
        aws.ec2.authorize_security_group_egress(GroupId=_group(aws), IpPermissions=[rule])
        aws.ec2.delete_managed_prefix_list(PrefixListId=made)
        told = aws.ec2.describe_managed_prefix_lists(PrefixListIds=[made])["PrefixLists"][0]
        assert told["State"] == "delete-failed"

    proves(proof, plain=BROKEN)
