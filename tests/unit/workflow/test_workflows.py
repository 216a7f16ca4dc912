"""The workflows that a user keeps: valid, pinned, with the least rights, and true to this repository.

They cannot be run here. What they call is: `make` recipes and scripts, each by tests of its own; what AWS and GitHub
answer is not proven.
"""

import re
from pathlib import Path

import pytest

from floodgate.offline.toolchain import places
from floodgate.strict_yaml import read

ROOT = Path(__file__).resolve().parents[3]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FILES = [*WORKFLOWS, *sorted((ROOT / ".github" / "actions").rglob("action.yml"))]
RECIPES = set(re.findall(r"^([a-z.$()/A-Z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)) | {".venv/.ready"}


def jobs() -> list[tuple[str, str, dict]]:
    found = [(file.name, name, job) for file in WORKFLOWS for name, job in read(file)["jobs"].items()]
    assert found, "no workflow was read"
    return found


def steps() -> list[tuple[str, dict]]:
    found = [(f"{file} {name}", step) for file, name, job in jobs() for step in job.get("steps", [])]
    action = read(ROOT / ".github" / "actions" / "setup" / "action.yml")
    return [*found, *(("setup", step) for step in action["runs"]["steps"])]


def job(file: str, name: str) -> dict:
    (found,) = [one for where, called, one in jobs() if (where, called) == (file, name)]
    return found


def test_the_linter_of_workflows_finds_nothing(actionlint):
    ran = actionlint(*WORKFLOWS)

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_linter_would_find_something(actionlint, tmp_path):
    text = (ROOT / ".github" / "workflows" / "deploy.yml").read_text()
    (tmp_path / "broken.yml").write_text(text.replace("needs: preview", "needs: previw"))

    ran = actionlint(tmp_path / "broken.yml")

    assert ran.returncode == 1
    assert "previw" in ran.stdout


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_action_of_others_is_pinned_by_its_commit_with_its_version_beside_it(file):
    for line in file.read_text().splitlines():
        used = re.search(r"\buses: (\S+)(.*)", line)
        if used and not used[1].startswith("./"):
            assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", used[1]), f"{line.strip()}: a tag can be moved"
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", used[2]), f"{line.strip()}: nobody can read a commit"


def test_one_action_has_one_version_everywhere():
    used = {step["uses"] for _, step in steps() if "@" in step.get("uses", "")}

    assert len(used) == len({name.partition("@")[0] for name in used})


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_has_no_right_that_a_job_does_not_name(file):
    assert read(file)["permissions"] == {}, "without this line every job has what the repository's default gives"


def test_only_who_must_write_may():
    writing = {
        (file, name, right)
        for file, name, one in jobs()
        for right, level in one["permissions"].items()
        if level == "write"
    }

    assert writing == {
        ("pull-request.yml", "comment", "pull-requests"),
        ("deploy.yml", "preview", "id-token"),
        ("deploy.yml", "up", "id-token"),
    }


def test_nothing_that_somebody_else_wrote_gets_into_a_shell():
    for where, step in steps():
        assert "${{" not in step.get("run", ""), f"{where}: give it to the shell in an environment variable"


def test_who_may_write_runs_nothing_of_the_change():
    """The job that writes comments reads text alone: no checkout, no action of this repository, no make."""
    comment = job("pull-request.yml", "comment")
    words = [step.get("uses", "") + step.get("run", "") for step in comment["steps"]]

    assert not [one for one in words if "checkout" in one or "uses: ./" in one or "make " in one or ".github" in one]
    assert "head.repo.full_name == github.repository" in comment["if"], "a fork's token cannot write"


def test_no_workflow_is_started_by_strangers_with_the_rights_of_this_repository():
    started = {event for file in WORKFLOWS for event in read(file)["on"]}

    assert started == {"pull_request", "push", "workflow_call", "workflow_dispatch"}


def test_there_is_no_long_lived_key_and_no_secret():
    for file in FILES:
        assert not re.search(r"secrets\.|aws-access-key-id|AWS_SECRET", file.read_text()), file.name


def test_no_checkout_leaves_its_token_behind():
    checkouts = [step for _, step in steps() if step.get("uses", "").startswith("actions/checkout@")]

    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_every_recipe_that_is_called_is_in_the_makefile():
    called = {word for _, step in steps() for word in re.findall(r"\bmake ([\w./-]+)", step.get("run", ""))}

    assert called >= {"check", "test", "pulumi", "preview", "rehearse"}
    assert called <= RECIPES


def test_every_script_that_is_called_is_there_and_can_be_run():
    called = {word for _, step in steps() for word in re.findall(r"\.github/scripts/[\w-]+", step.get("run", ""))}

    assert called
    assert all((ROOT / script).stat().st_mode & 0o111 for script in called)


def test_what_is_deployed_was_checked_previewed_and_approved():
    up = job("deploy.yml", "up")
    preview = job("deploy.yml", "preview")

    assert up["environment"] == "production"
    assert up["needs"] == "preview"
    assert preview["needs"] == "checks"
    assert "github.ref == 'refs/heads/main'" in preview["if"]


def test_one_deployment_comes_after_the_other_and_none_is_broken_off():
    deploy = read(ROOT / ".github" / "workflows" / "deploy.yml")

    assert deploy["concurrency"] == {"group": "deploy", "cancel-in-progress": False}


def test_the_report_is_kept_when_the_rehearsal_fails():
    uploads = [step for step in job("checks.yml", "rehearse")["steps"] if "upload-artifact" in step.get("uses", "")]

    assert {step["with"]["path"] for step in uploads} == {"report.html", "rehearsal.md"}
    assert all(step["if"] == "${{ !cancelled() }}" for step in uploads)


def test_the_engine_s_tests_may_not_skip():
    run = [step for step in job("checks.yml", "test")["steps"] if step.get("run") == "make test"]

    assert [step["env"] for step in run] == [{"FLOODGATE_ENGINE": "required"}]


def test_the_engine_that_deploys_is_the_one_that_the_tests_ran_with():
    versions = {
        step["with"]["pulumi-version"] for _, step in steps() if step.get("uses", "").startswith("pulumi/actions@")
    }

    assert versions == {places.version()}


def test_every_job_ends_some_time_and_on_a_named_image():
    for file, name, one in jobs():
        if "uses" not in one:
            assert one["timeout-minutes"] <= 180, f"{file} {name}"
            assert one["runs-on"] == "ubuntu-24.04", f"{file} {name}: the newest image changes overnight"


def test_dependabot_looks_wherever_actions_are_pinned():
    (update,) = read(ROOT / ".github" / "dependabot.yml")["updates"]
    # for workflows it takes the root: https://docs.github.com/en/code-security/dependabot/working-with-dependabot
    pinned = {"/"} | {f"/{file.parent.relative_to(ROOT)}" for file in FILES if file.name == "action.yml"}

    assert update["package-ecosystem"] == "github-actions"
    assert set(update["directories"]) == pinned
