"""The archive for servers, unpacked and run as systemd runs it, with nothing of this project's environment.

Building it fetches libraries and takes a minute, so it is tried where ``FLOODGATE_ARTIFACT=required`` says so. Only the
archive of this machine's architecture can be run; of the other one is proved that its libraries are of that kind.
"""

import hashlib
import os
import platform
import re
import sys
import tarfile
from pathlib import Path

import pytest

from app.running import artifact
from tests.service.a_fleet import AFleet, Server
from tests.service.commands import run, until

OURS = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), "none")
# of an ELF file: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
MACHINE_AT, MACHINES = 18, {"x86_64": 62, "arm64": 183}

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("FLOODGATE_ARTIFACT") != "required", reason="takes a minute; FLOODGATE_ARTIFACT=required runs it"
    ),
    pytest.mark.skipif(
        OURS == "none" or sys.platform != "linux", reason="no archive is built for this kind of machine"
    ),
]


@pytest.fixture(scope="module")
def built(server_folder):
    folder = server_folder / "dist"
    ended = run("artifact", "--output", folder, within_s=600)
    assert ended.returncode == 0, ended.stderr
    return folder, ended.stdout


def archive_of(folder, architecture):
    return folder / f"floodgate-service-{artifact.version()}-{architecture}.tar.gz"


def test_digests_are_those_of_the_files(built):
    folder, said = built
    digests = re.findall(r"sha256: ([0-9a-f]{64})", said)
    files = [archive_of(folder, architecture) for architecture in artifact.MACHINES]
    assert digests == [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]


@pytest.mark.parametrize("architecture", artifact.MACHINES)
def test_every_library_is_of_the_architecture(built, architecture, tmp_path):
    with tarfile.open(archive_of(built[0], architecture)) as opened:
        names = [name for name in opened.getnames() if name.endswith(".so")]
        opened.extractall(tmp_path, members=names, filter="data")
    heads = [(tmp_path / name).read_bytes()[:20] for name in names]
    kinds = {int.from_bytes(head[MACHINE_AT : MACHINE_AT + 2], "little") for head in heads}
    assert kinds == {MACHINES[architecture]}


def test_the_same_project_gives_the_same_archive(built, tmp_path):
    again = artifact.build(tmp_path, OURS)
    assert again.path.read_bytes() == archive_of(built[0], OURS).read_bytes()


def test_the_unpacked_archive_serves(built, server_folder, database, valkey_url):
    # the one that the virtual environment was made of, without its libraries
    python = str(Path(sys.base_prefix) / "bin" / f"python{artifact.PYTHON}")
    release = server_folder / "release"
    with tarfile.open(archive_of(built[0], OURS)) as opened:
        opened.extractall(release, filter="data")
    with AFleet(DATABASE_URL=database, VALKEY_URL=valkey_url, FLOODGATE_PYTHON=python) as fleet:
        with Server(release, fleet, [release / "bin" / "serve"]) as server:
            assert until(server.is_ready), server.readiness()
            assert until(lambda: server.document()["phase"] == "prequeue"), server.document()
            assert server.stop() == 0
        assert not list(release.rglob("__pycache__"))
