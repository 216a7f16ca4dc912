"""A command for which AWS is this machine: prepared, run to its end, and cleaned up after."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from floodgate.offline.server import keeping, proxy, running, stacks
from floodgate.offline.server.place import Place, Record, place_of
from floodgate.offline.server.running import Unavailable
from floodgate.offline.server.settings import Settings, read_settings
from floodgate.offline.server.surroundings import Surroundings

NOT_EXECUTABLE, NOT_FOUND = 126, 127  # as POSIX shells answer
_OF_SIGNAL = 128
_KILLED = (
    "pulumi was killed before it wrote its state, so the offline AWS may hold what it does not know; "
    "`floodgate offline stop` forgets both"
)
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP)


class NotFound(Exception):  # noqa: N818 - it is what happened
    """There is no such command; the text is one line, `exit_code` what a shell would answer."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def run(command: Sequence[str], outer: Mapping[str, str], folder: Path) -> int:
    """Run a command in a folder with the offline AWS of its project; the command's own exit code.

    Args:
        command: its words.
        outer: the user's environment.
        folder: where it was given.

    Raises:
        NotFound: there is no such command.
        Unavailable: there is no offline AWS for it, or no Pulumi.
    """
    place = place_of(folder)
    settings = read_settings(place)
    region = settings.region_for(command, outer.get("PULUMI_STACK"))
    programs = _programs(settings)
    program = _found(command[0], programs, outer)
    record = running.ensure(place, region, outer)
    salted = any(stack.salt and not stacks.is_ours(stack.salt) for stack in settings.stacks.values())
    stacks.make_missing(place, settings, _passphrase(outer))
    _link_plugins(place, outer)
    environment = Surroundings(place, record.port, region, programs, salted).over(outer)
    before = _refused(record)
    with keeping.kept(place, settings.folder if settings.file else place.folder):
        code = _run(program, command, environment)
    for host, count in (_refused(record) - before).items():
        times = "once" if count == 1 else f"{count} times"
        sys.stderr.write(f"floodgate: asked for {times} and not reached: {proxy.refusal(host)}\n")
    return code


def _passphrase(outer: Mapping[str, str]) -> str | None:
    """The user's own, found as Pulumi finds it; None where there is none, or none that can be read."""
    if "PULUMI_CONFIG_PASSPHRASE" in outer:
        return outer["PULUMI_CONFIG_PASSPHRASE"]
    if file := outer.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        with suppress(OSError, ValueError):
            return Path(file).read_text(encoding="utf-8").strip()
    return None


def _refused(record: Record) -> Counter[str]:
    """How often each host of AWS itself was asked for."""
    with suppress(OSError):
        return Counter(running.ask(record, "status").get("refused", {}))
    return Counter()


def _programs(settings: Settings) -> tuple[Path, ...]:
    """The program's own Python, then the engine that was built for this user."""
    from floodgate.offline.toolchain import find  # noqa: PLC0415 - only commands need it

    own = settings.virtualenv / "bin" if settings.virtualenv else None
    python = own if own and own.is_dir() else Path(sys.executable).parent
    built = find.folder()
    return (python, built) if built else (python,)


def _found(name: str, programs: Sequence[Path], outer: Mapping[str, str]) -> str:
    """The file of a command, looked for before anything is started.

    Raises:
        NotFound: there is none, or it cannot be run.
        Unavailable: it is Pulumi.
    """
    path = os.pathsep.join([str(folder) for folder in programs] + [outer.get("PATH", os.defpath)])
    if found := shutil.which(name, path=path):
        return found
    if name == "pulumi":
        from floodgate.offline.toolchain import find  # noqa: PLC0415 - only commands need it

        raise Unavailable(find.missing())
    if os.sep in name and Path(name).exists():
        raise NotFound(f"{name} cannot be run: it is a folder or not executable", NOT_EXECUTABLE)
    raise NotFound(f"{name} is not found on PATH; check its name or install it", NOT_FOUND)


def _link_plugins(place: Place, outer: Mapping[str, str]) -> None:
    """Plugins other than ours are the user's own, which Pulumi need not download again."""
    users = Path(outer.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"
    ours = place.home / "plugins"
    if users.is_dir() and not os.path.lexists(ours) and users.resolve() != ours.resolve():
        ours.symlink_to(users.resolve())


def _run(program: str, command: Sequence[str], environment: Mapping[str, str]) -> int:
    with _signals_of_the_terminal() as pass_on:
        try:
            process = subprocess.Popen([program, *command[1:]], env=dict(environment))  # noqa: S603 - as asked
        except OSError as error:
            raise NotFound(f"{command[0]} cannot be run: {error.strerror}", NOT_EXECUTABLE) from error
        pass_on.append(process)
        code = process.wait()
    if code == -signal.SIGKILL and Path(program).stem == "pulumi":
        sys.stderr.write(f"floodgate: {_KILLED}\n")
    return code if code >= 0 else _OF_SIGNAL - code


@contextmanager
def _signals_of_the_terminal() -> Generator[list[subprocess.Popen[bytes]]]:
    """Ctrl-C reaches the command by itself, and what is to be done after it is done; other ends are passed on."""
    running_: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, _: object) -> None:
        for process in running_:
            process.send_signal(number)

    before = {signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None)}
    before |= {number: signal.signal(number, pass_on) for number in _PASSED_ON}
    try:
        yield running_
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
