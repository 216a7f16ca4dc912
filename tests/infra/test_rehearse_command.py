"""`floodgate rehearse` from the command line to the report, on small projects that have nothing to do with this one.

The stacks of this repository are rehearsed at the end; whether a real night would go the same way no test can tell.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from floodgate.cli import run
from floodgate.offline.deploy import deploy
from floodgate.project import find_project

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import json
import pulumi_aws as aws

vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
subnet = aws.ec2.Subnet("app", vpc_id=vpc.id, cidr_block="10.0.0.0/20", availability_zone="eu-west-3a")
image = aws.ec2.get_ami_output(
    most_recent=True, owners=["amazon"], filters=[{"name": "architecture", "values": ["arm64"]}]
)
template = aws.ec2.LaunchTemplate("servers", image_id=image.id, instance_type="c7g.large")
settings = aws.ssm.Parameter("settings", name="/shop/service", type="String", value=json.dumps({SERVICE}))
group = aws.autoscaling.Group(
    "shop", name="shop", min_size={SERVERS}, max_size={MOST}, desired_capacity={SERVERS},
    vpc_zone_identifiers=[subnet.id],
    launch_template={"id": template.id, "version": "$Latest"},
    tags=[{"key": "floodgate:service", "value": settings.name, "propagate_at_launch": False}],
)
"""
STACK = """
config:
  aws:region: eu-west-3
  floodgate:account: {vcpuQuota: 64}
  floodgate:promises: {longestWaitMinutes: 5, refusedShare: 0.01, shownWaitTruth: 0.8}
  floodgate:openings:
    - {name: sale, at: "2027-07-01T10:00", zone: Europe/Paris}
    - {name: encore, at: "2027-07-02T11:00", zone: Europe/Paris}
"""
CROWD = """
title = "A sale"
people = {PEOPLE}
patience_s = 1200
retry_s = 10
give_up_share = 0.2
horizon_minutes = 30
lead_minutes = 10
arrivals = [[-5, 0.0], [0, 0.3], [2, 0.8], [15, 1.0]]
[[journey]]
name = "enter"
kind = "enter"
[[journey]]
name = "buy"
kind = "confirm"
"""
WAITING_ROOM = {"waiting_room": True, "poll_interval_s": 5, "journeys_per_server_per_s": 20, "shed_after_s": 3}


