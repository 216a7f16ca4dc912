"""What changing and deleting the edge, firewalls, names and certificates needs, proved with each repair and without."""

from botocore.exceptions import ClientError

from floodgate.offline.transport import NotOffline

VISIBLE = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
ACL = {"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBLE}
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CODE = {"FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0"}}


def acl(aws, **more):
    return aws.wafv2.create_web_acl(Name="a", **ACL | more)["Summary"]


def ip_set(aws):
    given = {"Name": "s", "Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": []}
    return aws.wafv2.create_ip_set(**given)["Summary"]


def rule(arn):
    statement = {"IPSetReferenceStatement": {"ARN": arn}}
    return {"Name": "r", "Priority": 0, "Action": {"Block": {}}, "Statement": statement, "VisibilityConfig": VISIBLE}


def test_an_update_of_a_web_acl_puts_the_whole(proves):
    def proof(aws):
        made = acl(aws, Rules=[rule(ip_set(aws)["ARN"])], Description="described")
        by = {"Name": "a", "Id": made["Id"]}
        aws.wafv2.update_web_acl(**by, **ACL, LockToken=made["LockToken"], Rules=[])
        told = aws.wafv2.get_web_acl(**by, Scope="REGIONAL")["WebACL"]

        assert (told["Rules"], told["Description"]) == ([], "")

    proves(proof)


def test_what_protects_data_in_a_log_is_kept(proves):
    def proof(aws):
        field = {"FieldType": "SINGLE_HEADER", "FieldKeys": ["cookie"]}
        protection = {"DataProtections": [{"Field": field, "Action": "HASH"}]}
        made = acl(aws, DataProtectionConfig=protection)
        told = aws.wafv2.get_web_acl(Name="a", Scope="REGIONAL", Id=made["Id"])["WebACL"]

        assert told["DataProtectionConfig"] == protection

    proves(proof, KeyError)


def test_a_set_that_a_rule_refers_to_is_not_deleted_and_a_token_is_one_that_aws_takes(proves):
    def proof(aws):
        made = ip_set(aws)
        acl(aws, Rules=[rule(made["ARN"])])
        by = {"Name": "s", "Scope": "REGIONAL", "Id": made["Id"], "LockToken": made["LockToken"]}

        assert aws.refused(aws.wafv2.delete_ip_set, **by) == "WAFAssociatedItemException"

    proves(proof)


def test_a_web_acl_before_a_balancer_is_not_deleted_until_the_balancer_is(proves):
    def proof(aws):
        vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            aws.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"ap-northeast-2{z}")
            for i, z in enumerate("ab")
        ]
        ids = [one["Subnet"]["SubnetId"] for one in subnets]
        front = aws.elbv2.create_load_balancer(Name="b", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"]
        made = acl(aws)
        aws.wafv2.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=front)
        by = {"Name": "a", "Scope": "REGIONAL", "Id": made["Id"], "LockToken": made["LockToken"]}
        during = aws.refused(aws.wafv2.delete_web_acl, **by)
        aws.elbv2.delete_load_balancer(LoadBalancerArn=front)

        assert during == "WAFAssociatedItemException"
        assert "WebACL" not in aws.wafv2.get_web_acl_for_resource(ResourceArn=front)
        aws.wafv2.delete_web_acl(**by)

    proves(proof)


