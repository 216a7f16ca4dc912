"""Repairs of instances and launch templates around changing them, each proved with it and without it.

The proofs state AWS's documented behaviour; that AWS does it so, only an account can show.
"""

import pytest

TEMPLATE_TAGS = {"ResourceType": "launch-template", "Tags": [{"Key": "a", "Value": "b"}]}


def launched(aws, **more):
    """One instance, by its id."""
    given = {"ImageId": aws.image(), "InstanceType": "t4g.small", "SubnetId": aws.subnet(), **more}
    return aws.ec2.run_instances(MinCount=1, MaxCount=1, **given)["Instances"][0]["InstanceId"]


def told(aws, id_):
    return aws.ec2.describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"][0]


def attribute(aws, id_, name):
    answer = aws.ec2.describe_instance_attribute(InstanceId=id_, Attribute=name)
    return answer[name[:1].upper() + name[1:]]["Value"]


def test_an_instance_is_protected_from_its_launch(proves):
    def proof(aws):
        id_ = launched(aws, DisableApiTermination=True)
        assert aws.refused(aws.ec2.terminate_instances, InstanceIds=[id_]) == "OperationNotPermitted"

    proves(proof)


def test_an_instance_keeps_the_settings_of_its_launch(proves):
    def proof(aws):
        id_ = launched(
            aws,
            CreditSpecification={"CpuCredits": "unlimited"},
            MaintenanceOptions={"AutoRecovery": "disabled"},
            Placement={"Tenancy": "dedicated"},
            BlockDeviceMappings=[
                {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 9, "VolumeType": "gp3", "Iops": 4000}}
            ],
        )
        described = told(aws, id_)
        assert described["MaintenanceOptions"] == {"AutoRecovery": "disabled"}
        assert described["Placement"]["Tenancy"] == "dedicated"
        credits_ = aws.ec2.describe_instance_credit_specifications(InstanceIds=[id_])
        assert credits_["InstanceCreditSpecifications"][0]["CpuCredits"] == "unlimited"
        assert aws.ec2.describe_volumes()["Volumes"][0]["Iops"] == 4000

    proves(proof, plain=(AssertionError, KeyError))


def test_the_type_and_user_data_change_while_the_instance_is_stopped_only(proves):
    def proof(aws):
        id_ = launched(aws)
        change = aws.ec2.modify_instance_attribute
        assert aws.refused(change, InstanceId=id_, InstanceType={"Value": "t4g.large"}) == "IncorrectInstanceState"
        aws.ec2.stop_instances(InstanceIds=[id_])
        change(InstanceId=id_, InstanceType={"Value": "t4g.large"})
        change(InstanceId=id_, UserData={"Value": b"#!/bin/sh"})
        assert [attribute(aws, id_, name) for name in ("instanceType", "userData")] == ["t4g.large", "IyEvYmluL3No"]

    proves(proof)


def test_the_shutdown_behaviour_changes_and_the_groups_stay(proves):
    def proof(aws):
        id_ = launched(aws)
        before = told(aws, id_)["SecurityGroups"]
        assert before
        aws.ec2.modify_instance_attribute(InstanceId=id_, InstanceInitiatedShutdownBehavior={"Value": "terminate"})
        assert attribute(aws, id_, "instanceInitiatedShutdownBehavior") == "terminate"
        assert told(aws, id_)["SecurityGroups"] == before

    proves(proof)


def test_the_groups_of_the_first_interface_are_the_instances(proves):
    def proof(aws):
        id_ = launched(aws)
        described = told(aws, id_)
        group = aws.ec2.create_security_group(GroupName="g", Description="g", VpcId=described["VpcId"])["GroupId"]
        interface = described["NetworkInterfaces"][0]["NetworkInterfaceId"]
        aws.ec2.modify_network_interface_attribute(NetworkInterfaceId=interface, Groups=[group])
        described = told(aws, id_)
        for groups in (described["SecurityGroups"], described["NetworkInterfaces"][0]["Groups"]):
            assert [each["GroupId"] for each in groups] == [group]

    proves(proof)


