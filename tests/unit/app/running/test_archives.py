"""The archive for servers: which files, the same bytes each time, and its starter. No library is fetched here."""

import os
import platform
import subprocess
import sys
import tarfile

import pytest

from app.running import archive, artifact
from app.running.archive import Entry

MACHINE = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine())


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "installed"
    for name in (
        "pkg/code.py",
        "pkg/data.txt",
        "bin/script",
        "pkg/__pycache__/code.pyc",
        "x.dist-info/RECORD",
        ".lock",
    ):
        path = inside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return inside


def test_caches_scripts_and_records_of_the_installing_are_left_out(folder):
    assert set(archive.files_of(folder, "lib")) == {"lib/pkg/code.py", "lib/pkg/data.txt"}


def test_the_same_files_give_the_same_bytes_whenever_they_were_written(folder, tmp_path):
    first = archive.write(tmp_path / "one.tar.gz", archive.files_of(folder, "lib"))
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    again = dict(reversed(archive.files_of(folder, "lib").items()))
    assert archive.write(tmp_path / "two.tar.gz", again) == first
    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()


def test_other_files_give_other_bytes(folder, tmp_path):
    first = archive.write(tmp_path / "one.tar.gz", archive.files_of(folder, "lib"))
    (folder / "pkg" / "code.py").write_text("changed")
    assert archive.write(tmp_path / "two.tar.gz", archive.files_of(folder, "lib")) != first


def test_files_belong_to_nobody_and_only_the_starter_runs(tmp_path):
    archive.write(tmp_path / "a.tar.gz", {"bin/serve": Entry(b"#!", runs=True), "app/a.py": Entry(b"1")})
    with tarfile.open(tmp_path / "a.tar.gz") as opened:
        found = {member.name: member for member in opened}
    assert set(found) == {"app", "bin", "app/a.py", "bin/serve"}
    assert {(member.uid, member.gid, member.uname, member.mtime) for member in found.values()} == {
        (0, 0, "", archive.MOMENT_S)
    }
    assert (found["bin/serve"].mode, found["app/a.py"].mode) == (0o755, 0o644)


def starter(tmp_path, architecture):
    path = tmp_path / "bin" / "serve"
    path.parent.mkdir(exist_ok=True)
    path.write_text(artifact.starter(architecture))
    path.chmod(0o755)
    return path


def run(path, **environment):
    return subprocess.run([path], capture_output=True, text=True, check=False, env={"PATH": os.defpath, **environment})


@pytest.mark.skipif(MACHINE is None, reason="no archive is built for this kind of machine")
def test_the_starter_of_another_architecture_says_so(tmp_path):
    (other,) = set(artifact.MACHINES) - {MACHINE}
    ended = run(starter(tmp_path, other))
    assert ended.returncode == 2
    assert f"this archive is for {other}" in ended.stderr


@pytest.mark.skipif(MACHINE is None, reason="no archive is built for this kind of machine")
def test_the_starter_says_which_python_is_missing(tmp_path):
    ended = run(starter(tmp_path, MACHINE), PATH=str(tools(tmp_path)))
    assert ended.returncode == 2
    assert f"Python {artifact.PYTHON} is not installed" in ended.stderr


@pytest.mark.skipif(MACHINE is None or sys.platform != "linux", reason="no archive is built for this kind of machine")
def test_the_starter_runs_the_service_with_the_libraries_beside_it(tmp_path):
    fitting = tmp_path / "python"
    fitting.write_text('#!/bin/sh\nif [ "$1" = -c ]; then exit 0; fi\necho "$PWD $PYTHONPATH $*"\n')
    fitting.chmod(0o755)
    ended = run(starter(tmp_path, MACHINE), FLOODGATE_PYTHON=str(fitting), PATH=str(tools(tmp_path)))
    assert ended.stdout.split() == [str(tmp_path), f"{tmp_path}:{tmp_path}/lib", "-m", "app", "serve"]


def tools(tmp_path):
    """A folder with what the starter needs, and no Python."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("sh", "uname", "dirname"):
        found = next(path for path in ("/usr/bin", "/bin") if os.access(f"{path}/{name}", os.X_OK))
        (folder / name).symlink_to(f"{found}/{name}")
    return folder
