"""Provider instances for the engine, beside the offline AWS that they change; and the plugin by which it gets them."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from floodgate.offline.engine import serving
from floodgate.offline.server import plugin
from floodgate.offline.world import World

PLUGIN = "pulumi-resource-aws"

# a line that names the interpreter itself could not hold every path
_LAUNCHER = """#!/bin/sh
exec {python} -I -S {plugin} "$@"
"""


def write_plugin(folder: Path) -> Path:
    """Put the plugin into a folder, whole or not at all; the file that the engine starts."""
    program = folder / "plugin.py"
    _write(program, Path(plugin.__file__).read_text(encoding="utf-8"))
    launcher = _LAUNCHER.format(python=shlex.quote(sys.executable), plugin=shlex.quote(str(program)))
    return _write(folder / PLUGIN, launcher)


def _write(file: Path, text: str) -> Path:
    new = file.with_name(f"{file.name}.new")
    new.write_text(text, encoding="utf-8")
    new.chmod(0o755)
    new.replace(file)
    return file


def starter(world: Callable[[], World], region: str) -> Callable[[str, str], tuple[int, Callable[[], object]]]:
    """Starts provider instances in a world.

    Args:
        world: at its present moment.
        region: where resources live when nothing says.
    """

    def start(asked: str, folder: str) -> tuple[int, Callable[[], object]]:
        server, port = serving.start(world, fallback_region=asked or region, folder=Path(folder) if folder else None)
        return port, lambda: server.stop(grace=None)

    return start
