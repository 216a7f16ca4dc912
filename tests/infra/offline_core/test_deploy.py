"""Pulumi programs deployed in process: outputs, errors, secrets, providers, isolation, sameness from run to run.

Proves the front end with small programs of its own. What only the real engine does (update, replace, delete,
refresh) is not here.
"""

import asyncio
import logging
import sys
import textwrap
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from floodgate.offline.deploy import deploy, deploy_program
from floodgate.offline.problems import ProgramFailed
from floodgate.project import find_project

NOW = datetime(2027, 8, 8, 20, tzinfo=UTC)
SEOUL = {"aws:region": "ap-northeast-2"}
VPC = "aws:ec2/vpc:Vpc"


def loose(value: Any) -> Any:
    """A value as a program without a type checker passes it."""
    return value


def run(body, **options):
    given: dict[str, Any] = {"now": NOW, "config": SEOUL, **options}
    return deploy_program(body, **given)


def refused(body, **options):
    with pytest.raises(ProgramFailed) as failed:
        run(body, **options)
    assert all("\n" not in problem for problem in failed.value.problems)
    return failed.value.problems


def test_ids_and_arns_flow_from_resource_to_resource_and_into_the_account():
    def program():
        vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
        subnet = aws.ec2.Subnet("one", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
        pulumi.export("vpc", vpc.id)
        pulumi.export("text", pulumi.Output.concat("in ", vpc.arn))
        pulumi.export("pair", {"subnet": subnet.id, "zone": subnet.availability_zone})

    done = run(program)
    (subnet,) = done.world.session.client("ec2").describe_subnets(SubnetIds=[done.outputs["pair"]["subnet"]])["Subnets"]

    assert subnet["VpcId"] == done.outputs["vpc"]
    assert subnet["AvailabilityZone"] == done.outputs["pair"]["zone"]
    assert done.outputs["text"] == f"in arn:aws:ec2:ap-northeast-2:123456789012:vpc/{done.outputs['vpc']}"
    assert done.resource(VPC, "main").id == done.outputs["vpc"]


def test_numbers_defaults_and_automatic_names_reach_the_state():
    def program():
        group = aws.cloudwatch.LogGroup("app", retention_in_days=7)
        pulumi.export("name", group.name)
        pulumi.export("days", group.retention_in_days)
        pulumi.export("skip", group.skip_destroy)

    outputs = run(program).outputs
    assert outputs["name"].startswith("app-")
    assert (outputs["days"], outputs["skip"]) == (7, False)


def test_plain_and_output_forms_of_functions_answer():
    def program():
        pulumi.export("zones", aws.get_availability_zones(state="available").names)
        pulumi.export("account", aws.get_caller_identity_output().account_id)
        pulumi.export("region", aws.get_region_output().region)

    outputs = run(program).outputs
    assert outputs["zones"][0] == "ap-northeast-2a"
    assert (outputs["account"], outputs["region"]) == ("123456789012", "ap-northeast-2")


def test_components_parents_and_dependencies_are_recorded():
    class Network(pulumi.ComponentResource):
        def __init__(self, name):
            super().__init__("test:index:Network", name)
            own = pulumi.ResourceOptions(parent=self)
            self.vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block="10.0.0.0/16", opts=own)
            self.register_outputs({"vpc": self.vpc.id})

    def program():
        network = Network("net")
        queue = pulumi.ResourceOptions(depends_on=[network])
        aws.cloudwatch.LogGroup("after", opts=queue)

    done = run(program)
    vpc, after = done.resource(VPC, "net-vpc"), done.resource("aws:cloudwatch/logGroup:LogGroup", "after")
    assert vpc.urn == "urn:pulumi:test::project::test:index:Network$aws:ec2/vpc:Vpc::net-vpc"
    assert vpc.parent == done.resource("test:index:Network", "net").urn
    assert vpc.urn in after.dependencies


def test_secrets_stay_secret_in_state_and_outputs_and_reach_aws_in_the_clear():
    told = {}

    def program():
        password = pulumi.Output.secret("s3cret")
        parameter = aws.ssm.Parameter("p", type="SecureString", value=password)
        plain = aws.ssm.Parameter("q", type="String", value="open")
        pulumi.Output.from_input(parameter.value.is_secret()).apply(lambda secret: told.update(parameter=secret))
        pulumi.Output.from_input(plain.type.is_secret()).apply(lambda secret: told.update(plain=secret))
        pulumi.export("name", parameter.name)
        pulumi.export("value", parameter.value)

    done = run(program)
    stored = done.world.session.client("ssm").get_parameter(Name=done.outputs["name"], WithDecryption=True)

    assert stored["Parameter"]["Value"] == "s3cret"
    assert told == {"parameter": True, "plain": False}
    assert done.secret_outputs == {"value"}
    assert "value" in done.resource("aws:ssm/parameter:Parameter", "p").secrets
    assert "s3cret" not in repr(done.resource("aws:ssm/parameter:Parameter", "p").secrets)


