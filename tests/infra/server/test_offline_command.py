"""`floodgate offline` as a command: its server's whole life, with programs that are no Pulumi.

How long anything takes is measured by the benchmarks, not here.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from floodgate.offline.server import running

MAKE_QUEUE = "import boto3; print(boto3.client('sqs').create_queue(QueueName='{}')['QueueUrl'])"


def one_line(ran):
    lines = ran.stderr.strip().splitlines()
    assert len(lines) == 1, ran.stderr
    assert lines[0].startswith("floodgate: ")
    return lines[0]


def until(condition):
    for _ in range(600):
        if condition():
            return True
        time.sleep(0.05)
    return False


def ended(pid):
    """Whether a process is no more, or only waits to be counted."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        os.kill(pid, 0)
        return stat.exists() and stat.read_text().split()[2] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


def crash(folder):
    pid = folder.record().pid
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: running.running(folder.place) is None)
    return pid


def test_the_exit_code_is_the_commands(shared):
    assert shared.run("sh", "-c", "exit 7").returncode == 7
    assert shared.run("sh", "-c", "kill -TERM $$").returncode == 128 + signal.SIGTERM
    assert shared.run("true").returncode == 0


def test_options_are_the_commands_own(shared):
    ran = shared.run("echo", "--help", "-s", "x", "--", "status")

    assert ran.stdout == "--help -s x -- status\n"


@pytest.mark.parametrize(
    ("command", "code", "told"), [("nosuchcommand", 127, "not found"), ("./plain", 126, "cannot be")]
)
def test_a_command_that_is_not_there_is_told_in_one_line_and_starts_nothing(folder, command, code, told):
    folder.write({"plain": "text"})

    ran = folder.run(command)

    assert ran.returncode == code
    assert told in one_line(ran)
    assert not folder.place.folder.exists()


def test_without_pulumi_it_says_what_to_install(folder, tmp_path):
    ran = folder.run("pulumi", "preview", PATH="/usr/bin:/bin", XDG_CACHE_HOME=str(tmp_path), HOME=str(tmp_path))

    assert ran.returncode == 2
    assert "make pulumi" in one_line(ran)


def test_one_server_serves_all_commands_of_a_project_and_its_folders(folder):
    folder.write({"Pulumi.yaml": "name: shop\nruntime: python\n"})
    first = folder.python(MAKE_QUEUE.format("doors"), AWS_REGION="eu-west-3")
    inner = folder.path / "infra"
    inner.mkdir()
    words = [sys.executable, "-m", "floodgate", "offline", sys.executable, "-c",
             "import boto3; print(boto3.client('sqs').list_queues()['QueueUrls'])"]  # fmt: skip
    second = subprocess.run(
        words, cwd=inner, env={**folder.outer, "AWS_REGION": "eu-west-3"}, capture_output=True, text=True, check=True
    )

    assert first.stdout.strip() in second.stdout
    assert not (inner / ".floodgate").exists()


def test_two_commands_at_once_start_one_server(folder):
    both = [folder.start("sh", "-c", "echo $AWS_ENDPOINT_URL") for _ in range(3)]
    said = {process.communicate(timeout=180)[0] for process in both}

    assert len(said) == 1
    assert said.pop().startswith("http://127.0.0.1:")
    assert servers(folder) in ([folder.record().pid], None), "none waits to take its place"


def servers(folder):
    """The processes of a project's servers, where the system shows them in a folder."""
    if not Path("/proc/self/cmdline").exists():
        return None
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_text().split("\0")
            if "floodgate.offline.server" in words and str(folder.path) in words:
                found.append(int(process.name))
    return found


def test_projects_have_accounts_of_their_own(folder, tmp_path):
    other = type(folder)(tmp_path / "other")
    other.path.mkdir()
    try:
        folder.python(MAKE_QUEUE.format("doors"), AWS_REGION="eu-west-3")
        other.run("true")

        assert "QueueUrls" not in other.client("sqs").list_queues()
    finally:
        running.stop(other.place)


def test_status_tells_and_starts_nothing(folder):
    assert "not running" in folder.run("status").stdout
    assert not folder.place.folder.exists()

    folder.python(MAKE_QUEUE.format("doors"), AWS_REGION="eu-west-3")
    told = folder.run("status").stdout

    assert f"project: {folder.path}" in told
    assert "server: running since 2" in told
    assert f"process {folder.record().pid}" in told
    assert "calls answered: 1\n" in told
    assert "floodgate offline stop" in told


def test_stop_ends_it_and_leaves_nothing(folder):
    folder.run("true")
    pid = folder.record().pid

    assert folder.run("stop").returncode == 0
    assert not folder.place.folder.exists()
    assert until(lambda: ended(pid))
    assert "nothing was running" in folder.run("stop").stdout


