"""`python -m app`: what is wrong is told in one line with exit code 2, and no command pays for another."""

import subprocess
import sys

import pytest

from app import cli
from app.local.users import Unprivileged
from app.running import place
from tests.service.commands import PROJECT


def test_help_lists_every_command_without_importing_one(capsys):
    program = (
        "import sys; from app.cli import run; run(['--help']);"
        "print([name for name in sys.modules if name.startswith('app.') and name not in ('app.cli', 'app.errors')])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=PROJECT, check=True)
    for name, found in cli.COMMANDS.items():
        assert (f"\n  {name} " in ended.stdout) == bool(found.help)
    assert ended.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_of_the_table_is_there_and_says_what_it_does(name, capsys):
    assert cli.run([name, "--help"]) == 0
    assert "Usage:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "nonsense"),
        (["serve", "--port", "70000"], "70000"),
        (["serve", "--workers", "0"], "0"),
        (["serve", "--doors-in", "soon"], "soon"),
        (["serve", "--sped", "3"], "--sped"),
        (["serve", "--port", "0", "--workers", "30", "--data", "{folder}"], "connections is 20, but 30 workers"),
        (["serve", "--port", "0", "--opening", "{folder}/no.toml", "--data", "{folder}"], "no.toml cannot be read"),
        (
            ["serve", "--port", "0", "--host", "203.0.113.7", "--data", "{folder}"],
            "203.0.113.7:0 cannot be listened on",
        ),
        (["serve", "--port", "0", "--data", "/proc/nowhere"], "/proc/nowhere cannot be written"),
        (["serve", "--port", "0", "--rate", "-5", "--data", "{folder}"], "journeys_per_server_per_s is -5.0"),
        (["serve", "--port", "0", "--seed-shape", "huge", "--data", "{folder}"], "there is no shape 'huge'"),
        (["migrate"], "no database is named"),
        (["migrate", "--database", "postgresql://127.0.0.1:9/none"], "the database cannot be reached"),
        (["worker"], "--settings"),
        (["artifact", "--architecture", "mips"], "mips"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_exit_code_2(arguments, words, tmp_path, capsys, monkeypatch):
    for name in ("DATABASE_URL", "VALKEY_URL", "FLOODGATE_STACK"):
        monkeypatch.delenv(name, raising=False)
    assert cli.run([text.format(folder=tmp_path) for text in arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Error: ")
    assert words in line


def test_options_are_refused_where_the_stack_decides(capsys, monkeypatch):
    monkeypatch.setenv("FLOODGATE_STACK", "opening")
    assert cli.run(["serve", "--port", "1"]) == 2
    assert "port cannot be chosen on a fleet's server" in capsys.readouterr().err


def test_root_keeps_the_cluster_where_nobody_can_reach_it(tmp_path):
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    nobody, ourselves = Unprivileged(65534, 65534), Unprivileged(None, None)
    assert place.postgres_folder(shut, ourselves) == shut / "postgres"
    elsewhere = place.postgres_folder(shut, nobody)
    assert not elsewhere.is_relative_to(shut)
    assert elsewhere != place.postgres_folder(tmp_path, nobody)
    assert place.postgres_folder(place.SHARED, nobody) == place.SHARED / "postgres"
