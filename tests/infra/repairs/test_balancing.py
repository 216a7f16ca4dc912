"""The balancer's repairs, each proved with it and without it."""

from botocore.exceptions import ClientError

from floodgate.offline.transport import NotOffline


def network(aws, zones="ab"):
    vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = [
        aws.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"ap-northeast-2{z}")
        for i, z in enumerate(zones)
    ]
    return vpc, [one["Subnet"]["SubnetId"] for one in made]


def balancer(aws, **more):
    vpc, subnets = network(aws)
    made = aws.elbv2.create_load_balancer(Name="front", Subnets=subnets, **more)["LoadBalancers"][0]
    return vpc, subnets, made


def targets(aws, vpc):
    made = aws.elbv2.create_target_group(Name="app", Protocol="HTTP", Port=80, VpcId=vpc)
    return made["TargetGroups"][0]["TargetGroupArn"]


def attributes(answer):
    return {one["Key"]: one["Value"] for one in answer["Attributes"]}


def test_reserved_capacity_is_kept_and_split_over_the_zones(proves):
    def proof(aws):
        arn = balancer(aws)[2]["LoadBalancerArn"]
        aws.elbv2.modify_capacity_reservation(LoadBalancerArn=arn, MinimumLoadBalancerCapacity={"CapacityUnits": 300})
        told = aws.elbv2.describe_capacity_reservation(LoadBalancerArn=arn)
        aws.elbv2.modify_capacity_reservation(LoadBalancerArn=arn, ResetCapacityReservation=True)
        after = aws.elbv2.describe_capacity_reservation(LoadBalancerArn=arn)

        assert [zone["EffectiveCapacityUnits"] for zone in told["CapacityReservationState"]] == [150, 150]
        assert "MinimumLoadBalancerCapacity" not in after

    proves(proof, NotOffline)


def test_a_protected_balancer_is_not_deleted(proves):
    def proof(aws):
        arn = balancer(aws)[2]["LoadBalancerArn"]
        protection = [{"Key": "deletion_protection.enabled", "Value": "true"}]
        aws.elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=protection)

        assert aws.refused(aws.elbv2.delete_load_balancer, LoadBalancerArn=arn) == "OperationNotPermitted"

    proves(proof)


def test_names_ports_and_groups_are_checked(proves):
    def proof(aws):
        vpc, subnets, made = balancer(aws)
        forward = [{"Type": "forward", "TargetGroupArn": targets(aws, vpc)}]
        listen = {"LoadBalancerArn": made["LoadBalancerArn"], "Protocol": "HTTP", "Port": 80, "DefaultActions": forward}
        aws.elbv2.create_listener(**listen)
        create = aws.elbv2.create_load_balancer
        codes = [
            aws.refused(create, Name="front", Subnets=subnets),
            aws.refused(create, Name="other", Subnets=subnets, SecurityGroups=["sg-00000000000000000"]),
            aws.refused(aws.elbv2.create_listener, **listen),
            aws.refused(aws.elbv2.create_listener, **listen | {"Port": 443, "Protocol": "HTTPS"}),
        ]

        assert codes == ["DuplicateLoadBalancerName", "InvalidSecurityGroup", "DuplicateListener", "ValidationError"]

    proves(proof)


def test_attributes_are_complete_before_one_is_set(proves):
    def proof(aws):
        vpc, _, made = balancer(aws)
        told = attributes(aws.elbv2.describe_load_balancer_attributes(LoadBalancerArn=made["LoadBalancerArn"]))
        group = attributes(aws.elbv2.describe_target_group_attributes(TargetGroupArn=targets(aws, vpc)))

        assert (told["idle_timeout.timeout_seconds"], told["routing.http2.enabled"]) == ("60", "true")
        assert (group["slow_start.duration_seconds"], group["stickiness.type"]) == ("0", "lb_cookie")
        assert "waf.fail_open.enabled" not in group, "that is a balancer's"

    proves(proof, (AssertionError, KeyError))


def test_a_balancer_is_in_the_zone_of_its_region_and_has_a_security_group(proves):
    def proof(aws):
        _, _, made = balancer(aws)

        assert made["CanonicalHostedZoneId"] == "ZWKZPGTI48KDX"
        assert len(made["SecurityGroups"]) == 1

    proves(proof)


def test_a_target_group_names_a_balancer_once_and_only_while_it_is_there(proves):
    def proof(aws):
        vpc, _, made = balancer(aws)
        arn, app = made["LoadBalancerArn"], targets(aws, vpc)
        forward = [{"Type": "forward", "TargetGroupArn": app}]
        for port in (80, 81):
            aws.elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=port, DefaultActions=forward)
        during = aws.elbv2.describe_target_groups(TargetGroupArns=[app])["TargetGroups"][0]["LoadBalancerArns"]
        aws.elbv2.delete_load_balancer(LoadBalancerArn=arn)
        after = aws.elbv2.describe_target_groups(TargetGroupArns=[app])["TargetGroups"][0]["LoadBalancerArns"]

        assert (during, after) == ([arn], [])

    proves(proof)


def test_a_default_rule_has_an_arn_like_any_other(proves):
    def proof(aws):
        vpc, _, made = balancer(aws)
        forward = [{"Type": "forward", "TargetGroupArn": targets(aws, vpc)}]
        listener = aws.elbv2.create_listener(
            LoadBalancerArn=made["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=forward
        )["Listeners"][0]
        (rule,) = aws.elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]

        assert len(rule["RuleArn"].rpartition("/")[2]) == 16, "plain moto takes the memory address"
        assert "SslPolicy" not in listener

    proves(proof)


