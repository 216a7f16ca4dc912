"""The command line before anything is deployed: help, versions, and wrong input told in one line with exit code 2.

A whole rehearsal is in tests/infra.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from floodgate.cli import COMMANDS, run

ROOT = Path(__file__).resolve().parents[3]

PROJECT = """
name: shop
runtime: python
"""
STACK = """
config:
  floodgate:openings:
    - {name: first, at: "2027-07-01T10:00", zone: Europe/Paris}
    - {name: second, at: "2027-07-02T10:00", zone: Europe/Paris}
"""
HEAVY = ("pulumi", "boto3", "botocore", "moto", "altair", "numpy", "pydantic", "rich", "jinja2")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "Pulumi.prod.yaml").write_text(STACK)
    (tmp_path / "__main__.py").write_text("")
    return tmp_path


def rehearse(project, *more, stack="prod", scenario="kdca-august-2021"):
    return run(["rehearse", "--project", str(project), "--stack", stack, "--scenario", scenario, *more])


def one_line(capsys):
    captured = capsys.readouterr()
    assert captured.out == "", "wrong input prints nothing that a script could take for a verdict"
    assert len(captured.err.splitlines()) == 1
    return captured.err


def test_a_campaign_needs_an_opening_for_every_night(project, capsys):
    assert rehearse(project, scenario="kdca-august-2021-campaign") == 2
    assert "opening 'first': the scenario has 10 nights, and stack 'prod' announces 2 from there on" in one_line(capsys)


def test_recorded_instants_need_the_instant_of_their_doors(project, capsys, tmp_path):
    (tmp_path / "people.csv").write_text("time,people\n2021-08-09T11:00:00Z,5\n")

    assert rehearse(project, "--demand", str(tmp_path / "people.csv")) == 2
    assert "give --demand-doors TIME" in one_line(capsys)


def test_a_forecast_is_read_before_anything_is_deployed(project, capsys, tmp_path):
    (tmp_path / "forecast.csv").write_text("time,capacity\n2027-08-09T10:10:00Z,30\n")

    assert rehearse(project, "--forecast", str(tmp_path / "forecast.csv")) == 2
    assert "forecast.csv:2: '2027-08-09T10:10:00Z': a forecast is told by the hour" in one_line(capsys)


def test_help_imports_nothing_heavy():
    code = f"""
import sys
from floodgate.cli import run
for arguments in ([], *([name] for name in {list(COMMANDS)!r})):
    assert run([*arguments, "--help"]) == 0
print("heavy:", *[name for name in {HEAVY!r} if name in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[-1] == "heavy:", "help must answer at once"


def test_every_command_is_listed_with_what_it_does(capsys):
    assert run(["--help"]) == 0

    listed = capsys.readouterr().out
    assert all(f"  {name} " in listed for name in COMMANDS)


def test_the_version_is_the_packages(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("floodgate ")


def test_python_dash_m_is_the_same_command():
    ran = subprocess.run(
        [sys.executable, "-m", "floodgate", "scenarios", "no-such"], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 2
    assert ran.stderr.startswith("floodgate: scenario 'no-such' is unknown")


def test_scenarios_are_listed_with_figures_and_sources(capsys):
    assert run(["scenarios"]) == 0

    text = capsys.readouterr().out
    assert "kdca-august-2021" in text
    assert "share of a night's bookings in the first 30 minutes: 40 % (ddaily, 25 August 2021)" in text
    assert "(assumed: " in text


def test_an_unknown_command_is_wrong_input(capsys):
    assert run(["rehaerse"]) == 2
    assert "No such command" in capsys.readouterr().err


def test_an_unknown_stack_lists_those_there_are(project, capsys):
    assert rehearse(project, stack="production") == 2
    assert "there are: prod" in one_line(capsys)


def test_an_unknown_scenario_is_told_before_anything_is_deployed(project, capsys):
    assert rehearse(project, scenario="kdca-august") == 2
    assert "did you mean 'kdca-august-2021'?" in one_line(capsys)


def test_an_unknown_opening_lists_those_there_are(project, capsys):
    assert rehearse(project, "--opening", "third") == 2
    assert "'first' (2027-07-01 10:00 Europe/Paris), 'second'" in one_line(capsys)


def test_a_stack_without_an_opening_cannot_be_rehearsed(project, capsys):
    (project / "Pulumi.prod.yaml").write_text("config: {}\n")

    assert rehearse(project) == 2
    assert "announces no opening" in one_line(capsys)


def test_an_unknown_zone_is_told_with_the_opening(project, capsys):
    (project / "Pulumi.prod.yaml").write_text(STACK.replace("Europe/Paris", "Asia/Seol", 1))

    assert rehearse(project) == 2
    told = one_line(capsys)
    assert "opening 'first'" in told
    assert "'Asia/Seol', which IANA does not know" in told


def test_broken_yaml_names_file_and_line(project, capsys):
    (project / "Pulumi.prod.yaml").write_text("config:\n  a: [1,\n")

    assert rehearse(project) == 2
    assert "Pulumi.prod.yaml:3" in one_line(capsys)


def test_broken_toml_names_file_and_line(project, capsys):
    (project / "mine.toml").write_text("people = = 3\n")

    assert rehearse(project, scenario=str(project / "mine.toml")) == 2
    assert "mine.toml is no valid TOML" in one_line(capsys)


def test_a_folder_without_a_project_says_what_is_missing(tmp_path, capsys):
    assert rehearse(tmp_path) == 2
    assert "has no Pulumi.yaml" in one_line(capsys)


@pytest.mark.parametrize(
    ("param", "problem"),
    [
        ("instance.boot_s", "must be NAME=VALUE"),
        ("instance.boot_s=soon", "its value must be a number"),
        ("instance.boots_s=3", "instance.boot_s"),
        ("instance.boot_s=-3", "at least 0"),
    ],
)
def test_a_wrong_parameter_is_told(project, capsys, param, problem):
    assert rehearse(project, "--param", param) == 2
    assert problem in one_line(capsys)


def test_a_fault_of_floodgate_itself_is_never_taken_for_a_verdict(monkeypatch, capsys):
    monkeypatch.setattr("floodgate.rehearsal.scenarios.loading.known_scenarios", lambda: 1 / 0)

    assert run(["scenarios"]) == 70
    assert "ZeroDivisionError" in capsys.readouterr().err
