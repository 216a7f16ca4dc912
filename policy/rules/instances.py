"""Servers: how they are reached, watched and replaced."""

from __future__ import annotations

from collections.abc import Iterator

from policy.configuration import Configuration
from policy.rule import Finding, example, resource_rule, stack_rule
from policy.view import UNKNOWN, Resource, Stack

_TEMPLATE = "ec2/launchTemplate"
_BELIEVING = {"targetGroupArns": ["web"], "healthCheckType": "ELB", "maxSize": 40}


@resource_rule(
    id="imdsv2",
    title="Servers give their role's credentials by IMDSv2 only",
    severity="high",
    why="With version 1, any page that can be made to fetch an address fetches the server's credentials.",
    remedy="set metadataOptions.httpTokens to required",
    source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
    refused=example((_TEMPLATE, "servers", {"instanceType": "c7g.xlarge"})),
    mended=example((_TEMPLATE, "servers", {"metadataOptions": {"httpTokens": "required"}})),
)
def _imdsv2(resource: Resource) -> Iterator[str]:
    if resource.kind not in {_TEMPLATE, "ec2/instance", "ec2/launchConfiguration"}:
        return
    # an instance from a template has its options from there
    if resource.kind == "ec2/instance" and resource.get("launchTemplate") is not None:
        return
    off = resource.get("metadataOptions.httpEndpoint") == "disabled"
    if not off and resource.lacks("metadataOptions.httpTokens", "required", default="optional"):
        yield "metadataOptions.httpTokens is not required"


