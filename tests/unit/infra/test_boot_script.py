"""The boot script: what is rendered, and what it does where its commands are stand-ins.

That real servers boot is proved by nothing but servers.
"""

import base64
import hashlib
import os
import re
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import pulumi
import pytest

from infra.fleet.releases import verified
from infra.fleet.user_data import MOST_BYTES, Boot, encode, render

BOOT = Boot(
    aws_region="ap-northeast-2",
    stack="opening",
    artifact_bucket="releases",
    artifact_key="releases/1.0.0/service.tar.gz",
    artifact_sha256="0" * 64,
    service_parameter="/floodgate/opening/service",
    service_secret="arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:service",
    trusted_hops=2,
    log_group="/floodgate/opening/service",
    lifecycle_hook="ready",
    port=8080,
    health_path="/healthz",
    database_host="proxy.example",
    database_port=5432,
    database_reader_host="readers.example",
    database_secret="arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:database",
    cache_host="cache.example",
    cache_secret="arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:cache",
)


def test_user_data_is_a_script_that_bash_can_read():
    script = render(BOOT)

    assert script.startswith("#!/bin/bash\n")
    assert len(script.encode()) < MOST_BYTES
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    assert base64.b64decode(encode(script)).decode() == script


def test_a_value_with_shell_characters_is_a_value():
    script = render(replace(BOOT, stack="$(touch /tmp/never); `id`"))

    assert "readonly STACK='$(touch /tmp/never); `id`'\n" in script


def test_user_data_too_long_for_ec2_is_refused():
    with pytest.raises(ValueError, match="but EC2 takes 16384"):
        render(replace(BOOT, cache_host="x" * MOST_BYTES))


# ---------------------------------------------------------------- the boot script, run against stand-ins

STAND_IN = """#!/bin/bash
echo "$(basename "$0") $*" >> "$CALLS"
case "$(basename "$0") $*" in
  "aws s3 cp"*) cp "$ARCHIVE" "${@: -1}" ;;
  "curl"*"api/token"*) echo token ;;
  "curl"*"instance-id"*) echo i-1 ;;
  "curl"*"target-lifecycle-state"*)
    if [ -s "$STATES" ]; then head -1 "$STATES"; sed -i 1d "$STATES"; else echo InService; fi ;;
  "aws autoscaling describe"*) echo "${GROUP:-the-group}" ;;
  "install"*"/dev/null"*) touch "${@: -1}" ;;
  "install"*) for folder in "$@"; do case "$folder" in /*) mkdir -p "$folder" ;; esac; done ;;
esac
"""


@pytest.fixture
def server(tmp_path):
    """A machine made of one folder: the script's absolute paths lead into it, its commands are stand-ins."""
    if sys.platform != "linux":
        pytest.skip("servers run Linux, and so do the commands that are no stand-ins")
    stand_ins = tmp_path / "bin"
    stand_ins.mkdir()
    for command in ("aws", "curl", "useradd", "install", "systemctl", "dnf", "logger", "sleep", "python3.11"):
        (stand_ins / command).write_text(STAND_IN)
        (stand_ins / command).chmod(0o755)
    for folder in ("opt/aws/amazon-cloudwatch-agent/etc", "etc/systemd/system", "etc/logrotate.d", "usr/local/sbin"):
        (tmp_path / folder).mkdir(parents=True)
    release = tmp_path / "serve"
    release.write_text("#!/bin/sh\n")
    archive = tmp_path / "service.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(release, "bin/serve")
    return tmp_path


def boot(server, sha256):
    script = re.sub(r"(?<=[ =])/(opt|etc|usr|var)/", rf"{server}/\1/", render(replace(BOOT, artifact_sha256=sha256)))
    calls = server / "calls"
    environment = {
        "PATH": f"{server}/bin:{os.environ['PATH']}",
        "CALLS": str(calls),
        "ARCHIVE": str(server / "service.tar.gz"),
    }
    ran = subprocess.run(
        ["bash"], input=script, text=True, env=environment, capture_output=True, timeout=60, check=False
    )
    return ran.returncode, calls.read_text(), ran.stderr


def digest(server):
    return hashlib.sha256((server / "service.tar.gz").read_bytes()).hexdigest()


