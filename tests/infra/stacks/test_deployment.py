"""What a deployment is like as a whole: who owns what, what is refused before anything is made, what is left alone.

It cannot prove that a second `pulumi up` leaves desired capacity alone: only the real engine knows the second time.
"""

import json
import runpy
from datetime import UTC, datetime

import pulumi_aws
import pytest
from pulumi.runtime import register_stack_transformation

from floodgate.offline.deploy import deploy, deploy_program
from floodgate.offline.problems import ProgramFailed
from floodgate.project import load_stack

NOW = datetime(2027, 7, 10, 3, 0, tzinfo=UTC)
STACKS = ["dev", "opening", "july"]


def takes_tags(token):
    """Whether resources of this type can carry tags."""
    _, module, name = token.split(":")
    resource = getattr(getattr(pulumi_aws, module.partition("/")[0]), name)
    return isinstance(getattr(resource, "tags", None), property)


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_that_can_carry_tags_says_whose_it_is(floodgate_stack, stack):
    tagged = [r for r in floodgate_stack(stack).resources if r.type.startswith("aws:") and takes_tags(r.type)]
    assert len(tagged) > 20

    for resource in tagged:
        tags = resource.inputs.get("tags", {})
        keys = {tag["key"] for tag in tags} if isinstance(tags, list) else set(tags)
        assert {"owner", "service", "cost-centre", "floodgate:stack"} <= keys, f"{resource.type} {resource.name}"


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_says_where_its_doors_are(floodgate_stack, stack):
    outputs = floodgate_stack(stack).outputs

    assert (
        outputs["url"]
        == {
            "dev": f"http://{outputs['balancer_dns_name']}",
            "opening": "https://open.example.org",
            "july": "https://july.example.org",
        }[stack]
    )
    waits = stack != "july"
    assert outputs.get("waiting_room_url") == (f"{outputs['url']}/wait/" if waits else None)
    assert outputs["dashboard"].endswith(f"#dashboards/dashboard/floodgate-{stack}")


def test_every_problem_of_a_configuration_is_told_before_anything_is_made(floodgate_project):
    wrong = {
        "floodgate:account": {"vcpuQuota": 5},
        "floodgate:cache": {"nodes": 1},
        "floodgate:sevice": {"waitingRoom": True},
    }

    with pytest.raises(ProgramFailed) as refused:
        deploy(floodgate_project, "opening", now=NOW, config=wrong)

    told = str(refused.value)
    assert "need 396 vCPUs and the account may run 5; ask AWS to raise the quota" in told
    assert "floodgate:cache.nodes is 1, but the line would be lost with its only node" in told
    assert "floodgate:sevice is set, but there is no such setting; did you mean service?" in told
    assert "Traceback" not in told


def test_a_deployment_leaves_desired_capacity_to_scaling(floodgate_project):
    """The reason stands in docs/decisions/0001-desired-capacity.md."""
    ignored = {}

    def program():
        register_stack_transformation(lambda args: ignored.update({args.type_: args.opts.ignore_changes or []}))
        runpy.run_path(str(floodgate_project.main / "__main__.py"))

    config = dict(load_stack(floodgate_project, "dev").config) | {"floodgate:now": NOW.isoformat()}
    deploy_program(program, now=NOW, config=config, project="floodgate", stack="dev")

    assert ignored["aws:autoscaling/group:Group"] == ["desiredCapacity"]
    assert ignored["aws:ec2/launchTemplate:LaunchTemplate"] == [], "the control: nothing else is ignored by accident"


def test_the_same_program_makes_the_same_ids(floodgate_stack, floodgate_project):
    first = floodgate_stack("dev")
    again = deploy(floodgate_project, "dev", now=first.world.now)

    assert json.dumps(first.outputs, sort_keys=True) == json.dumps(again.outputs, sort_keys=True)
    assert {r.urn: r.id for r in first.resources} == {r.urn: r.id for r in again.resources}
