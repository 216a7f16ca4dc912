"""A Pulumi program in a name space of its own: found, run and forgotten without a trace in the process.

Runs one program at a time, because Python has one table of modules, one path and one working folder.
"""

from __future__ import annotations

import os
import sys
import threading
import types
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

_ONE_AT_A_TIME = threading.RLock()
_OWN = __name__.partition(".")[0]


def start(main: Path) -> None:
    """Run a program's main file as Pulumi does: as ``__main__``; inside `own_modules`.

    Raises:
        FileNotFoundError: the folder has no __main__.py.
    """
    file = main / "__main__.py" if main.is_dir() else main
    module = types.ModuleType("__main__")
    module.__file__ = str(file)
    sys.modules["__main__"] = module
    exec(compile(file.read_bytes(), str(file), "exec"), vars(module))  # noqa: S102 - running programs is the purpose


@contextmanager
def own_modules(main: Path, root: Path) -> Generator[None]:
    """Inside, the program's folder comes first on the path and is the working folder, as with Pulumi.

    Modules of other programs with the names of this one's are out of sight; afterwards this one's are, and
    everything stands as before.

    Args:
        main: the program's folder or file.
        root: the project's folder.
    """
    folder = main if main.is_dir() else main.parent
    with _ONE_AT_A_TIME:
        names = _names_of(folder) | _names_of(root)
        hidden = {name: module for name, module in list(sys.modules.items()) if _is_programs(name, module, names)}
        path, work = list(sys.path), Path.cwd()
        entry = sys.modules["__main__"]
        for name in hidden:
            del sys.modules[name]
        sys.path.insert(0, str(folder))
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(work)
            sys.path[:] = path
            for name, module in list(sys.modules.items()):
                if _is_programs(name, module, names):
                    del sys.modules[name]
            sys.modules.update(hidden)
            sys.modules["__main__"] = entry


def _names_of(folder: Path) -> set[str]:
    """The top-level names that Python would find in a folder."""
    return {
        entry.stem
        for entry in folder.iterdir()
        if (entry.suffix == ".py" or (entry.is_dir() and "." not in entry.name)) and entry.stem.isidentifier()
    }


def _is_programs(name: str, module: types.ModuleType, names: Iterable[str]) -> bool:
    """Whether a loaded module is a program's own: named like one of its files, and no installed library."""
    top = name.partition(".")[0]
    if top not in names or top in sys.stdlib_module_names or top in (_OWN, "__main__"):
        return False
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", [])]
    return not any(place and ("site-packages" in place or "dist-packages" in place) for place in places)
