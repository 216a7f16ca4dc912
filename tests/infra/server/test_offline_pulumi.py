"""The real engine through `floodgate offline`, on a small project that has nothing to do with this one.

How the stacks of this repository live with the engine is tried in tests/engine; here it is the plugin, the user's
files, and a server that is killed.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from floodgate.offline.server import running
from floodgate.offline.server.instances import write_plugin

PROGRAM = """
import os, time
import pulumi
import pulumi_aws as aws

far = aws.Provider("far", region="sa-east-1", default_tags={"tags": {"owner": "doors"}})
key = pulumi.Config().require_secret("key") if pulumi.Config().get("key") else "plain"
near = [aws.sqs.Queue(f"near{n}") for n in range(3)]
aws.sqs.Queue("far", opts=pulumi.ResourceOptions(provider=far))
settings = aws.ssm.Parameter("settings", type="SecureString", value=key)
group = aws.cloudwatch.LogGroup("log", retention_in_days=7)

def wait(_):
    # until somebody says that it may go on
    while os.path.exists("wait"):
        time.sleep(0.05)
    return "settings of the doors"

later = aws.ssm.Parameter("later", type="String", value=pulumi.Output.all(group.id, settings.id).apply(wait))
aws.sqs.Queue("last", opts=pulumi.ResourceOptions(depends_on=[later]))
pulumi.export("queue", near[0].url)
"""
PROJECT = "name: doors\nruntime:\n  name: python\n  options:\n    virtualenv: .venv\n"
STACK = "# the doors\nconfig:\n  aws:region: eu-west-3   # Paris\n  doors:size: 3\n"
UP = ("pulumi", "up", "--yes", "--skip-preview", "--non-interactive")


@pytest.fixture
def project(folder, pulumi):
    folder.write({"Pulumi.yaml": PROJECT, "Pulumi.prod.yaml": STACK, "__main__.py": PROGRAM})
    (folder.path / ".venv").symlink_to(sys.prefix)
    folder.outer["PATH"] = os.pathsep.join([str(pulumi.parent), folder.outer["PATH"]])
    return folder


def summary(ran):
    """The counts at the end of the engine's report."""
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = re.search(r"Resources:\n((?: +.*\n)+)", ran.stdout)
    assert found, ran.stdout
    return " ".join(found[1].split())


def seen(project):
    found = {}
    for region in ("eu-west-3", "sa-east-1"):
        sqs = project.client("sqs", region)
        urls = sorted(sqs.list_queues().get("QueueUrls", ()))
        found[region] = {
            url: (sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"],
                  sqs.list_queue_tags(QueueUrl=url).get("Tags"))
            for url in urls
        }  # fmt: skip
    found["parameters"] = project.client("ssm").describe_parameters()["Parameters"]
    found["groups"] = project.client("logs").describe_log_groups()["logGroups"]
    return found


def test_a_whole_life_leaves_the_users_files_as_they_were(project):
    preview = project.run("pulumi", "preview", "--non-interactive")
    assert summary(preview) == "+ 10 to create"

    assert summary(project.run(*UP)) == "+ 10 created"
    assert len(seen(project)["eu-west-3"]) == 4
    assert [tags for _, tags in seen(project)["sa-east-1"].values()] == [{"owner": "doors"}]
    assert summary(project.run(*UP)) == "10 unchanged"
    refreshed = project.run("pulumi", "refresh", "--yes", "--skip-preview", "--non-interactive")
    assert summary(refreshed) == "10 unchanged"
    assert "stack doors/prod: 11 resources" in project.run("status").stdout
    destroyed = project.run("pulumi", "destroy", "--yes", "--skip-preview", "--non-interactive")
    assert summary(destroyed) == "- 10 deleted"

    assert seen(project) == {"eu-west-3": {}, "sa-east-1": {}, "parameters": [], "groups": []}
    assert (project.path / "Pulumi.prod.yaml").read_text() == STACK
    assert not (Path.home() / ".pulumi" / "stacks" / "doors").exists()