def test_the_region_argument_and_explicit_providers_place_resources():
    def program():
        east = aws.Provider("east", region="us-east-1", default_tags={"tags": {"team": "east"}})
        pulumi.export("here", aws.ec2.Vpc("here", cidr_block="10.0.0.0/16").arn)
        pulumi.export("argument", aws.ec2.Vpc("argument", cidr_block="10.1.0.0/16", region="eu-west-1").arn)
        made = aws.ec2.Vpc(
            "made", cidr_block="10.2.0.0/16", tags={"a": "b"}, opts=pulumi.ResourceOptions(provider=east)
        )
        pulumi.export("made", made.arn)
        pulumi.export("tags", [made.tags, made.tags_all])
        there = pulumi.InvokeOptions(provider=east)
        pulumi.export("zones", aws.get_availability_zones(opts=there).names)

    done = run(program)
    regions = [done.outputs[name].split(":")[3] for name in ("here", "argument", "made")]

    assert regions == ["ap-northeast-2", "eu-west-1", "us-east-1"]
    assert done.outputs["tags"] == [{"a": "b"}, {"a": "b", "team": "east"}]
    assert done.outputs["zones"][0] == "us-east-1a"
    east = done.world.session.client("ec2", region_name="us-east-1")
    (vpc,) = east.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.2.0.0/16"]}])["Vpcs"]
    assert {tag["Key"]: tag["Value"] for tag in vpc["Tags"]} == {"a": "b", "team": "east"}


def test_default_tags_of_the_configuration_reach_every_resource():
    def program():
        pulumi.export("all", aws.ec2.Vpc("main", cidr_block="10.0.0.0/16").tags_all)

    assert run(program, config=SEOUL | {"aws:defaultTags": {"tags": {"owner": "me"}}}).outputs["all"] == {"owner": "me"}


def test_a_resource_is_got_by_its_id():
    def program():
        vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
        found = vpc.id.apply(lambda id_: aws.ec2.Vpc.get("found", id_).cidr_block)
        pulumi.export("block", found)

    assert run(program).outputs["block"] == "10.0.0.0/16"


def test_a_stack_reference_finds_what_it_is_given():
    def program():
        other = pulumi.StackReference("org/net/prod")
        pulumi.export("vpc", other.get_output("vpcId"))

    assert run(program, stack_outputs={"org/net/prod": {"vpcId": "vpc-1"}}).outputs == {"vpc": "vpc-1"}
    (problem,) = refused(program)
    assert "reads the stack 'org/net/prod', which is not given; deploy with stack_outputs={'org/net/prod'" in problem


class Unknown(pulumi.CustomResource):
    def __init__(self, type_):
        super().__init__(type_, "x", {})


