"""What the engine is told beside the resources: what comes first, what is waited for, what outlives the stack.

It proves what the program says; that Pulumi's engine and the provider act on it is theirs.
"""

import runpy
from datetime import UTC, datetime

import pytest
from pulumi.runtime import register_stack_transformation

from floodgate.offline.deploy import deploy_program
from floodgate.project import load_stack

QUIET = datetime(2027, 8, 8, 3, 0, tzinfo=UTC)
# night-1 opens at 11:00 UTC, its servers are held from 10:00 to 15:00
HELD = datetime(2027, 8, 9, 12, 0, tzinfo=UTC)
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
GROUP = "aws:autoscaling/group:Group"
HOOK = "aws:autoscaling/lifecycleHook:LifecycleHook"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"


@pytest.fixture(scope="session")
def options(floodgate_project):
    """The options that the program gives a resource: `options("opening", "balancer", now)`; each deployed once."""
    seen = {}

    def deployed(stack, now, given):
        found = {}

        def program():
            register_stack_transformation(lambda args: found.update({(args.type_, args.name): args.opts}))
            runpy.run_path(str(floodgate_project.main / "__main__.py"))

        config = dict(load_stack(floodgate_project, stack).config) | {"floodgate:now": now.isoformat()} | given
        deploy_program(program, now=now, config=config, project="floodgate", stack=stack)
        return found

    def read(stack, type_, name, now=QUIET, **given):
        key = (stack, now, tuple(given.items()))
        if key not in seen:
            seen[key] = deployed(stack, now, {f"floodgate:{k}": v for k, v in given.items()})
        return seen[key][type_, name]

    return read


def waits_for(stack, type_, name, *others):
    """Whether the program makes the one resource after all the others, given by type."""
    before = stack.resource(type_, name).dependencies
    return {other for other in others if not any(f"{other}::" in urn for urn in before)} == set()


@pytest.mark.parametrize("stack", ["dev", "opening", "july"])
def test_the_balancer_waits_for_the_internet_gateway(floodgate_stack, stack):
    wanted = ("aws:ec2/internetGateway:InternetGateway", "aws:ec2/route:Route")

    assert waits_for(floodgate_stack(stack), BALANCER, "balancer", *wanted), "AWS refuses it in a VPC without one"


@pytest.mark.parametrize("stack", ["dev", "opening", "july"])
def test_the_first_server_waits_for_its_ways_out(floodgate_stack, stack):
    wanted = (
        "aws:ec2/natGateway:NatGateway",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    )

    assert waits_for(floodgate_stack(stack), GROUP, "fleet-group", *wanted), "it would boot and find nothing"


def test_the_writer_is_made_first_because_aurora_makes_its_first_instance_the_writer(floodgate_stack):
    stack = floodgate_stack("opening")
    writer = stack.resource(INSTANCE, "database-cluster-writer")

    assert writer.urn in stack.resource(INSTANCE, "database-cluster-reader-1").dependencies
    assert writer.urn in stack.resource(INSTANCE, "database-cluster-reader-2").dependencies


def test_a_deployment_never_waits_for_a_number_of_servers_that_scaling_has_changed(floodgate_stack):
    assert floodgate_stack("opening").resource(GROUP, "fleet-group").inputs["waitForCapacityTimeout"] == "0"


@pytest.mark.parametrize("stack", ["dev", "opening"])
def test_the_hook_that_can_change_is_the_one_that_the_first_server_met(floodgate_stack, stack):
    found = floodgate_stack(stack)
    (initial,) = found.resource(GROUP, "fleet-group").inputs["initialLifecycleHooks"]
    later = dict(found.resource(HOOK, "fleet-hook").inputs)

    assert later.pop("autoscalingGroupName") == found.outputs["group_name"]
    assert later == initial


def test_a_reservation_that_takes_hours_is_waited_for(options):
    patience = options("opening", BALANCER, "balancer").custom_timeouts

    assert (patience.create, patience.update) == ("4h", "4h")
    assert options("dev", BALANCER, "balancer").custom_timeouts is None, "the control: nothing is reserved there"


@pytest.mark.parametrize(("stack", "kept"), [("opening", True), ("dev", False)])
def test_in_production_the_key_of_the_last_snapshot_outlives_the_stack(options, stack, kept):
    assert bool(options(stack, "aws:kms/key:Key", "database-keys-key").retain_on_delete) is kept


@pytest.mark.parametrize(("now", "ignored"), [(QUIET, []), (HELD, ["imageId"])])
def test_a_newer_image_replaces_no_server_while_an_opening_is_held(options, now, ignored):
    template = options("opening", "aws:ec2/launchTemplate:LaunchTemplate", "fleet-template", now)

    assert (template.ignore_changes or []) == ignored


def test_a_resize_does_not_wait_for_the_maintenance_window(floodgate_stack):
    opening, dev = floodgate_stack("opening"), floodgate_stack("dev")
    resized = [
        *(r for r in opening.resources if r.type in {INSTANCE, "aws:rds/cluster:Cluster"}),
        *(r for stack in (opening, dev) for r in stack.resources if "replicationGroup" in r.type),
        *(r for r in dev.resources if r.type == "aws:rds/instance:Instance"),
    ]

    assert len(resized) == 7
    assert all(r.inputs["applyImmediately"] is True for r in resized)
