"""The fixtures that other projects' tests use: found by themselves, deploying once, costing nothing unless asked."""

import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta

import pytest

from floodgate.offline.pytest_plugin import NOW

PROJECT = {
    "Pulumi.yaml": "name: shop\nruntime: python\nmain: program/\n",
    "Pulumi.live.yaml": "config: {floodgate:openings: [{at: 2027-08-09T20:00, zone: Asia/Seoul}]}",
    "program/__main__.py": """
        import pathlib
        import pulumi
        import pulumi_aws as aws
        runs = pathlib.Path("../runs")
        runs.write_text(runs.read_text() + "x" if runs.exists() else "x")
        pulumi.export("vpc", aws.ec2.Vpc("main", cidr_block="10.0.0.0/16").id)
        pulumi.export("now", pulumi.Config("floodgate").get("now"))
    """,
    "test_shop.py": """
        def test_one(floodgate_stack):
            stack = floodgate_stack("live")
            (vpc,) = stack.world.session.client("ec2").describe_vpcs(VpcIds=[stack.outputs["vpc"]])["Vpcs"]
            assert vpc["CidrBlock"] == "10.0.0.0/16"

        def test_two(floodgate_stack):
            assert floodgate_stack("live").outputs["now"] == "2027-08-08T20:00:00+09:00"
    """,
}


@pytest.fixture
def shop(tmp_path):
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(text))
    return tmp_path


def run_pytest(folder, *options):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_project_s_tests_get_its_stack_deployed_once_as_of_the_day_before_its_opening(shop):
    done = run_pytest(shop)

    assert "2 passed" in done.stdout, done.stdout + done.stderr
    assert (shop / "runs").read_text() == "x", "two tests, one deployment"


def test_the_project_may_stand_elsewhere(shop, tmp_path_factory):
    tests = tmp_path_factory.mktemp("elsewhere")
    (tests / "test_shop.py").write_text((shop / "test_shop.py").read_text())

    assert "2 passed" in run_pytest(tests, "--floodgate-project", str(shop)).stdout
    assert "has no Pulumi.yaml" in run_pytest(tests).stdout


def test_a_project_that_does_not_ask_for_a_fixture_does_not_pay_for_it(tmp_path):
    (tmp_path / "test_other.py").write_text(
        "import sys\ndef test_other():\n"
        "    assert not {'boto3', 'moto', 'pulumi', 'pulumi_aws', 'floodgate.offline.world'} & set(sys.modules)\n"
    )

    assert "1 passed" in run_pytest(tmp_path).stdout


def test_an_empty_account_for_one_test(offline_aws):
    assert offline_aws.now == NOW
    offline_aws.session.client("s3").create_bucket(Bucket="releases")
    assert len(offline_aws.session.client("s3").list_buckets()["Buckets"]) == 1


def test_the_next_test_has_another_one(offline_aws):
    assert offline_aws.session.client("s3").list_buckets()["Buckets"] == []


def test_accounts_made_to_measure(new_offline_aws):
    later = NOW + timedelta(days=1)
    world = new_offline_aws(now=later, region="eu-west-1")

    assert (world.now, world.session.region_name) == (later, "eu-west-1")
    assert datetime.now(UTC) != world.now