@stack_rule(
    id="servers-not-public",
    title="Servers behind a balancer have no public address",
    severity="high",
    why="A server that can be called directly is called past the firewall, the limits and the waiting room.",
    remedy="put the group into subnets without mapPublicIpOnLaunch, and leave associatePublicIpAddress false",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html",
    refused=example(
        ("ec2/subnet", "public", {"cidrBlock": "10.0.0.0/24", "mapPublicIpOnLaunch": True}),
        ("autoscaling/group", "servers", {"vpcZoneIdentifiers": ["@public"], "targetGroupArns": ["web"]}),
    ),
    mended=example(
        ("ec2/subnet", "private", {"cidrBlock": "10.0.0.0/24", "mapPublicIpOnLaunch": False}),
        ("autoscaling/group", "servers", {"vpcZoneIdentifiers": ["@private"], "targetGroupArns": ["web"]}),
    ),
)
def _servers_not_public(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    for group in stack.of("autoscaling/group"):
        if not group.gives("targetGroupArns"):
            continue
        templates = stack.targets(group, "launchTemplate", _TEMPLATE)
        faces = [face for template in templates for face in template.items("networkInterfaces")]
        if any(str(face.get("associatePublicIpAddress")).lower() == "true" for face in faces):
            yield Finding("gives its servers public addresses (associatePublicIpAddress)", group)
        for subnet in stack.targets(group, "vpcZoneIdentifiers", "ec2/subnet"):
            # the template's own word goes before the subnet's
            if subnet.get("mapPublicIpOnLaunch") is True and not any("associatePublicIpAddress" in f for f in faces):
                yield Finding(f"gives its servers public addresses (subnet {subnet.name})", group)


@resource_rule(
    id="group-believes-the-balancer",
    title="A group behind a balancer replaces what the balancer finds unhealthy",
    severity="high",
    why="By EC2's check alone a server whose service has died counts as healthy: it gets no requests, is not replaced, "
    "and still counts towards desired capacity.",
    remedy="set healthCheckType to ELB",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html",
    refused=example(("autoscaling/group", "servers", {"targetGroupArns": ["web"], "maxSize": 4})),
    mended=example(("autoscaling/group", "servers", {"targetGroupArns": ["web"], "healthCheckType": "ELB"})),
)
def _group_believes_the_balancer(resource: Resource) -> Iterator[str]:
    if resource.kind != "autoscaling/group":
        return
    behind = resource.gives("targetGroupArns") or resource.gives("loadBalancers")
    if behind and resource.lacks("healthCheckType", "ELB", "EC2,ELB", default="EC2"):
        yield "healthCheckType is EC2"


@resource_rule(
    id="launch-before-terminate",
    title="A group that believes the balancer launches another server before it ends one",
    severity="medium",
    enforcement="advisory",
    environments="production",
    why="Servers that are only overloaded fail the balancer's check, too. Without a maintenance policy the group ends "
    "a tenth of them at a time while everybody is there, and boots others; in a rehearsal that halved the bookings.",
    remedy="set instanceMaintenancePolicy to minHealthyPercentage 100 and maxHealthyPercentage 110, for instance",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-maintenance-policy-overview-and-considerations.html",
    refused=example(("autoscaling/group", "servers", _BELIEVING)),
    mended=example(
        (
            "autoscaling/group",
            "servers",
            {
                **_BELIEVING,
                "instanceMaintenancePolicy": {"minHealthyPercentage": 100, "maxHealthyPercentage": 110},
            },
        )
    ),
)
def _launch_before_terminate(resource: Resource) -> Iterator[str]:
    if resource.kind != "autoscaling/group" or "ELB" not in str(resource.get("healthCheckType")).split(","):
        return
    if resource.lacks("instanceMaintenancePolicy.minHealthyPercentage", 100):
        yield "a server is ended before another is there (instanceMaintenancePolicy.minHealthyPercentage is not 100)"


@stack_rule(
    id="over-zones",
    title="Servers and balancer stand in two zones at least",
    severity="high",
    environments="production",
    why="A zone that fails takes everything with it that stands in it alone, and an opening is not repeated.",
    remedy="name subnets in two zones or more",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html",
    refused=example(
        ("ec2/subnet", "a", {"availabilityZone": "ap-northeast-2a"}),
        ("autoscaling/group", "servers", {"vpcZoneIdentifiers": ["@a"]}),
    ),
    mended=example(
        ("ec2/subnet", "a", {"availabilityZone": "ap-northeast-2a"}),
        ("ec2/subnet", "b", {"availabilityZone": "ap-northeast-2b"}),
        ("autoscaling/group", "servers", {"vpcZoneIdentifiers": ["@a", "@b"]}),
    ),
)
def _over_zones(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    for kind, name in (("autoscaling/group", "vpcZoneIdentifiers"), ("lb/loadBalancer", "subnets")):
        for thing in stack.of(kind):
            zones = [s.get("availabilityZone") for s in stack.all_targets(thing, name, "ec2/subnet") or ()]
            if zones and UNKNOWN not in zones and None not in zones and len(set(zones)) < 2:
                yield Finding(f"stands in {zones[0]} alone", thing)


@resource_rule(
    id="servers-watched-each-minute",
    title="Servers report their figures every minute",
    severity="medium",
    environments="production",
    enforcement="advisory",
    why="With a reading every five minutes, scaling sees a crowd when it is five minutes old.",
    remedy="set monitoring.enabled to true",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/enable-as-instance-metrics.html",
    refused=example((_TEMPLATE, "servers", {"instanceType": "c7g.xlarge"})),
    mended=example((_TEMPLATE, "servers", {"monitoring": {"enabled": True}})),
)
def _servers_watched_each_minute(resource: Resource) -> Iterator[str]:
    if resource.kind == _TEMPLATE and resource.lacks("monitoring.enabled", True, default=False):
        yield "monitoring.enabled is not true"


@resource_rule(
    id="warmup-stated",
    title="Every group states how long a new server warms up",
    severity="medium",
    environments="production",
    why="Without a warmup a server that is still starting counts as if it carried its share, so scaling stops early "
    "or starts again too soon.",
    remedy="set defaultInstanceWarmup to the seconds until a server's figures say something about the crowd",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html",
    refused=example(("autoscaling/group", "servers", {"maxSize": 4})),
    mended=example(("autoscaling/group", "servers", {"maxSize": 4, "defaultInstanceWarmup": 120})),
)
def _warmup_stated(resource: Resource) -> Iterator[str]:
    if resource.kind == "autoscaling/group" and resource.lacks("defaultInstanceWarmup", *range(3601)):
        yield "defaultInstanceWarmup is not set"


RULES = (
    _imdsv2,
    _servers_not_public,
    _group_believes_the_balancer,
    _launch_before_terminate,
    _over_zones,
    _servers_watched_each_minute,
    _warmup_stated,
)