class Shop:
    """A Pulumi project with one group, and a crowd that comes to it."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
        (folder / "Pulumi.prod.yaml").write_text(STACK)
        self.program()
        self.crowd(2000)

    def program(self, servers=2, most=4, service=WAITING_ROOM):
        text = (
            PROGRAM.replace("{SERVICE}", repr(service)).replace("{SERVERS}", f"{servers}").replace("{MOST}", f"{most}")
        )
        (self.folder / "__main__.py").write_text(text)

    def crowd(self, people):
        (self.folder / "sale.toml").write_text(CROWD.replace("{PEOPLE}", f"{people}"))

    def rehearse(self, *more):
        common = ["--project", str(self.folder), "--stack", "prod", "--scenario", str(self.folder / "sale.toml")]
        return run(["rehearse", *common, *more])


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def as_json(shop, capsys, *more):
    code = shop.rehearse("--no-report", "--json", *more)
    return code, json.loads(capsys.readouterr().out)


def test_a_stack_that_takes_the_crowd_ends_with_0_and_leaves_a_report(shop, capsys):
    report = shop.folder / "report.html"

    assert shop.rehearse("--report", str(report)) == 0

    printed = capsys.readouterr()
    assert "Holds: 2,000 people came" in printed.out
    assert f"report: {report}" in printed.out
    page = report.read_text()
    assert "The opening holds" in page
    assert "Thursday, 1 July 2027" in page
    assert re.search(r"(src|href)=", page.partition("<script>")[0]) is None
    assert len(page) < 2_500_000


def test_a_crowd_too_large_ends_with_1_and_says_why(shop, capsys):
    shop.program(servers=1, most=1, service=WAITING_ROOM | {"waiting_room": False})
    shop.crowd(500_000)

    assert shop.rehearse("--no-report") == 1

    out = capsys.readouterr().out
    assert "Broken: at 1" in out
    assert "of people were refused or failed" in out


def test_the_opening_is_rehearsed_as_of_the_day_before_in_its_own_zone(shop, capsys):
    _, first = as_json(shop, capsys)
    _, second = as_json(shop, capsys, "--opening", "encore")

    assert (first["opening"], first["doors"]) == ("sale", "2027-07-01T10:00:00+02:00")
    assert (second["opening"], second["doors"]) == ("encore", "2027-07-02T11:00:00+02:00")


def test_the_same_seed_gives_the_same_night_and_another_seed_another(shop, capsys):
    _, first = as_json(shop, capsys, "--seed", "5")
    _, again = as_json(shop, capsys, "--seed", "5")
    _, other = as_json(shop, capsys, "--seed", "6")

    assert first == again
    assert first["totals"] != other["totals"]


def test_the_command_that_is_printed_is_the_command_that_was_given(shop, capsys):
    _, told = as_json(shop, capsys, "--param", "instance.boot_s=200", "--opening", "encore")

    assert "--opening encore --project" in told["command"]
    assert told["command"].endswith("--param instance.boot_s=200 --seed 1")


def test_a_parameter_of_ones_own_changes_the_night(shop, capsys):
    _, quick = as_json(shop, capsys)
    _, slow = as_json(shop, capsys, "--param", "server.base_latency_s=4")

    assert quick["totals"] != slow["totals"]


def test_where_a_report_cannot_be_written_is_wrong_input(shop, capsys):
    assert shop.rehearse("--report", str(shop.folder / "no" / "such" / "report.html")) == 2
    assert "cannot be written: its folder does not exist" in capsys.readouterr().err


def test_no_report_leaves_no_file(shop, capsys, monkeypatch):
    monkeypatch.chdir(shop.folder)

    assert shop.rehearse("--no-report") == 0
    assert not (shop.folder / "report.html").exists()


def test_capacity_that_aws_refuses_is_wrong_input_in_one_line(shop, capsys):
    shop.program(servers=9, most=4)

    assert shop.rehearse("--no-report") == 2

    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("floodgate: ")]
    assert len(told) == 1
    assert "'shop'" in told[0]


def test_a_program_that_fails_is_wrong_input_not_a_verdict(shop, capsys):
    (shop.folder / "__main__.py").write_text("raise ValueError('capacity is 40, but 32 are allowed')")

    assert shop.rehearse("--no-report") == 2
    error = capsys.readouterr().err
    assert "capacity is 40, but 32 are allowed" in error
    assert "Traceback" not in error


def test_a_stack_without_a_group_says_so(shop, capsys):
    (shop.folder / "__main__.py").write_text("")

    assert shop.rehearse("--no-report") == 2
    assert "groups in this region: none" in capsys.readouterr().err


def test_a_journey_of_unknown_cost_is_wrong_input(shop, capsys):
    crowd = shop.folder / "sale.toml"
    crowd.write_text(crowd.read_text().replace('kind = "confirm"', 'kind = "haggle"'))

    assert shop.rehearse("--no-report") == 2
    assert "haggle" in capsys.readouterr().err


def test_forty_percent_of_an_august_night_books_in_the_first_half_hour(capsys):
    arguments = [
        "--project",
        str(ROOT),
        "--stack",
        "opening",
        "--scenario",
        "kdca-august-2021",
        "--no-report",
        "--json",
    ]

    run(["rehearse", *arguments])

    totals = json.loads(capsys.readouterr().out)["totals"]
    assert totals["booked_first_30_min_share"] == pytest.approx(0.40, abs=0.03), "as reported (ddaily, 25 August 2021)"
    assert totals["identity_checks_per_booking"] == pytest.approx(2.5, abs=0.1), "the same"


def test_a_live_account_is_read_and_never_deployed_to(shop, capsys, monkeypatch):
    _, offline = as_json(shop, capsys)
    deployed = deploy(find_project(shop.folder), "prod", now=datetime(2027, 6, 30, tzinfo=UTC)).world.session
    monkeypatch.setattr("boto3.Session", lambda **_: deployed)
    monkeypatch.setattr("floodgate.offline.deploy.deploy", None)

    code, live = as_json(shop, capsys, "--from", "aws")

    assert code == 0
    assert live["read_from"] == "AWS, by read-only calls"
    assert live["totals"] == offline["totals"], "the same plan gives the same night, wherever it was read"


def test_an_account_that_cannot_be_asked_is_wrong_input(shop, capsys, monkeypatch):
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(shop.folder / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(shop.folder / "none"))

    assert shop.rehearse("--from", "aws", "--no-report") == 2
    assert "Unable to locate credentials" in capsys.readouterr().err
