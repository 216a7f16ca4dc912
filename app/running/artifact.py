"""The archive that servers unpack: the service, and its libraries as they are installed on a server.

    bin/serve   starts everything
    app/        this package
    lib/        what app/requirements.txt pins, for one architecture and one version of Python

Both architectures are built on any machine, since no library is compiled here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from app.errors import SetupError
from app.running import archive
from app.running.part import PROJECT

# of the servers' image, which installs it from its own repository
PYTHON = "3.11"
# 2.28 is the oldest C library for which all of them are built; the servers' image has 2.34
PLATFORM = "{machine}-manylinux_2_28"
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
_PACKAGE = PROJECT / "app"


@dataclass(frozen=True, slots=True)
class Built:
    """One archive."""

    path: Path
    sha256: str
    size: int


def build(output: Path, architecture: str) -> Built:
    """Build one archive; the package index is asked for what is not in uv's cache.

    Args:
        output: folder for it.
        architecture: one of `MACHINES`.

    Raises:
        SetupError: uv is not there, a library cannot be had, or the folder cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="floodgate-artifact-") as folder:
        install(Path(folder), architecture)
        entries = archive.files_of(Path(folder), "lib")
    entries |= archive.files_of(_PACKAGE, "app")
    entries["LICENSE"] = archive.Entry((PROJECT / "LICENSE").read_bytes())
    entries["bin/serve"] = archive.Entry(starter(architecture).encode(), runs=True)
    path = output / f"floodgate-service-{version()}-{architecture}.tar.gz"
    try:
        output.mkdir(parents=True, exist_ok=True)
        digest = archive.write(path, entries)
    except OSError as error:
        raise SetupError(f"{path} cannot be written ({error.strerror}); choose another folder with --output") from error
    return Built(path, digest, path.stat().st_size)


def install(folder: Path, architecture: str) -> None:
    """Install the pinned libraries into a folder, each checked by its hash.

    Raises:
        SetupError: see `build`.
    """
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        raise SetupError("uv is not installed; install requirements.txt, which brings it")
    command = [uv, "pip", "install", "--quiet", "--target", str(folder), "--no-config", "--link-mode", "copy"]
    command += ["--python-platform", PLATFORM.format(machine=MACHINES[architecture]), "--python-version", PYTHON]
    command += ["--only-binary", ":all:", "--no-deps", "--require-hashes", "-r", str(_PACKAGE / "requirements.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = " ".join(done.stderr.split())
        raise SetupError(f"the libraries for {architecture} cannot be installed ({said}); check network and lock")


def starter(architecture: str) -> str:
    """The text of ``bin/serve``."""
    text = Path(__file__).with_name("serve.sh").read_text(encoding="utf-8")
    values = {"ARCHITECTURE": architecture, "MACHINE": MACHINES[architecture], "PYTHON": PYTHON}
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def version() -> str:
    """The project's version."""
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
