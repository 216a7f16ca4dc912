"""The documentation tells the truth: its commands run, its links lead somewhere, its reference pages are current.

It cannot prove that `pulumi up` works on a real account: those commands are listed as not executed, with the reason.
"""

import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zlib import crc32

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "app" / "README.md"])

# first words of documented commands that a test cannot run here, each with the reason
NOT_EXECUTED = {
    "git clone": "needs a network",
    "cd": "is the reader's own shell",
    "pulumi": "is for a real AWS account",
    "aws": "is for a real AWS account",
    "export": "is the reader's own shell",
    "make test": "is the run that this test is part of",
    "make check": "is run beside the tests by CI",
    "make bench": "takes minutes and proves timings, not behaviour",
    "make lock": "needs a network",
    "floodgate rehearse --from aws": "is for a real AWS account",
    "floodgate rehearse --from plan": "needs the folder that the page writes; the tests of saved plans make one",
    "floodgate plan save": "writes a folder; the tests of saved plans run it in one of their own",
    "floodgate offline": "is run by the tests of the engine, in a folder of its own",
    "make preview": "is run by the tests of the engine, in a folder of its own",
    "make pulumi": "builds for minutes; CI runs it before the tests",
    "make serve": "runs until it is stopped; the tests of the service start it",
    "make load": "needs a service that runs; the tests of the service send people to one",
    "make artifact": "needs a network",
    "make calibrate": "takes minutes and measures this machine",
    "python -m app": "needs a service that runs, or a terminal; the tests of the service run each command",
}


def commands() -> list[tuple[str, int]]:
    """Every command of a ```sh block with the exit code its comment states (`# exits 1`), else 0."""
    found = {}
    for page in PAGES:
        for block in re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                command, _, comment = line.removeprefix(".venv/bin/").partition(" #")
                exit_code = re.search(r"exits (\d)", comment)
                if command.strip() and not command.startswith("#"):
                    found[" ".join(command.split())] = int(exit_code[1]) if exit_code else 0
    return sorted(found.items())


def is_executed(command: str) -> bool:
    return not any(command == known or command.startswith(f"{known} ") for known in NOT_EXECUTED)


def test_there_are_documented_commands_to_run():
    assert [c for c, _ in commands() if is_executed(c)], "no ```sh block was found: the parser is wrong"


EXECUTED = [documented for documented in commands() if is_executed(documented[0])]


def words_of(command, folder):
    """What is run for a documented command; `folder` is for what it writes."""
    words = shlex.split(command)
    if words[:2] == ["make", "rehearse"]:
        words = ["floodgate", "rehearse", "--stack", "opening", "--scenario", "kdca-august-2021"]
    if words[:2] == ["floodgate", "rehearse"] and "--report" not in words:
        words += ["--report", str(folder / f"{crc32(' '.join(words).encode())}.html")]
    if words[0] == "floodgate":
        words = [sys.executable, "-m", "floodgate", *words[1:]]
    if words[0] == "python":
        words[0] = sys.executable
    return tuple(words)


def execute(words):
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Every documented command as it ends, run two at a time; commands that are the same are run once."""
    folder = tmp_path_factory.mktemp("reports")
    words = {command: words_of(command, folder) for command, _ in EXECUTED}
    with ThreadPoolExecutor(2) as pool:
        started = {run: pool.submit(execute, run) for run in dict.fromkeys(words.values())}
        yield {command: started[run] for command, run in words.items()}


@pytest.mark.parametrize(("command", "exit_code"), EXECUTED)
def test_a_documented_command_ends_as_the_page_says(command, exit_code, runs):
    ran = runs[command].result()

    assert ran.returncode == exit_code, f"{command}\n{ran.stdout}\n{ran.stderr}"
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("stack", ["opening", "july"])
def test_what_the_tutorial_shows_of_a_rehearsal_is_what_it_prints(stack, runs):
    text = (ROOT / "docs" / "tutorial" / "first-rehearsal.md").read_text(encoding="utf-8")
    (block,) = (shown for shown in re.findall(r"```text\n(.*?)```", text, re.DOTALL) if shown.startswith(f"{stack} "))
    (command,) = (
        command for command in runs if re.fullmatch(rf"floodgate rehearse --stack {stack} --scenario \S+", command)
    )
    # the first line carries the date of the stack's next opening
    shown = block.split("\n", 1)[1].split()

    assert len(shown) > 80
    assert " ".join(shown) in " ".join(runs[command].result().stdout.split())


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(page):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_reference_pages_say_what_the_code_says():
    ran = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_makefile_rehearses_what_the_readme_promises():
    """`make rehearse` itself is one line, so its words are held against what the test above runs in its place."""
    assert "floodgate rehearse --stack opening --scenario kdca-august-2021" in (ROOT / "Makefile").read_text()