def test_fifty_tags_are_not_too_many(proves):
    def proof(aws):
        arns = [balancer(aws)[2]["LoadBalancerArn"]]
        for start in range(0, 50, 10):
            tags = [{"Key": f"k{i}", "Value": "v"} for i in range(start, start + 10)]
            aws.elbv2.add_tags(ResourceArns=arns, Tags=tags)

        assert aws.refused(aws.elbv2.add_tags, ResourceArns=arns, Tags=[{"Key": "k50", "Value": "v"}]) == "TooManyTags"

    proves(proof, ClientError)


def listening(aws, **more):
    vpc, _, made = balancer(aws)
    answer = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
    given = {"LoadBalancerArn": made["LoadBalancerArn"], "Protocol": "HTTP", "Port": 80, "DefaultActions": answer}
    return vpc, aws.elbv2.create_listener(**given | more)["Listeners"][0]["ListenerArn"]


def test_a_listener_that_is_modified_keeps_its_port_to_itself_and_its_mutual_tls(proves):
    def proof(aws):
        _, arn = listening(aws)
        front = arn.replace(":listener/", ":loadbalancer/").rpartition("/")[0]
        answer = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
        aws.elbv2.create_listener(LoadBalancerArn=front, Protocol="HTTP", Port=81, DefaultActions=answer)
        told = aws.elbv2.modify_listener(ListenerArn=arn, MutualAuthentication={"Mode": "passthrough"})["Listeners"][0]

        assert told["MutualAuthentication"]["Mode"] == "passthrough"
        assert aws.refused(aws.elbv2.modify_listener, ListenerArn=arn, Port=81) == "DuplicateListener"

    proves(proof, KeyError)


def test_a_listener_that_speaks_tls_no_more_has_no_certificate(proves):
    def proof(aws):
        certificate = issued(aws)
        _, arn = listening(aws, Protocol="HTTPS", Certificates=[{"CertificateArn": certificate}])
        told = aws.elbv2.modify_listener(ListenerArn=arn, Protocol="HTTP")["Listeners"][0]

        assert (told.get("Certificates", []), told.get("SslPolicy")) == ([], None)

    proves(proof)


def issued(aws):
    """One of IAM: what the manager of certificates issues, plain moto would not issue here."""
    made = aws.iam.upload_server_certificate(
        ServerCertificateName="it", CertificateBody="-----BEGIN CERTIFICATE-----", PrivateKey="-----BEGIN KEY-----"
    )
    return made["ServerCertificateMetadata"]["Arn"]


def test_a_first_certificate_that_is_added_is_not_the_default_one(proves):
    def proof(aws):
        _, arn = listening(aws)
        further = [{"CertificateArn": "arn:aws:acm:ap-northeast-2:123456789012:certificate/it"}]
        aws.elbv2.add_listener_certificates(ListenerArn=arn, Certificates=further)
        (told,) = aws.elbv2.describe_listener_certificates(ListenerArn=arn)["Certificates"]

        assert told["IsDefault"] is False

    proves(proof)


def test_a_rules_transforms_are_changed_and_reset(proves):
    def proof(aws):
        _, arn = listening(aws)
        rewrite = [{"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/a", "Replace": "/b"}]}}]
        answer = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
        paths = [{"Field": "path-pattern", "Values": ["/a"]}]
        rule = aws.elbv2.create_rule(ListenerArn=arn, Priority=1, Conditions=paths, Actions=answer)["Rules"][0][
            "RuleArn"
        ]
        during = aws.elbv2.modify_rule(RuleArn=rule, Transforms=rewrite)["Rules"][0]["Transforms"]
        after = aws.elbv2.modify_rule(RuleArn=rule, ResetTransforms=True)["Rules"][0].get("Transforms", [])

        assert (during, after) == (rewrite, [])

    proves(proof, ClientError)


def test_a_target_group_keeps_codes_of_every_protocol(proves):
    def proof(aws):
        vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        made = aws.elbv2.create_target_group(
            Name="rpc", Protocol="HTTP", ProtocolVersion="GRPC", Port=80, VpcId=vpc, Matcher={"GrpcCode": "0"}
        )["TargetGroups"][0]["TargetGroupArn"]
        told = aws.elbv2.modify_target_group(TargetGroupArn=made, Matcher={"GrpcCode": "12"})["TargetGroups"][0]

        assert told["Matcher"] == {"GrpcCode": "12"}

    proves(proof)


def test_a_network_balancer_may_move_to_one_zone(proves):
    def proof(aws):
        _, subnets, made = balancer(aws, Type="network")
        told = aws.elbv2.set_subnets(LoadBalancerArn=made["LoadBalancerArn"], Subnets=subnets[:1])

        assert [zone["SubnetId"] for zone in told["AvailabilityZones"]] == subnets[:1]

    proves(proof, ClientError)


def test_what_is_set_beside_groups_subnets_and_pools_is_kept(proves):
    def proof(aws):
        _, subnets, made = balancer(aws, Type="network")
        by = {"LoadBalancerArn": made["LoadBalancerArn"]}
        group = aws.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [made["VpcId"]]}])
        rules = {"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off"}
        aws.elbv2.set_security_groups(**by, SecurityGroups=[group["SecurityGroups"][0]["GroupId"]], **rules)
        aws.elbv2.set_subnets(**by, Subnets=subnets, EnablePrefixForIpv6SourceNat="on")
        aws.elbv2.modify_ip_pools(**by, IpamPools={"Ipv4IpamPoolId": "ipam-pool-0"})
        (told,) = aws.elbv2.describe_load_balancers(LoadBalancerArns=[made["LoadBalancerArn"]])["LoadBalancers"]

        assert told["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "off"
        assert (told["EnablePrefixForIpv6SourceNat"], told["IpamPools"]) == ("on", {"Ipv4IpamPoolId": "ipam-pool-0"})

    proves(proof, NotOffline)
