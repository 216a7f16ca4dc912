"""The script that makes a comment of what a command printed: readable, harmless, and short enough for GitHub."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / ".github" / "scripts" / "summary"

PRINTED = """Previewing update (opening):
 +  aws:s3:Bucket assets \x1b[32mcreate\x1b[0m

Policies:
    floodgate@v1
        - [mandatory]  encryption  (aws:s3:Bucket: assets)

Resources:
    + 2 to create

Outputs:
    url: "<b>&amp; ```"
"""


@pytest.fixture
def summary(tmp_path):
    def run(text: str | None, outcome: str = "success") -> str:
        file = tmp_path / "printed.txt"
        if text is not None:
            file.write_text(text)
        ran = subprocess.run(
            [SCRIPT, "Preview", file],
            env={"PATH": os.environ["PATH"], "OUTCOME": outcome},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        assert not ran.stderr
        return ran.stdout

    return run


@pytest.mark.parametrize(
    ("outcome", "heading"),
    [("success", "passed"), ("failure", "failed"), ("skipped", "did not run"), ("", "did not run")],
)
def test_the_verdict_comes_first(summary, outcome, heading):
    assert summary(PRINTED, outcome).startswith(f"### Preview: {heading}\n")


def test_what_matters_is_shown_and_the_rest_can_be_unfolded(summary):
    shown, _, folded = summary(PRINTED).partition("<details>")

    assert "[mandatory]  encryption" in shown
    assert "+ 2 to create" in shown
    assert "Previewing update" not in shown
    assert "Previewing update" in folded


def test_output_without_the_engine_s_headings_shows_its_end(summary):
    shown, _, _ = summary("\n".join(f"line {n}" for n in range(100))).partition("<details>")

    assert "line 99" in shown
    assert "line 69\n" not in shown


def test_nothing_that_was_printed_is_read_as_html(summary):
    text = summary(PRINTED)

    assert "&lt;b&gt;&amp;amp; ```" in text
    assert "<b>" not in text


def test_colours_are_gone(summary):
    assert "\x1b" not in summary(PRINTED)


def test_a_command_that_never_ran_has_a_summary_too(summary):
    assert "an earlier step of the job failed" in summary(None, "skipped")


@pytest.mark.parametrize("letter", ["a", "<", "한"])
def test_two_summaries_fit_into_one_comment(summary, letter):
    text = summary("\n".join(letter * 200 for _ in range(2000)))

    assert 2 * len(text) < 65_000
    assert "the log of the job has the rest" in text
    assert text.count("<pre>") == text.count("</pre>") == 2
