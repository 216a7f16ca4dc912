"""Which `pulumi` is used: the one on PATH, else the one that `make pulumi` has built."""

from __future__ import annotations

import shutil
from pathlib import Path

from floodgate.offline.toolchain import places


def folder() -> Path | None:
    """The folder to put on PATH so that `pulumi` is found.

    Returns:
        The cache folder of a complete build; None when `pulumi` is on PATH already, or nothing has been built.
    """
    if shutil.which("pulumi") or not places.is_built():
        return None
    return places.built()


def pulumi(path: str | None = None) -> Path | None:
    """The `pulumi` that is used.

    Args:
        path: Folders to search, as in PATH; None takes this process's own.

    Returns:
        The program, or None when it is neither on PATH nor built; `missing` says what to do then.
    """
    found = shutil.which("pulumi", path=path)
    if found:
        return Path(found)
    return places.built() / "pulumi" if places.is_built() else None


def missing() -> str:
    """One line for somebody who has no engine: what to install or to run."""
    needed = ".".join(str(part) for part in places.go_needed()[:2])
    return (
        "pulumi is not on PATH: install it (https://www.pulumi.com/docs/install/) or, "
        f"with Go {needed} or newer, run make pulumi"
    )
