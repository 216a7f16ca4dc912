"""The repairs of CloudFront, WAF and ACM, each proved with it and without it."""

from botocore.exceptions import ClientError

from floodgate.offline.transport import NotOffline

NO_KEY = {
    "EnableAcceptEncodingGzip": False,
    "HeadersConfig": {"HeaderBehavior": "none"},
    "CookiesConfig": {"CookieBehavior": "none"},
    "QueryStringsConfig": {"QueryStringBehavior": "none"},
}
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
VISIBLE = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}


def distribution(aws, *, enabled=True, origin=None, **behavior):
    given = {"Id": "o", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    config = {
        "CallerReference": "r",
        "Comment": "",
        "Enabled": enabled,
        "Origins": {"Quantity": 1, "Items": [given | (origin or {})]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "o",
            "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": DISABLED,
            **behavior,
        },
    }
    return aws.cloudfront.create_distribution(DistributionConfig=config)


def test_a_distribution_is_told_as_it_was_given(proves):
    def proof(aws):
        control = aws.cloudfront.create_origin_access_control(
            OriginAccessControlConfig={
                "Name": "c",
                "SigningProtocol": "sigv4",
                "SigningBehavior": "always",
                "OriginAccessControlOriginType": "s3",
            }
        )["OriginAccessControl"]["Id"]
        code = {"EventType": "viewer-request", "FunctionARN": "arn:aws:cloudfront::123456789012:function/f"}
        made = distribution(
            aws, origin={"OriginAccessControlId": control}, FunctionAssociations={"Quantity": 1, "Items": [code]}
        )["Distribution"]["DistributionConfig"]
        (origin,) = made["Origins"]["Items"]

        assert (origin["OriginAccessControlId"], origin["S3OriginConfig"]) == (control, {"OriginAccessIdentity": ""})
        assert made["DefaultCacheBehavior"]["FunctionAssociations"]["Items"] == [code]

    proves(proof, KeyError)


def test_a_distribution_names_only_what_exists(proves):
    def proof(aws):
        codes = [
            aws.refused(distribution, aws=aws, CachePolicyId="none-such"),
            aws.refused(distribution, aws=aws, origin={"OriginAccessControlId": "none-such"}),
        ]

        assert codes == ["NoSuchCachePolicy", "NoSuchOriginAccessControl"]

    proves(proof)


def test_a_distribution_is_deleted_only_when_disabled_and_changes_its_etag(proves):
    def proof(aws):
        made = distribution(aws)
        by = {"Id": made["Distribution"]["Id"], "IfMatch": made["ETag"]}
        refused = aws.refused(aws.cloudfront.delete_distribution, **by)
        config = made["Distribution"]["DistributionConfig"] | {"Enabled": False}
        changed = aws.cloudfront.update_distribution(**by, DistributionConfig=config)
        stale = aws.refused(aws.cloudfront.delete_distribution, **by)
        aws.cloudfront.delete_distribution(Id=by["Id"], IfMatch=changed["ETag"])

        assert (refused, stale) == ("DistributionNotDisabled", "PreconditionFailed")
        assert changed["ETag"] != made["ETag"]

    proves(proof, ClientError)


def test_policies_are_kept_beside_aws_own(proves):
    def proof(aws):
        config = {"Name": "mine", "MinTTL": 1, "MaxTTL": 2, "ParametersInCacheKeyAndForwardedToOrigin": NO_KEY}
        id_ = aws.cloudfront.create_cache_policy(CachePolicyConfig=config)["CachePolicy"]["Id"]
        told = aws.cloudfront.get_cache_policy(Id=id_)["CachePolicy"]["CachePolicyConfig"]
        managed = aws.cloudfront.list_cache_policies(Type="managed")["CachePolicyList"]["Items"]

        assert (told["Name"], told["MaxTTL"]) == ("mine", 2)
        assert DISABLED in {item["CachePolicy"]["Id"] for item in managed}

    proves(proof, NotOffline)


def test_functions_are_published_and_identities_made(proves):
    def proof(aws):
        config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
        made = aws.cloudfront.create_function(Name="f", FunctionConfig=config, FunctionCode=b"function handler(e) {}")
        live = aws.cloudfront.publish_function(Name="f", IfMatch=made["ETag"])["FunctionSummary"]["FunctionMetadata"]
        identity = aws.cloudfront.create_cloud_front_origin_access_identity(
            CloudFrontOriginAccessIdentityConfig={"CallerReference": "r", "Comment": ""}
        )["CloudFrontOriginAccessIdentity"]

        assert live["Stage"] == "LIVE"
        assert len(identity["S3CanonicalUserId"]) == 96

    proves(proof, NotOffline)


def test_a_firewall_of_the_edge_is_made_in_north_virginia(proves):
    def proof(aws):
        acl = {"Name": "a", "Scope": "CLOUDFRONT", "DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBLE}
        edge = aws.world.session.client("wafv2", region_name="us-east-1")

        assert aws.refused(aws.wafv2.create_web_acl, **acl) == "WAFInvalidParameterException"
        assert edge.create_web_acl(**acl)["Summary"]["Name"] == "a"

    proves(proof)


def test_a_firewall_stands_before_a_balancer_that_exists(proves):
    def proof(aws):
        acl = {"Name": "a", "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBLE}
        arn = aws.wafv2.create_web_acl(**acl)["Summary"]["ARN"]
        nobody = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/x/0123456789abcdef"
        code = aws.refused(aws.wafv2.associate_web_acl, WebACLArn=arn, ResourceArn=nobody)

        assert code == "WAFNonexistentItemException"
        assert aws.wafv2.list_resources_for_web_acl(WebACLArn=arn)["ResourceArns"] == []

    proves(proof)


def certificate(aws, name="tickets.example.org"):
    arn = aws.acm.request_certificate(DomainName=name, ValidationMethod="DNS", SubjectAlternativeNames=[f"*.{name}"])
    told = aws.acm.describe_certificate(CertificateArn=arn["CertificateArn"])["Certificate"]
    return arn["CertificateArn"], told


def test_a_certificate_is_issued_by_its_record_and_not_by_the_clock(proves):
    def proof(aws):
        arn, told = certificate(aws)
        own, wildcard = told["DomainValidationOptions"]
        zone = aws.route53.create_hosted_zone(Name="tickets.example.org", CallerReference="r")["HostedZone"]["Id"]
        wanted = own["ResourceRecord"]
        record = {"Name": wanted["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": wanted["Value"]}]}
        aws.route53.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        )
        after = aws.acm.describe_certificate(CertificateArn=arn)["Certificate"]

        assert own["DomainName"] == "tickets.example.org"
        assert wildcard["ResourceRecord"] == wanted, "one record proves both"
        assert (told["Status"], after["Status"]) == ("PENDING_VALIDATION", "ISSUED")

    proves(proof)


def test_a_certificate_that_is_not_issued_serves_nobody(proves):
    def proof(aws):
        vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            aws.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"ap-northeast-2{z}")
            for i, z in enumerate("ab")
        ]
        ids = [one["Subnet"]["SubnetId"] for one in subnets]
        balancer = aws.elbv2.create_load_balancer(Name="b", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"]
        answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
        code = aws.refused(
            aws.elbv2.create_listener, LoadBalancerArn=balancer, Port=443, Protocol="HTTPS",
            Certificates=[{"CertificateArn": certificate(aws)[0]}], DefaultActions=[answer],
        )  # fmt: skip

        assert code == "UnsupportedCertificate"

    proves(proof)
