"""Where a built engine lies, and what it is built from.

Nothing here runs a program, so asking is cheap.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
from pathlib import Path

MODULE = Path(__file__).parent / "go"
"""The Go module whose go.mod and go.sum pin every line of source by its digest."""

HOST = "pulumi-language-python"
EXECUTOR = "pulumi-language-python-exec"
PROGRAMS = ("pulumi", HOST, EXECUTOR)
"""What a complete build holds, all in one folder: the engine looks for its language host beside itself."""

SDK = "github.com/pulumi/pulumi/sdk/v3"
COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"


def version() -> str:
    """The version of Pulumi that is built, e.g. `3.250.0`."""
    return _required(r"github\.com/pulumi/pulumi/pkg/v3 v(\S+)")


def go_needed() -> tuple[int, ...]:
    """The Go version without which the modules cannot be built, e.g. `(1, 25, 11)`."""
    return tuple(int(part) for part in _required(r"^go (\S+)").split("."))


def cache(environ: dict[str, str] | None = None) -> Path:
    """Floodgate's folder in the user's cache.

    https://specifications.freedesktop.org/basedir-spec/latest/ says to ignore XDG_CACHE_HOME unless it is absolute.
    """
    named = (os.environ if environ is None else environ).get("XDG_CACHE_HOME", "")
    folder = Path(named) if named.startswith("/") else Path.home() / ".cache"
    return folder / "floodgate"


def built() -> Path:
    """The folder of programs that belongs to these inputs on this kind of machine, whether or not it is there."""
    return cache() / f"pulumi-{version()}-{_digest()}" / "bin"


def is_built() -> bool:
    """Whether every program is there."""
    return all(os.access(built() / name, os.X_OK) for name in PROGRAMS)


def _required(pattern: str) -> str:
    found = re.search(pattern, (MODULE / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"go.mod has no line like {pattern}"
    return found[1]


def recipe() -> list[str]:
    """The words that follow `go build -o FOLDER/`."""
    named = f"-X {SDK}/go/common/version.Version=v{version()}"
    return ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", f"-s -w {named}", COMMAND, f"./{HOST}"]


def _digest() -> str:
    """Twelve hex digits of all that decides what is built."""
    digest = hashlib.sha256(f"{platform.system()} {platform.machine()} {recipe()}".encode())
    for file in sorted(file for file in MODULE.rglob("*") if file.is_file()):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"\n{file.relative_to(MODULE).as_posix()} {content}".encode())
    return digest.hexdigest()[:12]