def test_a_server_unpacks_its_release_and_starts_it(server):
    code, calls, errors = boot(server, digest(server))

    assert code == 0, errors
    assert (server / "opt/floodgate/release/bin/serve").exists()
    assert "systemctl enable --now floodgate.service" in calls
    unit = (server / "etc/systemd/system/floodgate.service").read_text()
    assert "WantedBy=multi-user.target" in unit, "it starts again when a warm pool starts the server again"


def test_a_server_without_the_interpreter_of_the_release_installs_it_before_it_serves():
    script = render(BOOT)

    assert "command -v python3.11 >/dev/null || timeout 90 dnf --quiet --assumeyes install python3.11" in script
    assert script.index("\ninstall_python\n") < script.index("\nsystemctl enable --now floodgate.service\n")


def test_a_server_reports_ready_only_when_its_script_has_nothing_left_to_do(server):
    _, calls, _ = boot(server, digest(server))
    steps = [line for line in calls.splitlines() if line.startswith(("systemctl enable", "dnf"))]

    assert steps == [
        "systemctl enable --now floodgate.service",
        "dnf --quiet --assumeyes install amazon-cloudwatch-agent logrotate",
        "systemctl enable --now amazon-cloudwatch-agent",
        "systemctl enable --now floodgate-lifecycle.service",
    ], "a warm pool stops it at that moment, and the script never runs again"


def test_a_server_never_unpacks_an_archive_with_another_digest(server):
    code, calls, _ = boot(server, "0" * 64)

    assert code == 1
    assert not (server / "opt/floodgate/release/bin").exists()
    assert "systemctl enable --now floodgate.service" not in calls
    assert "--lifecycle-action-result ABANDON" in calls, "the group replaces it at once"


def report_ready(server, *, check=True, **environment):
    """The calls of the unit that runs at each start of a server, also out of a warm pool."""
    environment = {"PATH": f"{server}/bin:{os.environ['PATH']}", "CALLS": str(server / "after"), **environment}
    subprocess.run([server / "usr/local/sbin/floodgate-lifecycle"], env=environment, check=check, timeout=60)
    return (server / "after").read_text()


@pytest.mark.parametrize(
    ("states", "completed"),
    [
        (["InService"], 1),
        # a running pool: into it, a while in it, and out of it
        (["Warmed:Running", "Warmed:Running", "Warmed:Running", "InService"], 2),
        # a stopped one that was started, and whose metadata is a moment old
        (["Warmed:Stopped", "InService"], 2),
    ],
)
def test_the_hook_is_completed_on_the_way_into_a_pool_and_again_out_of_it(server, states, completed):
    boot(server, digest(server))
    (server / "states").write_text("".join(f"{state}\n" for state in states))
    calls = report_ready(server, STATES=str(server / "states"))

    assert calls.count("complete-lifecycle-action") == completed


def test_a_server_that_its_group_does_not_know_yet_asks_again(server):
    boot(server, digest(server))
    calls = report_ready(server, check=False, GROUP="None")

    assert "complete-lifecycle-action" not in calls
    unit = (server / "etc/systemd/system/floodgate-lifecycle.service").read_text()
    assert "Restart=on-failure" in unit


def test_a_ready_server_completes_its_launch(server):
    boot(server, digest(server))
    calls = report_ready(server)

    assert calls.index("http://127.0.0.1:8080/healthz") < calls.index("complete-lifecycle-action"), (
        "first well, then told"
    )
    assert "--auto-scaling-group-name the-group --instance-id i-1 --lifecycle-hook-name ready" in calls
    assert "--lifecycle-action-result CONTINUE" in calls


def test_no_secret_stands_in_user_data():
    assert not {name for name in Boot.__annotations__ if "password" in name or "token" in name}
    assert Path(BOOT.service_parameter).name == "service"


# ---------------------------------------------------------------- the archive, before it is uploaded


def test_a_release_with_the_configured_digest_is_uploaded(server):
    assert verified(server / "service.tar.gz", digest(server)) == server / "service.tar.gz"


def test_a_release_that_servers_would_refuse_is_not_uploaded(server):
    with pytest.raises(pulumi.RunError, match=f"but service.tar.gz has {digest(server)}; set it to that"):
        verified(server / "service.tar.gz", "0" * 64)


def test_a_release_that_is_not_there_is_told(server):
    with pytest.raises(pulumi.RunError, match="but there is no such file; build the release or leave file out"):
        verified(server / "other.tar.gz", "0" * 64)
