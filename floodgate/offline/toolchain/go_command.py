"""The `go` command: where it is, which version, and what it means when it fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from floodgate.offline.toolchain import places

INSTALLED = Path("/usr/local/go/bin/go")
"""Where Go's own installer puts it without putting it on PATH (https://go.dev/doc/install)."""

SWITCHING = (1, 21)
"""The first Go that fetches a newer one when a module asks for it (https://go.dev/doc/toolchain)."""

DOWNLOAD = re.compile(
    r"dial tcp|no such host|connection (refused|reset)|i/o timeout|TLS handshake|proxyconnect|module lookup disabled"
    r"|\b(403|404|410|5\d\d) [A-Z]|unrecognized import path|x509:"
)
FORGED = re.compile(r"checksum mismatch|SECURITY ERROR|missing go\.sum entry")


class BuildError(Exception):
    """The engine cannot be built; the text is one line of what, why and what to do. Exit code 2 of the command."""


def find(path: str | None = None) -> Path:
    """The `go` command on PATH, or where its installer puts it.

    Raises:
        BuildError: There is none.
    """
    found = shutil.which("go", path=path)
    if found:
        return Path(found)
    if os.access(INSTALLED, os.X_OK):
        return INSTALLED
    needed = ".".join(str(part) for part in places.go_needed()[:2])
    raise BuildError(
        f"Go is not on PATH, and pulumi is built with it: install Go {needed} or newer (https://go.dev/doc/install), "
        "or pulumi itself (https://www.pulumi.com/docs/install/)"
    )


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of every call of `go`: the user's, less what would change what is built."""
    return {
        # allowed to fetch the Go version that the module asks for, unless the user has decided otherwise
        "GOTOOLCHAIN": "auto",
        **given,
        "GOWORK": "off",
        # without cgo no C compiler is needed, and the programs run on any libc
        "CGO_ENABLED": "0",
    }


def check(go: Path, environ: Mapping[str, str]) -> str:
    """The version of Go that will build the module, e.g. `go1.26.1`.

    Raises:
        BuildError: It is older than the module needs, and may not or cannot fetch a newer one.
    """
    own = _version(go, {**environ, "GOTOOLCHAIN": "local"})
    needed = places.go_needed()
    if own >= needed:
        return f"go{'.'.join(map(str, own))}"
    wanted = ".".join(map(str, needed))
    old = f"{go} is Go {'.'.join(map(str, own))}, and pulumi {places.version()} needs {wanted}"
    if own < SWITCHING:
        raise BuildError(f"{old}: install a newer Go (https://go.dev/doc/install)")
    if environ["GOTOOLCHAIN"] in ("local", "path"):
        raise BuildError(f"{old}, which GOTOOLCHAIN={environ['GOTOOLCHAIN']} forbids to fetch: set GOTOOLCHAIN=auto")
    ran = _run(go, ["env", "GOVERSION"], environ)
    if ran.returncode != 0:
        raise BuildError(f"{old}, which could not be fetched: {last_line(ran.stderr)}; install a newer Go")
    return ran.stdout.strip()


def explain(output: str, log: Path) -> BuildError:
    """What a failed build means, by what `go` printed."""
    lines = [" ".join(line.split()) for line in output.splitlines()]
    for pattern, meaning in (
        (FORGED, "a module is not what go.sum says"),
        (DOWNLOAD, "a module could not be downloaded"),
    ):
        for line in lines:
            if pattern.search(line):
                remedy = "check the connection and GOPROXY" if pattern is DOWNLOAD else "run go clean -modcache"
                return BuildError(f"{meaning}: {line}; {remedy}, then run make pulumi again")
    return BuildError(f"go could not build pulumi: {last_line(output)}; all of its output is in {log}")


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line for line in text.splitlines() if line.strip()]
    return " ".join(lines[-1].split()) if lines else "it said nothing"


def _version(go: Path, environ: Mapping[str, str]) -> tuple[int, ...]:
    # outside of the module: an old Go reads no newer go.mod
    ran = _run(go, ["version"], environ, cwd=go.parent)
    found = re.search(r"\bgo(\d+(?:\.\d+)+)", ran.stdout)
    if not found:
        raise BuildError(f"{go} version says {last_line(ran.stdout + ran.stderr)!r}: install Go again")
    return tuple(int(part) for part in found[1].split("."))


def _run(
    go: Path, words: list[str], environ: Mapping[str, str], cwd: Path = places.MODULE
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the user's own go
        [go, *words], cwd=cwd, env=dict(environ), capture_output=True, text=True, check=False
    )
