"""The step that writes the comment, run with a `gh` that writes down what it was asked: one comment, kept up to date.

What GitHub answers to the query is not proven; it is given here.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from floodgate.strict_yaml import read

ROOT = Path(__file__).resolve().parents[3]
GH = """#!{python}
import json, os, sys
words = sys.argv[1:]
with open("calls", "a") as file:
    file.write(json.dumps(words) + "\\n")
if "--paginate" in words:
    print(os.environ["FOUND"])
"""


@pytest.fixture
def comment(tmp_path):
    """Run the step where `found` are the ids of this workflow's comments; gives the last call and the text."""
    step = read(ROOT / ".github" / "workflows" / "pull-request.yml")["jobs"]["comment"]["steps"][-1]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gh").write_text(GH.format(python=sys.executable))
    (tmp_path / "bin" / "gh").chmod(0o755)

    def run(found: str, summaries: dict[str, str]) -> tuple[list[str], str]:
        for name, text in summaries.items():
            (tmp_path / "summaries" / name).mkdir(parents=True)
            (tmp_path / "summaries" / name / "x.md").write_text(text)
        environ = {
            "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "FOUND": found,
            "NUMBER": "7",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "us/ours",
            "GITHUB_RUN_ID": "42",
        }
        (tmp_path / "summaries").mkdir(exist_ok=True)
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        subprocess.run(words, cwd=tmp_path, env=environ, check=True)
        calls = [json.loads(line) for line in (tmp_path / "calls").read_text().splitlines()]
        return calls[-1], (tmp_path / "comment.md").read_text()

    return run


def test_the_first_run_writes_a_comment(comment):
    call, text = comment("", {"summary-1-preview": "one\n", "summary-2-rehearsal": "two\n"})

    assert call[:4] == ["api", "--silent", "--method", "POST"]
    assert call[4] == "repos/us/ours/issues/7/comments"
    assert call[-1] == "body=@comment.md"
    assert text.startswith("<!-- floodgate"), "the next run finds it by its first line"
    assert text.index("one\n") < text.index("two\n") < text.index("https://github.com/us/ours/actions/runs/42")


def test_the_next_run_writes_it_anew(comment):
    call, _ = comment("1001\n1002", {"summary-1-preview": "one\n"})

    assert call[:5] == ["api", "--silent", "--method", "PATCH", "repos/us/ours/issues/comments/1001"]


def test_a_run_that_was_broken_off_still_says_where_it_is(comment):
    _, text = comment("", {})

    assert "This run" in text