def test_after_stop_the_account_is_empty(folder):
    folder.python(MAKE_QUEUE.format("doors"), AWS_REGION="eu-west-3")
    folder.run("stop")
    folder.run("true")

    assert "QueueUrls" not in folder.client("sqs").list_queues()


def test_it_ends_by_itself_when_its_folder_has_vanished(folder):
    folder.run("true")
    pid = folder.record().pid
    shutil.rmtree(folder.place.folder)

    assert until(lambda: ended(pid))


def test_what_it_owns_is_invisible_to_git(folder):
    folder.run("true")

    assert (folder.place.folder / ".gitignore").read_text() == "*\n"


def test_after_kill_9_everything_is_there_again(folder):
    url = folder.python(MAKE_QUEUE.format("doors"), AWS_REGION="eu-west-3").stdout.strip()
    folder.client("sqs").send_message(QueueUrl=url, MessageBody="A1")
    port = folder.record().port
    crash(folder)

    told = folder.run("status").stdout
    ran = folder.run("true")

    assert "not running; what was in it comes back" in told
    assert (ran.returncode, ran.stderr) == (0, "")
    assert folder.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"] == "A1"
    assert folder.record().port == port, "shells that are open keep their address"


def test_kill_9_of_an_empty_one_is_not_worth_a_word(folder):
    folder.run("true")
    crash(folder)

    ran = folder.run("true")

    assert (ran.returncode, ran.stderr) == (0, "")


def test_what_cannot_be_had_again_is_told_in_one_line_every_time_until_stop(folder):
    folder.python(MAKE_QUEUE.format("doors"), AWS_REGION="eu-west-3")
    crash(folder)
    journal = folder.place.journal
    journal.write_bytes(journal.read_bytes().replace(b'"answer":"', b'"answer":"0'))

    for _ in range(2):
        ran = folder.run("true")
        assert ran.returncode == 2
        assert "is gone with what was in it" in one_line(ran)
        assert "`floodgate offline stop` forgets it and starts over" in one_line(ran)
    folder.run("stop")
    assert folder.run("true").returncode == 0


def test_pulumis_state_without_the_account_it_speaks_of_is_not_used(folder):
    folder.write({"Pulumi.yaml": "name: shop\nruntime: python\n", "Pulumi.prod.yaml": ""})
    folder.run("true")
    crash(folder)
    state = folder.place.state / ".pulumi" / "stacks" / "shop" / "prod.json"
    state.write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"resources": [{}]}}}))

    ran = folder.run("true")

    assert ran.returncode == 2
    assert "is gone with what was in it" in one_line(ran)


def test_a_process_that_has_only_the_number_of_the_dead_server_is_left_alone(folder):
    folder.run("true")
    crash(folder)
    with subprocess.Popen(["sleep", "60"]) as bystander:
        record = json.loads(folder.place.record.read_text())
        folder.place.record.write_text(json.dumps({**record, "pid": bystander.pid}))

        assert "not running" in folder.run("status").stdout
        assert folder.run("stop").returncode == 0
        assert bystander.poll() is None
        bystander.kill()


def test_a_start_that_fails_tells_the_end_of_its_log(folder):
    folder.run("true")
    crash(folder)
    ran = folder.run("true", PYTHONPATH=broken(folder.path))

    assert ran.returncode == 2
    assert "did not start: RuntimeError: no moto today" in one_line(ran)
    assert folder.run("true").returncode == 0, "nothing of the failed start is in the way"


def broken(path):
    (path / "moto").mkdir()
    (path / "moto" / "__init__.py").write_text("raise RuntimeError('no moto today')\n")
    return str(path)


def test_a_taken_port_is_no_obstacle(folder):
    folder.run("true")
    port = folder.record().port
    crash(folder)
    with socket.create_server(("127.0.0.1", port), reuse_port=False):
        assert folder.run("true").returncode == 0
        assert folder.record().port != port


def test_signals_reach_the_command_and_its_files_are_put_back(folder):
    folder.write({"Pulumi.yaml": "name: shop\nruntime: python\n", "Pulumi.prod.yaml": "config: {}  # mine\n"})
    folder.run("true")
    salt = "printf 'encryptionsalt: v1:x\nconfig: {}\n' > Pulumi.prod.yaml"
    with folder.start("sh", "-c", f"{salt}; echo ready; exec sleep 60") as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)

    assert process.returncode == 128 + signal.SIGTERM
    assert (folder.path / "Pulumi.prod.yaml").read_text() == "config: {}  # mine\n"