def distribution(aws, alias="", **behavior):
    origin = {"Id": "o", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    given = {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only", "CachePolicyId": DISABLED, **behavior}
    config = {
        "CallerReference": f"r{alias}{len(behavior)}",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": given,
    }
    if alias:
        config["Aliases"] = {"Quantity": 1, "Items": [alias]}
    return aws.cloudfront.create_distribution(DistributionConfig=config)


def test_a_name_leads_to_one_distribution_and_who_has_not_seen_the_last_change_overwrites_nothing(proves):
    def proof(aws):
        made = distribution(aws, "www.example.org")
        config = made["Distribution"]["DistributionConfig"]
        again = {"DistributionConfig": config | {"CallerReference": "other"}}
        by = {"Id": made["Distribution"]["Id"], "DistributionConfig": config}
        codes = [
            aws.refused(aws.cloudfront.create_distribution, **again),
            aws.refused(aws.cloudfront.update_distribution, **by, IfMatch="E0000000000000"),
        ]

        assert codes == ["CNAMEAlreadyExists", "PreconditionFailed"]

    proves(proof)


def test_a_function_is_live_as_it_was_published_and_not_deleted_while_it_is_called(proves):
    def proof(aws):
        made = aws.cloudfront.create_function(Name="f", FunctionCode=b"one", **CODE)
        aws.cloudfront.publish_function(Name="f", IfMatch=made["ETag"])
        changed = aws.cloudfront.update_function(Name="f", IfMatch=made["ETag"], FunctionCode=b"two", **CODE)
        arn = changed["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
        called = {"Quantity": 1, "Items": [{"EventType": "viewer-request", "FunctionARN": arn}]}
        distribution(aws, FunctionAssociations=called)
        stages = [aws.cloudfront.get_function(Name="f", Stage=stage) for stage in ("DEVELOPMENT", "LIVE")]

        assert [stage["FunctionCode"].read() for stage in stages] == [b"two", b"one"]
        assert aws.refused(aws.cloudfront.delete_function, Name="f", IfMatch=changed["ETag"]) == "FunctionInUse"

    proves(proof, NotOffline)


def test_a_policy_a_control_and_an_identity_change_with_their_etag(proves):
    def proof(aws):
        config = {"CallerReference": "r", "Comment": ""}
        control = {
            "Name": "c",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
        made = aws.cloudfront.create_origin_access_control(OriginAccessControlConfig=control)
        by = {"Id": made["OriginAccessControl"]["Id"], "OriginAccessControlConfig": control}
        changed = aws.cloudfront.update_origin_access_control(**by, IfMatch=made["ETag"])
        stale = aws.refused(aws.cloudfront.update_origin_access_control, **by, IfMatch=made["ETag"])
        identity = aws.cloudfront.create_cloud_front_origin_access_identity(CloudFrontOriginAccessIdentityConfig=config)
        told = aws.cloudfront.update_cloud_front_origin_access_identity(
            Id=identity["CloudFrontOriginAccessIdentity"]["Id"],
            IfMatch=identity["ETag"],
            CloudFrontOriginAccessIdentityConfig=config | {"Comment": "new"},
        )["CloudFrontOriginAccessIdentity"]

        assert (changed["ETag"] != made["ETag"], stale) == (True, "PreconditionFailed")
        assert told["CloudFrontOriginAccessIdentityConfig"]["Comment"] == "new"

    proves(proof, (ClientError, NotOffline))


def zone(aws):
    return aws.route53.create_hosted_zone(Name="example.org", CallerReference="r")["HostedZone"]["Id"]


def put(aws, where, action, name="www.example.org", value="192.0.2.1", **more):
    record = {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": value}], **more}
    changes = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    return aws.route53.change_resource_record_sets(HostedZoneId=where, ChangeBatch=changes)


def names(aws, where):
    listed = aws.route53.list_resource_record_sets(HostedZoneId=where)["ResourceRecordSets"]
    return [one["SetIdentifier"] for one in listed if "SetIdentifier" in one]


def test_a_record_may_come_again_after_it_went_and_not_twice(proves):
    def proof(aws):
        where = zone(aws)
        for action in ("CREATE", "DELETE", "CREATE"):
            put(aws, where, action)

        assert aws.refused(put, aws=aws, where=where, action="CREATE", value="192.0.2.2") == "InvalidChangeBatch"
        assert aws.refused(put, aws=aws, where=where, action="DELETE", value="192.0.2.2") == "InvalidChangeBatch"

    proves(proof)


def test_one_of_several_records_goes_alone_and_a_batch_holds_as_a_whole(proves):
    def proof(aws):
        where = zone(aws)
        for name in ("one.example.org", "two.example.org"):
            put(aws, where, "CREATE", name, SetIdentifier="same", Weight=1)
        put(aws, where, "DELETE", "one.example.org", SetIdentifier="same", Weight=1)

        assert names(aws, where) == ["same"]

    proves(proof)


def test_a_zone_that_delegates_a_part_is_not_empty(proves):
    def proof(aws):
        where = zone(aws)
        record = {"Name": "part.example.org", "Type": "NS", "TTL": 60, "ResourceRecords": [{"Value": "ns.example.net"}]}
        changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        aws.route53.change_resource_record_sets(HostedZoneId=where, ChangeBatch=changes)

        assert aws.refused(aws.route53.delete_hosted_zone, Id=where) == "HostedZoneNotEmpty"

    proves(proof)


def test_a_zone_has_features(proves):
    def proof(aws):
        where = zone(aws).rpartition("/")[2]
        aws.route53.update_hosted_zone_features(HostedZoneId=where, EnableAcceleratedRecovery=True)
        told = aws.route53.get_hosted_zone(Id=where)["HostedZone"]

        assert told["Features"]["AcceleratedRecoveryStatus"] == "ENABLED"

    proves(proof, NotOffline)


def test_a_certificate_is_what_was_asked_for_and_says_otherwise_when_told(proves):
    def proof(aws):
        arn = aws.acm.request_certificate(
            DomainName="tickets.example.org",
            ValidationMethod="EMAIL",
            KeyAlgorithm="EC_prime256v1",
            DomainValidationOptions=[{"DomainName": "tickets.example.org", "ValidationDomain": "example.org"}],
        )["CertificateArn"]
        told = aws.acm.describe_certificate(CertificateArn=arn)["Certificate"]
        (option,) = told["DomainValidationOptions"]

        assert (told["KeyAlgorithm"], option["ValidationMethod"]) == ("EC_prime256v1", "EMAIL")
        assert option["ValidationDomain"] == "example.org"
        aws.acm.update_certificate_options(
            CertificateArn=arn, Options={"CertificateTransparencyLoggingPreference": "DISABLED"}
        )
        options = aws.acm.describe_certificate(CertificateArn=arn)["Certificate"]["Options"]
        assert options["CertificateTransparencyLoggingPreference"] == "DISABLED"

    proves(proof)
