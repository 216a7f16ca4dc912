"""The project's own stacks against the rules, as deployed and as a preview shows them, without an engine.

`opening` and `dev` pass and `july` is refused. Each pass has controls: the same stack with one thing taken away is
refused, so that a rule that sees nothing is found out. That the engine tells resources as these views do is the
business of the tests with the engine.
"""

from dataclasses import replace

import pytest

from policy.view import UNKNOWN, Stack


def test_the_opening_stack_passes(refusals):
    assert refusals("opening") == []


def test_the_development_stack_passes(refusals):
    assert refusals("dev") == []


def test_the_plan_of_july_is_refused_with_the_list_of_why(refusals):
    assert refusals("july") == [
        "balancer-ready: balancer",
        "crowd-has-a-waiting-room: service-parameter",
        "firewall-before-the-door: balancer",
        "fleet-can-grow: fleet-group",
        "openings-scheduled: the stack",
    ]


def test_development_is_spared_what_the_rules_ask_of_production_alone(refusals):
    assert {line.split(":")[0] for line in refusals("dev", production=True)} == {
        "alarms-tell-someone",
        "buckets-not-emptied",
        "data-backed-up",
        "data-not-deleted",
        "doors-kept",
        "doors-speak-tls",
        "firewall-before-the-door",
        "last-copy-kept",
        "line-backed-up",
        "stores-survive-a-zone",
        "balancer-ready",
    }


def without(*types, names=lambda name: True):
    """Leaves out the resources of these types."""
    return lambda stack: Stack(tuple(r for r in stack.resources if r.type not in types or not names(r.name)))


def changed(type_, name=None, **properties):
    """Gives the resources of a type, or one of them, other properties."""

    def change(stack):
        return Stack(
            tuple(
                replace(r, properties={**r.properties, **properties})
                if r.type == type_ and name in {None, r.name}
                else r
                for r in stack.resources
            )
        )

    return change


SCHEDULE = "aws:autoscaling/schedule:Schedule"
CONTROLS = {
    "no scheduled actions": (without(SCHEDULE), {"openings-scheduled: the stack"}),
    "one scheduled action too late": (
        changed(SCHEDULE, "scaling-night-3-open", startTime="2027-08-11T10:58:00Z"),
        {"openings-scheduled: the stack"},
    ),
    "only target tracking": (
        without(
            SCHEDULE, "aws:autoscaling/policy:Policy", names=lambda n: n not in {"scaling-cpu", "scaling-requests"}
        ),
        {"openings-scheduled: the stack", "tracking-not-alone: fleet-group"},
    ),
    "no capacity reserved": (
        changed("aws:lb/loadBalancer:LoadBalancer", minimumLoadBalancerCapacity=None),
        {"balancer-ready: balancer"},
    ),
    "a fleet beyond every limit": (
        changed("aws:autoscaling/group:Group", maxSize=100_000),
        {
            "fleet-within-quota: fleet-group",
            "fleet-within-addresses: fleet-group",
            "connections-within-limit: database-cluster",
        },
    ),
    "nobody subscribed": (
        without("aws:sns/topicSubscription:TopicSubscription"),
        {f"alarms-tell-someone: observability-{name}" for name in ("database-cpu", "fleet-at-maximum")},
    ),
    "no public access blocks": (
        without("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"),
        {
            f"buckets-not-public: {name}"
            for name in ("balancer-logs", "edge-records-bucket", "edge-static-files", "fleet-releases")
        },
    ),
    "no bucket policies": (
        without("aws:s3/bucketPolicy:BucketPolicy"),
        {
            f"buckets-tls-only: {name}"
            for name in ("balancer-logs", "edge-records-bucket", "edge-static-files", "fleet-releases")
        },
    ),
    "one database instance": (
        without("aws:rds/clusterInstance:ClusterInstance", names=lambda name: "reader" in name),
        {"stores-survive-a-zone: database-cluster"},
    ),
    "version 1 of instance metadata": (
        changed("aws:ec2/launchTemplate:LaunchTemplate", metadataOptions={"httpTokens": "optional"}),
        {"imdsv2: fleet-template"},
    ),
    "a database that may be deleted": (
        changed("aws:rds/cluster:Cluster", deletionProtection=False),
        {"data-not-deleted: database-cluster"},
    ),
    "no tags": (
        changed("aws:rds/cluster:Cluster", tags=None, tagsAll=None),
        {"tags: database-cluster"},
    ),
    "an old TLS policy": (
        changed("aws:lb/listener:Listener", "balancer-listen-https", sslPolicy="ELBSecurityPolicy-2016-08"),
        {"tls-policy: balancer-listen-https"},
    ),
}


@pytest.mark.parametrize("change", CONTROLS)
def test_the_opening_stack_with_one_thing_changed_is_refused(refusals, change):
    make, expected = CONTROLS[change]

    assert expected <= set(refusals("opening", make)), "the rule sees nothing of the stack"


RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"


def pointing(type_, name, property_, target):
    """Lets a property of one resource name another resource, by its id or by where its value comes from."""

    def change(stack):
        (other,) = (r for r in stack.resources if (r.type, r.name) == target)
        return Stack(
            tuple(
                replace(
                    r,
                    properties={**r.properties, property_: other.id or UNKNOWN},
                    references={**r.references, property_: [other.urn]},
                )
                if (r.type, r.name) == (type_, name)
                else r
                for r in stack.resources
            )
        )

    return change


def test_a_balancer_that_may_call_the_database_is_a_path_from_outside(refusals):
    door = ("aws:ec2/securityGroup:SecurityGroup", "network-groups-balancer")

    found = refusals("opening", pointing(RULE, "network-groups-app-to-data-5432-in", "referencedSecurityGroupId", door))
    assert found == ["stores-out-of-reach: database-cluster"]


def test_a_database_open_to_everybody_is_refused_even_where_no_route_leads_to_it(refusals):
    found = refusals("opening", changed(RULE, "network-groups-app-to-data-5432-in", cidrIpv4="0.0.0.0/0"))

    assert found == ["stores-name-their-callers: database-cluster"]


def test_with_a_route_it_is_a_path(judged):
    table = ("aws:ec2/routeTable:RouteTable", "network-public")
    routed = pointing(ASSOCIATION, "network-data-in-2", "routeTableId", table)
    opened = changed(RULE, "network-groups-app-to-cache-6379-in", cidrIpv4="0.0.0.0/0")

    found = [one.finding.message for one in judged("opening", lambda stack: opened(routed(stack))) if one.refuses]
    assert (
        "is called from outside: 0.0.0.0/0 by network-groups-cache, along an internet or VPN gateway in route table "
        "network-public"
    ) in found


def test_an_exception_lets_july_have_one_thing_and_no_more(refusals, judged):
    exception = {"rule": "fleet-can-grow", "resource": "fleet-*", "reason": "ten were bought", "until": "2027-12-31"}

    left = refusals("july", exceptions=[exception])
    assert "fleet-can-grow: fleet-group" not in left
    assert len(left) == 4
    (used,) = [one for one in judged("july", exceptions=[exception]) if one.exemption]
    assert used.exemption.reason == "ten were bought"


def test_nothing_advised_against_is_in_the_opening_stack(judged):
    assert judged("opening") == [], "the example that people copy needs no excuse"