BAD_PROGRAMS = {
    "an unknown type": (
        lambda: Unknown("aws:ec2/vpc:Vpd"),
        "aws:ec2/vpc:Vpd 'x': is no resource type of the installed pulumi_aws; did you mean aws:ec2/vpc:Vpc?",
    ),
    "another package": (
        lambda: Unknown("random:index/randomPassword:RandomPassword"),
        "is no AWS resource; the offline AWS has resources of the aws provider and components only",
    ),
    "a type without handler": (
        lambda: Unknown("aws:xray/group:Group"),
        "aws:xray/group:Group 'x': is not in the offline AWS yet; add a handler in floodgate/offline/handlers",
    ),
    "a typo in a nested dictionary": (
        lambda: aws.ec2.LaunchTemplate("x", metadata_options=loose({"http_tokns": "required"})),
        "'x': metadataOptions.http_tokns = 'required' is no property of this type; did you mean httpTokens?",
    ),
    "a value AWS refuses": (
        lambda: aws.ec2.Vpc("x", cidr_block="10.0.0.0/8"),
        "aws:ec2/vpc:Vpc 'x': AWS refuses CreateVpc with InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid.",
    ),
    "the same name twice": (
        lambda: [aws.ec2.Vpc("x", cidr_block="10.0.0.0/16") for _ in range(2)],
        "aws:ec2/vpc:Vpc 'x': is declared twice with the same parent type; give one of the two another name",
    ),
    "an unknown provider argument": (
        lambda: Provider("pulumi:providers:aws", {"regoin": "us-east-1"}),
        "pulumi:providers:aws 'x': regoin = 'us-east-1' is no property of this type; did you mean region?",
    ),
    "another provider": (
        lambda: Provider("pulumi:providers:gcp", {}),
        "pulumi:providers:gcp 'x': is not in the offline AWS; deploy programs with resources of the aws provider only",
    ),
    "an id that does not exist": (
        lambda: aws.ec2.Vpc.get("x", "vpc-0000"),
        "aws:ec2/vpc:Vpc 'x': AWS refuses DescribeVpcs with InvalidVpcID.NotFound: VpcID {'vpc-0000'} does not exist.",
    ),
    "an error in the program": (
        lambda: {}["missing"],
        "KeyError: 'missing'",
    ),
    "an error in an apply": (
        lambda: aws.ec2.Vpc("x", cidr_block="10.0.0.0/16").id.apply(lambda _: 1 // 0),
        "ZeroDivisionError: integer division or modulo by zero",
    ),
    "a program that leaves": (
        lambda: sys.exit(3),
        "the program left with sys.exit(3)",
    ),
}  # fmt: skip


class Provider(pulumi.ProviderResource):
    def __init__(self, type_, props):
        super().__init__(type_.rpartition(":")[2], "x", props)


@pytest.mark.parametrize(("program", "line"), BAD_PROGRAMS.values(), ids=BAD_PROGRAMS)
def test_a_program_that_cannot_be_deployed_ends_with_one_clear_line(program, line, capfd, caplog):
    with caplog.at_level(logging.WARNING):
        (problem,) = refused(program)

    assert problem.endswith(line)
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", ""), "no traceback beside the one line"


def test_independent_refusals_are_all_told_and_their_dependants_are_not():
    def program():
        vpc = aws.ec2.Vpc("a", cidr_block="10.0.0.0/8")
        for number in range(5):
            aws.ec2.Subnet(f"in-a-{number}", vpc_id=vpc.id, cidr_block=f"10.0.{number}.0/24")
        aws.ec2.Vpc("b", cidr_block="10.0.0.0/7")

    assert [problem.split(":")[2] for problem in refused(program)] == ["Vpc 'a'", "Vpc 'b'"]


def test_an_error_that_lists_problems_is_told_line_by_line():
    class WrongError(ValueError):
        problems = ("one", "two")

    def program():
        raise WrongError

    assert refused(program) == ("one", "two")


def test_a_refused_function_call_can_be_caught_by_the_program():
    def program():
        try:
            aws.ssm.get_parameter(name="/nowhere")
        except Exception as error:  # noqa: BLE001 - Pulumi raises no narrower one
            pulumi.export("told", str(error))

    assert "ParameterNotFound" in run(program).outputs["told"]


def test_a_refused_function_call_that_is_not_caught_ends_the_program():
    (problem,) = refused(lambda: aws.ssm.get_parameter(name="/nowhere"))

    assert "ParameterNotFound" in problem


def test_a_mistyped_function_argument_is_refused():
    (problem,) = refused(lambda: aws.ec2.get_ami(owners=["amazon"], filters=loose([{"name": "n", "valuse": ["x"]}])))

    assert "filters[0].valuse" in problem
    assert "did you mean values?" in problem


def state_of(done):
    return [(r.urn, r.id, dict(r.state)) for r in sorted(done.resources, key=lambda r: r.urn)], done.outputs


def small_fleet():
    vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
    zones = aws.get_availability_zones(state="available").names[:2]
    subnets = [
        aws.ec2.Subnet(f"s{n}", vpc_id=vpc.id, cidr_block=f"10.0.{n}.0/24", availability_zone=zone)
        for n, zone in enumerate(zones)
    ]
    image = aws.ssm.get_parameter(name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64").value
    template = aws.ec2.LaunchTemplate("t", image_id=image, instance_type="c7g.large")
    aws.autoscaling.Group(
        "g", min_size=2, max_size=4, desired_capacity=2, vpc_zone_identifiers=[s.id for s in subnets],
        launch_template={"id": template.id, "version": "$Latest"},
    )  # fmt: skip
    aws.kms.Key("k")
    aws.s3.Bucket("b")
    pulumi.export("vpc", vpc.id)


def test_two_runs_give_the_same_ids_outputs_and_states():
    assert state_of(run(small_fleet)) == state_of(run(small_fleet))


def test_another_seed_gives_other_ids():
    assert run(small_fleet).outputs != run(small_fleet, seed=1).outputs


def test_programs_in_several_threads_do_not_see_each_other():
    results = {}

    def program(number):
        def body():
            pulumi.export("vpc", aws.ec2.Vpc("main", cidr_block=f"10.{number}.0.0/16").cidr_block)
            pulumi.export("project", pulumi.get_project())

        results[number] = run(body, project=f"p{number}")

    threads = [threading.Thread(target=program, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {n: r.outputs for n, r in results.items()} == {
        n: {"vpc": f"10.{n}.0.0/16", "project": f"p{n}"} for n in range(4)
    }


def test_a_program_is_deployed_from_inside_a_running_event_loop():
    async def inside():
        return run(lambda: pulumi.export("a", 1)).outputs

    assert asyncio.run(inside()) == {"a": 1}


@pytest.fixture
def project(tmp_path):
    """Writes a small project: `project(name, settings=…, main=…)`."""

    def write(name, settings, main, config="{}"):
        root = tmp_path / name
        (root / "infra").mkdir(parents=True)
        (root / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\nmain: infra/\n")
        (root / "Pulumi.live.yaml").write_text(f"config: {config}")
        (root / "infra" / "settings.py").write_text(textwrap.dedent(settings))
        (root / "infra" / "__main__.py").write_text(textwrap.dedent(main))
        return find_project(root)

    return write


MAIN = """
    import pulumi
    from settings import ANSWER, count
    pulumi.export("answer", ANSWER)
    pulumi.export("count", count())
    pulumi.export("now", pulumi.Config("floodgate").get("now"))
    pulumi.export("size", pulumi.Config().get_int("size"))
"""
SETTINGS = """
    _calls = []
    ANSWER = {answer}
    def count():
        _calls.append(1)
        return len(_calls)
"""


def test_two_projects_with_modules_of_one_name_do_not_see_each_other(project):
    one = project("one", SETTINGS.format(answer=1), MAIN)
    two = project("two", SETTINGS.format(answer=2), MAIN)

    answers = [deploy(p, "live", now=NOW).outputs["answer"] for p in (one, two, one)]
    assert answers == [1, 2, 1]


def test_a_second_deployment_starts_from_fresh_modules(project):
    one = project("one", SETTINGS.format(answer=1), MAIN)

    assert [deploy(one, "live", now=NOW).outputs["count"] for _ in range(2)] == [1, 1]


def test_a_program_gets_its_configuration_and_the_present(project):
    one = project("one", SETTINGS.format(answer=1), MAIN, config="{size: 5}")

    outputs = deploy(one, "live", now=NOW, config={"size": 6}).outputs
    assert outputs["now"] == NOW.isoformat()
    assert outputs["size"] == 6


def test_nothing_of_a_program_stays_in_the_process(project):
    one = project(
        "one", SETTINGS.format(answer=1), "import os\nimport sys\nsys.path.append('gone')\n" + textwrap.dedent(MAIN)
    )
    settings = sys.modules["settings"] = type(sys)("settings")
    try:
        before = (list(sys.path), Path.cwd(), list(sys.argv), sys.modules["__main__"], set(sys.modules))
        deploy(one, "live", now=NOW)
        after = (list(sys.path), Path.cwd(), list(sys.argv), sys.modules["__main__"], set(sys.modules))

        assert after[:4] == before[:4]
        assert sys.modules["settings"] is settings, "a module of the same name is back"
        assert not [n for n in after[4] - before[4] if "one" in str(getattr(sys.modules[n], "__file__", ""))]
    finally:
        del sys.modules["settings"]


def test_relative_files_are_found_from_the_programs_folder(project):
    main = "import pathlib\nimport pulumi\npulumi.export('text', pathlib.Path('settings.py').read_text().strip())"
    one = project("one", "A = 1", main)

    assert deploy(one, "live", now=NOW).outputs["text"] == "A = 1"


def test_an_error_of_a_program_names_its_file_and_line(project):
    one = project("one", "def fail():\n    raise ValueError('no')", "from settings import fail\nfail()")

    with pytest.raises(ProgramFailed, match=r"infra/settings\.py:2: ValueError: no"):
        deploy(one, "live", now=NOW)


def test_a_program_without_main_file_says_so(project):
    one = project("one", "A = 1", "")
    (one.main / "__main__.py").unlink()

    with pytest.raises(ProgramFailed, match=r"__main__\.py"):
        deploy(one, "live", now=NOW)


def test_transforms_which_only_the_engine_runs_are_refused_and_transformations_run():
    def program():
        opts = pulumi.ResourceOptions(transforms=[lambda args: None])
        aws.ec2.Vpc("x", cidr_block="10.0.0.0/16", opts=opts)

    (problem,) = refused(program)
    assert "has a transform, which only the real engine runs" in problem

    def old():
        def tag(args):
            return pulumi.ResourceTransformationResult({**args.props, "tags": {"a": "b"}}, args.opts)

        opts = pulumi.ResourceOptions(transformations=[tag])
        pulumi.export("tags", aws.ec2.Vpc("x", cidr_block="10.0.0.0/16", opts=opts).tags)

    assert run(old).outputs["tags"] == {"a": "b"}
