"""A network with balancers, target groups and listeners, made with the least they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.infra.lives.lives import Life, Thing

LB, TARGETS = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"
LISTENER, RULE = "aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"
DENY = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "403"}}


@dataclass(frozen=True)
class Place:
    """A network with room for balancers."""

    life: Life
    vpc: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def api(self) -> Any:
        """A boto3 client."""
        return self.life.world.session.client("elbv2")

    def balancer(self, token: str = LB, **props: Any) -> Thing:
        """A balancer in two zones."""
        return self.life.make(token, "front", **_given({"subnets": list(self.subnets[:2]), **props}))

    def targets(self, name: str = "app", **props: Any) -> Thing:
        """A target group; None leaves a property out."""
        return self.life.make(TARGETS, name, **_given({"port": 80, "protocol": "HTTP", "vpcId": self.vpc, **props}))

    def listener(self, balancer: Thing, **props: Any) -> Thing:
        """A listener that denies."""
        given = {"loadBalancerArn": balancer.id, "port": 80, "defaultActions": [DENY]}
        return self.life.make(LISTENER, "listen", **{**given, **props})

    def rule(self, listener: Thing, name: str = "rule", **props: Any) -> Thing:
        """A rule that denies."""
        given = {"listenerArn": listener.id, "actions": [DENY], "conditions": [{"pathPattern": {"values": ["/a"]}}]}
        return self.life.make(RULE, name, **{**given, **props})

    def attributes(self, kind: str, **by: str) -> dict[str, str]:
        """AWS's attributes."""
        answer = getattr(self.api, f"describe_{kind}_attributes")(**by)
        return {one["Key"]: one["Value"] for one in answer["Attributes"]}


def _given(props: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in props.items() if value is not None}


def room(life: Life) -> Place:
    """A network of three zones with two security groups."""
    ec2 = life.world.session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"ap-northeast-2{zone}")
        for i, zone in enumerate("abc")
    ]
    groups = [ec2.create_security_group(GroupName=n, Description=n, VpcId=vpc)["GroupId"] for n in ("one", "two")]
    return Place(life, vpc, tuple(one["Subnet"]["SubnetId"] for one in subnets), tuple(groups))


def issued(life: Life, domain: str = "tickets.example.org", *, region: str | None = None) -> str:
    """A certificate that AWS has issued."""
    session = life.world.session
    acm, route53 = session.client("acm", region_name=region), session.client("route53")
    arn = acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"]
    (option,) = acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"]
    zone = route53.create_hosted_zone(Name=domain, CallerReference=domain)["HostedZone"]["Id"]
    record = {"Name": option["ResourceRecord"]["Name"], "Type": "CNAME", "TTL": 60}
    record["ResourceRecords"] = [{"Value": option["ResourceRecord"]["Value"]}]
    route53.change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )
    return arn