def test_metadata_options_that_are_not_named_stay(proves):
    def proof(aws):
        id_ = launched(aws, MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 3})
        aws.ec2.modify_instance_metadata_options(InstanceId=id_, InstanceMetadataTags="enabled")
        options = told(aws, id_)["MetadataOptions"]
        named = ("HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "InstanceMetadataTags")
        assert [options.get(name) for name in named] == ["required", 3, "enabled", "enabled"]

    proves(proof)


@pytest.mark.parametrize(
    ("call", "params", "member", "value"),
    [
        ("monitor_instances", {"InstanceIds": ["@"]}, "Monitoring", {"State": "enabled"}),
        (
            "modify_instance_maintenance_options",
            {"InstanceId": "@", "AutoRecovery": "disabled"},
            "MaintenanceOptions",
            {"AutoRecovery": "disabled"},
        ),
        (
            "modify_instance_capacity_reservation_attributes",
            {"InstanceId": "@", "CapacityReservationSpecification": {"CapacityReservationPreference": "none"}},
            "CapacityReservationSpecification",
            {"CapacityReservationPreference": "none"},
        ),
        (
            "modify_private_dns_name_options",
            {"InstanceId": "@", "PrivateDnsHostnameType": "resource-name"},
            "PrivateDnsNameOptions",
            {"HostnameType": "resource-name"},
        ),
    ],
)
def test_settings_that_moto_cannot_change_are_changed(proves, call, params, member, value):
    def proof(aws):
        id_ = launched(aws)
        named = {name: [id_] if given == ["@"] else id_ if given == "@" else given for name, given in params.items()}
        getattr(aws.ec2, call)(**named)
        assert told(aws, id_)[member] == value

    proves(proof, plain=Exception)


def test_credits_change(proves):
    def proof(aws):
        id_ = launched(aws)
        wanted = [{"InstanceId": id_, "CpuCredits": "unlimited"}]
        aws.ec2.modify_instance_credit_specification(InstanceCreditSpecifications=wanted)
        told_now = aws.ec2.describe_instance_credit_specifications(InstanceIds=[id_])["InstanceCreditSpecifications"]
        assert told_now == wanted

    proves(proof, plain=Exception)


def test_a_profile_that_replaces_another_is_the_instances(proves):
    def proof(aws):
        for name in ("one", "two"):
            aws.iam.create_instance_profile(InstanceProfileName=name)
        id_ = launched(aws, IamInstanceProfile={"Name": "one"})
        (now,) = aws.ec2.describe_iam_instance_profile_associations()["IamInstanceProfileAssociations"]
        aws.ec2.replace_iam_instance_profile_association(
            AssociationId=now["AssociationId"], IamInstanceProfile={"Name": "two"}
        )
        assert told(aws, id_)["IamInstanceProfile"]["Arn"].endswith("/two")

    proves(proof)


def test_a_templates_own_tags_are_its_own_and_change(proves):
    def proof(aws):
        data = {"ImageId": aws.image(), "InstanceType": "t4g.small"}
        made = aws.ec2.create_launch_template(
            LaunchTemplateName="its", LaunchTemplateData=data, TagSpecifications=[TEMPLATE_TAGS]
        )
        id_ = made["LaunchTemplate"]["LaunchTemplateId"]
        aws.ec2.create_tags(Resources=[id_], Tags=[{"Key": "a", "Value": "c"}])
        template = aws.ec2.describe_launch_templates(LaunchTemplateIds=[id_])["LaunchTemplates"][0]
        assert template["Tags"] == [{"Key": "a", "Value": "c"}]
        (version,) = aws.ec2.describe_launch_template_versions(LaunchTemplateId=id_)["LaunchTemplateVersions"]
        assert not version["LaunchTemplateData"].get("TagSpecifications")

    proves(proof)