def test_what_the_command_itself_changes_in_the_files_stays(project):
    project.run("pulumi", "config", "set", "size", "4")
    changed = (project.path / "Pulumi.prod.yaml").read_text()
    assert "encryptionsalt" not in changed
    assert re.search(r"doors:size: .?4", changed)

    project.run("pulumi", "config", "set", "--secret", "key", "sesame")
    secret = (project.path / "Pulumi.prod.yaml").read_text()
    assert "encryptionsalt" in secret, "without it the secret could not be read again"
    assert "sesame" not in secret
    assert project.run("pulumi", "config", "get", "key").stdout.strip() == "sesame"
    ran = project.run(*UP)
    assert summary(ran) == "+ 10 created"
    assert "sesame" not in ran.stdout
    state = project.place.state / ".pulumi" / "stacks" / "doors" / "prod.json"
    assert "sesame" not in state.read_text()


def test_a_deployment_whose_server_is_killed_is_finished_by_the_next(project):
    (project.path / "wait").touch()
    with project.start(*UP) as process:
        until(lambda: running.running(project.place) and len(seen(project)["groups"]) + len(queues(project)) == 5)
        until(lambda: len(seen(project)["parameters"]) == 1)
        time.sleep(1)
        before, pid = seen(project), project.record().pid
        os.kill(pid, signal.SIGKILL)
        (project.path / "wait").unlink()
        out, err = process.communicate(timeout=120)
    assert process.returncode != 0, out + err

    assert project.run("true").stderr == ""
    assert seen(project) == before

    finished = project.run(*UP)
    assert re.fullmatch(r"\+ \d+ created \d+ unchanged", summary(finished))
    assert summary(project.run(*UP)) == "10 unchanged"
    assert len(queues(project)) == 5, "nothing was made twice"


def queues(project):
    return [url for region in ("eu-west-3", "sa-east-1") for url in seen(project)[region]]


def until(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("it did not happen within a minute")


def test_the_plugin_says_in_one_line_that_there_is_no_server(folder, tmp_path):
    folder.place.prepare()
    plugin = write_plugin(folder.place.programs)

    ran = subprocess.run([plugin, "127.0.0.1:1"], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (1, "")
    assert len(ran.stderr.splitlines()) == 1
    assert "run the command through `floodgate offline`" in ran.stderr


def test_an_instance_ends_with_the_plugin_that_asked_for_it(shared):
    shared.run("true")
    plugin = shared.place.programs / "pulumi-resource-aws"
    with subprocess.Popen([plugin, "127.0.0.1:1"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        socket.create_connection(("127.0.0.1", port), 5).close()
        process.kill()

    def closed():
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except ConnectionRefusedError:
            return True
        return False

    until(closed)


PAGE = """
import pulumi
import pulumi_aws as aws

bucket = aws.s3.Bucket("pages")
aws.s3.BucketObjectv2("page", bucket=bucket.id, key="page", source=pulumi.FileAsset("page.html"))
pulumi.export("bucket", bucket.id)
"""


def test_a_file_with_a_relative_path_is_the_programs(project):
    (project.path / "__main__.py").write_text(PAGE)
    (project.path / "page.html").write_text("<h1>Open</h1>")
    assert "3 created" in summary(project.run(*UP))
    bucket = project.run("pulumi", "stack", "output", "bucket").stdout.strip()
    body = project.client("s3").get_object(Bucket=bucket, Key="page")["Body"].read()
    assert body == b"<h1>Open</h1>"
    assert "3 unchanged" in summary(project.run(*UP))


def test_whoever_killed_pulumi_is_told_that_its_state_may_be_older_than_the_account(project):
    (project.path / "wait").touch()
    with project.start(*UP) as process:
        until(lambda: running.running(project.place) and len(seen(project)["parameters"]) == 1)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        (pulumi,) = {int(child) for child in children} - {project.record().pid}
        os.kill(pulumi, signal.SIGKILL)
        _, said = process.communicate(timeout=60)
    (project.path / "wait").unlink()
    assert "killed before it wrote its state" in said
    assert "floodgate offline stop" in said
