"""Building the engine: `pulumi` and its language host for Python, whole or not at all.

Everything is compiled from modules that go.sum holds to their digests. It is built in a folder of its own and then
renamed, so that a build that was stopped leaves nothing that could be taken for one that ended.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from floodgate.offline.toolchain import go_command, places
from floodgate.offline.toolchain.go_command import BuildError

Say = Callable[[str], None]


def build(say: Say, environ: Mapping[str, str] | None = None) -> Path:
    """Build what is not built yet.

    Args:
        say: Is told what happens, a line at a time.
        environ: The environment of `go`; None takes this process's.

    Returns:
        The folder that holds the programs of `places.PROGRAMS`.

    Raises:
        BuildError: Go is missing or too old, a module cannot be had, or it does not compile.
    """
    target = places.built()
    with _lock(places.cache(), say):
        if places.is_built():
            say(f"pulumi {places.version()} is built: {target}")
            return target
        given = go_command.environment(os.environ if environ is None else environ)
        go = go_command.find(given.get("PATH"))
        version = go_command.check(go, given)
        say(f"Building pulumi {places.version()} with {version}, once: some minutes and about 3 GB of Go's cache")
        begun = time.monotonic()
        _whole_or_nothing(target.parent, lambda folder: _programs(go, given, folder / "bin"))
        say(f"pulumi {places.version()} was built in {time.monotonic() - begun:.0f} s: {target}")
    return target


@contextmanager
def _lock(folder: Path, say: Say) -> Generator[None]:
    """Let one process build at a time; a second one waits and finds it built."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "build.lock").open("w")
    except OSError as error:
        raise BuildError(
            f"{folder} cannot be written ({error.strerror}): set XDG_CACHE_HOME to a folder of yours"
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Waiting for another build")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _whole_or_nothing(target: Path, make: Callable[[Path], None]) -> None:
    # what a killed build has left; the lock says that none is at work
    for left in target.parent.glob(".building-*"):
        shutil.rmtree(left, ignore_errors=True)
    working = Path(tempfile.mkdtemp(prefix=".building-", dir=target.parent))
    try:
        make(working)
        working.chmod(0o755)
        # an incomplete folder of this name can only be what somebody has deleted from
        shutil.rmtree(target, ignore_errors=True)
        working.rename(target)
    except BaseException:
        shutil.rmtree(working, ignore_errors=True)
        raise


def _programs(go: Path, environ: Mapping[str, str], folder: Path) -> None:
    folder.mkdir()
    _go(go, ["build", "-o", f"{folder}/", *places.recipe()], environ)
    source = _go(go, ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", places.SDK], environ).strip()
    script = Path(source) / "python" / "cmd" / places.EXECUTOR
    if not script.is_file():
        raise BuildError(f"{script} is not there: run go clean -modcache, then make pulumi again")
    shutil.copyfile(script, folder / places.EXECUTOR)
    (folder / places.EXECUTOR).chmod(0o755)


def _go(go: Path, words: list[str], environ: Mapping[str, str]) -> str:
    """What `go` prints; its messages go to a log, for there are many."""
    log = places.cache() / "build.log"
    with log.open("a+" if words[0] != "build" else "w+", encoding="utf-8") as messages:
        ran = subprocess.run(  # noqa: S603 - the user's own go
            [go, *words], cwd=places.MODULE, env=dict(environ), stdout=subprocess.PIPE, stderr=messages, check=False
        )
        if ran.returncode == 0:
            return ran.stdout.decode()
        messages.seek(0)
        raise go_command.explain(messages.read(), log)
